//! How wrong predictions are: the quadratic cost (mean squared error, Brier
//! score) and the cross-entropy cost (log loss) of labels y against predictions
//! ŷ, exact to the last bit.
//!
//! The command `costs` is this library with a command line. Three modules stand
//! by themselves:
//!
//! - [`cost`]: the cost functions and their gradients, one instance at a time.
//! - [`neuron`]: activations, and where they are saturated.
//! - [`tally`]: exact statistics of any number of costs, in any order and split.
//!
//! ```
//! use costs::cost::{Cost, CrossEntropy};
//! use costs::tally::{Shape, Tally};
//!
//! let (y, yhat) = ([1.0, 0.0, 1.0], [0.9, 0.1192, 0.6]);
//! let mut costs = vec![0.0; 3];
//! CrossEntropy.costs(&y, &yhat, &mut costs);
//! let mut tally = Tally::new(Shape::default());
//! tally.extend(&y, None, &[costs]);
//! assert_eq!(tally.mean(0), Some(0.24770361099916127));
//! ```
//!
//! Data walks one way, from the command line to standard output:
//!
//! ```text
//! argv ─ cli ─▶ Job ─▶ run ─▶ score ─▶ results ─▶ report ─▶ stdout
//!                              ▲  ▲
//!              input ──────────┘  └── cost ◀ neuron, tally
//!   (files ▶ blocks ▶ numbers)        (numbers ▶ costs ▶ exact sums)
//! ```
//!
//! `plot`, a Cargo feature, makes pictures of formulas and of a [`Histogram`].
//! [`neuron`] and [`tally`] know nobody, and [`cost`] only the neuron; `input` and
//! `report` never know each other; `score` and [`run`] are where they meet.
//! `tests/house.rs` sees to it.

#![forbid(unsafe_code)]

#[cfg(any(test, fuzzing))]
pub mod checks;
pub mod cost;
pub mod error;
mod input;
pub mod neuron;
#[doc(hidden)]
pub mod platform;
#[cfg(feature = "plot")]
pub mod plot;
pub mod report;
mod results;
mod score;
pub mod tally;
pub mod text;

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use cost::{Clip, Cost, Domain, Domains};
use error::{Error, Fault, Place, Role};
use input::blocks::{BLOCK, Blocks};
use neuron::{Activation, Given};
use report::{CostResult, Format, Instances, Style, WorstInstance};
use score::{Plan, Scored, Worst};

pub use input::{Choice, InputFormat, Source};
pub use score::Histogram;

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
    /// How a cost is clipped.
    pub clip: Option<Clip>,
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
    /// Where tables are.
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

/// What there is to say about a job that was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remarks {
    /// What a user should know, and is no error.
    pub warnings: Vec<String>,
    /// The limits that are exceeded.
    pub exceeded: Vec<String>,
}

/// Does the job: writes its results to `out` and returns what there is to say.
///
/// Nothing is written before all is scored, but for instances one by one.
///
/// # Errors
/// The first error in the order of the input, or that of a failed write.
pub fn run(job: &Job, out: &mut (dyn Write + Send)) -> Result<Remarks, Error> {
    let mut plan = job.plan();
    let mut write = |bytes: &[u8]| out.write_all(bytes).map_err(cannot_write);
    let scored = match &job.data {
        Data::Values { y, given, outputs } => {
            let (y, outputs) = pairs(y, outputs, *given, plan.domains(*given))?;
            score::values(&y, &outputs, *given, &plan, &mut write)?
        }
        Data::Tables { sources, choice } => {
            let bytes_read = Arc::clone(&job.bytes_read);
            let choice = Choice { takes_no_rows: plan.takes_no_rows, ..choice.clone() };
            let blocks = Blocks::new(sources.clone(), choice, BLOCK, bytes_read);
            score::files(blocks, &plan, &mut write)?
        }
        Data::States(sources) => {
            let scored;
            (plan, scored) = score::merge(sources, job.max_groups)?;
            let n: u64 = scored.groups.iter().map(|group| group.tally.n()).sum();
            if n == 0 && job.style.format != Format::State {
                return Err(Error::new(Place::CommandLine, Fault::EmptyStates));
            }
            scored
        }
    };
    let results = match job.style.format {
        // A part of all rows may have no weight, and no statistics.
        Format::State => Vec::new(),
        _ => results::results(&plan, &scored)?,
    };
    write(&job.report(&plan, &scored, &results))?;
    out.flush().map_err(cannot_write)?;
    Ok(Remarks {
        exceeded: job.exceeded(&results),
        warnings: warnings(scored, plan.domain(), job.positive_label()),
    })
}

