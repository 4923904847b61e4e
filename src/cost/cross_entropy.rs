//! Equations 8.2 and 8.3, the cross-entropy cost: −[y ln ŷ + (1 − y) ln(1 − ŷ)].

use fearless_simd::{Level, dispatch};

use super::classes::{ClassOutputs, Softmax};
use super::clip::{Bound, Clip};
use super::domain::Domain;
use super::function::Cost;
use super::logarithm::{self, CHUNK};
use super::terms::{Terms, factor, ln};
use crate::float::{Double, power_of_two};
use crate::neuron::{Activation, Neuron, softplus_tail};
use crate::tally::{Baseline, Frequencies, Moments};

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
/// From the weighted input z of a sigmoid neuron it is y·softplus(−z) +
/// (1 − y)·softplus(z), where softplus(z) = ln(1 + eᶻ). It is computed as w·|z| +
/// ln(1 + e^−|z|), where w is 1 − y for z ≥ 0 and else y. So no ŷ that rounds to 1 comes in
/// between, and the error for a soft label is at most 3 units in the last place.
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

    fn formula(&self) -> &'static str {
        "−[y ln ŷ + (1 − y) ln(1 − ŷ)]"
    }

    fn equation(&self) -> &'static str {
        "8.2, 8.3"
    }

    fn put_in(&self, terms: &Terms) -> String {
        let Terms { y, rest_of_y, yhat, rest, .. } = terms;
        format!("−[{}·{} + {}·{}]", factor(y), ln(yhat), factor(rest_of_y), ln(rest))
    }

    fn formula_of_classes(&self) -> String {
        "−ln ŷ of the label".to_owned()
    }

    fn put_in_classes(&self, _: &[Terms], label: &Terms, _: &str) -> String {
        format!("−{}", ln(&label.yhat))
    }

    fn gradient_formula(&self, activation: Activation) -> Option<&'static str> {
        Some(match activation {
            Activation::Sigmoid => "ŷ − y",
            Activation::Tanh => "a − y",
        })
    }

    fn put_in_frequencies(&self, frequencies: &[String]) -> Option<String> {
        let term = |f: &String| if f == "…" { f.clone() } else { format!("{f}·ln {f}") };
        let terms: Vec<String> = frequencies.iter().map(term).collect();
        Some(format!("−Σf ln f = −({})", terms.join(" + ")))
    }

    fn range(&self) -> &'static str {
        "from 0 to ∞ nats (1 nat is 1.443 bits)"
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
        dispatch!(Level::new(), _ => costs_of_all(y, yhat, costs));
    }

    fn is_clipped(&self) -> bool {
        true
    }

    fn clipped_output(&self, clip: Clip, yhat: f64) -> f64 {
        let least = match clip.bound() {
            Bound::Prediction(epsilon) => epsilon,
            // Only the logarithms are bounded, not ŷ.
            Bound::Logarithm(_) => 0.0,
        };
        yhat.clamp(least, 1.0 - least)
    }

    fn clip(&self, clip: Clip, y: &[f64], yhat: &[f64], costs: &mut [f64]) {
        for ((cost, &y), &yhat) in costs.iter_mut().zip(y).zip(yhat) {
            // Only what clipping can change is computed again.
            let is_near_end = match clip.bound() {
                Bound::Prediction(epsilon) => yhat < epsilon || yhat > 1.0 - epsilon,
                Bound::Logarithm(least) => {
                    *cost > -least || !(1e-40..=1.0 - f64::EPSILON).contains(&yhat)
                }
            };
            if is_near_end {
                *cost = clipped_cost(clip, y, yhat);
            }
        }
    }

    fn cost_of_z(&self, neuron: Neuron) -> f64 {
        // The part of the label that z is on the wrong side for.
        let wrong = if neuron.z < 0.0 { neuron.ones() } else { neuron.zeros() };
        let ramp = if wrong == 0.0 {
            0.0
        } else {
            // In this order, as the logit itself may exceed the largest number.
            wrong * neuron.activation.logits_per_input() * neuron.z.abs()
        };
        ramp + softplus_tail(neuron.logit())
    }

    /// −ln ŷ of the label. The ŷ of the other classes do not matter.
    fn cost_of_classes(&self, label: usize, yhat: &[f64]) -> f64 {
        self.cost(1.0, yhat[label])
    }

    fn costs_of_classes(&self, outputs: &ClassOutputs, costs: &mut [f64]) {
        let yhat = outputs.of_labels();
        self.costs(&vec![1.0; yhat.len()], &yhat, costs);
    }

    fn clipped_cost_of_classes(&self, clip: Clip, label: usize, yhat: &[f64]) -> f64 {
        let mut cost = [self.cost(1.0, yhat[label])];
        self.clip(clip, &[1.0], &[yhat[label]], &mut cost);
        cost[0]
    }

    /// ln Σeᶻ − z of the label.
    fn cost_of_softmax(&self, label: usize, softmax: &Softmax) -> f64 {
        softmax.cross_entropy(label)
    }

    /// −ln ŷ.
    fn cost_of_log_probability(&self, logp: f64) -> Option<f64> {
        // 0 − x rather than −x: a cost of zero is +0.
        Some(0.0 - logp)
    }

    /// The entropy of the frequencies.
    fn baseline_of_classes(&self, labels: &Frequencies) -> Baseline {
        Baseline::from(labels.entropy())
    }

    /// ŷ − y.
    fn gradient(&self, y: f64, yhat: f64) -> f64 {
        yhat - y
    }

    /// ŷ − y.
    fn gradient_of_z(&self, neuron: Neuron) -> f64 {
        neuron.error()
    }

    /// 1, as the cost is always that of labels and probabilities from 0 to 1.
    fn growth(&self) -> f64 {
        1.0
    }

    /// The entropy of ȳ.
    fn baseline(&self, labels: &Moments) -> Baseline {
        Baseline::from(entropy(labels))
    }
}

