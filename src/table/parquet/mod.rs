//! Parquet files: their columns as a table, a part of a row group at a time.
//!
//! | file | what it owns |
//! |---|---|
//! | `mod.rs` | the format, and how it is detected |
//! | `table.rs` | a file's columns, part by part |
//! | `data.rs` | what parts share, checked before any data is read |
//! | `part.rs` | some rows of a row group as batches |
//! | `column.rs` | the values of a column as numbers and texts |
//! | `kind.rs` | what the values of a column are, and their text |
//! | `file.rs` | reading a file in several places at once |
//! | `guard.rs`, `pages.rs` | protection against damaged files |
//!
//! The `parquet` crate decodes pages. Where a file states a fact twice, both are compared, as
//! a wrong answer is worse than none. A column has at most one value per row, as a field of a
//! struct does; a list is a column only where it is chosen as one.

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
use super::text::{extension, is_binary};

/// The format Parquet.
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

    fn detect(&self, start: &[u8], file: &str) -> Detection {
        // The header of a text may start with these letters, too.
        let is_sure = || is_binary(start) || extension(file).eq_ignore_ascii_case("parquet");
        if [table::MAGIC, table::ENCRYPTED].iter().any(|magic| start.starts_with(magic))
            && is_sure()
        {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_that_starts_like_a_parquet_file_is_text() {
        assert_eq!(Parquet.detect(b"PAR1,y,yhat\n1,1,0.9\n", "p.csv"), Detection::No);
        assert_eq!(Parquet.detect(b"PAR1\x15\x04", "p.csv"), Detection::Certain);
        assert_eq!(Parquet.detect(b"PAR1 cut", "p.parquet"), Detection::Certain);
        assert_eq!(Parquet.detect(b"y,yhat\n", "p.parquet"), Detection::No);
    }
}
