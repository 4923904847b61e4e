//! What a cost function is.

use std::fmt;

use fearless_simd::{Level, dispatch};

use super::classes::{ClassOutputs, Softmax};
use super::clip::Clip;
use super::domain::Domain;
use super::terms::Terms;
use crate::neuron::{Activation, Neuron};
use crate::tally::{Baseline, Frequencies, Moments};

/// A cost function: how wrong the output ŷ of a neuron is for the label y.
pub trait Cost: Sync {
    /// Returns the name on the command line and in tables, such as `cross-entropy`.
    fn name(&self) -> &'static str;

    /// Returns the other names that `--cost` accepts.
    fn aliases(&self) -> &'static [&'static str];

    /// Returns the name in machine formats, such as `cross_entropy`.
    fn field(&self) -> &'static str;

    /// Returns the formula of the cost of one instance, in the letters y and ŷ.
    fn formula(&self) -> &'static str;

    /// Returns the numbers of its equations in the book, such as `8.1`; empty if it has none.
    fn equation(&self) -> &'static str {
        ""
    }

    /// Returns the formula with the numbers of an instance in place of its letters.
    fn put_in(&self, terms: &Terms) -> String {
        terms.put_in(self.formula())
    }

    /// Returns the formula of [`cost_of_classes`](Cost::cost_of_classes).
    fn formula_of_classes(&self) -> String {
        format!("Σ{} over the classes; y = 1 for the label", self.formula())
    }

    /// Returns the same formula with the numbers of the classes, or of the label alone. A sum
    /// over the classes ends in `rest`, which stands for those that are not in `classes`.
    fn put_in_classes(&self, classes: &[Terms], _label: &Terms, rest: &str) -> String {
        let terms: Vec<String> = classes.iter().map(|terms| self.put_in(terms)).collect();
        terms.join(" + ") + rest
    }

    /// Returns the formula of ∂C/∂z, in y and the output: ŷ for a sigmoid neuron, a for a tanh
    /// neuron. None if there is none to show.
    fn gradient_formula(&self, _activation: Activation) -> Option<&'static str> {
        None
    }

    /// Whether the cost is linear in y. Then the baseline is the cost of ŷ = ȳ for a label ȳ.
    fn is_linear(&self) -> bool {
        true
    }

    /// Returns the formula of [`baseline_of_classes`](Cost::baseline_of_classes), `=`, and the
    /// same with the frequencies of the classes. None if there is none to show.
    fn put_in_frequencies(&self, _frequencies: &[String]) -> Option<String> {
        None
    }

    /// Returns the range of the costs and their unit, as a text for help.
    fn range(&self) -> &'static str;

    /// Returns the numbers that y and ŷ may be.
    fn domain(&self) -> Domain;

    /// Returns the cost of one instance, in [0, ∞]: never NaN and never −0 for y and ŷ
    /// within [`domain`](Cost::domain).
    fn cost(&self, y: f64, yhat: f64) -> f64;

    /// Returns the mean cost of always predicting the mean label ȳ, from the moments of the
    /// labels.
    fn baseline(&self, labels: &Moments) -> Baseline;

    /// Returns the cost of one instance, in [0, ∞], from a neuron's weighted input, which may be
    /// ±∞. It is the cost of ŷ = σ([`logit`](Neuron::logit)) for the label
    /// [`ones`](Neuron::ones), but no digits are lost to the rounding of ŷ.
    fn cost_of_z(&self, neuron: Neuron) -> f64;

    /// Returns the cost of one instance of several classes, from the probability ŷ of each. By
    /// default it is the sum of the costs of all classes, where y is 1 for the label and else 0.
    ///
    /// # Panics
    /// If the label has no ŷ.
    fn cost_of_classes(&self, label: usize, yhat: &[f64]) -> f64 {
        let cost = |(class, &yhat)| self.cost(if class == label { 1.0 } else { 0.0 }, yhat);
        yhat.iter().enumerate().map(cost).sum()
    }

    /// Returns [`cost_of_classes`](Cost::cost_of_classes), clipped. By default, clipping changes
    /// nothing.
    fn clipped_cost_of_classes(&self, _clip: Clip, label: usize, yhat: &[f64]) -> f64 {
        self.cost_of_classes(label, yhat)
    }

    /// Returns the cost of one instance of several classes from weighted inputs, which a softmax
    /// turns into probabilities.
    fn cost_of_softmax(&self, label: usize, softmax: &Softmax) -> f64 {
        self.cost_of_classes(label, &softmax.probabilities())
    }

    /// Returns the cost of one instance, in [0, ∞], from the natural logarithm, in [−∞, 0], of
    /// the probability that was given to what happened. None if the cost does not follow from
    /// that alone.
    fn cost_of_log_probability(&self, _logp: f64) -> Option<f64> {
        None
    }

    /// Whether [`cost_of_log_probability`](Cost::cost_of_log_probability) returns costs.
    fn takes_log_probabilities(&self) -> bool {
        self.cost_of_log_probability(0.0).is_some()
    }

    /// Returns the mean cost of always predicting the frequencies of the classes.
    fn baseline_of_classes(&self, labels: &Frequencies) -> Baseline {
        let baselines = labels.moments().map(|labels| self.baseline(&labels).to_f64());
        Baseline::from(baselines.sum::<f64>())
    }

    /// Returns ∂C/∂z of a sigmoid neuron, from its output ŷ in [0, 1].
    fn gradient(&self, y: f64, yhat: f64) -> f64;

    /// Returns the derivative of [`cost_of_z`](Cost::cost_of_z) with respect to the neuron's
    /// [`logit`](Neuron::logit).
    fn gradient_of_z(&self, neuron: Neuron) -> f64;

    /// Returns the factor by which the cost grows if all labels and outputs lie twice as far
    /// apart, as those of tanh do.
    fn growth(&self) -> f64;

    /// Whether the cost is defined for labels and outputs of tanh, from −1 to 1.
    fn allows_tanh(&self) -> bool {
        true
    }

    /// Whether [`clip`](Cost::clip) may change a cost.
    fn is_clipped(&self) -> bool {
        false
    }

    /// Returns ŷ, clipped. By default, clipping changes nothing.
    fn clipped_output(&self, _clip: Clip, yhat: f64) -> f64 {
        yhat
    }

    /// Replaces the costs that clipping changes by clipped ones. `costs` must hold the cost of
    /// each instance. By default, clipping changes nothing.
    fn clip(&self, _clip: Clip, _y: &[f64], _yhat: &[f64], _costs: &mut [f64]) {}

    /// Computes the cost of each instance: `costs[i]` becomes `cost(y[i], yhat[i])`.
    ///
    /// # Panics
    /// If the three slices differ in length.
    fn costs(&self, y: &[f64], yhat: &[f64], costs: &mut [f64]) {
        assert!(y.len() == yhat.len() && y.len() == costs.len());
        let rows = costs.iter_mut().zip(y).zip(yhat);
        dispatch!(Level::new(), _ => for ((cost, &y), &yhat) in rows {
            *cost = self.cost(y, yhat);
        });
    }

    /// Computes the cost of each instance of several classes by
    /// [`cost_of_classes`](Cost::cost_of_classes).
    ///
    /// # Panics
    /// If there are not as many `costs` as instances.
    fn costs_of_classes(&self, outputs: &ClassOutputs, costs: &mut [f64]) {
        assert!(outputs.len() == costs.len());
        for (cost, (label, yhat)) in costs.iter_mut().zip(outputs.iter()) {
            *cost = self.cost_of_classes(label, yhat);
        }
    }
}

impl fmt::Debug for dyn Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
