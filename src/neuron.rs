//! A neuron's activation: its output, its slope, and where it is saturated.
//!
//! | activation | a(z) | slope | steepest |
//! |---|---|---|---|
//! | sigmoid | σ(z) = 1/(1 + e⁻ᶻ) | σ(z)·σ(−z) | 1/4, at 0 |
//! | tanh | tanh z = 2σ(2z) − 1 | 4·σ(2z)·σ(−2z) | 1, at 0 |
//!
//! Where the slope is flat, a cost whose gradient has it as a factor lets a neuron
//! learn next to nothing, however wrong it is: the neuron is saturated. (*Deep
//! Learning Illustrated*, the chapter "Training Deep Networks", Figure 8.1.)

use serde::{Deserialize, Serialize};

/// The part of the steepest slope below which a neuron counts as saturated.
///
/// That is beyond |z| of 5.98 for the sigmoid, and of 2.99 for tanh.
pub const SATURATION: f64 = 0.01;

/// How a neuron turns its weighted input z into its output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum Activation {
    /// From 0 to 1.
    #[default]
    Sigmoid,
    /// From −1 to 1, for labels −1 and 1.
    Tanh,
}

impl Activation {
    /// Both there are.
    pub const ALL: [Activation; 2] = [Activation::Sigmoid, Activation::Tanh];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Activation::Sigmoid => "sigmoid",
            Activation::Tanh => "tanh",
        }
    }

    /// The output for a weighted input, ±∞ included.
    ///
    /// ```
    /// use costs::neuron::Activation;
    /// assert_eq!(Activation::Sigmoid.output(0.0), 0.5);
    /// assert_eq!(Activation::Tanh.output(f64::NEG_INFINITY), -1.0);
    /// ```
    #[must_use]
    pub fn output(self, z: f64) -> f64 {
        match self {
            Activation::Sigmoid => sigmoid(z),
            Activation::Tanh => pxfm::f_tanh(z),
        }
    }

    /// The slope ∂a/∂z.
    #[must_use]
    pub fn slope(self, z: f64) -> f64 {
        match self {
            Activation::Sigmoid => sigmoid(z) * sigmoid(-z),
            Activation::Tanh => 4.0 * sigmoid(2.0 * z) * sigmoid(-2.0 * z),
        }
    }

    /// The steepest slope there is, at z = 0.
    #[must_use]
    pub fn steepest(self) -> f64 {
        match self {
            Activation::Sigmoid => 0.25,
            Activation::Tanh => 1.0,
        }
    }

    /// Whether the slope at z is below [`SATURATION`] of the steepest one.
    ///
    /// ```
    /// use costs::neuron::Activation;
    /// assert!(Activation::Sigmoid.is_saturated(-6.0));
    /// assert!(!Activation::Tanh.is_saturated(2.9));
    /// ```
    #[must_use]
    pub fn is_saturated(self, z: f64) -> bool {
        self.slope(z) < SATURATION * self.steepest()
    }

    /// The label halfway between the two that the outputs stand for.
    #[must_use]
    pub fn middle(self) -> f64 {
        match self {
            Activation::Sigmoid => 0.5,
            Activation::Tanh => 0.0,
        }
    }
}

/// What is known of a neuron.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Given {
    /// The output ŷ, of a sigmoid neuron if of any.
    Yhat,
    /// The weighted input z.
    Z,
}

/// Whether a neuron learns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Condition {
    /// Its slope lets it.
    #[default]
    Open,
    /// It is saturated, on the side of its label.
    Saturated,
    /// It is saturated on the other side.
    SaturatedWrong,
}

/// The condition of a neuron with the label y, of which its output or its weighted
/// input is `x`.
///
/// ```
/// use costs::neuron::{Activation, Condition, Given, condition};
/// assert_eq!(condition(Given::Z, Activation::Sigmoid, 1.0, -6.0), Condition::SaturatedWrong);
/// assert_eq!(condition(Given::Yhat, Activation::Sigmoid, 0.0, 0.001), Condition::Saturated);
/// ```
#[must_use]
pub fn condition(given: Given, activation: Activation, y: f64, x: f64) -> Condition {
    let (slope, side) = match given {
        Given::Yhat => (x * (1.0 - x), x - 0.5),
        Given::Z => (activation.slope(x), x),
    };
    if slope >= SATURATION * activation.steepest() {
        Condition::Open
    } else if (y - activation.middle()) * side < 0.0 {
        Condition::SaturatedWrong
    } else {
        Condition::Saturated
    }
}

/// σ(z) = 1/(1 + e⁻ᶻ), which keeps its tail where it goes to 0.
#[must_use]
pub fn sigmoid(z: f64) -> f64 {
    if z < 0.0 {
        let e = pxfm::f_exp(z);
        e / (1.0 + e)
    } else {
        1.0 / (1.0 + pxfm::f_exp(-z))
    }
}

/// ln(1 + e^−|z|), the part of softplus that is left of its ramp: softplus(z) =
/// ln(1 + eᶻ) is this plus max(z, 0).
#[must_use]
pub(crate) fn softplus_tail(z: f64) -> f64 {
    pxfm::f_log1p(pxfm::f_exp(-z.abs()))
}
