//! What a cost's formula is, by what is given of the neurons.

use crate::cost::{Cost, Scale, number};
use crate::digits::significant;
use crate::neuron::{Activation, Given};
use crate::scoring::Scoring;

/// Whether a cost is one of the probabilities that a neuron of tanh stands for, and not of its
/// labels and outputs themselves.
pub fn is_of_probabilities(cost: &dyn Cost, scoring: &Scoring) -> bool {
    scoring.activation() == Activation::Tanh && cost.growth() <= 1.0
}

/// A cost's name, with its equation.
pub fn name(cost: &dyn Cost) -> String {
    match cost.equation() {
        "" => cost.name().to_owned(),
        equation => format!("{} (Eq. {equation})", cost.name()),
    }
}

/// The formula of the cost of one instance.
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

/// A cost of that name, or its mean, put on a scale.
pub fn on_scale(scale: Scale, name: &str, cost: f64, digits: usize) -> String {
    let (formula, numbers) = (scale.put_in(name), scale.put_in(&number(cost, digits)));
    format!("{formula} = {numbers} = {}", significant(scale.of_mean(cost), digits))
}
