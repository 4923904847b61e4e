//! Reads the bytes of a block into columns of numbers and keys.
//!
//! Only the selected columns are looked at. Rows that have as many cells as the header,
//! each of one line, are read column by column from the offsets of their
//! [`separators`](super::separators). Any other row is read by itself, by the exact rules
//! of [`record`].

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use fearless_simd::{Level, Simd, dispatch};

use crate::error::Error;
use crate::table::batch::Batch;
use crate::table::format::{Chunk, Step};
use crate::table::labels::LabelReader;
use crate::table::number::{self, NotUsable};
use crate::table::request::Request;
use crate::table::role::Role;
use crate::table::schema::{Schema, Slot};
use crate::table::text::{Block, line_end, line_ends};

use super::cut::has_lone_cr;
use super::record::{self, SPACE};
use super::separators::Separators;

/// The number of bytes that are searched for usual rows first, and after every unusual row.
const FIRST_AHEAD: usize = 256;

/// The largest number of bytes that are searched before the rows in them are read.
const MOST_AHEAD: usize = 4 << 10;

/// A walk over the records of a block.
pub struct Scan {
    block: Block,
    schema: Arc<Schema>,
    request: Arc<Request>,
    delimiter: u8,
    /// Whether every row has as many cells as the first.
    is_exact: bool,
    /// Whether rows can be read column by column: a line feed follows every carriage return, and a
    /// cell every delimiter.
    is_usual: bool,
    /// Where blank lines are no rows any more.
    counted_until: usize,
    at: usize,
    lines: u64,
    separators: Separators,
    /// Reads labels that are not numbers.
    labels: Option<LabelReader>,
    /// The offsets of the separators before and after each record of the last batch, if cells are
    /// needed.
    records: Vec<(u32, u32)>,
    /// The cells of the record that is read by itself.
    cells: Vec<Range<usize>>,
}

/// Why a record gives no row.
enum NoRow {
    /// It cannot be scored.
    Bad,
    /// It lacks a value, and such records are left out.
    Skipped,
}

impl Scan {
    /// Returns a walk that starts where the block does.
    pub fn new(block: Block, schema: Arc<Schema>, request: Arc<Request>, delimiter: u8) -> Self {
        let (bytes, end) = block.padded();
        let counted_until = if request.counts_blank_lines() {
            record::without_blank_lines(&bytes[..end], delimiter)
        } else {
            0
        };
        Scan {
            is_usual: delimiter != SPACE && !has_lone_cr(&bytes[..end]),
            is_exact: schema.is_exact || request.is_strict(),
            labels: request.label_reader(&schema),
            block,
            schema,
            request,
            delimiter,
            counted_until,
            at: 0,
            lines: 0,
            separators: Separators::default(),
            records: Vec::new(),
            cells: Vec::new(),
        }
    }

    /// Returns the block, followed by a line feed and meaningless bytes.
    #[inline]
    fn bytes(&self) -> &[u8] {
        self.block.padded().0
    }

    /// Returns where the block ends in [`Scan::bytes`].
    #[inline]
    fn end(&self) -> usize {
        self.block.padded().1
    }

    /// Reads rows into the batch up to the first unusual one, of which it reads nothing.
    fn usual_rows(&mut self, batch: &mut Batch, most: usize) {
        let mut separators = std::mem::take(&mut self.separators);
        let mut ahead = FIRST_AHEAD;
        let end = self.end();
        while batch.rows < most && self.at < end {
            let until = end.min(self.at + ahead);
            let is_cut = separators.find(
                self.bytes(),
                self.at,
                (until, end),
                self.delimiter,
                self.block.has_quotes,
            );
            let rows = (separators.offsets().len() - 1) / self.schema.width();
            let whole = rows.min(most - batch.rows);
            let read = self.rows_between(&separators, whole, batch);
            let is_last = is_cut || until == end || ahead == MOST_AHEAD;
            if read < whole || (read == 0 && is_last) {
                break;
            }
            ahead = (4 * ahead).min(MOST_AHEAD);
        }
        self.separators = separators;
    }

