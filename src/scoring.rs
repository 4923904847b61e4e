//! What to compute: costs, how they are clipped, gradients, and over which instances.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::cost::{self, Activated, Clip, Cost, Domain, Domains, Measure};
use crate::neuron::{Activation, Given};
use crate::tally::{Shape, Size};

/// What to compute. States must agree on it to be merged.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
#[non_exhaustive]
pub struct Scoring {
    /// One result per file instead of one for all
    #[serde(rename = "groups_by_file")]
    #[cfg_attr(feature = "cli", arg(long, help_heading = "Columns", display_order = 100))]
    pub by_file: bool,
    /// The costs to compute [default: all]
    #[serde(rename = "costs", with = "fields")]
    #[cfg_attr(
        feature = "cli",
        arg(
            long,
            value_name = "COST,…",
            value_delimiter = ',',
            value_parser = crate::arguments::measures(),
            hide_possible_values = true,
            ignore_case = true,
            help_heading = "Costs",
            long_help = crate::arguments::measures_help()
        )
    )]
    pub cost: Vec<Measure>,
    /// The activation that turns z into the output [default: sigmoid]
    #[cfg_attr(
        feature = "cli",
        arg(long, value_enum, value_name = "NAME", help_heading = "Costs")
    )]
    pub activation: Option<Activation>,
    /// Show ∂C/∂z, too
    #[serde(rename = "gradients")]
    #[cfg_attr(feature = "cli", arg(long, help_heading = "Costs"))]
    pub gradient: bool,
    /// Keep ŷ away from 0 and 1 for cross-entropy: by a number, or as sklearn, keras or torch does
    #[cfg_attr(
        feature = "cli",
        arg(
            long,
            value_name = "EPS",
            allow_hyphen_values = true,
            help_heading = crate::arguments::DATA,
            display_order = 100
        )
    )]
    pub clip: Option<Clip>,
    /// Split the mean into miscalibration, discrimination and baseline, by isotonic regression
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "cli", arg(long, help_heading = "Costs"))]
    pub calibration: bool,
    /// Divide the class probabilities of each row by their sum
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(
        feature = "cli",
        arg(long, help_heading = crate::arguments::DATA, display_order = 100)
    )]
    pub normalize: bool,
    /// Show the K instances with the highest cost, worst first, by the first cost asked for
    #[serde(rename = "number_of_worst_instances")]
    #[cfg_attr(
        feature = "cli",
        arg(
            long,
            value_name = "K",
            conflicts_with = "each",
            value_parser = clap::value_parser!(u32).range(1..),
            help_heading = crate::arguments::DATA,
            display_order = 101
        )
    )]
    pub worst: Option<u32>,
}

impl Scoring {
    /// Creates the scoring by these costs, without any other option.
    #[must_use]
    pub fn of(costs: &[&'static dyn Cost]) -> Self {
        Scoring { cost: costs.iter().copied().map(Measure::from).collect(), ..Scoring::default() }
    }

    /// Returns the costs to compute, each once, in the order in which they are reported.
    #[must_use]
    pub fn costs(&self) -> Vec<&'static dyn Cost> {
        let mut costs: Vec<&'static dyn Cost> = Vec::new();
        for cost in self.asked().into_iter().map(|measure| measure.cost) {
            match costs.iter_mut().find(|other| other.name() == cost.name()) {
                // The Brier score has a narrower domain than the quadratic cost, and wins.
                Some(other) if cost.domain() == Domain::Unit => *other = cost,
                Some(_) => {}
                None => costs.push(cost),
            }
        }
        costs
    }

    /// Returns the costs and scales to report, each once, in the order of the report.
    #[must_use]
    pub fn measures(&self) -> Vec<Measure> {
        once_each(self.asked())
    }

    /// Returns the measures of single instances: bits, and else costs, as other scales are of
    /// means only.
    pub(crate) fn measures_of_instances(&self) -> Vec<Measure> {
        let of_one = |measure: Measure| match measure.scale {
            Some(scale) if !scale.is_multiple() => measure.cost.into(),
            _ => measure,
        };
        once_each(self.asked().into_iter().map(of_one).collect())
    }