/// Returns −[ȳ ln ȳ + (1 − ȳ) ln(1 − ȳ)], correctly rounded for all but one ȳ in millions. It is
/// computed from p, the smaller of ȳ and 1 − ȳ, with twice the digits.
fn entropy(labels: &Moments) -> f64 {
    let p = labels.smaller_share(0);
    // The least numbers have too few digits, so p is scaled by a power of two.
    let scale = if p.high < power_of_two(-900) { 600 } else { 0 };
    let scaled = labels.smaller_share(scale.into());
    if scaled.high < power_of_two(-900) {
        return 0.0;
    }
    let ln = scaled.ln() + -Double::ln_2_times(scale.into());
    let of_other = if p.high < power_of_two(-30) {
        // −(1 − p)·ln(1 − p) = p − p²/2 − p³/6 − …
        scaled + Double::product(scaled.high, p.high * (-0.5 - p.high / 6.0))
    } else {
        let q = Double::ONE + -p;
        -(q * q.ln())
    };
    (of_other + -(scaled * ln)).high * power_of_two(-scale)
}

/// Returns the cost of one instance, clipped.
fn clipped_cost(clip: Clip, y: f64, yhat: f64) -> f64 {
    match clip.bound() {
        Bound::Prediction(epsilon) => CrossEntropy.cost(y, yhat.clamp(epsilon, 1.0 - epsilon)),
        Bound::Logarithm(least) => {
            let yhat = yhat.clamp(0.0, 1.0);
            let of_yhat = pxfm::f_log(yhat).max(least);
            let of_complement = pxfm::f_log1p(-yhat).max(least);
            0.0 - (y * of_yhat + (1.0 - y) * of_complement)
        }
    }
}

/// Computes the costs of labels 0 and 1 by the fast logarithm; those of other labels, and where
/// that logarithm is undecided, one by one.
#[inline(always)]
fn costs_of_all(y: &[f64], yhat: &[f64], costs: &mut [f64]) {
    let ([mut right, mut lost], mut entries) = ([[0.0; CHUNK]; 2], [[0.0; 4]; CHUNK]);
    let chunks = y.chunks(CHUNK).zip(yhat.chunks(CHUNK)).zip(costs.chunks_mut(CHUNK));
    for ((y, yhat), costs) in chunks {
        let (right, lost) = (&mut right[..y.len()], &mut lost[..y.len()]);
        let rows = right.iter_mut().zip(&mut *lost).zip(y.iter().zip(yhat));
        for ((right, lost), (&y, &yhat)) in rows {
            // The probability that ŷ gives to the label, and its exact rounding error. A branch
            // would often be mispredicted, as labels change from row to row.
            let complement = 1.0 - yhat;
            let lost_of_complement = (1.0 - complement) - yhat;
            let is_one = y == 1.0;
            *right = if is_one { yhat } else { complement };
            *lost = if is_one { 0.0 } else { lost_of_complement };
        }
        logarithm::lns(right, lost, costs, &mut entries);
        for (cost, &y) in costs.iter_mut().zip(y) {
            let is_hard = y * (1.0 - y) == 0.0;
            *cost = if is_hard { 0.0 - *cost } else { f64::NAN };
        }
        if costs.iter().fold(false, |any, cost| any | cost.is_nan()) {
            for ((cost, &y), &yhat) in costs.iter_mut().zip(y).zip(yhat) {
                if cost.is_nan() {
                    *cost = CrossEntropy.cost(y, yhat);
                }
            }
        }
    }
}

/// Returns ln(1 − ŷ), correctly rounded.
fn ln_of_complement(yhat: f64) -> f64 {
    if yhat >= 0.5 {
        // 1 − ŷ is exact here (Sterbenz's lemma), and ln is cheaper than log1p.
        pxfm::f_log(1.0 - yhat)
    } else {
        pxfm::f_log1p(-yhat)
    }
}