    /// Reads at most `most` rows, which have those separators, up to the first unusual one;
    /// returns how many it read.
    fn rows_between(&mut self, separators: &Separators, most: usize, batch: &mut Batch) -> usize {
        let (width, offsets) = (self.schema.width(), separators.offsets());
        let mut rows = self.whole_rows(separators).min(most);
        for (slot, numbers) in self.schema.slots.iter().zip(&mut batch.columns) {
            let numbers = &mut numbers[batch.rows..batch.rows + rows];
            if self.labels.is_some() && slot.role == Role::Y {
                continue;
            }
            rows = if slot.column + 1 == width {
                self.read_column::<true>(offsets, slot, numbers)
            } else {
                self.read_column::<false>(offsets, slot, numbers)
            };
        }
        rows = self.rows_with_keys(offsets, rows);
        rows = self.read_labels(offsets, rows, batch);
        if rows == 0 {
            return 0;
        }
        self.read_keys(offsets, rows, batch);
        if self.request.reads_all_columns() {
            let record = |row: usize| (offsets[row * width], offsets[(row + 1) * width]);
            self.records.extend((0..rows).map(record));
        }
        batch.starts(self.lines, self.at);
        self.at = after(offsets[rows * width]);
        self.lines += rows as u64;
        batch.rows += rows;
        rows
    }

    /// Returns how many of the first rows are of one line and have as many cells as the header.
    fn whole_rows(&self, separators: &Separators) -> usize {
        let (bytes, width) = (self.bytes(), self.schema.width());
        let rows = separators.offsets()[1..].chunks_exact(width);
        let ends_line = |row: &[u32]| bytes[row[width - 1] as usize] == b'\n';
        // If there are as many line feeds as rows and each row ends with one, the others are
        // delimiters.
        if separators.line_feeds() == rows.len() && rows.clone().all(ends_line) {
            return rows.len();
        }
        let has_cells = |row: &[u32]| {
            row[..width - 1].iter().all(|&offset| bytes[offset as usize] == self.delimiter)
        };
        rows.take_while(|row| ends_line(row) && has_cells(row)).count()
    }

    /// Reads a column of usual rows; returns how many numbers it could read.
    fn read_column<const LAST: bool>(
        &self,
        offsets: &[u32],
        slot: &Slot,
        numbers: &mut [f64],
    ) -> usize {
        dispatch!(Level::new(), simd => self.read_column_by::<LAST, _>(simd, offsets, slot, numbers))
    }

    #[inline(always)]
    fn read_column_by<const LAST: bool, S: Simd>(
        &self,
        simd: S,
        offsets: &[u32],
        slot: &Slot,
        numbers: &mut [f64],
    ) -> usize {
        let (bytes, width) = (self.bytes(), self.schema.width());
        let mut offset = slot.column;
        for (index, number) in numbers.iter_mut().enumerate() {
            let (start, end) = (after(offsets[offset]), offsets[offset + 1] as usize);
            let end = if LAST { line_stop(bytes, start, end) } else { end };
            *number = match number::plain(simd, bytes, start, end) {
                Some(number) => number,
                None => match self.number(start, end, slot.role) {
                    Ok(number) => number,
                    Err(_) => return index,
                },
            };
            offset += width;
        }
        numbers.len()
    }

    /// Reads the labels of usual rows whose other cells are read, if labels are not numbers;
    /// returns how many it could read.
    fn read_labels(&mut self, offsets: &[u32], rows: usize, batch: &mut Batch) -> usize {
        let Some(mut labels) = self.labels.take() else { return rows };
        let column = self.schema.slots[self.schema.label_slot()].column;
        let numbers = &mut batch.columns[self.schema.label_slot()][batch.rows..];
        let mut read = 0;
        for (row, line) in (0..rows).zip(self.lines..) {
            let cell = self.unquoted(self.cell_between(offsets, row, column));
            let Ok(number) = labels.read(&cell, line) else { break };
            numbers[row] = number;
            read += 1;
        }
        self.labels = Some(labels);
        read
    }

    /// Returns where a cell of a usual row is.
    fn cell_between(&self, offsets: &[u32], row: usize, column: usize) -> Range<usize> {
        let width = self.schema.width();
        let start = after(offsets[row * width + column]);
        let end = offsets[row * width + column + 1] as usize;
        start..if column + 1 == width { line_stop(self.bytes(), start, end) } else { end }
    }

    /// Returns how many of the first usual rows have all keys that are required.
    fn rows_with_keys(&self, offsets: &[u32], rows: usize) -> usize {
        let is_missing = |row: usize, column: usize| {
            let cell = self.unquoted(self.cell_between(offsets, row, column));
            number::is_missing(number::trim(&cell))
        };
        let first = |column: &usize| (0..rows).find(|&row| is_missing(row, *column));
        self.schema.required.iter().filter_map(first).min().unwrap_or(rows)
    }

    /// Returns whether the record in `self.cells` lacks a key that is required.
    fn lacks_key(&self) -> bool {
        let cells = self.schema.required.iter().filter_map(|&column| self.cells.get(column));
        let is_missing =
            |cell: Range<usize>| number::is_missing(number::trim(&self.unquoted(cell)));
        cells.cloned().any(is_missing)
    }