    /// Converts the columns of each model and cost, and of gradients, to the measures that
    /// instances show.
    pub(crate) fn shown<'c>(&self, columns: &'c [Vec<f64>]) -> Cow<'c, [Vec<f64>]> {
        let (measures, costs) = (self.measures_of_instances(), self.costs());
        if measures.iter().all(|measure| measure.scale.is_none()) {
            return Cow::Borrowed(columns);
        }
        let per_cost = self.columns_per_cost();
        let mut shown = Vec::new();
        for of_model in columns.chunks(costs.len() * per_cost) {
            for measure in &measures {
                let index = self.index(*measure).expect("its cost is computed");
                let columns = &of_model[index * per_cost..][..per_cost];
                let (cost, gradient) = columns.split_first().expect("a cost has a column");
                let on_scale = |&cost: &f64| {
                    measure.scale.and_then(|scale| scale.of_amount(cost)).unwrap_or(cost)
                };
                shown.push(cost.iter().map(on_scale).collect());
                shown.extend_from_slice(gradient);
            }
        }
        Cow::Owned(shown)
    }

    /// Returns the index of the cost of a measure among the [`costs`](Scoring::costs).
    pub(crate) fn index(&self, measure: Measure) -> Option<usize> {
        self.costs().iter().position(|cost| cost.name() == measure.cost.name())
    }

    fn asked(&self) -> Vec<Measure> {
        if self.cost.is_empty() { cost::ALL.map(Measure::from).to_vec() } else { self.cost.clone() }
    }

    /// Whether all costs can be computed from log-probabilities.
    pub(crate) fn takes_log_probabilities(&self) -> bool {
        self.costs().iter().all(|cost| cost.takes_log_probabilities())
    }

    /// Returns the activation of a neuron whose z is given: by default the sigmoid.
    #[must_use]
    pub fn activation(&self) -> Activation {
        self.activation.unwrap_or_default()
    }

    /// Returns the cost as a function of z.
    pub(crate) fn activated(&self, cost: &'static dyn Cost) -> Activated {
        Activated { cost, activation: self.activation() }
    }

    /// Returns the numbers that all costs accept for y and the output, and gradients if asked for.
    pub(crate) fn domains(&self, given: Given) -> Domains {
        let domain = match self.domain() {
            Domain::Finite if self.gradient => Domain::UnitForGradient,
            domain => domain,
        };
        let labels = if self.calibration { Domain::Binary } else { domain };
        match given {
            Given::Classes => {
                let output = match self.clip {
                    _ if self.normalize => Domain::NotNegative,
                    Some(_) => Domain::NearUnit,
                    None => Domain::Unit,
                };
                Domains { y: Domain::Extended, output }
            }
            Given::Logits => Domains { y: Domain::Extended, output: Domain::Logit },
            Given::Yhat if domain == Domain::Unit && self.clip.is_some() => {
                Domains { y: labels, output: Domain::NearUnit }
            }
            Given::Yhat => Domains { y: labels, output: domain },
            Given::Z if self.activation() == Activation::Tanh => {
                Domains { y: Domain::Signed, output: Domain::Extended }
            }
            Given::Z => Domains { y: domain, output: Domain::Extended },
            Given::Logp => Domains { y: Domain::Zero, output: Domain::NotPositive },
        }
    }

    /// Returns the numbers that all costs accept for y and ŷ.
    pub(crate) fn domain(&self) -> Domain {
        if self.costs().iter().any(|cost| cost.domain() == Domain::Unit) {
            Domain::Unit
        } else {
            Domain::Finite
        }
    }

    /// Returns the number that stands for any label but the one of `--positive`.
    pub(crate) fn negative(&self) -> f64 {
        match self.activation() {
            Activation::Sigmoid => 0.0,
            Activation::Tanh => -1.0,
        }
    }

    /// Whether reports say which neurons are saturated.
    pub(crate) fn shows_neurons(&self, given: Given) -> bool {
        self.gradient || given == Given::Z
    }

    /// Returns the number of columns per cost: 1, or 2 with its gradient.
    pub(crate) fn columns_per_cost(&self) -> usize {
        1 + usize::from(self.gradient)
    }

    /// Returns how many instances of highest cost are shown; 0 if statistics are shown instead.
    pub(crate) fn worst(&self) -> usize {
        self.worst.unwrap_or(0) as usize
    }

    /// Returns the number of columns of a number of models in a tally.
    pub(crate) fn columns(&self, models: usize) -> usize {
        models * self.costs().len() * self.columns_per_cost()
    }

    /// Returns the shape of a tally of a number of models, including one that is the baseline.
    pub(crate) fn shape(&self, models: usize, weighted: bool) -> Shape {
        Shape { models, costs: self.columns(1), weighted, size: Size::Fast }
    }
}

/// Removes all but the first of equal measures.
fn once_each(measures: Vec<Measure>) -> Vec<Measure> {
    let mut each: Vec<Measure> = Vec::new();
    for measure in measures {
        if !each.contains(&measure) {
            each.push(measure);
        }
    }
    each
}

/// Serializes measures as the fields of their costs, without scales.
mod fields {
    use super::{Deserialize, Deserializer, Measure, Scoring, Serialize, Serializer, cost};
    use serde::de::Error;

    pub fn serialize<S: Serializer>(
        measures: &[Measure],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let scoring = Scoring { cost: measures.to_vec(), ..Scoring::default() };
        let fields: Vec<&str> = scoring.costs().iter().map(|cost| cost.field()).collect();
        fields.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<Measure>, D::Error> {
        let cost = |field: String| {
            let found = cost::ALL.into_iter().find(|cost| cost.field() == field);
            found
                .map(Measure::from)
                .ok_or_else(|| D::Error::custom(format!("there is no cost '{field}'")))
        };
        let costs = Vec::deserialize(deserializer)?.into_iter().map(cost);
        let costs = costs.collect::<Result<Vec<_>, _>>()?;
        if costs.is_empty() { Err(D::Error::custom("it has no costs")) } else { Ok(costs) }
    }
}
