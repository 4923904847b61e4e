//! The cost functions: what one prediction costs.
//!
//! Each function has a file of its own, which holds its formula, its gradient, its
//! names and its domain, and knows nothing of files, sums or reports, only of the
//! [`neuron`](crate::neuron) whose outputs it is for. [`ALL`] is the one
//! list of them: the command line, its help, every report and the laws that
//! every cost obeys (see `tests/costs.rs`) read it. A third cost function is one
//! file beside these, a `mod` and a `pub use` line, and one entry of [`ALL`].
//!
//! | cost | equation | file |
//! |---|---|---|
//! | quadratic | 8.1 | `cost/quadratic.rs` |
//! | cross-entropy | 8.2, 8.3 | `cost/cross_entropy.rs` |
//!
//! Two others wrap them: `clip.rs` keeps ŷ off 0 and 1 as other libraries do, and
//! `activated.rs` takes a neuron's weighted input z in place of ŷ. `logarithm.rs` and
//! `logarithm_table.rs` are the fast logarithm and its table.
//!
//! The equations are those of the chapter "Training Deep Networks" of J. Krohn,
//! G. Beyleveld and A. Bassens, *Deep Learning Illustrated* (2020).

mod activated;
mod clip;
mod cross_entropy;
mod logarithm;
mod logarithm_table;
mod quadratic;

use std::fmt;

pub use activated::Activated;
pub use clip::Clip;
pub use cross_entropy::CrossEntropy;
pub use quadratic::Quadratic;

/// Every cost function there is, in the order in which they are reported.
pub static ALL: [&dyn Cost; 2] = [&Quadratic, &CrossEntropy];

/// A cost function: how wrong the output ŷ of a neuron is for the label y.
pub trait Cost: Sync {
    /// The name on the command line and in tables, such as `cross-entropy`.
    fn name(&self) -> &'static str;

    /// Other names that `--cost` takes.
    fn aliases(&self) -> &'static [&'static str];

    /// The name of the field in machine formats, such as `cross_entropy`.
    fn field(&self) -> &'static str;

    /// The numbers that y and ŷ may be.
    fn domain(&self) -> Domain;

    /// The cost of one instance, in [0, ∞]: never NaN and never −0 for y and ŷ
    /// within [`domain`](Cost::domain).
    fn cost(&self, y: f64, yhat: f64) -> f64;

    /// The mean cost of always predicting the mean label ȳ, from ȳ and from
    /// the labels' population variance.
    fn baseline(&self, ybar: f64, variance: f64) -> f64;

    /// The cost of one instance, in [0, ∞], of a sigmoid neuron's weighted input z,
    /// which may be ±∞: that of ŷ = σ(z), without losing what ŷ rounds away.
    fn cost_of_z(&self, y: f64, z: f64) -> f64;

    /// ∂C/∂z of a sigmoid neuron, from its output ŷ in [0, 1].
    fn gradient(&self, y: f64, yhat: f64) -> f64;

    /// ∂C/∂z of a sigmoid neuron, from its weighted input z, which may be ±∞.
    fn gradient_of_z(&self, y: f64, z: f64) -> f64;

    /// How many times the cost grows if labels and outputs lie twice as far apart,
    /// as those of tanh do.
    fn growth(&self) -> f64;

    /// Puts clipped costs in the place of those that clipping changes, and tells how
    /// many it changed. A cost that is never infinite stays as it is.
    fn clip(&self, _clip: Clip, _y: &[f64], _yhat: &[f64], _costs: &mut [f64]) -> u64 {
        0
    }

    /// The cost of each instance: `costs[i]` becomes `cost(y[i], yhat[i])`.
    ///
    /// # Panics
    /// If the three slices differ in length.
    fn costs(&self, y: &[f64], yhat: &[f64], costs: &mut [f64]) {
        assert!(y.len() == yhat.len() && y.len() == costs.len());
        for ((cost, &y), &yhat) in costs.iter_mut().zip(y).zip(yhat) {
            *cost = self.cost(y, yhat);
        }
    }
}

impl fmt::Debug for dyn Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The numbers that a cost function takes for y, for ŷ or for z.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Domain {
    /// Any number, ±∞ included.
    Extended,
    /// Any finite number.
    Finite,
    /// A number from 0 to 1, both included.
    Unit,
    /// The same, where a gradient asks for it.
    UnitForGradient,
    /// A label of tanh: a number from −1 to 1, both included, but not 0, which is
    /// none of its labels and hardly ever a soft one.
    Signed,
}

/// The numbers that instances may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Domains {
    /// For y.
    pub y: Domain,
    /// For ŷ, or for z in its place.
    pub output: Domain,
}

impl Domain {
    /// Whether `x` lies in the domain. NaN lies in none.
    #[must_use]
    pub fn contains(self, x: f64) -> bool {
        match self {
            Domain::Extended => !x.is_nan(),
            Domain::Finite => x.is_finite(),
            Domain::Unit | Domain::UnitForGradient => (0.0..=1.0).contains(&x),
            Domain::Signed => (-1.0..=1.0).contains(&x) && x != 0.0,
        }
    }

    /// Whether all of them do.
    #[must_use]
    pub fn contains_all(self, xs: &[f64]) -> bool {
        // Without an early end or a comparison, so that it takes several at a time:
        // the bits of numbers are in their order, and the highest is the sign.
        const SIGN: u64 = 1 << 63;
        let bits = xs.iter().map(|x| x.to_bits());
        let outside = match self {
            Domain::Finite => bits.fold(0, |all, bits| all | ((bits & !SIGN) + (1 << 52))),
            Domain::Unit | Domain::UnitForGradient => {
                let one = 1.0f64.to_bits();
                bits.fold(0, |all, bits| all | bits | one.wrapping_sub(bits))
            }
            Domain::Extended | Domain::Signed => SIGN,
        };
        // A −0 in the unit looks outside, and others are not looked at.
        outside & SIGN == 0 || xs.iter().all(|&x| self.contains(x))
    }
}

/// The cost function of that name or alias, in any case, with `-` or `_`.
///
/// ```
/// let cost = costs::cost::by_name("log-loss").unwrap();
/// assert_eq!(cost.name(), "cross-entropy");
/// ```
#[must_use]
pub fn by_name(name: &str) -> Option<&'static dyn Cost> {
    let name = name.to_lowercase().replace('_', "-");
    ALL.into_iter().find(|cost| cost.name() == name || cost.aliases().contains(&name.as_str()))
}
