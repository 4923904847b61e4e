//! The isotonic regression of labels on outputs: the function of ŷ that never falls and is
//! nearest to the labels, by pooling adjacent violators.
//!
//! It is the same function for every proper cost, and has no bins to choose (M. Ayer,
//! H. D. Brunk, G. M. Ewing, W. T. Reid and E. Silverman, "An empirical distribution function
//! for sampling with incomplete information", 1955; T. Dimitriadis, T. Gneiting and
//! A. I. Jordan, "Stable reliability diagrams for probabilistic classifiers", PNAS 2021).
//! Means of pools are compared as exact quotients.

use super::dyadic::Dyadic;

/// Neighbouring outputs that have one recalibrated forecast: the mean of their labels.
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
    /// Σw.
    #[must_use]
    pub fn weight(&self) -> f64 {
        self.w.to_f64()
    }

    /// Σwy.
    #[must_use]
    pub fn positive_weight(&self) -> f64 {
        self.wy.to_f64()
    }

    /// Σwy/Σw: the number nearest to it.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.wy.over(&self.w)
    }

    /// Σwc of its instances, for a cost of y and the recalibrated ŷ.
    fn sum_of_costs(&self, cost: impl Fn(f64, f64) -> f64) -> Dyadic {
        let zeros = self.w.minus(&self.wy);
        let mean = self.mean();
        let mut sum = Dyadic::from(0u64);
        if self.wy.is_positive() {
            // A mean that is hardly above 0 is not 0.
            let yhat = mean.max(f64::from_bits(1));
            sum = self.wy.times(&Dyadic::from(cost(1.0, yhat)));
        }
        if zeros.is_positive() {
            // Where it rounds to 1, what it lacks says more.
            let cost = if mean < 1.0 { cost(0.0, mean) } else { cost(1.0, zeros.over(&self.w)) };
            sum = sum.plus(&zeros.times(&Dyadic::from(cost)));
        }
        sum
    }
}

/// The mean cost of the recalibrated forecasts: the number nearest to Σwc/Σw, for a cost c of
/// y and ŷ. None without steps.
pub fn mean_cost(steps: &[Step], cost: impl Fn(f64, f64) -> f64) -> Option<f64> {
    let sum =
        |add: &dyn Fn(&Step) -> Dyadic| steps.iter().map(add).reduce(|sum, more| sum.plus(&more));
    Some(sum(&|step| step.sum_of_costs(&cost))?.over(&sum(&|step| step.w.clone())?))
}

/// A number that weights are counted in.
pub trait Weight: Clone {
    fn plus(&self, other: &Self) -> Self;

    /// Whether a/b is at least c/d, of divisors above 0.
    fn is_quotient_at_least(quotient: [&Self; 2], other: [&Self; 2]) -> bool;
}

impl Weight for u64 {
    fn plus(&self, other: &Self) -> Self {
        self + other
    }

    fn is_quotient_at_least([a, b]: [&Self; 2], [c, d]: [&Self; 2]) -> bool {
        u128::from(*a) * u128::from(*d) >= u128::from(*c) * u128::from(*b)
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

/// Outputs that have one mean so far.
struct Pool<T> {
    outputs: [f64; 2],
    w: T,
    wy: T,
}

impl<T: Weight> Pool<T> {
    fn add(&mut self, next: &Pool<T>) {
        self.outputs[1] = next.outputs[1];
        self.w = self.w.plus(&next.w);
        self.wy = self.wy.plus(&next.wy);
    }
}

/// The steps of outputs in ascending order, each with Σw of its labels 0 and of its labels
/// 1, which are not both 0. One output may come several times.
pub fn steps<T: Weight>(
    outputs: impl Iterator<Item = (f64, [T; 2])>,
    exact: impl Fn(&T) -> Dyadic,
) -> Vec<Step> {
    let mut pools: Vec<Pool<T>> = Vec::new();
    let mut outputs = outputs.map(|(yhat, [zeros, ones])| Pool {
        outputs: [yhat; 2],
        w: zeros.plus(&ones),
        wy: ones,
    });
    let mut next = outputs.next();
    while let Some(mut pool) = next {
        next = outputs.next();
        while let Some(same) = next.take_if(|next| next.outputs == pool.outputs) {
            pool.add(&same);
            next = outputs.next();
        }
        while let Some(mut last) =
            pools.pop_if(|last| T::is_quotient_at_least([&last.wy, &last.w], [&pool.wy, &pool.w]))
        {
            last.add(&pool);
            pool = last;
        }
        pools.push(pool);
    }
    let step =
        |pool: &Pool<T>| Step { outputs: pool.outputs, w: exact(&pool.w), wy: exact(&pool.wy) };
    pools.iter().map(step).collect()
}
