//! Some rows of a row group as batches.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use fearless_simd::{Level, dispatch};

use crate::error::Error;
use crate::table::batch::Batch;
use crate::table::cell::{self, Row};
use crate::table::format::{Chunk, Step};
use crate::table::labels::LabelReader;
use crate::table::number::{self, NotUsable};
use crate::table::request::Request;
use crate::table::role::Role;
use crate::table::schema::Schema;

use super::data::{Columns, Data};
use super::kind::Kind;

/// The most values of a column that are decoded at once: few enough to stay in the CPU cache.
const DECODED: usize = 1 << 13;

/// Some rows of a row group.
pub struct Part {
    data: Arc<Data>,
    group: usize,
    start: u64,
    rows: u64,
    columns: Option<Columns>,
    /// Reads labels that are not numbers.
    labels: Option<LabelReader>,
    /// The rows of the part that are decoded.
    decoded: Range<u64>,
    /// The next row of the part.
    next: u64,
}

impl Part {
    /// Takes `rows` rows of a row group, from `start` on.
    pub fn new(data: Arc<Data>, group: usize, start: u64, rows: u64) -> Self {
        let labels = data.request.label_reader(&data.schema);
        Part { data, group, start, rows, columns: None, labels, decoded: 0..0, next: 0 }
    }

    /// Decodes more rows, if there are none left.
    fn decode(&mut self) -> Result<(), Error> {
        if self.next < self.decoded.end {
            return Ok(());
        }
        if self.columns.is_none() {
            self.columns = Some(self.data.columns_at(self.group, self.start)?);
        }
        let most = (DECODED / self.data.values_per_row(self.group)).max(1);
        let count = usize::try_from(self.rows - self.next).unwrap_or(most).min(most);
        let columns = self.columns.as_mut().expect("the columns are open");
        columns.read(&self.data, count)?;
        self.decoded = self.next..self.next + count as u64;
        Ok(())
    }

    /// Fills the batch with some of the decoded rows. Returns whether it ended at a row that
    /// cannot be scored.
    fn fill_with(&mut self, rows: Range<usize>, batch: &mut Batch) -> bool {
        let schema = Arc::clone(&self.data.schema);
        let columns = self.columns.as_ref().expect("rows are decoded");
        let mut good = rows.len();
        for (slot, numbers) in schema.slots.iter().zip(&mut batch.columns) {
            if self.labels.is_some() && slot.role == Role::Y {
                numbers.resize(rows.len(), 0.0);
                continue;
            }
            let bad = columns.column(slot.column).numbers(slot.role, rows.clone(), numbers);
            good = good.min(bad.unwrap_or(good));
        }
        // Rows that lack a value other than a number.
        let mut lacks = vec![false; good];
        for &column in &schema.required {
            for (row, lacks) in lacks.iter_mut().enumerate() {
                *lacks |= number::is_missing(number::trim(&columns.text(column, rows.start + row)));
            }
        }
        let mut lists: Vec<_> = schema.lists.iter().map(|_| vec![Vec::new(); good]).collect();
        for (lists, &column) in lists.iter_mut().zip(&schema.lists) {
            let role = Role::of(schema.header.given);
            for (row, list) in lists.iter_mut().enumerate().take(good) {
                match columns.column(column).list(role, rows.start + row, list) {
                    Ok(()) => {}
                    Err(NotUsable::Missing) => lacks[row] = true,
                    Err(_) => {
                        good = row;
                        break;
                    }
                }
            }
        }
        let is_missing = |batch: &Batch, row: usize| {
            lacks[row] || batch.columns.iter().any(|numbers| numbers[row].is_nan())
        };
        let mut has_missing =
            lacks.contains(&true) || batch.columns.iter().any(|numbers| has_nan(&numbers[..good]));
        if has_missing && !self.data.request.skips_missing() {
            good = (0..good).find(|&row| is_missing(batch, row)).unwrap_or(good);
        }
        batch.starts(self.next, 0);
        if self.labels.is_some() {
            good = self.read_labels(rows.start, good, batch);
            has_missing |= has_nan(&batch.columns[schema.label_slot()][..good]);
        }
        let columns = self.columns.as_ref().expect("rows are decoded");
        let is_plain = schema.keys.is_empty() && lists.is_empty() && !has_missing;
        batch.rows = if is_plain { good } else { 0 };
        for row in (0..good).filter(|_| !is_plain) {
            let is_skipped = has_missing && is_missing(batch, row);
            if !schema.keys.is_empty() {
                let cells =
                    schema.keys.iter().map(|&column| columns.text(column, rows.start + row));
                let cells: Vec<Vec<u8>> = cells.collect();
                let keys = if is_skipped { &mut batch.skipped_keys } else { &mut batch.keys };
                match cells.as_slice() {
                    [cell] => keys.push_cell(cell, 0, cell.len()),
                    cells => keys.push(cells.iter().map(Vec::as_slice)),
                }
            }
            if is_skipped {
                batch.skip(self.next + row as u64);
                continue;
            }
            if has_missing {
                batch.starts(self.next + row as u64, 0);
                for numbers in &mut batch.columns {
                    numbers[batch.rows] = numbers[row];
                }
            }
            batch.rows += 1;
            batch.lists.iter_mut().zip(&lists).for_each(|(all, lists)| all.push(&lists[row]));
        }
        self.next += good as u64;
        if good < rows.len() {
            batch.starts(self.next, 0);
        }
        good < rows.len()
    }

