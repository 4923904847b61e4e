//! The list of all formats of input.

use super::csv::Csv;
use super::format::Format;
use super::json::{JsonArray, JsonLines};
#[cfg(feature = "parquet")]
use super::parquet::Parquet;

/// Every format of input, in the order in which the help lists them.
pub static FORMATS: &[&dyn Format] = &[
    &Csv,
    &JsonLines,
    &JsonArray,
    #[cfg(feature = "parquet")]
    &Parquet,
];
