//! The scan: from a block's bytes to columns of numbers.
//!
//! It looks at the selected columns alone. Rows that have as many cells as the
//! header, each of one line, are read column by column from the places of their
//! [`separators`](super::separators). Any other row is read by itself, by the
//! exact rules of [`record`]; one with a fault stops the scan, and [`cell::explain`]
//! says what it is.

mod batch;
mod key;

use std::borrow::Cow;

use crate::error::Role;

use super::block::Block;
use super::cell;
use super::cut::has_lone_cr;
use super::number::{self, NotUsable};
use super::record;
use super::rows::Rows;
use super::sheet::{Selected, Sheet};

pub use batch::Batch;
pub use key::{ShortCell, cells_of_key};

/// Rows that are scanned and scored in one go: few enough for their columns to
/// stay in the nearest cache.
pub const BATCH: usize = 1024;

/// Bytes that are searched for usual rows first, and after every unusual one.
const FIRST_AHEAD: usize = 256;

/// Bytes that are searched at most before the rows in them are read.
const MOST_AHEAD: usize = 4 << 10;

/// How a scan ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// There may be more rows.
    More,
    /// That was the last row.
    End,
    /// The next record, at [`Scanner::record`], has a fault.
    Fault,
}

/// A walk over the records of a block.
#[derive(Clone, Copy)]
pub struct Scanner<'a> {
    /// The block, a line feed, and bytes that are never looked at closely.
    bytes: &'a [u8],
    /// Where the block ends in them.
    end: usize,
    sheet: &'a Sheet,
    rows: Option<&'a Rows>,
    has_quotes: bool,
    /// Whether a line feed follows every carriage return.
    has_usual_ends: bool,
    at: usize,
    /// Lines or rows before the block, of what it was made of.
    before: u64,
    lines: u64,
    record: Record,
}

/// Where a record starts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Record {
    /// Its first byte in the block.
    pub start: usize,
    /// The physical lines of the block before it.
    pub lines: u64,
}

/// Why a record gives no row.
enum NoRow {
    /// It has a fault; [`cell::explain`] finds the words.
    Fault,
    /// It lacks a value, and such records are left out.
    Skipped,
}

impl<'a> Scanner<'a> {
    /// A scanner at the start of a block.
    pub fn new(block: &'a Block) -> Self {
        let (bytes, end) = block.padded();
        Scanner {
            bytes,
            end,
            sheet: &block.sheet,
            rows: block.rows.as_ref(),
            has_quotes: block.has_quotes,
            has_usual_ends: !has_lone_cr(&bytes[..end]),
            at: 0,
            before: block.before,
            lines: block.before,
            record: Record::default(),
        }
    }

    /// Where the last record that was begun starts.
    pub fn record(&self) -> Record {
        self.record
    }

    /// Physical lines of the block so far.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Fills `batch` with the next rows, at most `most` of them.
    pub fn fill(&mut self, batch: &mut Batch, most: usize) -> Step {
        batch.clear(self.sheet.selected.len(), most);
        let mut rows = 0;
        let step = loop {
            if let Some(given) = self.rows {
                break self.given_rows(given, batch, &mut rows, most);
            }
            if self.has_usual_ends {
                rows = self.usual_rows(batch, rows, most);
            }
            if rows == most {
                break Step::More;
            }
            self.skip_blank_lines();
            if self.at >= self.end {
                break Step::End;
            }
            match self.row(batch, rows) {
                Ok(()) => rows += 1,
                Err(NoRow::Skipped) => {}
                Err(NoRow::Fault) => break Step::Fault,
            }
        };
        batch.columns.iter_mut().for_each(|column| column.truncate(rows));
        step
    }

    /// Takes rows whose numbers are there into `batch` from `row` on.
    fn given_rows(
        &mut self,
        given: &Rows,
        batch: &mut Batch,
        row: &mut usize,
        most: usize,
    ) -> Step {
        while *row < most {
            let next = usize::try_from(self.lines - self.before).expect("it is in the block");
            if next == given.count {
                return Step::End;
            }
            let usual = given.usual(next).min(most - *row);
            let is_missing = usual == 0 && given.is_missing(next);
            let is_skipped = is_missing && self.sheet.skips_missing;
            let is_fault = given.fault == Some(next) || (is_missing && !is_skipped);
            let taken = if is_fault { 0 } else { usual.max(1) };
            let last = next + taken.saturating_sub(1);
            self.record =
                Record { start: given.text(last).start, lines: self.before + last as u64 };
            if is_fault {
                return Step::Fault;
            }
            self.lines += taken as u64;
            if is_skipped {
                batch.skipped.push(given.text(next));
                continue;
            }
            for (given, numbers) in given.numbers.iter().zip(&mut batch.columns) {
                numbers[*row..*row + taken].copy_from_slice(&given[next..next + taken]);
            }
            if let Some(records) = &mut batch.records {
                records.extend((next..next + taken).map(|row| given.text(row)));
            }
            *row += taken;
        }
        Step::More
    }

