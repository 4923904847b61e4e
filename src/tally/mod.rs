//! Statistics of costs and of labels, from exact sums.
//!
//! A [`Tally`] takes the costs of instances in any order and in any split, and merges
//! with other tallies. It returns each statistic as the `f64` nearest to its true value. It
//! knows nothing of where the costs come from or where the statistics go.
//!
//! | file | what it owns |
//! |---|---|
//! | `statistics.rs` | which sums a statistic needs, and its formula |
//! | `moments.rs` | mean and variance of the labels, and baselines |
//! | `column.rs` | the sums of one column of costs, and of two columns together |
//! | `compact.rs` | all sums of a small group in a few words |
//! | `few.rs` | the statistics of a small group, from integers of a fixed number of limbs |
//! | `clusters.rs` | the sums over clusters, for standard errors |
//! | `classes.rs` | the total weight of the labels of each class |
//! | `forecasts.rs` | outputs and their labels, for an isotonic regression |
//! | `isotonic.rs` | that regression, and the cost of its forecasts |
//! | `student.rs` | the quantile of Student's t for intervals |
//! | `labels.rs` | the sums of labels |
//! | `sums.rs` | exact sums of products |
//! | `block.rs` | exact sums of a block of numbers, many numbers at a time |
//! | `limbs.rs` | addition and multiplication of integers of a few limbs |
//! | `dyadic.rs` | exact numbers, their arithmetic, and the one rounding at the end |
//! | `integer.rs` | integers, of which short ones need no heap memory |
//! | `exact.rs` | an exact number as text |
//! | `state.rs` | all sums of a tally, to be written as text |
//! | `restore.rs` | from a state back to a tally, if the state is possible |
//!
//! ```
//! use costs::tally::{Shape, Tally};
//!
//! let mut left = Tally::new(Shape::default());
//! left.extend(&[1.0, 0.0], None, &[vec![0.1, 1e300]]);
//! let mut right = Tally::new(Shape::default());
//! right.extend(&[1.0, 0.0], None, &[vec![0.2, f64::INFINITY]]);
//! left.merge(&right)?;
//! assert_eq!((left.n(), left.infinite(0)), (4, 1));
//! assert_eq!(left.mean(0), Some(f64::INFINITY));
//! assert_eq!(left.finite_mean(0), Some(1e300 / 3.0));
//! # Ok::<(), costs::tally::Overflow>(())
//! ```

mod block;
mod classes;
mod clusters;
mod column;
mod compact;
mod dyadic;
mod exact;
mod few;
mod forecasts;
mod integer;
mod isotonic;
mod labels;
mod limbs;
mod moments;
mod restore;
mod state;
mod statistics;
mod student;
mod sums;

pub use classes::Frequencies;
pub(crate) use column::all_finite;
pub(crate) use compact::{Compact, counts};
pub use isotonic::Step;
pub(crate) use isotonic::mean_cost;
pub use moments::{Baseline, Moments};
pub use state::{ColumnState, State, WeightState};
pub use statistics::{Overflow, Read, Shape, Tally};
pub use student::student_quantile;
pub use sums::Size;
pub(crate) use sums::exact_sum;

#[cfg(test)]
mod tests;
