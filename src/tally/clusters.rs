//! Instances that belong together: what the error of a mean takes from each cluster.
//!
//! The error of a mean whose instances come in clusters is that of a mean with each
//! cluster as one instance, whose weight is W = Σw and whose weighted cost is S = Σwc. So
//! these sums take the place of those of the instances, and the formula stays.

use super::dyadic::Dyadic;

/// The sums over clusters that errors are made of, exactly.
#[derive(Clone, Debug)]
pub struct Clusters {
    /// Clusters of a weight above 0.
    pub count: u64,
    /// ΣW².
    pub weights: Dyadic,
    /// ΣWS and ΣS² of each column.
    pub columns: Vec<[Dyadic; 2]>,
    /// ΣSS₁ of each column of the models after the first, with the first model's S₁.
    pub pairs: Vec<Dyadic>,
}

impl Clusters {
    /// Those of no clusters, with so many columns, and so many of models after the first.
    pub fn new(columns: usize, pairs: usize) -> Self {
        let zero = || Dyadic::from(0u64);
        Clusters {
            count: 0,
            weights: zero(),
            columns: (0..columns).map(|_| [zero(), zero()]).collect(),
            pairs: (0..pairs).map(|_| zero()).collect(),
        }
    }

    /// Adds a cluster of that W and those S, if it has any weight.
    pub fn add(&mut self, weight: &Dyadic, sums: &[Dyadic]) {
        if !weight.is_positive() {
            return;
        }
        let add = |sum: &mut Dyadic, a: &Dyadic, b: &Dyadic| *sum = sum.plus(&a.times(b));
        self.count += 1;
        add(&mut self.weights, weight, weight);
        for ([products, squares], sum) in self.columns.iter_mut().zip(sums) {
            add(products, weight, sum);
            add(squares, sum, sum);
        }
        let (first, others) = sums.split_at(sums.len() - self.pairs.len());
        for ((pair, sum), first) in self.pairs.iter_mut().zip(others).zip(first.iter().cycle()) {
            add(pair, sum, first);
        }
    }

    /// Adds other clusters.
    pub fn merge(&mut self, other: &Clusters) {
        let add = |mine: &mut Dyadic, theirs: &Dyadic| *mine = mine.plus(theirs);
        self.count += other.count;
        add(&mut self.weights, &other.weights);
        let columns = self.columns.iter_mut().flatten();
        columns.zip(other.columns.iter().flatten()).for_each(|(mine, theirs)| add(mine, theirs));
        self.pairs.iter_mut().zip(&other.pairs).for_each(|(mine, theirs)| add(mine, theirs));
    }
}
