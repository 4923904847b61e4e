//! Equation 8.1, the quadratic cost: (y − ŷ)².

use super::classes::Softmax;
use super::clip::Clip;
use super::domain::Domain;
use super::function::Cost;
use super::terms::{Terms, factor};
use crate::neuron::{Activation, Neuron, sigmoid};
use crate::tally::{Baseline, Frequencies, Moments};

/// The quadratic cost, whose mean is the mean squared error; for predicted
/// probabilities it is the Brier score.
///
/// # Formula
/// (y − ŷ)², computed as `d = y − ŷ; d·d` in IEEE 754 double precision. From z, the
/// difference y − σ(z) is rounded once before it is squared, so that the cost is within 4 units
/// in the last place.
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
        &["mse", "squared-error", "brier"]
    }

    fn field(&self) -> &'static str {
        "quadratic"
    }

    fn formula(&self) -> &'static str {
        "(y − ŷ)²"
    }

    fn equation(&self) -> &'static str {
        "8.1"
    }

    fn put_in(&self, terms: &Terms) -> String {
        let Terms { y, yhat, difference, .. } = terms;
        format!("({y} − {})² = {}²", factor(yhat), factor(difference))
    }

    fn put_in_classes(&self, classes: &[Terms], _: &Terms, rest: &str) -> String {
        let square = |terms: &Terms| terms.put_in(self.formula());
        classes.iter().map(square).collect::<Vec<_>>().join(" + ") + rest
    }

    fn gradient_formula(&self, activation: Activation) -> Option<&'static str> {
        Some(match activation {
            Activation::Sigmoid => "2·(ŷ − y)·ŷ·(1 − ŷ)",
            Activation::Tanh => "2·(a − y)·(1 − a²)",
        })
    }

    fn is_linear(&self) -> bool {
        false
    }

    fn put_in_frequencies(&self, frequencies: &[String]) -> Option<String> {
        let square = |f: &String| if f == "…" { f.clone() } else { format!("{f}²") };
        let squares: Vec<String> = frequencies.iter().map(square).collect();
        Some(format!("1 − Σf² = 1 − ({})", squares.join(" + ")))
    }

    fn range(&self) -> &'static str {
        "from 0 to 1 for labels and probabilities, otherwise from 0 to ∞, in squared units of y"
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
        // + 0 turns −0 into 0.
        2.0 * (yhat - y) * (yhat * (1.0 - yhat)) + 0.0
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

    fn cost_of_softmax(&self, label: usize, softmax: &Softmax) -> f64 {
        softmax.quadratic(label)
    }

    /// 1 − Σf² of the frequencies f.
    fn baseline_of_classes(&self, labels: &Frequencies) -> Baseline {
        labels.variance()
    }

    /// The variance of the labels.
    fn baseline(&self, labels: &Moments) -> Baseline {
        labels.variance()
    }
}

/// The Brier score: the quadratic cost with labels and predictions restricted to [0, 1]. In
/// results, states and limits it is called the quadratic cost.
///
/// # Source
/// G. W. Brier, "Verification of forecasts expressed in terms of probability" (1950).
///
/// ```
/// use costs::cost::{Brier, Cost, Domain};
/// assert_eq!((Brier.cost(1.0, 0.1192), Brier.domain()), (0.77580864, Domain::Unit));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Brier;

impl Cost for Brier {
    fn name(&self) -> &'static str {
        Quadratic.name()
    }

    fn aliases(&self) -> &'static [&'static str] {
        Quadratic.aliases()
    }

    fn field(&self) -> &'static str {
        Quadratic.field()
    }

    fn formula(&self) -> &'static str {
        Quadratic.formula()
    }

    fn equation(&self) -> &'static str {
        Quadratic.equation()
    }

    fn put_in(&self, terms: &Terms) -> String {
        Quadratic.put_in(terms)
    }

    fn put_in_classes(&self, classes: &[Terms], label: &Terms, rest: &str) -> String {
        Quadratic.put_in_classes(classes, label, rest)
    }

    fn gradient_formula(&self, activation: Activation) -> Option<&'static str> {
        Quadratic.gradient_formula(activation)
    }

    fn is_linear(&self) -> bool {
        Quadratic.is_linear()
    }

    fn put_in_frequencies(&self, frequencies: &[String]) -> Option<String> {
        Quadratic.put_in_frequencies(frequencies)
    }

    fn range(&self) -> &'static str {
        "from 0 to 1"
    }

    fn domain(&self) -> Domain {
        Domain::Unit
    }

    fn allows_tanh(&self) -> bool {
        false
    }

    fn cost(&self, y: f64, yhat: f64) -> f64 {
        Quadratic.cost(y, yhat)
    }

    fn cost_of_z(&self, neuron: Neuron) -> f64 {
        Quadratic.cost_of_z(neuron)
    }

    fn cost_of_softmax(&self, label: usize, softmax: &Softmax) -> f64 {
        Quadratic.cost_of_softmax(label, softmax)
    }

    fn baseline_of_classes(&self, labels: &Frequencies) -> Baseline {
        Quadratic.baseline_of_classes(labels)
    }

    /// Clamps each ŷ to [0, 1].
    fn clipped_cost_of_classes(&self, _: Clip, label: usize, yhat: &[f64]) -> f64 {
        let yhat: Vec<f64> = yhat.iter().map(|yhat| yhat.clamp(0.0, 1.0)).collect();
        self.cost_of_classes(label, &yhat)
    }

    fn gradient(&self, y: f64, yhat: f64) -> f64 {
        Quadratic.gradient(y, yhat)
    }

    fn gradient_of_z(&self, neuron: Neuron) -> f64 {
        Quadratic.gradient_of_z(neuron)
    }

    fn growth(&self) -> f64 {
        Quadratic.growth()
    }

    fn baseline(&self, labels: &Moments) -> Baseline {
        Quadratic.baseline(labels)
    }

    fn is_clipped(&self) -> bool {
        true
    }

    fn clipped_output(&self, _: Clip, yhat: f64) -> f64 {
        yhat.clamp(0.0, 1.0)
    }

    /// Clamps ŷ to [0, 1].
    fn clip(&self, _: Clip, y: &[f64], yhat: &[f64], costs: &mut [f64]) {
        for ((cost, &y), &yhat) in costs.iter_mut().zip(y).zip(yhat) {
            if !(0.0..=1.0).contains(&yhat) {
                *cost = self.cost(y, yhat.clamp(0.0, 1.0));
            }
        }
    }
}
