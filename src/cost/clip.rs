//! The cross-entropy cost with its infinities cut off, as other libraries do.

use std::fmt;
use std::num::ParseFloatError;
use std::str::FromStr;

use super::cross_entropy::CrossEntropy;
use super::domain::Domain;
use super::function::Cost;
use crate::neuron::{Neuron, sigmoid};
use crate::tally::{Baseline, Moments};

/// What comes before the least logarithm, where a clip is written.
const LOGARITHM: &str = "ln ";

/// How ŷ, or its logarithm, is kept away from where the cost is ∞.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Clip {
    /// ŷ is put into [ε, 1 − ε].
    Prediction(f64),
    /// Each logarithm is at least this.
    Logarithm(f64),
}

impl Clip {
    /// scikit-learn: ε is the machine epsilon of f64 (`log_loss` in
    /// `sklearn/metrics/_classification.py`).
    pub const SKLEARN: Clip = Clip::Prediction(f64::EPSILON);

    /// Keras: ε is 10⁻⁷ (`epsilon` in `keras/src/backend/config.py`,
    /// `binary_crossentropy` of each backend).
    pub const KERAS: Clip = Clip::Prediction(1e-7);

    /// PyTorch: logarithms are at least −100 (`binary_cross_entropy` in
    /// `aten/src/ATen/native/Loss.cpp`).
    pub const TORCH: Clip = Clip::Logarithm(-100.0);
}

impl Clip {
    /// Clips those of the costs that are ever infinite.
    pub fn apply(self, costs: &mut [&'static dyn Cost]) {
        // It lives as long as the program, as the others do: a job has one at most.
        let clipped: &'static dyn Cost = Box::leak(Box::new(ClippedCrossEntropy(self)));
        costs
            .iter_mut()
            .filter(|cost| cost.name() == clipped.name())
            .for_each(|cost| *cost = clipped);
    }
}

impl fmt::Display for Clip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Clip::Prediction(epsilon) => write!(f, "{epsilon:e}"),
            Clip::Logarithm(least) => write!(f, "{LOGARITHM}{least:e}"),
        }
    }
}

impl FromStr for Clip {
    type Err = ParseFloatError;

    /// Reads what [`Display`](fmt::Display) writes.
    fn from_str(text: &str) -> Result<Self, ParseFloatError> {
        match text.strip_prefix(LOGARITHM) {
            Some(least) => Ok(Clip::Logarithm(least.parse()?)),
            None => Ok(Clip::Prediction(text.parse()?)),
        }
    }
}

/// The cross-entropy cost of a clipped prediction.
///
/// # Formula
/// That of [`CrossEntropy`], for ŷ in [ε, 1 − ε]; or with each logarithm at
/// least a bound.
///
/// ```
/// use costs::cost::{Clip, ClippedCrossEntropy, Cost};
/// assert_eq!(ClippedCrossEntropy(Clip::TORCH).cost(1.0, 0.0), 100.0);
/// assert_eq!(ClippedCrossEntropy(Clip::KERAS).cost(1.0, 0.0), 16.11809565095832);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ClippedCrossEntropy(pub Clip);

impl Cost for ClippedCrossEntropy {
    fn name(&self) -> &'static str {
        CrossEntropy.name()
    }

    fn aliases(&self) -> &'static [&'static str] {
        CrossEntropy.aliases()
    }

    fn field(&self) -> &'static str {
        CrossEntropy.field()
    }

    fn domain(&self) -> Domain {
        CrossEntropy.domain()
    }

    fn cost(&self, y: f64, yhat: f64) -> f64 {
        match self.0 {
            Clip::Prediction(epsilon) => CrossEntropy.cost(y, yhat.clamp(epsilon, 1.0 - epsilon)),
            Clip::Logarithm(least) => {
                let of_yhat = pxfm::f_log(yhat).max(least);
                let of_complement = pxfm::f_log1p(-yhat).max(least);
                0.0 - (y * of_yhat + (1.0 - y) * of_complement)
            }
        }
    }

    fn costs(&self, y: &[f64], yhat: &[f64], costs: &mut [f64]) {
        CrossEntropy.costs(y, yhat, costs);
        // Only what clipping changes is computed again.
        for ((cost, &y), &yhat) in costs.iter_mut().zip(y).zip(yhat) {
            let is_clipped = match self.0 {
                Clip::Prediction(epsilon) => yhat < epsilon || yhat > 1.0 - epsilon,
                Clip::Logarithm(least) => {
                    *cost > -least || !(1e-40..=1.0 - f64::EPSILON).contains(&yhat)
                }
            };
            if is_clipped {
                *cost = self.cost(y, yhat);
            }
        }
    }

    fn clip(&self) -> Option<Clip> {
        Some(self.0)
    }

    /// Of the clipped ŷ = σ(z).
    fn cost_of_z(&self, neuron: Neuron) -> f64 {
        self.cost(neuron.ones(), sigmoid(neuron.logit()))
    }

    /// That of the cost as it is.
    fn gradient(&self, y: f64, yhat: f64) -> f64 {
        CrossEntropy.gradient(y, yhat)
    }

    /// That of the cost as it is.
    fn gradient_of_z(&self, neuron: Neuron) -> f64 {
        CrossEntropy.gradient_of_z(neuron)
    }

    fn growth(&self) -> f64 {
        CrossEntropy.growth()
    }

    /// The entropy of ȳ, which is not clipped.
    fn baseline(&self, labels: &Moments) -> Baseline {
        CrossEntropy.baseline(labels)
    }
}
