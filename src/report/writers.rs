//! The writer of each format.

use super::delimited::Delimited;
use super::format::Format;
use super::json::{Json, Jsonl};
use super::markdown::Markdown;
use super::table::Table;
use super::value::Value;
use super::writer::Writer;

/// Returns whether a format is for people.
pub fn is_for_people(format: Format) -> bool {
    writer(format).is_some_and(Writer::is_for_people)
}

/// Returns the writer of a format; None for a state, which is no list of records.
pub fn writer(format: Format) -> Option<&'static dyn Writer> {
    Some(match format {
        Format::Table => &Table,
        Format::Csv => &Delimited(b','),
        Format::Tsv => &Delimited(b'\t'),
        Format::Json => &Json,
        Format::Jsonl => &Jsonl,
        Format::Markdown => &Markdown,
        Format::Value => &Value,
        Format::State => return None,
    })
}
