//! How wrong predictions are: the quadratic cost (mean squared error, Brier
//! score) and the cross-entropy cost (log loss) of labels y against predictions
//! ŷ, exact to the last bit.
//!
//! Labels are of two classes or of several. A mean cost comes with its standard error, its
//! skill, and the interval of its difference to another model's; if asked for, on another scale
//! (rmse, bits, perplexity), and divided into miscalibration, discrimination and baseline.
//!
//! The command `costs` is this library with a command line. A program that embeds it
//! scores instances as they come, merges what was scored elsewhere, and writes a report.
//! The numbers are the same to the last bit in any order and split:
//!
//! ```
//! use costs::Scores;
//! use costs::report::{Output, summary};
//!
//! let mut scores = Scores::default();
//! scores.extend([(1.0, 0.9), (0.0, 0.1192)])?;
//! let mut others = Scores::default();
//! others.extend(vec![(1.0, 0.6)])?;
//! scores.merge(&others)?;
//!
//! let log_loss = scores.result("log-loss").expect("it is among the costs");
//! assert_eq!(log_loss.mean(), Some(0.24770361099916127));
//! let table = summary(&scores.results(), &Output::default());
//! assert_eq!(String::from_utf8_lossy(&table), "\
//! ┌───────────────┬─────────┬──────────────┬──────────┬────────┐
//! │ cost          ┆    mean ┆ ± std. error ┆ baseline ┆  skill │
//! ╞═══════════════╪═════════╪══════════════╪══════════╪════════╡
//! │ quadratic     ┆ 0.06140 ┆    ± 0.04931 ┆   0.2222 ┆ 72.4 % │
//! │ cross-entropy ┆  0.2477 ┆     ± 0.1317 ┆   0.6365 ┆ 61.1 % │
//! └───────────────┴─────────┴──────────────┴──────────┴────────┘
//! 3 instances
//! ");
//! # Ok::<(), costs::error::Error>(())
//! ```
//!
//! [`run()`] scores the files of a [`Job`] in parallel, with all that the command line can
//! do. Three modules are useful by themselves:
//!
//! - [`cost`]: the cost functions and their gradients, one instance at a time.
//! - [`neuron`]: activations, and where they are saturated.
//! - [`tally`]: exact statistics of any number of costs, with weights and several
//!   models.
//!
//! Data flows in one direction:
//!
//! ```text
//! arguments ─ cli ─▶ Job ─ run ─▶ engine ─▶ results ─▶ report ─▶ standard output
//!                                   ▲ workers, in parallel
//!                   table ─▶ Batch ─┤
//!                   files of any    ├─ cost ◀─ neuron   one instance at a time
//!                   format          └─ tally            exact sums, in any order
//! ```
//!
//! A reader of any format fills batches, which are columns of numbers; everything after it
//! knows only batches. Costs, formats of input and output, and statistics each stand in one
//! list: [`cost::ALL`], `table/formats.rs`, `report/writers.rs`, `results.rs`. `plot`, a Cargo
//! feature, draws formulas and the costs and calibration of files. Files do not import each
//! other in circles, which `tests/layering.rs` checks.

#![forbid(unsafe_code)]

#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod arguments;
#[cfg(any(test, fuzzing))]
pub mod checks;
pub mod cost;
#[doc(hidden)]
pub mod digits;
mod engine;
pub mod error;
mod float;
mod gates;
mod groups;
mod io;
mod job;
mod merge;
pub mod neuron;
#[cfg(feature = "plot")]
pub mod plot;
pub mod report;
mod results;
mod run;
mod scores;
mod scoring;
mod state;
mod table;
pub mod tally;
#[doc(hidden)]
pub mod text;
mod threads;

#[doc(hidden)]
pub use engine::Histogram;
pub use io::Source;
#[doc(hidden)]
pub use io::platform;
pub use job::{Data, Job, RunOptions, View};
pub use results::{CostResult, Value};
#[cfg(feature = "plot")]
pub use run::calibration;
pub use run::{Outcome, run};
pub use scores::Scores;
pub use scoring::Scoring;
pub use table::options::{InputOptions, Missing};

/// Returns the formats of input: for each, its name for `--input` and a description.
#[must_use]
pub fn input_formats() -> Vec<(&'static str, &'static str)> {
    table::formats::FORMATS.iter().map(|format| (format.name(), format.help())).collect()
}
