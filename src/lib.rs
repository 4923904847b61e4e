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
//! `report` never know each other; `score` and [`run()`] are where they meet.
//! `tests/house.rs` sees to it.

#![forbid(unsafe_code)]

#[cfg(any(test, fuzzing))]
pub mod checks;
pub mod cost;
pub mod error;
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
pub mod tally;
pub mod text;

pub use input::{Choice, InputFormat, Source};
pub use job::{Data, Job, Limit, View};
pub use run::{Remarks, run};
pub use score::Histogram;
