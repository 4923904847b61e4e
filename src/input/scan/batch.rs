//! The rows that are scanned in one go.

use std::ops::Range;

use crate::input::separators::Separators;

/// Consecutive rows of a block, column by column.
#[derive(Debug, Default)]
pub struct Batch {
    /// The numbers of each selected column, in the order of the sheet.
    pub columns: Vec<Vec<f64>>,
    /// Where in the block each record is, without its line end; filled if
    /// wanted.
    pub records: Option<Vec<Range<usize>>>,
    /// With the records: where the cell of the last selected column ends in each.
    pub tails: Vec<usize>,
    /// Where the records are that were left out for a missing value.
    pub skipped: Vec<Range<usize>>,
    /// Whether every record must have as many cells as the first one.
    pub(super) is_strict: bool,
    pub(super) separators: Separators,
}

impl Batch {
    /// An empty batch, with the place of each record if `keeps_records`.
    pub fn new(keeps_records: bool, is_strict: bool) -> Self {
        Batch { records: keeps_records.then(Vec::new), is_strict, ..Batch::default() }
    }

    /// Makes room for that many columns of that many rows.
    pub(super) fn clear(&mut self, columns: usize, rows: usize) {
        self.columns.resize_with(columns, Vec::new);
        self.columns.iter_mut().for_each(|column| column.resize(rows, 0.0));
        self.skipped.clear();
        self.tails.clear();
        if let Some(records) = &mut self.records {
            records.clear();
        }
    }
}
