//! What is asked of a reader.

use crate::scoring::Scoring;

use super::labels::{LabelReader, Labels};
use super::options::{InputOptions, Missing};
use super::schema::Schema;

/// What is asked of a reader.
#[derive(Debug)]
pub struct Request {
    /// How to read.
    pub options: InputOptions,
    /// What labels mean, if they are not numbers.
    pub labels: Option<Labels>,
    /// What is computed, which says what numbers there may be.
    pub scoring: Scoring,
    /// Which cells are needed beside the numbers.
    pub cells: Cells,
    /// Whether a file without rows is no error.
    pub allows_empty: bool,
    /// Bytes that are read into a chunk.
    pub block_size: usize,
}

/// Which cells are needed beside the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cells {
    /// Those of a row that cannot be scored.
    Errors,
    /// Those of some rows.
    Some,
    /// Those of every row: then every row has as many as the first.
    All,
}

impl Request {
    /// Whether all columns are read, not the selected ones alone.
    pub fn reads_all_columns(&self) -> bool {
        self.cells != Cells::Errors
    }

    /// A reader of the labels of some rows of a table, if they are not numbers.
    pub fn label_reader(&self, schema: &Schema) -> Option<LabelReader> {
        schema.y?;
        match &schema.classes {
            Some(classes) => Some(LabelReader::of_classes(classes)),
            None => self.labels.as_ref().map(LabelReader::new),
        }
    }

    /// Whether every row must have as many cells as the first.
    pub fn is_strict(&self) -> bool {
        self.cells == Cells::All
    }

    /// Whether a blank line is a row without a value, as where rows are joined one by one.
    pub fn counts_blank_lines(&self) -> bool {
        !self.options.join.is_empty() && self.options.on.is_empty()
    }

    /// Whether rows that lack a value are left out.
    pub fn skips_missing(&self) -> bool {
        self.options.missing == Missing::Skip
    }
}
