//! The state of a tally: all that it holds, to be written as text with nothing rounded, for
//! other machines and other programs.

use num_traits::Zero;
use serde::{Deserialize, Serialize};

use super::column::Column;
use super::dyadic::Dyadic;
use super::forecasts::Sums;
use super::statistics::Tally;

/// All that a [`Tally`] holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The number of instances.
    pub(super) n: u64,
    /// The number of instances that were left out.
    pub(super) skipped: u64,
    /// For each model, the number of marked instances.
    pub(super) marked: Vec<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) weights: Option<WeightState>,
    /// Σwy and Σwy², where w is 1 without weights.
    pub(super) labels: [Dyadic; 2],
    /// If labels are classes: the indices of those whose Σw is above 0, in ascending order, each
    /// with its Σw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) classes: Option<Vec<(u32, Dyadic)>>,
    /// If forecasts are recalibrated, for each model: distinct ŷ in ascending order, each with
    /// Σw of its labels 0 and of its labels 1. [`Tally::states`] puts further ones into further
    /// states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) forecasts: Option<Vec<Vec<Sums>>>,
    /// The sums of costs, one for each model and cost.
    pub(super) columns: Vec<ColumnState>,
    /// For each column of the models after the first: Σw²cc₁ with the first model's
    /// cost c₁ of the same instance, over the instances where both are finite.
    pub(super) pairs: Vec<Dyadic>,
}

/// The weights of instances.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeightState {
    /// The number of instances of a weight above 0.
    pub(super) support: u64,
    /// Σw and Σw².
    pub(super) sums: [Dyadic; 2],
}

/// The costs of one model by one cost function.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnState {
    /// The number of costs that clipping changed.
    #[serde(default, skip_serializing_if = "u64::is_zero")]
    pub(super) clipped: u64,
    /// The number of instances of infinite cost and a weight above 0.
    pub(super) infinite: u64,
    /// Σw over those.
    pub(super) infinite_weight: Dyadic,
    /// Σwc, Σw²c and Σw²c² over the others.
    pub(super) sums: [Dyadic; 3],
}

impl State {
    /// Whether it holds forecasts.
    #[must_use]
    pub fn has_forecasts(&self) -> bool {
        self.forecasts.is_some()
    }

    /// Whether labels are classes.
    #[must_use]
    pub fn has_classes(&self) -> bool {
        self.classes.is_some()
    }

    /// Returns the least number of classes that there can be: 1 + the largest index.
    #[must_use]
    pub fn classes(&self) -> usize {
        let last = self.classes.as_ref().and_then(|classes| classes.last());
        last.map_or(0, |(class, _)| *class as usize + 1)
    }
}

/// The most distinct ŷ in one state. Readers limit the length of a line.
const MOST_FORECASTS: usize = 10_000;

impl Tally {
    /// Returns all that the tally holds as states, to be merged again: a first one, and if
    /// there are many distinct ŷ, others that hold nothing but more of these.
    pub fn states(&self) -> impl Iterator<Item = State> {
        let models = self.forecasts.iter().flat_map(|models| models.iter().enumerate());
        let mut forecasts = models
            .flat_map(|(model, forecasts)| forecasts.sums().map(move |sums| (model, sums)))
            .peekable();
        let mut first = Some(self.state());
        std::iter::from_fn(move || {
            let has_more = forecasts.peek().is_some();
            let state = first.take();
            let mut state = state.or_else(|| has_more.then(|| Tally::new(self.shape).state()))?;
            if self.forecasts.is_some() {
                let mut models = vec![Vec::new(); self.shape.models];
                for (model, sums) in forecasts.by_ref().take(MOST_FORECASTS) {
                    models[model].push(sums);
                }
                state.forecasts = Some(models);
            }
            Some(state)
        })
    }

    /// Returns all that the tally holds except its forecasts.
    pub(super) fn state(&self) -> State {
        let weights = self.weights.as_ref().map(|sums| WeightState {
            support: self.support,
            sums: sums.sums().each_ref().map(Dyadic::from),
        });
        let column = |column: &Column| ColumnState {
            clipped: column.clipped,
            infinite: column.infinite,
            infinite_weight: column.infinite_weight.clone().into(),
            sums: column.sums().map(Dyadic::from),
        };
        State {
            n: self.n,
            skipped: self.skipped,
            marked: self.marked.to_vec(),
            weights,
            labels: self.labels.moments(),
            classes: self.labels.classes(),
            forecasts: None,
            columns: self.columns.iter().map(column).collect(),
            pairs: self.pairs.iter().map(|pair| pair.sum().into()).collect(),
        }
    }
}
