//! What to do, as the command line or a program asks for it, and which options go
//! together. It does nothing itself.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::cost::{self, Cost};
use crate::error::{Error, Fault, Place};
use crate::input::{Choice, Source};
use crate::neuron::{Activation, Given};
use crate::report::{Format, Instances, Style};
use crate::score::{Histogram, Plan};

/// One run of the calculator: everything that the command line says.
#[derive(Clone, Debug)]
pub struct Job {
    /// The instances.
    pub data: Data,
    /// The costs, in the order in which they are reported.
    pub costs: Vec<&'static dyn Cost>,
    /// Whether to compute the gradient of each cost, too.
    pub gradients: bool,
    /// The activation of neurons whose z is given, if one was asked for.
    pub activation: Option<Activation>,
    /// Instances one by one, or their summary.
    pub view: View,
    /// How to write them.
    pub style: Style,
    /// Whether each file has a result of its own.
    pub by_file: bool,
    /// The most groups there may be.
    pub max_groups: usize,
    /// Limits that means are held against.
    pub limits: Vec<Limit>,
    /// The number of workers.
    pub threads: usize,
    /// Grows by the bytes that are read, for who watches the job.
    pub bytes_read: Arc<AtomicU64>,
    /// Counts the costs of the instances, the first cost of the first model.
    pub histogram: Option<Arc<Histogram>>,
}

/// Instances to score.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Data {
    /// Pairs of y and ŷ, or of y and z, as written.
    Values {
        /// The labels.
        y: Vec<String>,
        /// What there is of the neurons.
        given: Given,
        /// The ŷ or z: as many, or a single one on one side.
        outputs: Vec<String>,
    },
    /// Tables with a column of y and one of ŷ or z.
    Tables {
        /// Where they are.
        sources: Vec<Source>,
        /// Which columns.
        choice: Choice,
    },
    /// Files of states, to be merged.
    States(Vec<Source>),
}

impl Data {
    /// The files of tables or of states; none for values.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        match self {
            Data::Values { .. } => &[],
            Data::Tables { sources, .. } | Data::States(sources) => sources,
        }
    }
}

/// What to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum View {
    /// Every instance.
    Instances,
    /// The statistics.
    Summary,
    /// So many instances of highest cost.
    Worst(usize),
}

/// A limit that the mean of a cost must not exceed.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// The cost.
    pub cost: &'static dyn Cost,
    /// The highest mean that is fine.
    pub most: f64,
}

impl Job {
    /// The summary of all costs of those instances as a table, on one thread.
    #[must_use]
    pub fn new(data: Data) -> Self {
        Job {
            data,
            costs: cost::ALL.to_vec(),
            gradients: false,
            activation: None,
            view: View::Summary,
            style: Style::default(),
            by_file: false,
            max_groups: 1_000_000,
            limits: Vec::new(),
            threads: 1,
            bytes_read: Arc::default(),
            histogram: None,
        }
    }

    pub(crate) fn plan(&self) -> Plan {
        let (models, grouped) = match &self.data {
            Data::Values { .. } | Data::States(_) => (1, false),
            Data::Tables { choice, .. } => {
                (choice.yhats.len().max(choice.zs.len()).max(1), !choice.by.is_empty())
            }
        };
        let shows_instances = self.view == View::Instances;
        Plan {
            costs: self.costs.clone(),
            gradients: self.gradients,
            activation: self.activation,
            models,
            weighted: self.is_weighted(),
            by_file: self.by_file,
            grouped,
            max_groups: self.max_groups,
            threads: self.threads,
            instances: shows_instances
                .then(|| Instances::new(self.style, self.costs.clone(), self.gradients)),
            worst: if let View::Worst(most) = self.view { most } else { 0 },
            allows_empty: self.style.format == Format::State,
            histogram: self.histogram.clone(),
        }
    }

    fn is_weighted(&self) -> bool {
        matches!(&self.data, Data::Tables { choice, .. } if choice.weight.is_some())
    }

    /// The label that counts as 1, and what the others count as.
    pub(crate) fn positive_label(&self) -> Option<(&str, f64)> {
        match &self.data {
            Data::Values { .. } | Data::States(_) => None,
            Data::Tables { choice, .. } => Some((choice.positive.as_deref()?, choice.negative)),
        }
    }

    /// The columns that groups are by.
    fn by(&self) -> &[String] {
        match &self.data {
            Data::Values { .. } | Data::States(_) => &[],
            Data::Tables { choice, .. } => &choice.by,
        }
    }

    /// Whether the options, of which the plan was made, go together.
    ///
    /// # Errors
    /// If they do not.
    pub(crate) fn check(&self, plan: &Plan) -> Result<(), Error> {
        let misfit = self
            .misfit_of_format(plan)
            .or_else(|| self.misfit_of_view())
            .or_else(|| self.misfit_of_costs(plan));
        match misfit {
            None => Ok(()),
            Some(fault) => Err(Error::new(Place::CommandLine, fault)),
        }
    }

    /// What does not go with the format of the output.
    fn misfit_of_format(&self, plan: &Plan) -> Option<Fault> {
        let columns = plan.models * self.costs.len() * plan.columns_per_cost();
        match self.style.format {
            Format::Value if self.view == View::Instances && columns > 1 => Some(Fault::usage(
                "--format value with --each takes one column of costs",
                Some("choose it, such as --cost quadratic"),
            )),
            Format::Value if matches!(self.view, View::Worst(_)) => Some(Fault::usage(
                "--format value has no room for --worst",
                Some("--format csv has"),
            )),
            Format::State if self.view == View::Instances => {
                Some(Fault::usage("--format state has no room for instances", None))
            }
            Format::State if !self.limits.is_empty() => Some(Fault::usage(
                "--fail-above is for results, not for a state",
                (!matches!(self.data, Data::States(_))).then_some("costs merge takes it"),
            )),
            _ => None,
        }
    }

    /// What does not go with what is shown.
    fn misfit_of_view(&self) -> Option<Fault> {
        let is_grouped = self.by_file || !self.by().is_empty();
        if is_grouped && self.view != View::Summary {
            let hint = "--by and --by-file group the statistics";
            return Some(Fault::usage("instances are not grouped", Some(hint)));
        }
        if matches!((self.view, &self.data), (View::Worst(_), Data::Values { .. })) {
            return Some(Fault::usage("--worst is for files", Some("values are all shown")));
        }
        None
    }

    /// What does not go with the costs.
    fn misfit_of_costs(&self, plan: &Plan) -> Option<Fault> {
        if plan.clip().is_some() && self.gradients {
            return Some(Fault::usage(
                "--gradient is that of the cost as it is, not as --clip makes it",
                None,
            ));
        }
        match self.data {
            Data::Values { given: Given::Z, .. } if plan.clip().is_some() => {
                return Some(Fault::usage(
                    "--clip is for --yhat",
                    Some("from z no cost is ∞ that need not be"),
                ));
            }
            Data::Values { given: Given::Yhat, .. } if self.activation.is_some() => {
                return Some(Fault::usage("--activation is for --z", None));
            }
            _ => {}
        }
        let is_left_out =
            |limit: &&Limit| self.costs.iter().all(|cost| cost.name() != limit.cost.name());
        let name = self.limits.iter().find(is_left_out)?.cost.name();
        Some(Fault::usage(&format!("--fail-above names {name}, which --cost leaves out"), None))
    }
}
