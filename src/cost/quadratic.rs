//! Equation 8.1, the quadratic cost: (y − ŷ)².

use super::{Cost, Domain};

/// The quadratic cost, whose mean is the mean squared error; for predicted
/// probabilities it is the Brier score.
///
/// # Formula
/// (y − ŷ)², computed as `d = y − ŷ; d·d` in IEEE 754 double precision.
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

    fn baseline(&self, _ybar: f64, variance: f64) -> f64 {
        variance
    }
}
