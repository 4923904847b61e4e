//! What of a job scoring needs to know; a merge takes it from states instead.

use std::sync::Arc;

use crate::cost::{Activated, Clip, Cost, Domain, Domains};
use crate::error::Fault;
use crate::input::rows::Texts;
use crate::input::sheet::Sheet;
use crate::neuron::{Activation, Given};
use crate::report::{CostResult, Instances, cost_columns};
use crate::tally::{Shape, Size};
use crate::text::excerpt;

use super::Histogram;
use super::groups::Groups;

/// What to do with instances.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option")]
pub struct Plan {
    /// The costs to compute.
    pub costs: Vec<&'static dyn Cost>,
    /// Whether to compute the gradient of each cost, too.
    pub gradients: bool,
    /// The activation that was asked for, where z is given.
    pub activation: Option<Activation>,
    /// The number of models.
    pub models: usize,
    /// Whether instances have weights.
    pub weighted: bool,
    /// Whether each file is a group of its own.
    pub by_file: bool,
    /// Whether there are other groups.
    pub grouped: bool,
    /// The most groups there may be.
    pub max_groups: usize,
    /// The number of workers.
    pub threads: usize,
    /// How to write the instances, if that is asked for.
    pub instances: Option<Instances>,
    /// How many of the worst instances to keep.
    pub worst: usize,
    /// Whether an input without rows is no error.
    pub allows_empty: bool,
    /// Counts the first model's first cost.
    pub histogram: Option<Arc<Histogram>>,
}

impl Plan {
    /// The statistics by those costs of instances of one model, without weights or
    /// groups, on one thread.
    pub fn new(costs: Vec<&'static dyn Cost>) -> Self {
        Plan {
            costs,
            gradients: false,
            activation: None,
            models: 1,
            weighted: false,
            by_file: false,
            grouped: false,
            max_groups: usize::MAX,
            threads: 1,
            instances: None,
            worst: 0,
            allows_empty: false,
            histogram: None,
        }
    }

    /// How a cost is clipped, which is for ŷ alone.
    pub fn clip(&self) -> Option<Clip> {
        self.costs.iter().find_map(|cost| cost.clip())
    }

    /// The activation of a neuron whose z is given.
    pub fn activation(&self) -> Activation {
        self.activation.unwrap_or_default()
    }

    /// The numbers that all its costs, and gradients, take.
    pub fn domains(&self, given: Given) -> Domains {
        let domain = match self.domain() {
            Domain::Finite if self.gradients => Domain::UnitForGradient,
            domain => domain,
        };
        match given {
            Given::Yhat => Domains { y: domain, output: domain },
            Given::Z if self.activation() == Activation::Tanh => {
                Domains { y: Domain::Signed, output: Domain::Extended }
            }
            Given::Z => Domains { y: domain, output: Domain::Extended },
        }
    }

    /// The cost as one of z.
    pub fn activated(&self, cost: &'static dyn Cost) -> Activated {
        Activated { cost, activation: self.activation() }
    }

    /// Whether it is of interest which neurons are saturated.
    pub fn shows_neurons(&self, given: Given) -> bool {
        self.gradients || given == Given::Z
    }

    /// Columns of numbers per cost: the cost itself, and its gradient if wanted.
    pub fn columns_per_cost(&self) -> usize {
        1 + usize::from(self.gradients)
    }

    /// The numbers that all its costs take for y and ŷ.
    pub fn domain(&self) -> Domain {
        if self.costs.iter().any(|cost| cost.domain() == Domain::Unit) {
            Domain::Unit
        } else {
            Domain::Finite
        }
    }

    /// The shape of its tallies.
    pub fn shape(&self) -> Shape {
        let (models, weighted) = (self.models, self.weighted);
        let costs = self.costs.len() * self.columns_per_cost();
        Shape { models, costs, weighted, size: Size::Fast }
    }

    /// The names of the columns of the output that do not come from the input, as
    /// far as the input's stand beside them.
    pub fn own_columns(&self, sheet: &Sheet) -> Vec<String> {
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        let costs = || cost_columns(&sheet.models, &self.costs, self.gradients);
        match &self.instances {
            Some(instances) if instances.shows_cells() => costs(),
            None if self.worst > 0 => [costs(), words(&["file", "line", "share"])].concat(),
            None if self.grouped => words(&CostResult::FIELDS),
            _ => Vec::new(),
        }
    }

    /// What about a file's columns does not go with the plan, or with the first file.
    pub fn misfit(&self, sheet: &Sheet, first: &Sheet) -> Option<Fault> {
        let usage = |message: String, hint| Some(Fault::usage(&message, Some(hint)));
        let names = || sheet.models.iter().map(|name| excerpt(name.as_bytes()));
        let column = names().next().unwrap_or_default();
        if sheet.given != first.given {
            let other = excerpt(first.file.as_bytes());
            let (this, that) = if sheet.given == Given::Z { ("z", "ŷ") } else { ("ŷ", "z") };
            let message = format!("'{column}' is {this}, where '{other}' has {that}");
            return usage(message, "--yhat-col or --z-col names what all files have");
        }
        match sheet.given {
            Given::Yhat if self.activation.is_some() => {
                usage(format!("--activation is for z, and '{column}' is ŷ"), "--z-col names z")
            }
            Given::Z if self.clip().is_some() => usage(
                format!("--clip is for ŷ, and '{column}' is z"),
                "from z no cost is ∞ that need not be",
            ),
            _ => None,
        }
    }

    /// Which cells are needed as text.
    pub fn texts(&self) -> Texts {
        if self.instances.as_ref().is_some_and(Instances::shows_cells) || self.worst > 0 {
            Texts::All
        } else if self.grouped {
            Texts::Groups
        } else {
            Texts::None
        }
    }

    /// The groups, none of them met yet.
    pub fn groups(&self) -> Groups {
        Groups::new(self.shape(), self.max_groups, self.by_file)
    }
}
