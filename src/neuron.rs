//! A neuron's activation: its output, its slope, and where it is saturated.
//!
//! | activation | a(z) | slope | steepest |
//! |---|---|---|---|
//! | sigmoid | σ(z) = 1/(1 + e⁻ᶻ) | σ(z)·σ(−z) | 1/4, at 0 |
//! | tanh | tanh z = 2σ(2z) − 1 | 4·σ(2z)·σ(−2z) | 1, at 0 |
//!
//! Both are kσ(kz) − (k − 1), where k is 1 for the sigmoid and 2 for tanh.
//!
//! Where the slope is nearly flat, the neuron is saturated: a cost whose gradient has the slope
//! as a factor lets it learn next to nothing, however wrong it is. (*Deep Learning Illustrated*,
//! the chapter "Training Deep Networks", Figure 8.1.)

mod difference;

use serde::{Deserialize, Serialize};

use crate::float::{Double, power_of_two};

/// The fraction of the steepest slope below which a neuron counts as saturated. That is for
/// |z| above 5.98 with the sigmoid, and above 2.99 with tanh.
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
    /// Every activation.
    pub const ALL: [Activation; 2] = [Activation::Sigmoid, Activation::Tanh];

    /// Returns the name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Activation::Sigmoid => "sigmoid",
            Activation::Tanh => "tanh",
        }
    }

    /// Returns the output a(z) for a weighted input, which may be ±∞.
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

    /// Returns the slope ∂a/∂z.
    #[must_use]
    pub fn slope(self, z: f64) -> f64 {
        let k = self.logits_per_input();
        k * k * sigmoid(k * z) * sigmoid(-k * z)
    }

    /// Returns the steepest slope, which is that at z = 0.
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

    /// Returns the labels at the lower and the upper end of the outputs.
    #[must_use]
    pub fn labels(self) -> [f64; 2] {
        [1.0 - self.logits_per_input(), 1.0]
    }

    /// Returns k, the factor from the weighted input to the logit: the weighted input of the
    /// sigmoid neuron with the same probabilities.
    #[must_use]
    pub fn logits_per_input(self) -> f64 {
        match self {
            Activation::Sigmoid => 1.0,
            Activation::Tanh => 2.0,
        }
    }

    /// Returns the number halfway between the two [`labels`](Activation::labels).
    #[must_use]
    pub fn middle(self) -> f64 {
        1.0 - self.logits_per_input() / 2.0
    }
}

/// A neuron at one instance: its label and its weighted input.
///
/// As tanh z = 2σ(2z) − 1, a tanh neuron with labels −1 and 1 corresponds to a sigmoid neuron
/// with labels 0 and 1. The weighted input of that is 2z, the [`logit`](Neuron::logit), and its
/// label is (1 + y)/2, which is [`ones`](Neuron::ones). A sigmoid neuron corresponds to itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neuron {
    /// The activation.
    pub activation: Activation,
    /// The label, from the lower to the upper label of the activation.
    pub y: f64,
    /// The weighted input, ±∞ included.
    pub z: f64,
}

impl Neuron {
    /// Returns the weighted input of the sigmoid neuron that it corresponds to.
    #[must_use]
    pub fn logit(self) -> f64 {
        self.activation.logits_per_input() * self.z
    }

    /// Returns the number nearest to the label of that sigmoid neuron, from 0 to 1.
    #[must_use]
    pub fn ones(self) -> f64 {
        self.shares()[0].high
    }

    /// Returns the number nearest to 1 − the label of that sigmoid neuron.
    #[must_use]
    pub fn zeros(self) -> f64 {
        self.shares()[1].high
    }

    /// Returns that label p and 1 − p, exactly.
    fn shares(self) -> [Double; 2] {
        match self.activation {
            Activation::Sigmoid => [Double::from(self.y), Double::sum(1.0, -self.y)],
            Activation::Tanh => [self.y, -self.y].map(|y| Double::sum(1.0, y).scaled(0.5)),
        }
    }

    /// Returns σ([`logit`](Neuron::logit)) − [`ones`](Neuron::ones). Where the label is between
    /// 0 and 1, this is correctly rounded but for rare cases, however close the two are.
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

    /// Returns σ(−|logit|) − p, where p is the part of the label on the other side of z. With
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
            // At least 60 bits are left if no more than 35 cancel.
            if difference.high.abs() > power_of_two(-35) * p.high {
                return (difference / (Double::ONE + e)).high;
            }
        }
        difference::of_tail(distance, p, 256)
    }
}

/// What a column of predictions holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Given {
    /// The output ŷ of a model, such as that of a sigmoid neuron.
    Yhat,
    /// The weighted input z of a neuron.
    Z,
    /// The probability ŷ of each of several classes.
    Classes,
    /// The weighted input z of each of several classes, which a softmax turns into
    /// probabilities.
    Logits,
    /// The natural logarithm of the probability that was given to what happened. There is no
    /// label then.
    Logp,
}

impl Given {
    /// Whether it is a number for each of several classes.
    #[must_use]
    pub fn has_classes(self) -> bool {
        matches!(self, Given::Classes | Given::Logits)
    }

    /// Whether it is a weighted input z, of a neuron or of each class.
    #[must_use]
    pub fn is_z(self) -> bool {
        matches!(self, Given::Z | Given::Logits)
    }

    /// Whether it is compared with labels.
    #[must_use]
    pub fn has_labels(self) -> bool {
        self != Given::Logp
    }

    /// Returns the name for a column that has none.
    #[must_use]
    pub fn column(self) -> &'static str {
        match self {
            Given::Yhat | Given::Classes => "yhat",
            Given::Z | Given::Logits => "z",
            Given::Logp => "logp",
        }
    }

    /// Returns the variant for several classes: weighted inputs or probabilities.
    #[must_use]
    pub fn of_classes(self) -> Self {
        if self.is_z() { Given::Logits } else { Given::Classes }
    }
}

/// Whether a neuron can learn from an instance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Condition {
    /// It is not saturated.
    #[default]
    Open,
    /// It is saturated, on the side of its label.
    Saturated,
    /// It is saturated on the side of the other label.
    SaturatedWrong,
}

/// Returns the condition of a neuron with the label y. `x` is its weighted input if `given` is a
/// z, else its output.
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

/// Returns σ(z) = 1/(1 + e⁻ᶻ). It keeps its digits where it goes to 0.
#[must_use]
pub fn sigmoid(z: f64) -> f64 {
    if z < 0.0 {
        let e = pxfm::f_exp(z);
        e / (1.0 + e)
    } else {
        1.0 / (1.0 + pxfm::f_exp(-z))
    }
}

/// Returns ln(1 + e^−|z|). softplus(z) = ln(1 + eᶻ) is this plus max(z, 0).
#[must_use]
pub(crate) fn softplus_tail(z: f64) -> f64 {
    pxfm::f_log1p(pxfm::f_exp(-z.abs()))
}