    /// Reads the keys of usual rows.
    fn read_keys(&self, offsets: &[u32], rows: usize, batch: &mut Batch) {
        let bytes = self.bytes();
        let range = |row: usize, column: usize| self.cell_between(offsets, row, column);
        match self.schema.keys.as_slice() {
            [] => {}
            &[column] => {
                for row in 0..rows {
                    let Range { start, end } = range(row, column);
                    if bytes[start] == b'"' {
                        batch.keys.push([&*self.unquoted(start..end)]);
                    } else {
                        batch.keys.push_cell(bytes, start, end);
                    }
                }
            }
            columns => {
                for row in 0..rows {
                    let cells: Vec<Cow<[u8]>> =
                        columns.iter().map(|&column| self.unquoted(range(row, column))).collect();
                    batch.keys.push(cells.iter().map(|cell| &**cell));
                }
            }
        }
    }

    /// Reads one record and its line end.
    fn row(&mut self, batch: &mut Batch) -> Result<(), NoRow> {
        batch.starts(self.lines, self.at);
        let (start, line) = (self.at, self.lines);
        self.split_record();
        let is_blank = self.cells.len() < 2 && self.cells.iter().all(Range::is_empty);
        if is_blank && self.request.counts_blank_lines() && self.request.skips_missing() {
            self.key(true, batch)?;
            batch.skip(line);
            return Err(NoRow::Skipped);
        }
        let mut is_missing = false;
        for (slot, numbers) in self.schema.slots.iter().zip(&mut batch.columns) {
            let Range { start, end } = self.cells.get(slot.column).cloned().ok_or(NoRow::Bad)?;
            if self.labels.is_some() && slot.role == Role::Y {
                continue;
            }
            match self.number(start, end, slot.role) {
                Ok(number) => numbers[batch.rows] = number,
                Err(NotUsable::Missing) if self.request.skips_missing() => is_missing = true,
                Err(_) => return Err(NoRow::Bad),
            }
        }
        if self.lacks_key() {
            if !self.request.skips_missing() {
                return Err(NoRow::Bad);
            }
            is_missing = true;
        }
        is_missing = self.read_label(is_missing, batch)?;
        let width = self.schema.width();
        // Empty cells after the last column do not count.
        let is_beyond = |cell: &Range<usize>| !self.unquoted(cell.clone()).is_empty();
        if self.cells.iter().skip(width).any(is_beyond)
            || (self.is_exact && self.cells.len() != width)
        {
            return Err(NoRow::Bad);
        }
        self.key(is_missing, batch)?;
        if is_missing {
            batch.skip(line);
            return Err(NoRow::Skipped);
        }
        batch.rows += 1;
        if self.request.reads_all_columns() {
            let stop = self.cells.last().map_or(start, |cell| cell.end);
            let offset = |at| u32::try_from(at).expect("a block is shorter than 4 GiB");
            self.records.push((offset(start).wrapping_sub(1), offset(stop)));
        }
        Ok(())
    }

    /// Reads the label of the record in `self.cells`, if labels are not numbers and no other value
    /// is missing; returns whether a value is missing.
    fn read_label(&mut self, is_missing: bool, batch: &mut Batch) -> Result<bool, NoRow> {
        if is_missing {
            return Ok(true);
        }
        let Some(mut labels) = self.labels.take() else { return Ok(false) };
        let cell = self.cells[self.schema.slots[self.schema.label_slot()].column].clone();
        let label = labels.read(&self.unquoted(cell), batch.line(batch.rows));
        self.labels = Some(labels);
        match label {
            Ok(number) => batch.columns[self.schema.label_slot()][batch.rows] = number,
            Err(NotUsable::Missing) if self.request.skips_missing() => return Ok(true),
            Err(_) => return Err(NoRow::Bad),
        }
        Ok(false)
    }

    /// Adds the key of the record in `self.cells`.
    fn key(&self, is_skipped: bool, batch: &mut Batch) -> Result<(), NoRow> {
        if self.schema.keys.is_empty() {
            return Ok(());
        }
        let is_whole = self.schema.keys.iter().all(|&column| column < self.cells.len());
        if !is_whole && !is_skipped {
            return Err(NoRow::Bad);
        }
        let cell = |&column: &usize| self.unquoted(self.cells.get(column).cloned().unwrap_or(0..0));
        let cells: Vec<Cow<[u8]>> = self.schema.keys.iter().map(cell).collect();
        let keys = if is_skipped { &mut batch.skipped_keys } else { &mut batch.keys };
        keys.push(cells.iter().map(|cell| &**cell));
        Ok(())
    }

