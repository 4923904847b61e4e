//! From parts of row groups to blocks of rows.

use std::sync::Arc;

use parquet::errors::ParquetError;

use crate::error::{Error, Fault};
use crate::input::block::Block;
use crate::input::rows::Rows;
use crate::text::{append_quoted, needs_quotes};

use super::column::{Column, Purpose};
use super::guard::guarded;
use super::kind::Kind;
use super::{Data, Part};

/// Rows that are decoded in one go: few enough for their numbers to stay in a
/// near cache.
const CHUNK: usize = 1 << 13;

/// Decodes parts; one that follows another goes on from there.
#[derive(Default)]
pub struct Decoder {
    columns: Option<Columns>,
    rows: Rows,
    text: Vec<u8>,
}

impl Decoder {
    /// Decodes the next rows of a part, after so many, as a block of that index.
    ///
    /// # Errors
    /// If the data is damaged.
    pub fn block(&mut self, part: &Part, before: u64, index: u64) -> Result<Block, Error> {
        let row = part.start + before;
        let mut columns = match self.columns.take() {
            Some(columns) if columns.can_go_to(part, row) => columns,
            _ => Columns::open(part, |column| part.data.is_needed(column))?,
        };
        columns.go_to(row)?;
        let count = usize::try_from(part.rows - before).unwrap_or(CHUNK).min(CHUNK);
        columns.read(count)?;
        let mut rows = std::mem::take(&mut self.rows);
        rows.count = count;
        columns.numbers(&mut rows);
        let mut text = std::mem::take(&mut self.text);
        let has_quotes = columns.texts(&mut rows, &mut text);
        self.columns = Some(columns);
        let sheet = Arc::clone(part.sheet());
        Ok(Block::decoded(index, before, sheet, has_quotes, rows, text))
    }

    /// Takes memory back for a block to come.
    pub fn reuse(&mut self, block: Block) {
        (self.rows, self.text) = block.into_rows();
    }
}

/// Columns of a row group, all at the same row.
pub struct Columns {
    data: Arc<Data>,
    group: usize,
    row: u64,
    /// For each column of the sheet, if it is needed.
    all: Vec<Option<Box<dyn Column>>>,
}

impl Columns {
    pub fn open(part: &Part, is_needed: impl Fn(usize) -> bool) -> Result<Self, Error> {
        let data = &part.data;
        let open = |column| {
            let open = || guarded(|| data.column(part.group, column));
            let opened = is_needed(column).then(open).transpose();
            opened.map_err(|why| data.fault(Some(column), Fault::Damaged(why)))
        };
        let all = (0..data.columns.len()).map(open).collect::<Result<Vec<_>, Error>>()?;
        Ok(Columns { data: Arc::clone(data), group: part.group, row: 0, all })
    }

    /// Whether that row of the part's row group is still to come.
    fn can_go_to(&self, part: &Part, row: u64) -> bool {
        Arc::ptr_eq(&self.data, &part.data) && self.group == part.group && self.row <= row
    }

    /// Passes over the rows before that one.
    pub fn go_to(&mut self, row: u64) -> Result<(), Error> {
        let rows = usize::try_from(row - self.row).unwrap_or(usize::MAX);
        self.row = row;
        self.each(|column| if rows > 0 { column.skip(rows) } else { Ok(()) })
    }

    /// Decodes the next rows.
    pub fn read(&mut self, rows: usize) -> Result<(), Error> {
        self.row += rows as u64;
        self.each(|column| column.read(rows))
    }

    /// Does something to each column.
    fn each(
        &mut self,
        step: impl Fn(&mut dyn Column) -> Result<(), ParquetError>,
    ) -> Result<(), Error> {
        for (index, column) in self.all.iter_mut().enumerate() {
            if let Some(column) = column {
                guarded(|| step(&mut **column))
                    .map_err(|why| self.data.fault(Some(index), Fault::Damaged(why)))?;
            }
        }
        Ok(())
    }

    /// Fills in the numbers of the decoded rows.
    fn numbers(&self, rows: &mut Rows) {
        rows.fault = None;
        rows.numbers.resize_with(self.data.sheet.selected.len(), Vec::new);
        for (selected, numbers) in self.data.sheet.selected.iter().zip(&mut rows.numbers) {
            let column = self.all[selected.column].as_ref().expect("it is needed");
            let fault = column.numbers(self.data.purpose(selected.role), numbers);
            rows.fault = rows.fault.into_iter().chain(fault).min();
        }
        rows.has_missing = rows.numbers.iter().flatten().any(|number| number.is_nan());
    }

    /// Writes the decoded rows as lines, if texts are needed; tells whether a cell
    /// is quoted.
    fn texts(&self, rows: &mut Rows, text: &mut Vec<u8>) -> bool {
        text.clear();
        rows.ends.clear();
        if !self.data.texts.contains(&true) {
            return false;
        }
        let mut has_quotes = false;
        for row in 0..rows.count {
            has_quotes |= self.record(row, false, text);
            rows.ends.push(text.len());
            text.push(b'\n');
        }
        has_quotes
    }

    /// Appends a decoded row as a record of CSV; tells whether a cell is quoted.
    /// For a closer look at its numbers, `true` and `false` are written as 1 and 0
    /// where they count as that.
    pub fn record(&self, row: usize, is_for_numbers: bool, out: &mut Vec<u8>) -> bool {
        let data = &*self.data;
        let mut has_quotes = false;
        for (index, column) in self.all.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            let Some(column) = column.as_ref().filter(|_| is_for_numbers || data.texts[index])
            else {
                continue;
            };
            let start = out.len();
            column.text(row, out);
            match data.columns[index].1 {
                Kind::Text => has_quotes |= quote(out, start),
                Kind::Boolean if is_for_numbers && self.counts_as_number(index) => {
                    let digit = if &out[start..] == b"true" { b"1" } else { b"0" };
                    if out.len() > start {
                        out.splice(start.., *digit);
                    }
                }
                _ => {}
            }
        }
        has_quotes
    }

    /// Whether the values of a column are numbers rather than labels.
    fn counts_as_number(&self, column: usize) -> bool {
        let selected = self.data.sheet.selected.iter().find(|selected| selected.column == column);
        selected
            .is_some_and(|selected| matches!(self.data.purpose(selected.role), Purpose::Number(_)))
    }
}

/// Quotes the cell from `start` on, if it needs that.
fn quote(out: &mut Vec<u8>, start: usize) -> bool {
    let is_quoted = needs_quotes(&out[start..], b',');
    if is_quoted {
        let cell = out.split_off(start);
        append_quoted(&cell, out);
    }
    is_quoted
}
