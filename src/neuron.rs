//! A neuron's activation: its output, its slope, and where it is saturated.
//!
//! | activation | a(z) | slope | steepest |
//! |---|---|---|---|
//! | sigmoid | σ(z) = 1/(1 + e⁻ᶻ) | σ(z)·σ(−z) | 1/4, at 0 |
//! | tanh | tanh z = 2σ(2z) − 1 | 4·σ(2z)·σ(−2z) | 1, at 0 |
//!
//! Both are kσ(kz) − (k − 1), where k is 1 for the sigmoid and 2 for tanh.
//!
//! Where the slope is flat, a cost whose gradient has it as a factor lets a neuron
//! learn next to nothing, however wrong it is: the neuron is saturated. (*Deep
//! Learning Illustrated*, the chapter "Training Deep Networks", Figure 8.1.)

mod difference;

use serde::{Deserialize, Serialize};

use crate::float::{Double, power_of_two};

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
        let k = self.logits_per_input();
        k * k * sigmoid(k * z) * sigmoid(-k * z)
    }

    /// The steepest slope there is, at z = 0.
    #[must_use]
    pub fn steepest(self) -> f64 {
        self.logits_per_input() * self.logits_per_input() / 4.0
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

    /// The two labels that the outputs stand for.
    #[must_use]
    pub fn labels(self) -> [f64; 2] {
        [1.0 - self.logits_per_input(), 1.0]
    }

    /// k: how many times a weighted input is that of the sigmoid neuron with the same
    /// probabilities.
    #[must_use]
    pub fn logits_per_input(self) -> f64 {
        match self {
            Activation::Sigmoid => 1.0,
            Activation::Tanh => 2.0,
        }
    }

    /// The label halfway between the two that the outputs stand for.
    #[must_use]
    pub fn middle(self) -> f64 {
        1.0 - self.logits_per_input() / 2.0
    }
}

/// A neuron at one instance: its label and its weighted input.
///
/// A tanh neuron with labels −1 and 1 is a sigmoid one of twice the weighted input, its
/// [`logit`](Neuron::logit), whose label is (1 + y)/2: tanh z = 2σ(2z) − 1. Neither part
/// of that label loses digits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neuron {
    /// Its activation.
    pub activation: Activation,
    /// The label, within those of the activation.
    pub y: f64,
    /// The weighted input, ±∞ included.
    pub z: f64,
}

impl Neuron {
    /// The z of the sigmoid neuron.
    #[must_use]
    pub fn logit(self) -> f64 {
        self.activation.logits_per_input() * self.z
    }

    /// The label of the sigmoid neuron, from 0 to 1: the number nearest to it.
    #[must_use]
    pub fn ones(self) -> f64 {
        self.shares()[0].high
    }

    /// The number nearest to 1 − that label.
    #[must_use]
    pub fn zeros(self) -> f64 {
        self.shares()[1].high
    }

    /// That label, and 1 − it.
    fn shares(self) -> [Double; 2] {
        match self.activation {
            Activation::Sigmoid => [Double::from(self.y), Double::sum(1.0, -self.y)],
            Activation::Tanh => [self.y, -self.y].map(|y| Double::sum(1.0, y).scaled(0.5)),
        }
    }

    /// σ(logit) − label of the sigmoid neuron: nearly the number nearest to it where the
    /// label is soft, however close the two are.
    #[must_use]
    pub fn error(self) -> f64 {
        let [low, high] = self.activation.labels();
        if self.y == high {
            -sigmoid(-self.logit())
        } else if self.y == low {
            sigmoid(self.logit())
        } else if self.z == 0.0 {
            (self.activation.middle() - self.y) / self.activation.logits_per_input()
        } else if self.z < 0.0 {
            self.error_of_tail()
        } else {
            -self.error_of_tail()
        }
    }

    /// The tail s = σ(−|logit|) − the part p of a soft label that lies there. With
    /// E = e^−|logit| it is E/(1 + E) − p = ((1 − p)E − p)/(1 + E).
    fn error_of_tail(self) -> f64 {
        let [ones, zeros] = self.shares();
        let (p, rest) = if self.z < 0.0 { (ones, zeros) } else { (zeros, ones) };
        let distance = self.logit().abs();
        if distance > 800.0 || distance > 500.0 && p.high > power_of_two(-650) {
            return -p.high;
        }
        if distance <= 500.0 {
            let e = Double::exp(-distance);
            let difference = rest * e + -p;
            // All but 60 bits may cancel.
            if difference.high.abs() > power_of_two(-35) * p.high {
                return (difference / (Double::ONE + e)).high;
            }
        }
        difference::of_tail(distance, p, 256)
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
    /// In place of a neuron, a layer: the probability ŷ of each of several classes.
    Classes,
    /// The weighted input z of each class, of which a softmax makes probabilities.
    Logits,
    /// In place of a neuron and its label: the natural logarithm of the probability that was
    /// given to what happened.
    Logp,
}

impl Given {
    /// Whether it is of several classes.
    #[must_use]
    pub fn has_classes(self) -> bool {
        matches!(self, Given::Classes | Given::Logits)
    }

    /// Whether it is z, of a neuron or of each class.
    #[must_use]
    pub fn is_z(self) -> bool {
        matches!(self, Given::Z | Given::Logits)
    }

    /// Whether there are labels beside it.
    #[must_use]
    pub fn has_labels(self) -> bool {
        self != Given::Logp
    }

    /// What a column of it is called that has no name.
    #[must_use]
    pub fn column(self) -> &'static str {
        match self {
            Given::Yhat | Given::Classes => "yhat",
            Given::Z | Given::Logits => "z",
            Given::Logp => "logp",
        }
    }

    /// The same of several classes.
    #[must_use]
    pub fn of_classes(self) -> Self {
        if self.is_z() { Given::Logits } else { Given::Classes }
    }
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
    let (slope, side) =
        if given.is_z() { (activation.slope(x), x) } else { (x * (1.0 - x), x - 0.5) };
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
