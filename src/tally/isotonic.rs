//! The isotonic regression of labels on outputs, by pooling adjacent violators: of all
//! functions of ŷ that never fall, the one nearest to the labels.
//!
//! It is the same function for every proper cost, and needs no choice of bins (M. Ayer,
//! H. D. Brunk, G. M. Ewing, W. T. Reid and E. Silverman, "An empirical distribution function
//! for sampling with incomplete information", 1955; T. Dimitriadis, T. Gneiting and
//! A. I. Jordan, "Stable reliability diagrams for probabilistic classifiers", PNAS 2021).
//! Means of pools are compared as exact quotients.

use super::dyadic::Dyadic;
use super::limbs::{four_limbs, wide};

/// The least f64 above 0.
const LEAST: f64 = f64::from_bits(1);

/// Neighbouring outputs that share a recalibrated forecast, which is the mean of their labels.
#[derive(Clone, Debug)]
pub struct Step {
    /// The least and the largest ŷ.
    pub outputs: [f64; 2],
    /// Σw, above 0.
    w: Dyadic,
    /// Σwy.
    wy: Dyadic,
}

impl Step {
    /// Returns Σw.
    #[must_use]
    pub fn weight(&self) -> f64 {
        self.w.to_f64()
    }

    /// Returns Σwy, the weight of the labels 1.
    #[must_use]
    pub fn positive_weight(&self) -> f64 {
        self.wy.to_f64()
    }

    /// Returns the number nearest to Σwy/Σw, the recalibrated forecast.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.wy.over(&self.w)
    }

    /// Returns Σwc over its instances, where c is the cost of y and the recalibrated ŷ.
    fn sum_of_costs(&self, cost: impl Fn(f64, f64) -> f64) -> Dyadic {
        let zeros = self.w.minus(&self.wy);
        let mean = self.mean();
        let mut sum = Dyadic::from(0u64);
        if self.wy.is_positive() {
            // A mean above 0 may round to 0, whose cost may be ∞.
            let yhat = mean.max(LEAST);
            sum = self.wy.times(&Dyadic::from(cost(1.0, yhat)));
        }
        if zeros.is_positive() {
            // A mean below 1 may round to 1. Then the cost is computed from 1 − mean.
            let cost = if mean < 1.0 {
                cost(0.0, mean)
            } else {
                cost(1.0, zeros.over(&self.w).max(LEAST))
            };
            sum = sum.plus(&zeros.times(&Dyadic::from(cost)));
        }
        sum
    }
}

/// Returns the mean cost of the recalibrated forecasts: the number nearest to Σwc/Σw, where c
/// is the cost of y and ŷ. None without steps.
pub fn mean_cost(steps: &[Step], cost: impl Fn(f64, f64) -> f64) -> Option<f64> {
    let sum =
        |add: &dyn Fn(&Step) -> Dyadic| steps.iter().map(add).reduce(|sum, more| sum.plus(&more));
    Some(sum(&|step| step.sum_of_costs(&cost))?.over(&sum(&|step| step.w.clone())?))
}

/// An exact number type for weights.
pub trait Weight: Clone {
    fn plus(&self, other: &Self) -> Self;

    /// Whether the first quotient is at least the other. Divisors must be above 0.
    fn is_quotient_at_least(quotient: [&Self; 2], other: [&Self; 2]) -> bool;
}

impl Weight for u64 {
    fn plus(&self, other: &Self) -> Self {
        self + other
    }

    fn is_quotient_at_least([a, b]: [&Self; 2], [c, d]: [&Self; 2]) -> bool {
        wide(*a, *d) >= wide(*c, *b)
    }
}

/// For weights below 2¹¹⁰.
impl Weight for u128 {
    fn plus(&self, other: &Self) -> Self {
        self + other
    }

    fn is_quotient_at_least([a, b]: [&Self; 2], [c, d]: [&Self; 2]) -> bool {
        let product = |p, q| four_limbs(p, q).into_iter().rev();
        product(*a, *d).ge(product(*c, *b))
    }
}

impl Weight for Dyadic {
    fn plus(&self, other: &Self) -> Self {
        Dyadic::plus(self, other)
    }

    fn is_quotient_at_least([a, b]: [&Self; 2], [c, d]: [&Self; 2]) -> bool {
        c.times(b).is_at_most(&a.times(d))
    }
}

/// Neighbouring outputs that are one step of the regression of the outputs seen so far.
pub struct Pool<T> {
    outputs: [f64; 2],
    w: T,
    wy: T,
}

impl<T: Weight> Pool<T> {
    /// Creates the pool of one output, from Σw of its labels 0 and of its labels 1. One of
    /// these must be above 0.
    pub fn new(yhat: f64, [zeros, ones]: [T; 2]) -> Self {
        Pool { outputs: [yhat; 2], w: zeros.plus(&ones), wy: ones }
    }

    /// Whether both pools have the same range of outputs, such as a single one.
    pub fn has_same_output(&self, other: &Pool<T>) -> bool {
        self.outputs == other.outputs
    }

    /// Adds the pool of the next larger outputs.
    pub fn add(&mut self, next: &Pool<T>) {
        self.outputs[1] = next.outputs[1];
        self.w = self.w.plus(&next.w);
        self.wy = self.wy.plus(&next.wy);
    }

    /// Whether its mean label is at least that of another.
    fn is_at_least(&self, other: &Pool<T>) -> bool {
        T::is_quotient_at_least([&self.wy, &self.w], [&other.wy, &other.w])
    }
}

/// Pools of ascending outputs, whose mean labels ascend, too.
pub struct Pools<T>(Vec<Pool<T>>);

impl<T: Weight> Pools<T> {
    pub fn new() -> Self {
        Pools(Vec::new())
    }

    /// Adds a pool of larger outputs, and joins pools until their means ascend again.
    pub fn push(&mut self, mut pool: Pool<T>) {
        while let Some(mut last) = self.0.pop_if(|last| last.is_at_least(&pool)) {
            last.add(&pool);
            pool = last;
        }
        self.0.push(pool);
    }

    /// Adds pools of larger outputs.
    pub fn append(mut self, others: Pools<T>) -> Self {
        others.0.into_iter().for_each(|pool| self.push(pool));
        self
    }

    /// Converts the pools to steps.
    pub fn steps(&self, exact: impl Fn(&T) -> Dyadic) -> Vec<Step> {
        let step =
            |pool: &Pool<T>| Step { outputs: pool.outputs, w: exact(&pool.w), wy: exact(&pool.wy) };
        self.0.iter().map(step).collect()
    }
}
