//! The text of a cost's formula, by what is given of the neurons.

use crate::cost::{Cost, Scale, number};
use crate::digits::significant;
use crate::neuron::{Activation, Given};
use crate::scoring::Scoring;

/// Returns whether a cost of a tanh neuron is computed from the probabilities that its label
/// and output stand for, rather than from these themselves.
pub fn is_of_probabilities(cost: &dyn Cost, scoring: &Scoring) -> bool {
    scoring.activation() == Activation::Tanh && cost.growth() <= 1.0
}

/// Returns a cost's name, with its equation if it has one.
pub fn name(cost: &dyn Cost) -> String {
    match cost.equation() {
        "" => cost.name().to_owned(),
        equation => format!("{} (Eq. {equation})", cost.name()),
    }
}

/// Returns the formula of the cost of one instance.
pub fn formula(cost: &dyn Cost, given: Given, scoring: &Scoring) -> String {
    let formula = cost.formula();
    match given {
        Given::Z if is_of_probabilities(cost, scoring) => {
            formula.replace('ŷ', "p").replace('y', "q")
        }
        Given::Z if scoring.activation() == Activation::Tanh => formula.replace('ŷ', "a"),
        Given::Yhat | Given::Z => formula.to_owned(),
        Given::Classes | Given::Logits => cost.formula_of_classes(),
        Given::Logp => "−ln p; the column has ln p".to_owned(),
    }
}

/// Returns the working of a cost, or of its mean, on a scale. The formula calls it `name`.
pub fn on_scale(scale: Scale, name: &str, cost: f64, digits: usize) -> String {
    let (formula, numbers) = (scale.put_in(name), scale.put_in(&number(cost, digits)));
    format!("{formula} = {numbers} = {}", significant(scale.of_mean(cost), digits))
}
