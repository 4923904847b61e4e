//! A cost function that takes a neuron's weighted input z in place of its output.

use super::domain::Domain;
use super::function::Cost;
use crate::neuron::{Activation, Neuron};
use crate::tally::{Baseline, Moments};

/// The cost of a neuron's output, from its weighted input z.
///
/// # Formula
/// For a sigmoid neuron, it is that of the cost itself, with ŷ = σ(z). For a tanh neuron of
/// output a, with labels −1 and 1, cross-entropy is computed from ŷ = (1 + a)/2 = σ(2z) and the
/// label (1 + y)/2. The quadratic cost is (y − a)², four times that of ŷ and this label.
///
/// # Domain
/// Any z, ±∞ included. For a sigmoid neuron, y in the domain of the cost; for a tanh neuron, y
/// in [−1, 1] but not 0.
///
/// ```
/// use costs::cost::{Activated, CrossEntropy};
/// use costs::neuron::Activation;
/// let cost = Activated { cost: &CrossEntropy, activation: Activation::Sigmoid };
/// // 1 − σ(46) is 10⁻²⁰, where σ(46) itself rounds to 1.
/// assert_eq!(cost.cost(1.0, 46.0), 1.0530617357553812e-20);
/// assert_eq!(cost.cost(0.0, f64::INFINITY), f64::INFINITY);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Activated {
    /// The cost.
    pub cost: &'static dyn Cost,
    /// The activation of the neuron.
    pub activation: Activation,
}

impl Activated {
    fn neuron(self, y: f64, z: f64) -> Neuron {
        Neuron { activation: self.activation, y, z }
    }

    fn growth(self) -> f64 {
        match self.activation {
            Activation::Sigmoid => 1.0,
            Activation::Tanh => self.cost.growth(),
        }
    }

    /// Returns ∂C/∂z.
    #[must_use]
    pub fn gradient(self, y: f64, z: f64) -> f64 {
        let of_logit = self.growth() * self.cost.gradient_of_z(self.neuron(y, z));
        self.activation.logits_per_input() * of_logit
    }

    /// Returns the numbers that y may be.
    #[must_use]
    pub fn domain_of_y(self) -> Domain {
        match self.activation {
            Activation::Sigmoid => self.cost.domain(),
            Activation::Tanh => Domain::Signed,
        }
    }

    /// Returns the cost of an instance.
    #[must_use]
    pub fn cost(self, y: f64, z: f64) -> f64 {
        self.growth() * self.cost.cost_of_z(self.neuron(y, z))
    }

    /// Computes the cost of each instance: `costs[i]` becomes that of `y[i]` and `z[i]`.
    ///
    /// # Panics
    /// If the three slices differ in length.
    pub fn costs(self, y: &[f64], z: &[f64], costs: &mut [f64]) {
        assert!(y.len() == z.len() && y.len() == costs.len());
        for ((cost, &y), &z) in costs.iter_mut().zip(y).zip(z) {
            *cost = self.cost(y, z);
        }
    }

    /// Returns the mean cost of always predicting the mean label, as [`Cost::baseline`] does.
    #[must_use]
    pub fn baseline(self, labels: &Moments) -> Baseline {
        match self.activation {
            Activation::Sigmoid => self.cost.baseline(labels),
            Activation::Tanh => {
                self.cost.baseline(&labels.of_signed_labels()).scaled(self.growth())
            }
        }
    }
}
