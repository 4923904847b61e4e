//! What a cost function is.

use std::fmt;

use super::classes::{ClassOutputs, Softmax};
use super::clip::Clip;
use super::domain::Domain;
use super::terms::Terms;
use crate::neuron::{Activation, Neuron};
use crate::tally::{Baseline, Frequencies, Moments};

/// A cost function: how wrong the output ŷ of a neuron is for the label y.
pub trait Cost: Sync {
    /// The name on the command line and in tables, such as `cross-entropy`.
    fn name(&self) -> &'static str;

    /// Other names that `--cost` takes.
    fn aliases(&self) -> &'static [&'static str];

    /// The name of the field in machine formats, such as `cross_entropy`.
    fn field(&self) -> &'static str;

    /// The formula of the cost of one instance, as help shows it.
    fn formula(&self) -> &'static str;

    /// The numbers of the equations that it is in the book, such as `8.1`; empty if it is none.
    fn equation(&self) -> &'static str {
        ""
    }

    /// The formula with the numbers of an instance put in.
    fn put_in(&self, terms: &Terms) -> String {
        terms.put_in(self.formula())
    }

    /// The formula of the cost of one instance of several classes: by default that of
    /// [`cost_of_classes`](Cost::cost_of_classes).
    fn formula_of_classes(&self) -> String {
        format!("Σ{} over the classes; y = 1 for the label", self.formula())
    }

    /// The same with numbers put in: those of the classes, or those of the label. `rest` stands
    /// for classes that are left out of a sum over them.
    fn put_in_classes(&self, classes: &[Terms], _label: &Terms, rest: &str) -> String {
        let terms: Vec<String> = classes.iter().map(|terms| self.put_in(terms)).collect();
        terms.join(" + ") + rest
    }

    /// The formula of ∂C/∂z, of y and of the output: ŷ of a sigmoid neuron, a of one of tanh.
    /// None if it is not shown.
    fn gradient_formula(&self, _activation: Activation) -> Option<&'static str> {
        None
    }

    /// Whether the cost is linear in y, so that the mean cost of always predicting ȳ is that
    /// of a label ȳ.
    fn is_linear(&self) -> bool {
        true
    }

    /// The formula of [`baseline_of_classes`](Cost::baseline_of_classes) and the same with the
    /// frequencies of the classes put in. None if it is not shown.
    fn put_in_frequencies(&self, _frequencies: &[String]) -> Option<String> {
        None
    }

    /// From where to where its costs go, and in what unit, as help says it.
    fn range(&self) -> &'static str;

    /// The numbers that y and ŷ may be.
    fn domain(&self) -> Domain;

    /// The cost of one instance, in [0, ∞]: never NaN and never −0 for y and ŷ
    /// within [`domain`](Cost::domain).
    fn cost(&self, y: f64, yhat: f64) -> f64;

    /// The mean cost of always predicting the mean label ȳ, from the moments of the
    /// labels.
    fn baseline(&self, labels: &Moments) -> Baseline;

    /// The cost of one instance, in [0, ∞], of a neuron's weighted input, which may be
    /// ±∞: that of the ŷ = σ([`logit`](Neuron::logit)) of a sigmoid neuron and its label
    /// [`ones`](Neuron::ones), without losing what ŷ rounds away.
    fn cost_of_z(&self, neuron: Neuron) -> f64;

    /// The cost of one instance of several classes, from the probability ŷ of each: by
    /// default the sum of those of all classes, each against the rest.
    ///
    /// # Panics
    /// If the label has no ŷ.
    fn cost_of_classes(&self, label: usize, yhat: &[f64]) -> f64 {
        let cost = |(class, &yhat)| self.cost(if class == label { 1.0 } else { 0.0 }, yhat);
        yhat.iter().enumerate().map(cost).sum()
    }

    /// The same, clipped. A cost that is never infinite stays as it is.
    fn clipped_cost_of_classes(&self, _clip: Clip, label: usize, yhat: &[f64]) -> f64 {
        self.cost_of_classes(label, yhat)
    }

    /// The same from weighted inputs, of which a softmax makes the probabilities.
    fn cost_of_softmax(&self, label: usize, softmax: &Softmax) -> f64 {
        self.cost_of_classes(label, &softmax.probabilities())
    }

    /// The cost of one instance, in [0, ∞], from the natural logarithm, in [−∞, 0], of the
    /// probability that was given to what happened; None if more is needed for it.
    fn cost_of_log_probability(&self, _logp: f64) -> Option<f64> {
        None
    }

    /// Whether there is such a cost.
    fn takes_log_probabilities(&self) -> bool {
        self.cost_of_log_probability(0.0).is_some()
    }

    /// The mean cost of always predicting the frequencies of the classes.
    fn baseline_of_classes(&self, labels: &Frequencies) -> Baseline {
        let baselines = labels.moments().map(|labels| self.baseline(&labels).to_f64());
        Baseline::from(baselines.sum::<f64>())
    }

    /// ∂C/∂z of a sigmoid neuron, from its output ŷ in [0, 1].
    fn gradient(&self, y: f64, yhat: f64) -> f64;

    /// The same from a neuron's weighted input: by its [`logit`](Neuron::logit).
    fn gradient_of_z(&self, neuron: Neuron) -> f64;

    /// How many times the cost grows if labels and outputs lie twice as far apart,
    /// as those of tanh do.
    fn growth(&self) -> f64;

    /// Whether it is of labels and outputs on the scale of tanh, too.
    fn allows_tanh(&self) -> bool {
        true
    }

    /// Whether [`clip`](Cost::clip) may change a cost.
    fn is_clipped(&self) -> bool {
        false
    }

    /// ŷ as [`clip`](Cost::clip) makes it. A cost that is never infinite leaves it as it is.
    fn clipped_output(&self, _clip: Clip, yhat: f64) -> f64 {
        yhat
    }

    /// Puts clipped costs in the place of those that clipping changes. A cost that is
    /// never infinite stays as it is.
    fn clip(&self, _clip: Clip, _y: &[f64], _yhat: &[f64], _costs: &mut [f64]) {}

    /// The cost of each instance: `costs[i]` becomes `cost(y[i], yhat[i])`.
    ///
    /// # Panics
    /// If the three slices differ in length.
    fn costs(&self, y: &[f64], yhat: &[f64], costs: &mut [f64]) {
        assert!(y.len() == yhat.len() && y.len() == costs.len());
        for ((cost, &y), &yhat) in costs.iter_mut().zip(y).zip(yhat) {
            *cost = self.cost(y, yhat);
        }
    }

    /// The cost of each instance of several classes, as
    /// [`cost_of_classes`](Cost::cost_of_classes).
    ///
    /// # Panics
    /// If there are not as many costs as instances.
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