    /// Reads labels that are not numbers, of decoded rows from `start` on; NaN where one is
    /// missing. Returns how many rows it could read.
    fn read_labels(&mut self, start: usize, rows: usize, batch: &mut Batch) -> usize {
        let (Some(labels), Some(columns)) = (&mut self.labels, &self.columns) else { return rows };
        let schema = &self.data.schema;
        let column = schema.slots[schema.label_slot()].column;
        for row in 0..rows {
            if batch.columns.iter().any(|numbers| numbers[row].is_nan()) {
                continue;
            }
            let text = columns.text(column, start + row);
            batch.columns[schema.label_slot()][row] =
                match labels.read(&text, self.next + row as u64) {
                    Ok(number) => number,
                    Err(NotUsable::Missing) if self.data.request.skips_missing() => f64::NAN,
                    Err(_) => return row,
                };
        }
        rows
    }
}

/// Whether any number is NaN.
fn has_nan(numbers: &[f64]) -> bool {
    // Without an early exit, so that the compiler vectorizes it.
    dispatch!(Level::new(), _ => numbers.iter().fold(false, |any, number| any | number.is_nan()))
}

impl Chunk for Part {
    fn schema(&self) -> &Arc<Schema> {
        &self.data.schema
    }

    fn fill(&mut self, batch: &mut Batch, most: usize) -> Step {
        batch.clear(self.data.schema.slots.len(), self.data.schema.lists.len(), 0);
        if self.next == self.rows {
            return Step::End;
        }
        if let Err(error) = self.decode() {
            return Step::Failed(error);
        }
        let index =
            |row: u64| usize::try_from(row - self.decoded.start).expect("few rows are decoded");
        let (start, end) = (index(self.next), index(self.decoded.end));
        let is_bad = self.fill_with(start..end.min(start + most), batch);
        batch.finish();
        if is_bad { Step::BadRow } else { Step::More }
    }

    fn cells(&mut self, batch: &Batch, row: usize) -> Result<Vec<Cow<'_, [u8]>>, Error> {
        let row =
            usize::try_from(batch.line(row) - self.decoded.start).expect("the row is decoded");
        let columns = self.columns.as_ref().expect("rows are decoded");
        Ok((0..self.data.columns.len())
            .map(|column| Cow::Owned(columns.text(column, row)))
            .collect())
    }

    fn explain(&mut self, batch: &Batch, row: usize, request: &Request) -> Error {
        let data = Arc::clone(&self.data);
        let is_words = self.labels.is_some();
        let mut cells = match self.cells(batch, row) {
            Ok(cells) => cells,
            Err(error) => return error,
        };
        for slot in &data.schema.slots {
            // Booleans that count as numbers are explained as numbers.
            let is_label = is_words && slot.role == Role::Y;
            if !is_label && data.columns[slot.column].1 == Kind::Boolean {
                let cell = &mut cells[slot.column];
                match &**cell {
                    b"true" => *cell = Cow::Borrowed(b"1"),
                    b"false" => *cell = Cow::Borrowed(b"0"),
                    _ => {}
                }
            }
        }
        let line = batch.line(row) + 1;
        cell::explain(&Row { cells: &cells, schema: &data.schema, request, line, is_first: false })
    }

    fn labels(&self) -> Option<&LabelReader> {
        self.labels.as_ref()
    }

    fn lines(&self) -> u64 {
        self.rows
    }

    fn into_buffer(mut self: Box<Self>) -> Vec<u8> {
        if let Some(columns) = self.columns.take() {
            self.data.reuse(columns);
        }
        Vec::new()
    }
}