    /// Finds the cells of the next record, and goes to the one after it.
    fn split_record(&mut self) {
        let mut cells = std::mem::take(&mut self.cells);
        cells.clear();
        let (bytes, end) = self.block.padded();
        let mut at = self.at;
        let mut lines = 0;
        loop {
            let stop = record::cell_end(&bytes[..end], at, self.delimiter);
            if bytes[at] == b'"' {
                lines += line_ends(&bytes[at..stop]);
            }
            if stop > at || self.delimiter != SPACE {
                cells.push(at..stop);
            }
            if stop == end || bytes[stop] != self.delimiter {
                // A last line without an end is ended by the line feed after the block.
                self.at = (stop + line_end(bytes, stop)).min(end);
                self.lines += lines + 1;
                self.cells = cells;
                return;
            }
            at = stop + 1;
        }
    }

    /// Returns the text of a cell, without the quotes around it.
    fn unquoted(&self, cell: Range<usize>) -> Cow<'_, [u8]> {
        record::unquote(&self.bytes()[cell])
    }

    /// Reads the number in a cell, in any spelling.
    #[cold]
    fn number(&self, start: usize, end: usize, role: Role) -> Result<f64, NotUsable> {
        number::parse_as(&self.unquoted(start..end), role)
    }

    fn skip_blank_lines(&mut self) {
        while self.at < self.end() {
            let mut at = self.at;
            while self.delimiter == SPACE && self.bytes()[at] == SPACE {
                at += 1;
            }
            let length = line_end(self.bytes(), at);
            if length == 0 && at < self.end() {
                return;
            }
            self.lines += u64::from(length > 0);
            self.at = (at + length).min(self.end());
        }
    }

    /// Returns the bytes of a row of the batch, without its line end.
    fn row_bytes(&self, batch: &Batch, row: usize) -> &[u8] {
        if let Some(&(before, end)) = self.records.get(row) {
            let (bytes, start) = (self.bytes(), after(before));
            return &bytes[start..line_stop(bytes, start, end as usize)];
        }
        self.later_row_bytes(batch, row)
    }

    /// Returns the same for a row that is found from the start of its run.
    #[inline(never)]
    fn later_row_bytes(&self, batch: &Batch, row: usize) -> &[u8] {
        let run = batch.run(row);
        let (bytes, end) = self.block.padded();
        let mut start = run.start;
        for _ in run.row..row {
            let stop = record::end(&bytes[..end], start, self.delimiter).unwrap_or(end);
            start = stop + line_end(bytes, stop);
        }
        let stop = record::end(&bytes[..end], start, self.delimiter).unwrap_or(end);
        &bytes[start..stop]
    }
}

impl Chunk for Scan {
    fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    fn fill(&mut self, batch: &mut Batch, most: usize) -> Step {
        batch.clear(self.schema.slots.len(), self.schema.lists.len(), most);
        self.records.clear();
        let step = loop {
            if self.is_usual {
                self.usual_rows(batch, most);
            }
            if batch.rows == most {
                break Step::More;
            }
            if self.at >= self.counted_until {
                self.skip_blank_lines();
            }
            if self.at >= self.end() {
                break Step::End;
            }
            match self.row(batch) {
                Ok(()) | Err(NoRow::Skipped) => {}
                Err(NoRow::Bad) => break Step::BadRow,
            }
        };
        batch.finish();
        step
    }

    fn cells(&mut self, batch: &Batch, row: usize) -> Result<Vec<Cow<'_, [u8]>>, Error> {
        Ok(record::cells(self.row_bytes(batch, row), self.delimiter))
    }

    fn record(&self, batch: &Batch, row: usize, delimiter: u8) -> Option<&[u8]> {
        (delimiter == self.delimiter).then(|| self.row_bytes(batch, row))
    }

    fn starts_file(&self) -> bool {
        self.block.starts_file
    }

    fn labels(&self) -> Option<&LabelReader> {
        self.labels.as_ref()
    }

    fn lines(&self) -> u64 {
        self.lines
    }

    fn into_buffer(self: Box<Self>) -> Vec<u8> {
        self.block.into_buffer()
    }
}

/// Returns where the cell after a separator starts. The separator before the block is at 0 − 1.
#[inline]
fn after(offset: u32) -> usize {
    offset.wrapping_add(1) as usize
}

/// Returns where a line from `start` ends, whose line feed is at `end`.
#[inline]
fn line_stop(bytes: &[u8], start: usize, end: usize) -> usize {
    end - usize::from(end > start && bytes[end - 1] == b'\r')
}
