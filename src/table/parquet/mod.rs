//! Parquet files: their columns as a table, a part of a row group at a time.
//!
//! | file | what it owns |
//! |---|---|
//! | `mod.rs` | the format, and what its first bytes tell |
//! | `table.rs` | a file's columns, part by part |
//! | `data.rs` | what parts share, checked before any data is read |
//! | `part.rs` | some rows of a row group as batches |
//! | `column.rs` | the values of a column as numbers and texts |
//! | `kind.rs` | what values are, and their text |
//! | `file.rs` | reading a file in several places at once |
//! | `guard.rs`, `pages.rs` | damaged files |
//!
//! The pages and encodings are those of the `parquet` crate. What a file says twice is
//! compared, as a wrong answer is worse than none. Only columns without levels of nesting
//! are columns here.

mod column;
mod data;
mod file;
mod guard;
mod kind;
mod pages;
mod part;
mod table;

use std::sync::Arc;

use crate::error::Error;
use crate::io::Stream;

use super::format::{Detection, Format, Opened};
use super::request::Request;
use super::schema::Schema;

/// Parquet.
pub struct Parquet;

impl Format for Parquet {
    fn name(&self) -> &'static str {
        "parquet"
    }

    fn help(&self) -> &'static str {
        "Parquet"
    }

    fn noun(&self) -> &'static str {
        "a Parquet file"
    }

    fn is_text(&self) -> bool {
        false
    }

    fn detect(&self, start: &[u8], _: &str) -> Detection {
        if start.starts_with(table::MAGIC) || start.starts_with(table::ENCRYPTED) {
            Detection::Certain
        } else {
            Detection::No
        }
    }

    fn open(
        &self,
        stream: Stream,
        request: &Arc<Request>,
        first: Option<&Schema>,
    ) -> Result<Opened, Error> {
        table::open(&stream, request, first)
    }
}
