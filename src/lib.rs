//! How wrong predictions are: the quadratic cost (mean squared error, Brier
//! score) and the cross-entropy cost (log loss) of labels y against predictions
//! ŷ, exact to the last bit.
//!
//! The command `costs` is this library with a command line. A program that embeds it
//! scores its instances as they come, merges what it scored elsewhere, and writes a
//! report; the numbers have the same bits in any order and split:
//!
//! ```
//! use costs::Scores;
//! use costs::report::{Style, summary};
//!
//! let mut scores = Scores::default();
//! scores.extend([(1.0, 0.9), (0.0, 0.1192)])?;
//! let mut others = Scores::default();
//! others.extend(vec![(1.0, 0.6)])?;
//! scores.merge(&others);
//!
//! let results = scores.results();
//! assert_eq!(results[1].mean, Some(0.24770361099916127));
//! let table = summary(&results, Style::default());
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
//! Files, in parallel and with all that the command line can do, are scored by
//! [`run()`] of a [`Job`]. Three modules are of use by themselves:
//!
//! - [`cost`]: the cost functions and their gradients, one instance at a time.
//! - [`neuron`]: activations, and where they are saturated.
//! - [`tally`]: exact statistics of any number of costs, with weights and several
//!   models.
//!
//! Data walks one way, from the command line to standard output:
//!
//! ```text
//! arguments                                                standard output
//!     │ cli                                                      ▲
//!     ▼                                                          │
//!    Job ──run──▶ score ─────────────────────▶ results ──────▶ report
//!                   ▲  workers, in parallel     statistics
//!       ┌───────────┼───────────────────┐
//!     input        cost ◀── neuron    tally
//!     source       one instance       exact sums, in any
//!     ▶ blocks     at a time          order and split
//!     ▶ scan ▶ columns of numbers
//! ```
//!
//! `plot`, a Cargo feature, makes pictures of formulas and of the costs of files.
//! [`neuron`] and [`tally`] know nobody, and [`cost`] those two; `input` and
//! `report` never know each other; `score` and [`run()`] are where they meet.
//! `tests/house.rs` sees to it.

#![forbid(unsafe_code)]

#[cfg(any(test, fuzzing))]
pub mod checks;
pub mod cost;
pub mod error;
mod float;
mod input;
mod job;
pub mod neuron;
#[doc(hidden)]
pub mod platform;
#[cfg(feature = "plot")]
pub mod plot;
pub mod report;
mod results;
mod run;
mod score;
mod scores;
pub mod tally;
#[doc(hidden)]
pub mod text;

pub use input::{Choice, InputFormat, Source};
pub use job::{Data, Job, Limit, View};
pub use run::{Remarks, run};
#[doc(hidden)]
pub use score::Histogram;
pub use scores::Scores;
