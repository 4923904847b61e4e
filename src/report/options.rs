//! How to write results, and which of them are failures.

use std::path::PathBuf;
use std::str::FromStr;

use crate::cost::{self, Cost, Measure};
use crate::error::Error;
use crate::text::excerpt;

use super::format::Format;

/// How to write results, and which of them are failures.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[non_exhaustive]
pub struct Output {
    /// Exit with 1 if a mean is above the limit or not finite; skipped=SHARE limits the share of
    /// skipped rows
    #[cfg_attr(
        feature = "cli",
        arg(
            long,
            value_name = "COST=LIMIT,…",
            value_delimiter = ',',
            help_heading = crate::arguments::DATA,
            display_order = 102
        )
    )]
    pub fail_above: Vec<Limit>,
    /// Exit with 1 if a model is worse than the first by more than the margin: if all of the 95 %
    /// interval of their difference is above it
    #[cfg_attr(
        feature = "cli",
        arg(
            long,
            value_name = "COST=MARGIN,…",
            value_delimiter = ',',
            help_heading = crate::arguments::DATA,
            display_order = 103
        )
    )]
    pub fail_worse: Vec<Margin>,
    /// The most groups there may be, or clusters of all groups together
    #[cfg_attr(
        feature = "cli",
        arg(
            long,
            value_name = "N",
            default_value_t = MAX_GROUPS,
            help_heading = crate::arguments::DATA,
            display_order = 104
        )
    )]
    pub max_groups: usize,
    /// The format of the output
    #[cfg_attr(feature = "cli", arg(long, value_enum, default_value_t, help_heading = "Output"))]
    pub format: Format,
    /// Write to a file, whole or not at all
    #[cfg_attr(feature = "cli", arg(short, long, value_name = "FILE", help_heading = "Output"))]
    pub output: Option<PathBuf>,
    /// Short for --format json
    #[cfg_attr(feature = "cli", arg(long, conflicts_with = "format", help_heading = "Output"))]
    pub json: bool,
    /// Show models best first, within each group and cost: the lowest mean, the highest skill, or
    /// the lowest difference to the first model
    #[cfg_attr(feature = "cli", arg(long, value_enum, value_name = "BY", help_heading = "Output"))]
    pub sort: Option<Sort>,
    /// Show the working of each value under the table: the formulas with the numbers put in, of ten
    /// instances or results at most
    #[cfg_attr(feature = "cli", arg(long, help_heading = "Output"))]
    pub explain: bool,
    /// Significant digits in tables
    #[cfg_attr(
        feature = "cli",
        arg(
            long,
            value_name = "N",
            default_value_t = DIGITS,
            value_parser = clap::value_parser!(u8).range(1..=17),
            help_heading = "Output"
        )
    )]
    pub digits: u8,
    /// When to colour
    #[cfg_attr(
        feature = "cli",
        arg(long, value_enum, default_value_t, value_name = "WHEN", help_heading = "Output")
    )]
    pub color: When,
    /// No warnings, no progress
    #[cfg_attr(feature = "cli", arg(short, long, help_heading = "Running"))]
    pub quiet: bool,
    /// The maximum width of a table in columns of text; None for no limit.
    #[cfg_attr(feature = "cli", arg(skip))]
    pub width: Option<usize>,
}

const MAX_GROUPS: usize = 1_000_000;
const DIGITS: u8 = 4;

impl Default for Output {
    /// A table of four digits, without colour.
    fn default() -> Self {
        Output {
            fail_above: Vec::new(),
            fail_worse: Vec::new(),
            max_groups: MAX_GROUPS,
            format: Format::Table,
            output: None,
            json: false,
            sort: None,
            explain: false,
            digits: DIGITS,
            color: When::Never,
            quiet: false,
            width: None,
        }
    }
}

impl Output {
    /// Returns the format, which is JSON if `json` is set.
    #[must_use]
    pub fn format(&self) -> Format {
        if self.json { Format::Json } else { self.format }
    }

    /// Returns the number of significant digits in tables.
    pub(crate) fn digits(&self) -> usize {
        self.digits.into()
    }

    /// Returns whether there is a gate that can fail.
    #[must_use]
    pub fn has_gates(&self) -> bool {
        !(self.fail_above.is_empty() && self.fail_worse.is_empty())
    }

    /// Returns whether tables are coloured. The command line resolves [`When::Auto`] before.
    pub(crate) fn is_colored(&self) -> bool {
        self.color == When::Always
    }
}

/// What models are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Sort {
    /// The lowest mean first
    Mean,
    /// The highest skill first
    Skill,
    /// The lowest difference to the first model first
    Delta,
}

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum When {
    /// On a terminal
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// A limit that the mean of a cost must not exceed, or the share of skipped rows.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// The cost, or a scale of one; None for the share of rows that are skipped for a missing
    /// value.
    pub measure: Option<Measure>,
    /// The highest mean, or share, that passes.
    pub limit: f64,
}

/// How much worse than the first model the others may be, by one cost.
#[derive(Clone, Copy, Debug)]
pub struct Margin {
    /// The cost, or its scale in bits.
    pub measure: Measure,
    /// The margin, at least 0. A model fails if the whole 95 % interval of its difference to the
    /// first is above.
    pub margin: f64,
}

impl Margin {
    /// Returns the error of comparing models where there is only one.
    pub(crate) fn without_models() -> Error {
        Error::usage("--fail-worse compares models with the first, and there is one")
            .with_hint("--yhat-col A,B names two")
    }
}

impl FromStr for Limit {
    type Err = String;

    /// Reads `COST=LIMIT`, or `skipped=LIMIT`.
    fn from_str(text: &str) -> Result<Self, String> {
        let (name, limit) = pair(text, "COST=LIMIT")?;
        let measure = if name == "skipped" { None } else { Some(measure_of(name)?) };
        Ok(Limit { measure, limit })
    }
}

impl FromStr for Margin {
    type Err = String;

    /// Reads `COST=MARGIN`.
    fn from_str(text: &str) -> Result<Self, String> {
        let (name, margin) = pair(text, "COST=MARGIN")?;
        let measure = measure_of(name)?;
        if let Some(scale) = measure.scale.filter(|scale| !scale.is_multiple()) {
            let (scale, cost) = (scale.name(), measure.cost.name());
            return Err(format!("{scale} has no differences between models: use {cost}"));
        }
        match margin {
            // Adding 0 turns −0 into 0.
            0.0.. => Ok(Margin { measure, margin: margin + 0.0 }),
            _ => Err("a margin is not below 0".to_owned()),
        }
    }
}

/// Splits a name from the finite number after it. Errors mention the `form`.
fn pair<'a>(text: &'a str, form: &str) -> Result<(&'a str, f64), String> {
    let (name, number) = text.split_once('=').ok_or_else(|| format!("it is of the form {form}"))?;
    match number.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok((name, number)),
        _ => Err(format!("'{}' is not a number", excerpt(number.as_bytes()))),
    }
}

fn measure_of(name: &str) -> Result<Measure, String> {
    cost::measure(name).ok_or_else(|| {
        let (name, all) = (excerpt(name.as_bytes()), cost::ALL.map(Cost::name).join(" and "));
        format!("there is no cost '{name}'; the costs are {all}")
    })
}
