//! What a reader is asked for.

use crate::scoring::Scoring;

use super::labels::{LabelReader, Labels};
use super::options::{InputOptions, Missing};
use super::schema::Schema;

/// What a reader is asked for.
#[derive(Debug)]
pub struct Request {
    /// How to read.
    pub options: InputOptions,
    /// What labels mean, if they are not numbers.
    pub labels: Option<Labels>,
    /// What is computed, which decides the numbers that are allowed.
    pub scoring: Scoring,
    /// Which cells are needed beside the numbers.
    pub cells: Cells,
    /// Whether a file may have no rows.
    pub allows_empty: bool,
    /// The number of bytes that are read into a chunk.
    pub block_size: usize,
}

/// Which cells are needed beside the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cells {
    /// Only those of a row that cannot be scored.
    Errors,
    /// Those of some rows.
    Some,
    /// Those of every row, which must have as many cells as the first.
    All,
}

impl Request {
    /// Returns whether all columns are read, not only the selected ones.
    pub fn reads_all_columns(&self) -> bool {
        self.cells != Cells::Errors
    }

    /// Returns a reader of the labels of a table, if they are not numbers.
    pub fn label_reader(&self, schema: &Schema) -> Option<LabelReader> {
        schema.y?;
        match &schema.classes {
            Some(classes) => Some(LabelReader::of_classes(classes)),
            None => self.labels.as_ref().map(LabelReader::new),
        }
    }

    /// Returns whether every row must have as many cells as the first.
    pub fn is_strict(&self) -> bool {
        self.cells == Cells::All
    }

    /// Returns whether a blank line is a row without a value, as it is where tables are joined row
    /// by row.
    pub fn counts_blank_lines(&self) -> bool {
        !self.options.join.is_empty() && self.options.on.is_empty()
    }

    /// Returns whether rows that lack a value are left out.
    pub fn skips_missing(&self) -> bool {
        self.options.missing == Missing::Skip
    }
}