    /// Reads rows into `batch` from `row` on, up to one that has anything unusual,
    /// of which it reads nothing; tells which row is next.
    fn usual_rows(&mut self, batch: &mut Batch, mut row: usize, most: usize) -> usize {
        let mut separators = std::mem::take(&mut batch.separators);
        let mut ahead = FIRST_AHEAD;
        while row < most && self.at < self.end {
            let until = self.end.min(self.at + ahead);
            let stretch = (until, self.end);
            let (delimiter, has_quotes) = (self.sheet.delimiter, self.has_quotes);
            let is_cut = separators.find(self.bytes, self.at, stretch, delimiter, has_quotes);
            let places = separators.places();
            let whole = ((places.len() - 1) / self.sheet.names.len()).min(most - row);
            let read = self.rows_between(places, whole, batch, row);
            row += read;
            let is_last = is_cut || until == self.end || ahead == MOST_AHEAD;
            if read < whole || (read == 0 && is_last) {
                break;
            }
            ahead = (4 * ahead).min(MOST_AHEAD);
        }
        batch.separators = separators;
        row
    }

    /// Reads rows whose separators have those places, up to one that has anything
    /// unusual, `most` at most; tells how many it read.
    fn rows_between(
        &mut self,
        places: &[u32],
        most: usize,
        batch: &mut Batch,
        row: usize,
    ) -> usize {
        let width = self.sheet.names.len();
        let mut rows = self.whole_rows(&places[..=most * width]);
        for (selected, numbers) in self.sheet.selected.iter().zip(&mut batch.columns) {
            let numbers = &mut numbers[row..row + rows];
            rows = match (selected.column + 1 == width, self.is_compared(selected.role)) {
                (false, false) => self.read_column::<false, false>(places, selected, numbers),
                (true, false) => self.read_column::<true, false>(places, selected, numbers),
                (false, true) => self.read_column::<false, true>(places, selected, numbers),
                (true, true) => self.read_column::<true, true>(places, selected, numbers),
            };
        }
        if rows == 0 {
            return 0;
        }
        let start_of = |row: usize| after(places[row * width]);
        if let Some(records) = &mut batch.records {
            let last = self.sheet.selected.last().map_or(0, |selected| selected.column);
            let end_of = |row: usize, column| {
                let end = places[row * width + column + 1] as usize;
                if column + 1 == width { line_end(self.bytes, start_of(row), end) } else { end }
            };
            records.extend((0..rows).map(|row| start_of(row)..end_of(row, width - 1)));
            batch.tails.extend((0..rows).map(|row| end_of(row, last)));
        }
        self.at = start_of(rows);
        self.lines += rows as u64;
        self.record = Record { start: start_of(rows - 1), lines: self.lines - 1 };
        rows
    }

    /// How many of the first rows are of one line and have as many cells as the
    /// header.
    #[inline(never)]
    fn whole_rows(&self, places: &[u32]) -> usize {
        let (bytes, delimiter) = (self.bytes, self.sheet.delimiter);
        let is_whole = |row: &&[u32]| {
            let (last, others) = row.split_last().expect("a row has a cell");
            bytes[*last as usize] == b'\n'
                && others.iter().all(|&place| bytes[place as usize] == delimiter)
        };
        places[1..].chunks_exact(self.sheet.names.len()).take_while(is_whole).count()
    }

    /// Reads a column of usual rows; tells how many it could read.
    #[inline(never)]
    fn read_column<const LAST: bool, const COMPARED: bool>(
        &self,
        places: &[u32],
        selected: &Selected,
        numbers: &mut [f64],
    ) -> usize {
        let (bytes, width) = (self.bytes, self.sheet.names.len());
        let mut place = selected.column;
        for (index, number) in numbers.iter_mut().enumerate() {
            let (start, end) = (after(places[place]), places[place + 1] as usize);
            let end = if LAST { line_end(bytes, start, end) } else { end };
            let plain = if COMPARED { None } else { number::plain(bytes, start, end) };
            *number = match plain {
                Some(number) => number,
                None => match self.number(start, end, selected.role) {
                    Ok(number) => number,
                    Err(_) => return index,
                },
            };
            place += width;
        }
        numbers.len()
    }

