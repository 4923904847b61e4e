//! How wrong predictions are: the quadratic cost (mean squared error, Brier
//! score) and the cross-entropy cost (log loss) of labels y against predictions
//! ŷ, exact to the last bit.
//!
//! The command `costs` is this library with a command line. Two modules stand
//! by themselves:
//!
//! - [`cost`]: the cost functions, one instance at a time.
//! - [`tally`]: exact statistics of any number of costs, in any order and split.
//!
//! ```
//! use costs::cost::{Cost, CrossEntropy};
//! use costs::tally::Tally;
//!
//! let mut tally = Tally::default();
//! for (y, yhat) in [(1.0, 0.9), (0.0, 0.1192), (1.0, 0.6)] {
//!     tally.extend(&[CrossEntropy.cost(y, yhat)]);
//! }
//! assert_eq!(tally.mean(), Some(0.24770361099916127));
//! ```
//!
//! Data walks one way, from the command line to standard output:
//!
//! ```text
//! argv ─ cli ─▶ Job ─▶ run ─▶ score ─▶ report ─▶ stdout
//!                              ▲  ▲
//!              input ──────────┘  └── cost, tally
//!   (files ▶ blocks ▶ numbers)        (numbers ▶ costs ▶ exact sums)
//! ```
//!
//! [`cost`] and [`tally`] know nobody; `input` and `report` never know each
//! other; `score` and [`run`] are where they meet.

#![forbid(unsafe_code)]

pub mod cost;
pub mod error;
mod input;
pub mod report;
mod score;
pub mod tally;
pub mod text;

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use cost::{Cost, Domain};
use error::{Error, Fault, Place, Role};
use input::blocks::{BLOCK, Blocks};
use report::{CostResult, Format, Instances, Style};
use score::{Group, Plan, Scored};
use tally::Tally;

pub use input::{Choice, Source};

/// One run of the calculator: everything that the command line says.
#[derive(Clone, Debug)]
pub struct Job {
    /// The instances.
    pub data: Data,
    /// The costs, in the order in which they are reported.
    pub costs: Vec<&'static dyn Cost>,
    /// Instances one by one, or their summary.
    pub view: View,
    /// How to write them.
    pub style: Style,
    /// Whether each file has a result of its own.
    pub by_file: bool,
    /// The number of workers.
    pub threads: usize,
    /// Grows by the bytes that are read, for who watches the job.
    pub bytes_read: Arc<AtomicU64>,
}

/// Instances to score.
#[derive(Clone, Debug)]
pub enum Data {
    /// Pairs of y and ŷ, as written.
    Values {
        /// The labels.
        y: Vec<String>,
        /// The predictions: as many, or a single one on one side.
        yhat: Vec<String>,
    },
    /// Tables with a column of y and one of ŷ.
    Tables {
        /// Where they are.
        sources: Vec<Source>,
        /// Which columns.
        choice: Choice,
    },
}

/// What to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Every instance.
    Instances,
    /// The statistics.
    Summary,
}

/// Does the job: writes its results to `out` and returns warnings.
///
/// Nothing is written before all is scored, but for instances one by one.
///
/// # Errors
/// The first error in the order of the input, or that of a failed write.
pub fn run(job: &Job, out: &mut (dyn Write + Send)) -> Result<Vec<Warning>, Error> {
    let instances =
        (job.view == View::Instances).then(|| Instances::new(job.style, job.costs.clone()));
    let plan =
        Plan { costs: job.costs.clone(), by_file: job.by_file, threads: job.threads, instances };
    let mut write = |bytes: &[u8]| out.write_all(bytes).map_err(cannot_write);
    let scored = match &job.data {
        Data::Values { y, yhat } => {
            let (y, yhat) = pairs(y, yhat, plan.domain())?;
            score::values(&y, &yhat, &plan, &mut write)?
        }
        Data::Tables { sources, choice } => {
            let blocks =
                Blocks::new(sources.clone(), choice.clone(), BLOCK, Arc::clone(&job.bytes_read));
            score::files(blocks, &plan, &mut write)?
        }
    };
    let report = match &plan.instances {
        Some(instances) => {
            let means: Vec<_> = results(job, &scored).iter().map(|result| result.mean).collect();
            let names = match &job.data {
                // A table for people has room for the letter.
                Data::Values { .. } => vec!["y".to_owned(), "ŷ".to_owned()],
                Data::Tables { .. } => scored.names.clone(),
            };
            instances.footer(&names, &scored.rows, &means)
        }
        None => report::summary(&results(job, &scored), job.style),
    };
    write(&report)?;
    out.flush().map_err(cannot_write)?;
    Ok(warnings(scored))
}

