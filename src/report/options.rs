//! How to write results, and which of them are failures.

use std::path::PathBuf;
use std::str::FromStr;

use crate::cost::{self, Cost};
use crate::text::excerpt;

use super::format::Format;

/// How to write results, and which of them are failures.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[non_exhaustive]
pub struct Output {
    /// Exit with 1 if a mean is above the limit or not finite
    #[cfg_attr(
        feature = "cli",
        arg(long, value_name = "COST=LIMIT", help_heading = crate::arguments::DATA, display_order = 102)
    )]
    pub fail_above: Vec<Limit>,
    /// The most groups there may be
    #[cfg_attr(
        feature = "cli",
        arg(
            long,
            value_name = "N",
            default_value_t = MAX_GROUPS,
            help_heading = crate::arguments::DATA,
            display_order = 103
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
}

const MAX_GROUPS: usize = 1_000_000;
const DIGITS: u8 = 4;

impl Default for Output {
    /// A table of four digits, without colour.
    fn default() -> Self {
        Output {
            fail_above: Vec::new(),
            max_groups: MAX_GROUPS,
            format: Format::Table,
            output: None,
            json: false,
            digits: DIGITS,
            color: When::Never,
            quiet: false,
        }
    }
}

impl Output {
    /// The format asked for.
    #[must_use]
    pub fn format(&self) -> Format {
        if self.json { Format::Json } else { self.format }
    }

    /// Significant digits in tables.
    pub(crate) fn digits(&self) -> usize {
        self.digits.into()
    }

    /// Whether tables are coloured: only if that is certain.
    pub(crate) fn is_colored(&self) -> bool {
        self.color == When::Always
    }
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
    /// The cost; None for the share of rows that are skipped for a missing value.
    pub cost: Option<&'static dyn Cost>,
    /// The highest mean, or share, that is fine.
    pub limit: f64,
}

impl FromStr for Limit {
    type Err = String;

    /// Reads `COST=LIMIT`.
    fn from_str(text: &str) -> Result<Self, String> {
        let (name, limit) = text.split_once('=').ok_or("it is of the form COST=LIMIT")?;
        let all = || cost::ALL.map(Cost::name).join(" and ");
        let cost = match cost::by_name(name) {
            None if name == "skipped" => None,
            None => {
                let (name, all) = (excerpt(name.as_bytes()), all());
                return Err(format!("there is no cost '{name}'; the costs are {all}"));
            }
            cost => cost,
        };
        match limit.parse::<f64>() {
            Ok(limit) if limit.is_finite() => Ok(Limit { cost, limit }),
            _ => Err(format!("'{}' is not a number", excerpt(limit.as_bytes()))),
        }
    }
}
