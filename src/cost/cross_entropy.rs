//! Equations 8.2 and 8.3, the cross-entropy cost: −[y ln ŷ + (1 − y) ln(1 − ŷ)].

use super::{Cost, Domain, logarithm};

/// The cross-entropy cost of a label and a predicted probability, whose mean is
/// the log loss.
///
/// # Formula
/// −[y ln ŷ + (1 − y) ln(1 − ŷ)], where a term whose coefficient is 0 is 0:
///
/// | y | computed as |
/// |---|---|
/// | 1 | −ln ŷ |
/// | 0 | −log1p(−ŷ) |
/// | between | −(y·ln ŷ + (1 − y)·log1p(−ŷ)) |
///
/// The logarithms are correctly rounded, so the bits are the same on every
/// platform.
///
/// # Domain
/// y and ŷ in [0, 1]. The cost of an output that is certain and wrong is ∞.
///
/// # Source
/// *Deep Learning Illustrated*, Equations 8.2 and 8.3; I. J. Good, "Rational
/// decisions" (1952).
///
/// ```
/// use costs::cost::{Cost, CrossEntropy};
/// assert_eq!(CrossEntropy.cost(1.0, 0.9997), 0.00030004500900199243);
/// assert_eq!(CrossEntropy.cost(0.0, 1.0), f64::INFINITY);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct CrossEntropy;

impl Cost for CrossEntropy {
    fn name(&self) -> &'static str {
        "cross-entropy"
    }

    fn aliases(&self) -> &'static [&'static str] {
        &["log-loss", "bce", "xent"]
    }

    fn field(&self) -> &'static str {
        "cross_entropy"
    }

    fn domain(&self) -> Domain {
        Domain::Unit
    }

    fn cost(&self, y: f64, yhat: f64) -> f64 {
        let sum = if y == 1.0 {
            pxfm::f_log(yhat)
        } else if y == 0.0 {
            ln_of_complement(yhat)
        } else {
            y * pxfm::f_log(yhat) + (1.0 - y) * ln_of_complement(yhat)
        };
        // 0 − x rather than −x: a cost of zero is +0.
        0.0 - sum
    }

    fn costs(&self, y: &[f64], yhat: &[f64], costs: &mut [f64]) {
        assert!(y.len() == yhat.len() && y.len() == costs.len());
        for ((cost, &y), &yhat) in costs.iter_mut().zip(y).zip(yhat) {
            // One comparison: labels change from row to row, and so would a branch.
            let is_hard = y * (1.0 - y) == 0.0;
            let ln = if is_hard { ln_of_right(y, yhat) } else { None };
            *cost = ln.map_or_else(|| self.cost(y, yhat), |ln| 0.0 - ln);
        }
    }

    /// The entropy of ȳ.
    fn baseline(&self, ybar: f64, _variance: f64) -> f64 {
        self.cost(ybar, ybar)
    }
}

/// The logarithm of the probability that ŷ gives to a label of 0 or 1, if it
/// comes fast.
#[inline]
fn ln_of_right(y: f64, yhat: f64) -> Option<f64> {
    // Labels change from row to row, and so would a branch: all ones for 1.
    let is_one = 0u64.wrapping_sub(u64::from(y == 1.0));
    let complement = 1.0 - yhat;
    let right = f64::from_bits((yhat.to_bits() & is_one) | (complement.to_bits() & !is_one));
    // What rounding 1 − ŷ loses, exactly.
    let lost = f64::from_bits(((1.0 - complement) - yhat).to_bits() & !is_one);
    logarithm::ln(right, lost)
}

/// ln(1 − ŷ), correctly rounded.
fn ln_of_complement(yhat: f64) -> f64 {
    if yhat >= 0.5 {
        // 1 − ŷ is exact here (Sterbenz), and ln is the cheaper of the two.
        pxfm::f_log(1.0 - yhat)
    } else {
        pxfm::f_log1p(-yhat)
    }
}
