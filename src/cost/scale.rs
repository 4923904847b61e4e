//! Scales that a mean cost is reported on, in place of the cost itself.
//!
//! A scale belongs to one cost, and never falls as the mean rises. It is for reports alone:
//! what is summed, and what states hold, are costs.

use std::f64::consts::LN_2;

use super::cross_entropy::CrossEntropy;
use super::function::Cost;
use super::quadratic::Quadratic;

/// A scale for a mean cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scale {
    /// √ of the mean quadratic cost, in the unit of y.
    Rmse,
    /// Cross-entropy in bits in place of nats.
    Bits,
    /// e to the mean cross-entropy.
    Perplexity,
}

impl Scale {
    /// Every scale.
    pub const ALL: [Scale; 3] = [Scale::Rmse, Scale::Bits, Scale::Perplexity];

    /// Its name on the command line, in tables and in machine formats.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Scale::Rmse => "rmse",
            Scale::Bits => "bits",
            Scale::Perplexity => "perplexity",
        }
    }

    /// The cost that it is a scale of.
    #[must_use]
    pub fn cost(self) -> &'static dyn Cost {
        match self {
            Scale::Rmse => &Quadratic,
            Scale::Bits | Scale::Perplexity => &CrossEntropy,
        }
    }

    /// Its formula, of the cost's mean C, with its range and unit.
    #[must_use]
    pub fn formula(self) -> &'static str {
        match self {
            Scale::Rmse => "√C of the mean quadratic cost C, from 0, in the unit of y",
            Scale::Bits => "C/ln 2 of the cross-entropy C, from 0, in bits",
            Scale::Perplexity => "e^C of the mean cross-entropy C, from 1",
        }
    }

    /// The formula with a text in the place of C, for people.
    pub(crate) fn put_in(self, text: &str) -> String {
        match self {
            Scale::Rmse => format!("√{text}"),
            Scale::Bits => format!("{text}/ln 2"),
            Scale::Perplexity => format!("e^{text}"),
        }
    }

    /// Whether it is a multiple of the cost, so that instances, sums, errors and differences
    /// are on it, too.
    #[must_use]
    pub fn is_multiple(self) -> bool {
        self == Scale::Bits
    }

    /// Whether the cost of several classes has it, too: that has no unit to take a root of.
    #[must_use]
    pub fn is_of_classes(self) -> bool {
        self != Scale::Rmse
    }

    /// What a mean on it is called.
    pub(crate) fn mean_name(self) -> String {
        match self {
            Scale::Bits => format!("mean {} in bits", self.cost().name()),
            Scale::Rmse | Scale::Perplexity => self.name().to_owned(),
        }
    }

    /// The least mean cost that it has a place for: ends of intervals may lie below.
    pub(crate) fn least(self) -> f64 {
        if self == Scale::Rmse { 0.0 } else { f64::MIN }
    }

    /// A mean cost on this scale; one below 0, such as the end of an interval, is 0 as an
    /// rmse.
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

    /// A cost of an instance, a sum, an error or a difference of costs on this scale; None
    /// where it has none, as it is no multiple of the cost.
    #[must_use]
    pub fn of_amount(self, amount: f64) -> Option<f64> {
        self.is_multiple().then_some(amount / LN_2)
    }
}

/// What is reported: a cost, or a scale in its place.
#[derive(Clone, Copy, Debug)]
pub struct Measure {
    /// The cost.
    pub cost: &'static dyn Cost,
    /// The scale; None for the cost as it is.
    pub scale: Option<Scale>,
}

impl Measure {
    /// The name on the command line and in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.scale.map_or(self.cost.name(), Scale::name)
    }

    /// Whether several classes have it.
    #[must_use]
    pub fn is_of_classes(self) -> bool {
        self.scale.is_none_or(Scale::is_of_classes)
    }

    /// The name of the field in machine formats.
    #[must_use]
    pub fn field(self) -> &'static str {
        self.scale.map_or(self.cost.field(), Scale::name)
    }
}

impl PartialEq for Measure {
    /// Costs of two domains are one cost.
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