/// Something that a user should know and that is no error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning(String);

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

fn cannot_write(source: std::io::Error) -> Error {
    Error::new(Place::File("<stdout>".to_owned()), Fault::Io { doing: "cannot write: ", source })
}

/// The values as numbers, with a single one repeated to match the other side.
fn pairs(y: &[String], yhat: &[String], domain: Domain) -> Result<(Vec<f64>, Vec<f64>), Error> {
    let numbers = |option, role, values: &[String]| {
        let number = |(at, value): (usize, &String)| {
            input::scan::check(value.as_bytes(), role, domain)
                .map_err(|fault| Error::new(Place::Value { option, index: at + 1 }, fault))
        };
        values.iter().enumerate().map(number).collect::<Result<Vec<f64>, Error>>()
    };
    let (mut y, mut yhat) = (numbers("--y", Role::Y, y)?, numbers("--yhat", Role::Yhat, yhat)?);
    match (y.len(), yhat.len()) {
        (1, many) => y.resize(many, y[0]),
        (many, 1) => yhat.resize(many, yhat[0]),
        (same, other) if same == other => {}
        (y, yhat) => return Err(Error::new(Place::CommandLine, Fault::Counts { y, yhat })),
    }
    Ok((y, yhat))
}

/// The statistics of every group, cost by cost.
fn results(job: &Job, scored: &Scored) -> Vec<CostResult> {
    scored.groups.iter().flat_map(|group| group_results(job, group)).collect()
}

fn group_results<'a>(job: &'a Job, group: &'a Group) -> impl Iterator<Item = CostResult> + 'a {
    job.costs.iter().zip(&group.tallies).map(|(&cost, tally)| {
        let moments = group.labels.mean().zip(group.labels.variance());
        let baseline = moments.map(|(ybar, variance)| cost.baseline(ybar, variance));
        let mean = tally.mean();
        let skill = mean.zip(baseline).filter(|&(_, baseline)| baseline != 0.0);
        CostResult {
            file: job.by_file.then(|| group.file.clone()),
            model: group.model.clone(),
            cost,
            n: tally.n(),
            mean,
            standard_error: tally.standard_error(),
            sum: tally.sum(),
            baseline,
            skill: skill
                .map(|(mean, baseline)| 1.0 - mean / baseline)
                .filter(|skill| !skill.is_nan()),
            infinite: tally.infinite(),
            finite_mean: tally.finite_mean(),
        }
    })
}

fn warnings(scored: Scored) -> Vec<Warning> {
    let mut warnings: Vec<Warning> = scored.warnings.into_iter().map(Warning).collect();
    let infinite = scored.infinite;
    if infinite.count > 0 {
        let n = scored.groups.iter().filter_map(|group| group.tallies.first()).map(Tally::n);
        let mut places: Vec<String> = infinite.first.iter().map(Place::to_string).collect();
        if infinite.count > places.len() as u64 {
            places.push("…".to_owned());
        }
        warnings.push(Warning(format!(
            "{} of {} instances cost ∞, certain and wrong: {}",
            report::grouped(infinite.count),
            report::grouped(n.sum()),
            places.join(", ")
        )));
    }
    warnings
}

impl Job {
    /// Whether the options go together.
    ///
    /// # Errors
    /// If they do not.
    pub fn check(&self) -> Result<(), Error> {
        let wrong = |message: &str, hint| {
            Err(Error::new(Place::CommandLine, Fault::Usage { message: message.to_owned(), hint }))
        };
        if self.view == View::Instances
            && self.style.format == Format::Value
            && self.costs.len() > 1
        {
            return wrong(
                "--format value with --each takes one cost",
                Some("choose it, such as --cost quadratic"),
            );
        }
        Ok(())
    }
}
