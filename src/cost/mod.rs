//! The cost functions: what one prediction costs.
//!
//! Each function has its own file with its formula, its gradient, its names and its domain. It
//! knows nothing of files or reports, only the [`neuron`](crate::neuron) that computes outputs
//! and the [`Moments`](crate::tally::Moments) of the labels, for its baseline. [`ALL`] is the
//! one list of cost functions: the command line, its help, every report and the tests of what
//! all costs have in common (`tests/costs.rs`) read it. A third cost function is one more file
//! here, a `mod` and a `pub use` line, and one entry of [`ALL`].
//!
//! | cost | equation | file |
//! |---|---|---|
//! | quadratic | 8.1 | `cost/quadratic.rs` |
//! | cross-entropy | 8.2, 8.3 | `cost/cross_entropy.rs` |
//!
//! `function.rs` defines what a cost function is, and `domain.rs` which numbers it accepts.
//! `clip.rs` keeps ŷ away from 0 and 1 as other libraries do, `activated.rs` takes a neuron's
//! weighted input z in place of ŷ, and `classes.rs` holds the outputs for several classes.
//! `scale.rs` has the scales that means are reported on, and `terms.rs` writes formulas with
//! numbers in place of their letters. `logarithm.rs` and `logarithm_table.rs` are the fast
//! logarithm and its table.
//!
//! The equations are those of the chapter "Training Deep Networks" of J. Krohn,
//! G. Beyleveld and A. Bassens, *Deep Learning Illustrated* (2020).

mod activated;
mod classes;
mod clip;
mod cross_entropy;
mod domain;
mod function;
mod logarithm;
mod logarithm_table;
mod quadratic;
mod scale;
mod terms;

pub use activated::Activated;
pub use classes::{ClassOutputs, Softmax};
pub use clip::Clip;
pub use cross_entropy::CrossEntropy;
pub use domain::{Domain, Domains};
pub use function::Cost;
pub use quadratic::{Brier, Quadratic};
pub use scale::{Measure, Scale};
pub use terms::Terms;
pub(crate) use terms::{factor, number, subtraction};

/// Every cost function, in the order in which results are reported.
pub static ALL: [&dyn Cost; 2] = [&Quadratic, &CrossEntropy];

/// Returns the cost function of this name or alias, in any case, with `-` or `_`.
///
/// ```
/// let cost = costs::cost::by_name("log-loss").unwrap();
/// assert_eq!(cost.name(), "cross-entropy");
/// ```
#[must_use]
pub fn by_name(name: &str) -> Option<&'static dyn Cost> {
    let name = name.to_lowercase().replace('_', "-");
    if name == "brier" {
        return Some(&Brier);
    }
    ALL.into_iter().find(|cost| cost.name() == name || cost.aliases().contains(&name.as_str()))
}

/// Returns the cost function or the scale of this name or alias, in any case, with `-` or `_`.
///
/// ```
/// let measure = costs::cost::measure("RMSE").unwrap();
/// assert_eq!((measure.name(), measure.cost.name()), ("rmse", "quadratic"));
/// ```
#[must_use]
pub fn measure(name: &str) -> Option<Measure> {
    let scale = Scale::ALL.into_iter().find(|scale| scale.name().eq_ignore_ascii_case(name));
    scale.map(Measure::from).or_else(|| by_name(name).map(Measure::from))
}
