//! Rows that were decoded as numbers, as Parquet gives them.

use std::ops::Range;

/// Which cells are needed as text, besides the numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Texts {
    /// None.
    #[default]
    None,
    /// Those that groups are by.
    Groups,
    /// All.
    All,
}

/// Consecutive rows of a file.
#[derive(Debug, Default)]
pub struct Rows {
    /// How many.
    pub count: usize,
    /// The numbers of each selected column, in the order of the sheet; NaN where
    /// the value is missing.
    pub numbers: Vec<Vec<f64>>,
    /// The first row with a value that is no number to use.
    pub fault: Option<usize>,
    /// Whether a value is missing.
    pub has_missing: bool,
    /// Where the text of each row ends; empty without texts.
    pub ends: Vec<usize>,
}

impl Rows {
    /// How many rows from `row` on can be taken at once; 0 if that one needs a
    /// closer look.
    pub fn usual(&self, row: usize) -> usize {
        match self.fault {
            _ if self.has_missing => 0,
            Some(fault) => fault - row,
            None => self.count - row,
        }
    }

    /// Whether a value in that row is missing.
    pub fn is_missing(&self, row: usize) -> bool {
        self.numbers.iter().any(|numbers| numbers[row].is_nan())
    }

    /// Where the text of a row is.
    pub fn text(&self, row: usize) -> Range<usize> {
        let start = row.checked_sub(1).and_then(|before| self.ends.get(before));
        start.map_or(0, |end| end + 1)..self.ends.get(row).copied().unwrap_or_default()
    }
}
