//! Statistics of costs and of labels, from exact sums.
//!
//! A [`Tally`] takes the costs of instances in any order, in any split, merges
//! with others, and reads as the numbers nearest to the true statistics. It
//! knows nothing of where the costs come from or of where they go.
//!
//! ```
//! use costs::tally::Tally;
//!
//! let mut left = Tally::default();
//! left.extend(&[0.1, 1e300]);
//! let mut right = Tally::default();
//! right.extend(&[0.2, f64::INFINITY]);
//! left.merge(&right);
//! assert_eq!((left.n(), left.infinite()), (4, 1));
//! assert_eq!(left.mean(), Some(f64::INFINITY));
//! assert_eq!(left.finite_mean(), Some(1e300 / 3.0));
//! ```

mod exact;

use exact::{Dyadic, PowerSums};

/// The costs of n instances.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    n: u64,
    costs: PowerSums,
}

impl Tally {
    /// Adds the costs of instances, each in [0, ∞].
    ///
    /// # Panics
    /// If a cost is negative or NaN.
    pub fn extend(&mut self, costs: &[f64]) {
        assert!(costs.iter().all(|&cost| cost >= 0.0), "a cost is a number from 0 to ∞");
        self.n += costs.len() as u64;
        self.costs.extend(costs);
    }

    /// Adds the instances of another tally.
    pub fn merge(&mut self, other: &Tally) {
        self.n += other.n;
        self.costs.merge(&other.costs);
    }

    /// The number of instances.
    #[must_use]
    pub fn n(&self) -> u64 {
        self.n
    }

    /// How many instances cost ∞.
    #[must_use]
    pub fn infinite(&self) -> u64 {
        self.costs.infinite()
    }

    /// Σc: the number nearest to it, ∞ if an instance costs ∞.
    #[must_use]
    pub fn sum(&self) -> f64 {
        if self.infinite() > 0 { f64::INFINITY } else { self.costs.sum().to_f64() }
    }

    /// Σc/n: the number nearest to the true quotient, even where Σc is beyond
    /// the largest number. None for n = 0.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        if self.infinite() > 0 { Some(f64::INFINITY) } else { self.finite_mean() }
    }

    /// The mean of the costs that are finite. None if there are none.
    #[must_use]
    pub fn finite_mean(&self) -> Option<f64> {
        mean_of(&self.costs, self.n - self.infinite())
    }

    /// The standard error of the mean.
    ///
    /// # Formula
    /// sqrt(n/(n − 1) · Σ(c − mean)²) / n, whose square is rounded once, before
    /// the root, and does not over- or underflow.
    ///
    /// None for n < 2 and if an instance costs ∞.
    #[must_use]
    pub fn standard_error(&self) -> Option<f64> {
        if self.n < 2 || self.infinite() > 0 {
            return None;
        }
        let n = Dyadic::from(self.n);
        let divisor = n.times(&n).times(&Dyadic::from(self.n - 1));
        Some(scatter(&self.costs, &n).over_then_root(&divisor))
    }
}

/// The labels of n instances.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    n: u64,
    ones: u64,
    /// The labels that are neither 0 nor 1.
    others: PowerSums,
}

impl Labels {
    /// Adds finite labels.
    pub fn extend(&mut self, labels: &[f64]) {
        self.n += labels.len() as u64;
        let count = |label: f64| labels.iter().filter(|&&y| y == label).count();
        let (zeros, ones) = (count(0.0), count(1.0));
        self.ones += ones as u64;
        if zeros + ones < labels.len() {
            let others: Vec<f64> =
                labels.iter().copied().filter(|&y| y != 0.0 && y != 1.0).collect();
            self.others.extend(&others);
        }
    }

    /// Adds the labels of another.
    pub fn merge(&mut self, other: &Labels) {
        self.n += other.n;
        self.ones += other.ones;
        self.others.merge(&other.others);
    }

    /// ȳ, the number nearest to Σy/n. None for n = 0.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.n > 0).then(|| self.sum().over(&Dyadic::from(self.n)))
    }

    /// The number nearest to the labels' population variance, Σy²/n − (Σy/n)².
    /// None for n = 0.
    #[must_use]
    pub fn variance(&self) -> Option<f64> {
        let n = Dyadic::from(self.n);
        let sum = self.sum();
        let squares = self.others.sum_of_squares().plus(&Dyadic::from(self.ones));
        (self.n > 0).then(|| n.times(&squares).minus(&sum.times(&sum)).over(&n.times(&n)))
    }

    fn sum(&self) -> Dyadic {
        self.others.sum().plus(&Dyadic::from(self.ones))
    }
}

fn mean_of(sums: &PowerSums, n: u64) -> Option<f64> {
    (n > 0).then(|| sums.sum().over(&Dyadic::from(n)))
}

/// n·Σ(x − mean)², as n·Σx² − (Σx)².
fn scatter(sums: &PowerSums, n: &Dyadic) -> Dyadic {
    let sum = sums.sum();
    n.times(&sums.sum_of_squares()).minus(&sum.times(&sum))
}
