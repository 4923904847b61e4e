//! All that a tally holds, as text with nothing rounded, for other machines and other
//! programs.

use num_traits::Zero;
use serde::{Deserialize, Serialize};

use super::column::Column;
use super::dyadic::Dyadic;
use super::statistics::Tally;

/// All that a [`Tally`] holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Instances.
    pub(super) n: u64,
    /// Rows that were left out.
    pub(super) skipped: u64,
    /// For each model: instances whose neuron is saturated and wrong.
    pub(super) marked: Vec<u64>,
    /// Of the weights, if there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) weights: Option<WeightState>,
    /// Σwy and Σwy², where w is 1 without weights.
    pub(super) labels: [Dyadic; 2],
    /// If labels are classes: those that have any weight, by their index among the names, and
    /// Σw of each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) classes: Option<Vec<(u32, Dyadic)>>,
    /// For each model and cost.
    pub(super) columns: Vec<ColumnState>,
    /// For each column of the models after the first: Σw²cc₁ with the first model's
    /// cost c₁ of the same instance, over the instances where both are finite.
    pub(super) pairs: Vec<Dyadic>,
}

/// The weights of instances.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeightState {
    /// Instances of a weight above 0.
    pub(super) support: u64,
    /// Σw and Σw².
    pub(super) sums: [Dyadic; 2],
}

/// The costs of one model by one cost function.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnState {
    /// Costs that were clipped.
    #[serde(default, skip_serializing_if = "u64::is_zero")]
    pub(super) clipped: u64,
    /// Instances of infinite cost and a weight above 0.
    pub(super) infinite: u64,
    /// Σw over those.
    pub(super) infinite_weight: Dyadic,
    /// Σwc, Σw²c and Σw²c² over the others.
    pub(super) sums: [Dyadic; 3],
}

impl State {
    /// Whether labels are classes.
    #[must_use]
    pub fn has_classes(&self) -> bool {
        self.classes.is_some()
    }

    /// How many classes there are at least.
    #[must_use]
    pub fn classes(&self) -> usize {
        let last = self.classes.as_ref().and_then(|classes| classes.last());
        last.map_or(0, |(class, _)| *class as usize + 1)
    }
}

impl Tally {
    /// All that the tally holds.
    #[must_use]
    pub fn state(&self) -> State {
        let weights = self.weights.as_ref().map(|sums| WeightState {
            support: self.support,
            sums: sums.sums().each_ref().map(Dyadic::from),
        });
        let column = |column: &Column| ColumnState {
            clipped: column.clipped,
            infinite: column.infinite,
            infinite_weight: column.infinite_weight.clone().into(),
            sums: column.read(),
        };
        State {
            n: self.n,
            skipped: self.skipped,
            marked: self.marked.clone(),
            weights,
            labels: self.labels.moments(),
            classes: self.labels.classes(),
            columns: self.columns.iter().map(column).collect(),
            pairs: self.pairs.iter().map(|pair| pair.sum().into()).collect(),
        }
    }
}