fn cannot_write(source: std::io::Error) -> Error {
    Error::io("<stdout>", "cannot write: ", source)
}

/// The values as numbers, with a single one repeated to match the other side.
fn pairs(
    y: &[String],
    outputs: &[String],
    given: Given,
    domains: Domains,
) -> Result<(Vec<f64>, Vec<f64>), Error> {
    let numbers = |option, role, values: &[String]| {
        let number = |(at, value): (usize, &String)| {
            input::cell::check(value.as_bytes(), role, domains)
                .map_err(|fault| Error::new(Place::Value { option, index: at + 1 }, fault))
        };
        values.iter().enumerate().map(number).collect::<Result<Vec<f64>, Error>>()
    };
    let (option, role) = match given {
        Given::Yhat => ("--yhat", Role::Yhat),
        Given::Z => ("--z", Role::Z),
    };
    let (mut y, mut outputs) = (numbers("--y", Role::Y, y)?, numbers(option, role, outputs)?);
    match (y.len(), outputs.len()) {
        (1, many) => y.resize(many, y[0]),
        (many, 1) => outputs.resize(many, outputs[0]),
        (same, other) if same == other => {}
        (y, outputs) => {
            return Err(Error::new(Place::CommandLine, Fault::Counts { y, option, outputs }));
        }
    }
    Ok((y, outputs))
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
            clip: None,
            view: View::Summary,
            style: Style { format: Format::Table, digits: 4, color: false },
            by_file: false,
            max_groups: 1_000_000,
            limits: Vec::new(),
            threads: 1,
            bytes_read: Arc::default(),
            histogram: None,
        }
    }

    fn plan(&self) -> Plan {
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
            clip: self.clip,
            models,
            weighted: self.is_weighted(),
            by_file: self.by_file,
            grouped,
            max_groups: self.max_groups,
            threads: self.threads,
            instances: shows_instances
                .then(|| Instances::new(self.style, self.costs.clone(), self.gradients)),
            worst: if let View::Worst(most) = self.view { most } else { 0 },
            takes_no_rows: self.style.format == Format::State,
            histogram: self.histogram.clone(),
        }
    }

    fn is_weighted(&self) -> bool {
        matches!(&self.data, Data::Tables { choice, .. } if choice.weight.is_some())
    }

    /// The label that counts as 1, and what the others count as.
    fn positive_label(&self) -> Option<(&str, f64)> {
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

    /// What is still to be written.
    fn report(&self, plan: &Plan, scored: &Scored, results: &[CostResult]) -> Vec<u8> {
        if self.style.format == Format::State {
            return score::state_lines(plan, scored);
        }
        let models = &scored.models;
        let view = match self.data {
            Data::States(_) if plan.worst > 0 => View::Worst(plan.worst),
            _ => self.view,
        };
        match view {
            View::Summary => report::summary(results, self.style),
            View::Instances => {
                let Some(instances) = &plan.instances else { return Vec::new() };
                // A table for people has room for the letter.
                let letter = |name: &String| name.replace("yhat", "ŷ");
                let letters: Vec<String> = scored.names.iter().map(letter).collect();
                let names = match &self.data {
                    Data::Values { .. } => &letters,
                    Data::Tables { .. } | Data::States(_) => &scored.names,
                };
                let means = results::means_of_all(scored, plan.columns_per_cost());
                let shows_neurons = plan.shows_neurons(scored.given);
                instances.footer(names, models, &scored.rows, &means, shows_neurons)
            }
            View::Worst(_) => {
                let sum = results::sum_of_all(scored);
                let share = |worst: &Worst| {
                    let share = worst.weight * worst.costs[0] / sum;
                    (!share.is_nan()).then_some(share)
                };
                let instance = |worst: &Worst| WorstInstance {
                    file: worst.file.clone(),
                    line: worst.line,
                    cells: worst.cells.clone(),
                    costs: worst.costs.clone(),
                    share: share(worst),
                };
                let costs = report::cost_columns(models, &plan.costs, plan.gradients);
                let names = [scored.names.as_slice(), &costs].concat();
                report::worst(
                    &scored.worst.iter().map(instance).collect::<Vec<_>>(),
                    &names,
                    self.style,
                )
            }
        }
    }

    /// The limits that results exceed, in words.
    fn exceeded(&self, results: &[CostResult]) -> Vec<String> {
        let over = |limit: &Limit, result: &CostResult| {
            result.cost.name() == limit.cost.name()
                && result.mean.is_none_or(|mean| mean > limit.most)
        };
        let pairs =
            results.iter().flat_map(|result| self.limits.iter().map(move |limit| (result, limit)));
        pairs
            .filter(|(result, limit)| over(limit, result))
            .map(|(result, limit)| {
                let groups: Vec<String> = result.groups.iter().map(results::named).collect();
                let of = if groups.is_empty() {
                    String::new()
                } else {
                    format!(" ({})", groups.join(", "))
                };
                let is = match result.mean {
                    Some(mean) => format!("{}, above the limit of", report::shortest_text(mean)),
                    None => "undefined, where the limit is".to_owned(),
                };
                let model = text::excerpt(result.model.as_bytes());
                format!(
                    "the mean {} of '{model}'{of} is {is} {}",
                    result.cost.name(),
                    report::shortest_text(limit.most)
                )
            })
            .collect()
    }

    /// Whether the options go together.
    ///
    /// # Errors
    /// If they do not.
    pub fn check(&self) -> Result<(), Error> {
        let wrong = |message: &str, hint| {
            Err(Error::new(Place::CommandLine, Fault::Usage { message: message.to_owned(), hint }))
        };
        let plan = self.plan();
        let columns = plan.models * self.costs.len() * plan.columns_per_cost();
        if self.view == View::Instances && self.style.format == Format::Value && columns > 1 {
            let hint = "choose it, such as --cost quadratic";
            return wrong("--format value with --each takes one column of costs", Some(hint));
        }
        if self.style.format == Format::State {
            if self.view == View::Instances {
                return wrong("--format state has no room for instances", None);
            }
            if !self.limits.is_empty() {
                return wrong(
                    "--fail-above is for results, not for a state",
                    Some("costs merge takes it"),
                );
            }
        }
        let is_grouped = self.by_file || !self.by().is_empty();
        if is_grouped && self.view != View::Summary {
            let hint = "--by and --by-file group the statistics";
            return wrong("instances are not grouped", Some(hint));
        }
        if matches!(self.view, View::Worst(_)) {
            if matches!(self.data, Data::Values { .. }) {
                return wrong("--worst is for files", Some("values are all shown"));
            }
            if self.style.format == Format::Value {
                return wrong("--format value has no room for --worst", Some("--format csv has"));
            }
        }
        if self.clip.is_some() && self.gradients {
            return wrong("--gradient is that of the cost as it is, not as --clip makes it", None);
        }
        if let Data::Values { given, .. } = self.data {
            if given == Given::Z && self.clip.is_some() {
                return wrong("--clip is for --yhat", Some("from z no cost is ∞ that need not be"));
            }
            if given == Given::Yhat && self.activation.is_some() {
                return wrong("--activation is for --z", None);
            }
        }
        let unknown = self
            .limits
            .iter()
            .find(|limit| self.costs.iter().all(|cost| cost.name() != limit.cost.name()));
        if let Some(limit) = unknown {
            let message =
                format!("--fail-above names {}, which --cost leaves out", limit.cost.name());
            return wrong(&message, None);
        }
        Ok(())
    }
}