    /// Reads one record and its line end, into `batch` at `row`.
    fn row(&mut self, batch: &mut Batch, row: usize) -> Result<(), NoRow> {
        self.record = Record { start: self.at, lines: self.lines };
        // The cell that is read next, and where it starts.
        let (mut column, mut at) = (0, self.at);
        let mut is_missing = false;
        for (selected, numbers) in self.sheet.selected.iter().zip(&mut batch.columns) {
            if column > 0 {
                if self.bytes[self.at] != self.sheet.delimiter {
                    return Err(NoRow::Fault);
                }
                at = self.at + 1;
            }
            for _ in column..selected.column {
                let end = self.cell_end(at);
                if self.bytes[end] != self.sheet.delimiter {
                    return Err(NoRow::Fault);
                }
                at = end + 1;
            }
            self.at = self.cell_end(at);
            match self.number(at, self.at, selected.role) {
                Ok(number) => numbers[row] = number,
                Err(NotUsable::Missing) if self.sheet.skips_missing => is_missing = true,
                Err(_) => return Err(NoRow::Fault),
            }
            column = selected.column + 1;
        }
        let tail = self.at;
        let cells = self.rest_of_row(column)?;
        if batch.is_strict && cells != self.sheet.names.len() {
            return Err(NoRow::Fault);
        }
        let record = self.record.start..self.at;
        // The line feed after the block ends a last line without an end.
        self.at = (self.at + record::line_end(self.bytes, self.at)).min(self.end);
        self.lines += 1;
        if is_missing {
            batch.skipped.push(record);
            return Err(NoRow::Skipped);
        }
        if let Some(records) = &mut batch.records {
            records.push(record);
            batch.tails.push(tail);
        }
        Ok(())
    }

    /// Goes to the line end from the end of the cell before `column`; tells how
    /// many cells the record has.
    fn rest_of_row(&mut self, mut column: usize) -> Result<usize, NoRow> {
        while self.bytes[self.at] == self.sheet.delimiter && self.at < self.end {
            let start = self.at + 1;
            self.at = self.cell_end(start);
            column += 1;
            // Empty cells at the end of a line are none.
            let cell = &self.bytes[start..self.at];
            if column > self.sheet.names.len() && !cell.is_empty() && cell != b"\"\"" {
                return Err(NoRow::Fault);
            }
        }
        Ok(column)
    }

    /// Whether cells of that role are compared with a label rather than read.
    fn is_compared(&self, role: Role) -> bool {
        self.sheet.positive.is_some() && role == Role::Y
    }

    /// The number in a cell, in any spelling.
    #[cold]
    fn number(&self, start: usize, end: usize, role: Role) -> Result<f64, NotUsable> {
        let cell = &self.bytes[start..end];
        let cell = match cell.first() {
            Some(b'"') => record::cells(cell, self.sheet.delimiter).swap_remove(0),
            _ => Cow::Borrowed(cell),
        };
        match self.sheet.positive.as_deref().filter(|_| self.is_compared(role)) {
            Some(positive) => cell::label(&cell, positive, self.sheet.negative),
            None => cell::parse(&cell, role),
        }
    }

    /// Where the cell at `start` ends.
    fn cell_end(&mut self, start: usize) -> usize {
        let end = record::cell_end(&self.bytes[..self.end], start, self.sheet.delimiter);
        // An object is one line, whatever its cells hold.
        if self.bytes[start] == b'"' && !self.sheet.is_json_lines {
            self.lines += record::line_ends(&self.bytes[start..end]);
        }
        end
    }

    fn skip_blank_lines(&mut self) {
        while self.at < self.end
            && let length @ 1.. = record::line_end(self.bytes, self.at)
        {
            self.at += length;
            self.lines += 1;
        }
    }
}

/// Where the cell after a separator starts; the one before the block is 0 − 1.
#[inline]
fn after(place: u32) -> usize {
    place.wrapping_add(1) as usize
}

/// Where the line from `start` ends whose line feed is at `end`.
#[inline]
fn line_end(bytes: &[u8], start: usize, end: usize) -> usize {
    end - usize::from(end > start && bytes[end - 1] == b'\r')
}
