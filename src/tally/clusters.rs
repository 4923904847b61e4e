//! Clusters of instances that belong together: the sums for the standard errors of means.
//!
//! The formula of the standard error treats each cluster as one instance whose weight is
//! W = Σw and whose weighted cost is S = Σwc. Only the sums change: those over clusters take
//! the place of those over instances.

use super::dyadic::Dyadic;

/// Exact sums over clusters.
#[derive(Clone, Debug)]
pub struct Clusters {
    /// The number of clusters of a weight above 0.
    pub count: u64,
    /// ΣW².
    pub weights: Dyadic,
    /// ΣWS and ΣS² of each column.
    pub columns: Vec<[Dyadic; 2]>,
    /// ΣSS₁ of each column of the models after the first, where S₁ is the first model's S.
    pub pairs: Vec<Dyadic>,
}

impl Clusters {
    /// Creates the sums of no clusters; `pairs` columns belong to models after the first.
    pub fn new(columns: usize, pairs: usize) -> Self {
        let zero = || Dyadic::from(0u64);
        Clusters {
            count: 0,
            weights: zero(),
            columns: (0..columns).map(|_| [zero(), zero()]).collect(),
            pairs: (0..pairs).map(|_| zero()).collect(),
        }
    }

    /// Adds a cluster by its W and the S of each column. One of weight 0 is ignored.
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

    /// Adds the sums over other clusters.
    pub fn merge(&mut self, other: &Clusters) {
        let add = |mine: &mut Dyadic, theirs: &Dyadic| *mine = mine.plus(theirs);
        self.count += other.count;
        add(&mut self.weights, &other.weights);
        let columns = self.columns.iter_mut().flatten();
        columns.zip(other.columns.iter().flatten()).for_each(|(mine, theirs)| add(mine, theirs));
        self.pairs.iter_mut().zip(&other.pairs).for_each(|(mine, theirs)| add(mine, theirs));
    }
}
