//! Scales on which a mean cost can be reported in place of the cost itself.
//!
//! A scale belongs to one cost, and rises with the mean. Only reports use scales: tallies
//! and states hold costs.

use std::f64::consts::LN_2;

use super::cross_entropy::CrossEntropy;
use super::function::Cost;
use super::quadratic::Quadratic;

/// A scale for a mean cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scale {
    /// The square root of the mean quadratic cost, in the unit of y.
    Rmse,
    /// Cross-entropy in bits in place of nats.
    Bits,
    /// e to the power of the mean cross-entropy.
    Perplexity,
}

impl Scale {
    /// Every scale.
    pub const ALL: [Scale; 3] = [Scale::Rmse, Scale::Bits, Scale::Perplexity];

    /// Returns the name on the command line, in tables and in machine formats.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Scale::Rmse => "rmse",
            Scale::Bits => "bits",
            Scale::Perplexity => "perplexity",
        }
    }

    /// Returns the cost that the scale belongs to.
    #[must_use]
    pub fn cost(self) -> &'static dyn Cost {
        match self {
            Scale::Rmse => &Quadratic,
            Scale::Bits | Scale::Perplexity => &CrossEntropy,
        }
    }

    /// Returns the formula in the mean cost C, with the range and the unit, as a text for help.
    #[must_use]
    pub fn formula(self) -> &'static str {
        match self {
            Scale::Rmse => "√C of the mean quadratic cost C, from 0, in the unit of y",
            Scale::Bits => "C/ln 2 of the cross-entropy C, from 0, in bits",
            Scale::Perplexity => "e^C of the mean cross-entropy C, from 1",
        }
    }

    /// Returns the formula with a text in place of C.
    pub(crate) fn put_in(self, text: &str) -> String {
        match self {
            Scale::Rmse => format!("√{text}"),
            Scale::Bits => format!("{text}/ln 2"),
            Scale::Perplexity => format!("e^{text}"),
        }
    }

    /// Whether the scale is a multiple of the cost. Then it applies not only to means, but also
    /// to single costs, sums, errors and differences.
    #[must_use]
    pub fn is_multiple(self) -> bool {
        self == Scale::Bits
    }

    /// Whether the scale applies to costs of several classes. Their quadratic cost has no unit of
    /// y, so no rmse.
    #[must_use]
    pub fn is_of_classes(self) -> bool {
        self != Scale::Rmse
    }

    /// Returns the name of a mean on this scale.
    pub(crate) fn mean_name(self) -> String {
        match self {
            Scale::Bits => format!("mean {} in bits", self.cost().name()),
            Scale::Rmse | Scale::Perplexity => self.name().to_owned(),
        }
    }

    /// Returns the least mean cost that the scale is defined for. Lower limits of intervals may
    /// lie below.
    pub(crate) fn least(self) -> f64 {
        if self == Scale::Rmse { 0.0 } else { f64::MIN }
    }

    /// Converts a mean cost to this scale. The rmse of a mean below 0, such as the lower limit of
    /// an interval, is 0.
    ///
    /// ```
    /// use costs::cost::Scale;
    /// assert_eq!(Scale::Rmse.of_mean(0.25), 0.5);
    /// assert_eq!(Scale::Bits.of_mean(std::f64::consts::LN_2), 1.0);
    /// assert_eq!(Scale::Perplexity.of_mean(0.0), 1.0);
    /// ```
    #[must_use]
    pub fn of_mean(self, mean: f64) -> f64 {
        match self {
            Scale::Rmse => mean.max(self.least()).sqrt(),
            Scale::Bits => mean / LN_2,
            Scale::Perplexity => pxfm::f_exp(mean),
        }
    }

    /// Converts a single cost, a sum, an error or a difference of costs to this scale. None if
    /// the scale is no multiple of the cost.
    #[must_use]
    pub fn of_amount(self, amount: f64) -> Option<f64> {
        self.is_multiple().then_some(amount / LN_2)
    }
}

/// A cost, and the scale that its mean is reported on.
#[derive(Clone, Copy, Debug)]
pub struct Measure {
    /// The cost.
    pub cost: &'static dyn Cost,
    /// The scale; None for the cost itself.
    pub scale: Option<Scale>,
}

impl Measure {
    /// Returns the name on the command line and in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.scale.map_or(self.cost.name(), Scale::name)
    }

    /// Whether it applies to several classes.
    #[must_use]
    pub fn is_of_classes(self) -> bool {
        self.scale.is_none_or(Scale::is_of_classes)
    }

    /// Returns the name in machine formats.
    #[must_use]
    pub fn field(self) -> &'static str {
        self.scale.map_or(self.cost.field(), Scale::name)
    }
}

impl PartialEq for Measure {
    /// Compares names, so that the quadratic cost equals the Brier score.
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl From<&'static dyn Cost> for Measure {
    fn from(cost: &'static dyn Cost) -> Self {
        Measure { cost, scale: None }
    }
}

impl From<Scale> for Measure {
    fn from(scale: Scale) -> Self {
        Measure { cost: scale.cost(), scale: Some(scale) }
    }
}