fn warnings(scored: Scored, domain: Domain, positive: Option<(&str, f64)>) -> Vec<String> {
    let mut warnings = scored.warnings;
    let n = scored.groups.iter().map(|group| group.tally.n()).sum();
    let skipped: u64 = scored.groups.iter().map(|group| group.tally.skipped()).sum();
    if skipped > 0 {
        let rows = report::plural(skipped, "row");
        warnings.push(format!("{rows} skipped for a missing value"));
    }
    if let Some((positive, negative)) = positive
        && scored.groups.iter().all(|group| group.tally.ybar().is_none_or(|ybar| ybar == negative))
    {
        warnings.push(format!("no label is '{}'", text::excerpt(positive.as_bytes())));
    }
    let infinite = scored.infinite;
    if infinite.count > 0 {
        let mut places: Vec<String> = infinite.first.iter().map(Place::to_string).collect();
        if infinite.count > places.len() as u64 && !places.is_empty() {
            places.push("…".to_owned());
        }
        let why = match domain {
            Domain::Unit => "certain and wrong",
            _ => "beyond the largest number",
        };
        // Of models in states it is not known whether they are the same instances.
        let least = if places.is_empty() && scored.models.len() > 1 { "at least " } else { "" };
        let places =
            if places.is_empty() { String::new() } else { format!(": {}", places.join(", ")) };
        warnings.push(format!(
            "{least}{} of {} instances cost ∞, {why}{places}",
            report::grouped(infinite.count),
            report::grouped(n),
        ));
    }
    warnings
}
