//! Equation 8.1, the quadratic cost: (y − ŷ)².

use super::domain::Domain;
use super::function::Cost;
use crate::neuron::{Neuron, sigmoid};
use crate::tally::{Baseline, Moments};

/// The quadratic cost, whose mean is the mean squared error; for predicted
/// probabilities it is the Brier score.
///
/// # Formula
/// (y − ŷ)², computed as `d = y − ŷ; d·d` in IEEE 754 double precision. From z it
/// is that of the exact y − σ(z), rounded before the square: within 4 units in the last
/// place.
///
/// # Domain
/// Any finite y and ŷ. A square beyond [`f64::MAX`] is ∞.
///
/// # Source
/// *Deep Learning Illustrated*, Equation 8.1; G. W. Brier, "Verification of
/// forecasts expressed in terms of probability" (1950).
///
/// ```
/// use costs::cost::{Cost, Quadratic};
/// assert_eq!(Quadratic.cost(1.0, 0.1192), 0.77580864);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Quadratic;

impl Cost for Quadratic {
    fn name(&self) -> &'static str {
        "quadratic"
    }

    fn aliases(&self) -> &'static [&'static str] {
        &["mse", "brier", "squared-error"]
    }

    fn field(&self) -> &'static str {
        "quadratic"
    }

    fn domain(&self) -> Domain {
        Domain::Finite
    }

    fn cost(&self, y: f64, yhat: f64) -> f64 {
        let d = y - yhat;
        d * d
    }

    fn cost_of_z(&self, neuron: Neuron) -> f64 {
        let d = neuron.error();
        d * d
    }

    /// 2(ŷ − y)·ŷ(1 − ŷ).
    fn gradient(&self, y: f64, yhat: f64) -> f64 {
        2.0 * (yhat - y) * (yhat * (1.0 - yhat))
    }

    /// 2(ŷ − y)·ŷ(1 − ŷ).
    fn gradient_of_z(&self, neuron: Neuron) -> f64 {
        let z = neuron.logit();
        2.0 * neuron.error() * (sigmoid(z) * sigmoid(-z))
    }

    /// 2².
    fn growth(&self) -> f64 {
        4.0
    }

    /// The variance of the labels.
    fn baseline(&self, labels: &Moments) -> Baseline {
        labels.variance()
    }
}
