//! The scan: from a block's bytes to columns of numbers.
//!
//! It looks at the selected columns alone, and reads plain numbers as it finds
//! them. Whatever is not plain (blanks, quotes, other spellings) goes through
//! [`number::parse`]; a record with a fault stops the scan, and [`explain`]
//! says what it is.

use std::ops::Range;

use crate::cost::Domain;
use crate::error::{Error, Fault, Place, Role};

use super::blocks::Block;
use super::number::{self, NotUsable};
use super::record;
use super::sheet::Sheet;

/// Rows that are scanned and scored in one go: few enough for their columns to
/// stay in the nearest cache.
pub const BATCH: usize = 1024;

/// Consecutive rows of a block, column by column.
#[derive(Debug, Default)]
pub struct Batch {
    /// The numbers of each selected column, in the order of the sheet.
    pub columns: Vec<Vec<f64>>,
    /// Where in the block each record is, without its line end; filled if
    /// wanted, and then every record has as many cells as the first one.
    pub records: Option<Vec<Range<usize>>>,
}

impl Batch {
    fn clear(&mut self, columns: usize) {
        self.columns.resize_with(columns, Vec::new);
        self.columns.iter_mut().for_each(Vec::clear);
        if let Some(records) = &mut self.records {
            records.clear();
        }
    }
}

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
    /// Whether cells can be quoted or lines end in a carriage return.
    is_plain: bool,
    at: usize,
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

/// Why a record cannot be read; [`explain`] finds the words.
struct Unreadable;

impl<'a> Scanner<'a> {
    /// A scanner at the start of a block. In a plain block no byte is a `"`,
    /// and a line feed follows every carriage return.
    pub fn new(block: &'a Block, is_plain: bool) -> Self {
        let (bytes, end) = block.padded();
        let record = Record::default();
        Scanner { bytes, end, sheet: &block.sheet, is_plain, at: 0, lines: 0, record }
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
        batch.clear(self.sheet.selected.len());
        let filled = if self.is_plain {
            self.fill_rows::<true>(batch, most)
        } else {
            self.fill_rows::<false>(batch, most)
        };
        filled.unwrap_or_else(|Unreadable| {
            let rows = batch.columns.iter().map(Vec::len).min().unwrap_or(0);
            batch.columns.iter_mut().for_each(|column| column.truncate(rows));
            Step::Fault
        })
    }

    fn fill_rows<const PLAIN: bool>(
        &mut self,
        batch: &mut Batch,
        most: usize,
    ) -> Result<Step, Unreadable> {
        for _ in 0..most {
            self.skip_blank_lines();
            if self.at >= self.end {
                return Ok(Step::End);
            }
            self.record = Record { start: self.at, lines: self.lines };
            let cells = self.row::<PLAIN>(&mut batch.columns)?;
            if let Some(records) = &mut batch.records {
                if cells != self.sheet.names.len() {
                    return Err(Unreadable);
                }
                records.push(self.record.start..self.at);
            }
            // The line feed after the block ends a last line without an end.
            self.at += record::line_end(self.bytes, self.at);
            self.lines += 1;
        }
        Ok(Step::More)
    }

    /// Reads one record up to its line end; tells how many cells it has.
    #[inline]
    fn row<const PLAIN: bool>(&mut self, columns: &mut [Vec<f64>]) -> Result<usize, Unreadable> {
        let delimiter = self.sheet.delimiter;
        let mut column = 0;
        // Where the cell of `column` starts and, once it was read, ends.
        let (mut start, mut end) = (self.at, None);
        for (selected, numbers) in self.sheet.selected.iter().zip(columns) {
            while column < selected.column {
                let stop = end.take().unwrap_or_else(|| self.cell_end::<PLAIN>(start));
                if self.bytes[stop] != delimiter {
                    return Err(Unreadable);
                }
                start = stop + 1;
                column += 1;
            }
            let (number, after) = self.number::<PLAIN>(start)?;
            numbers.push(number);
            end = Some(after);
        }
        self.at = end.unwrap_or(start);
        while self.bytes[self.at] == delimiter && self.at < self.end {
            start = self.at + 1;
            self.at = self.cell_end::<PLAIN>(start);
            column += 1;
            // Empty cells at the end of a line are none.
            let cell = &self.bytes[start..self.at];
            if column >= self.sheet.names.len() && !cell.is_empty() && cell != b"\"\"" {
                return Err(Unreadable);
            }
        }
        Ok(column + 1)
    }

    /// The number in the cell at `start`, and where the cell ends.
    #[inline]
    fn number<const PLAIN: bool>(&mut self, start: usize) -> Result<(f64, usize), Unreadable> {
        let delimiter = self.sheet.delimiter;
        // Most labels, and the cheapest to tell.
        if let &[digit @ (b'0' | b'1'), after, ..] = &self.bytes[start..]
            && after == delimiter
        {
            return Ok((f64::from(digit - b'0'), start + 1));
        }
        match number::scan(self.bytes, start) {
            Some((number, end)) if [delimiter, b'\n', b'\r'].contains(&self.bytes[end]) => {
                Ok((number, end))
            }
            _ => self.unusual_number::<PLAIN>(start),
        }
    }

    /// The same for numbers of any spelling.
    #[cold]
    fn unusual_number<const PLAIN: bool>(
        &mut self,
        start: usize,
    ) -> Result<(f64, usize), Unreadable> {
        let end = self.cell_end::<PLAIN>(start);
        let cell = &self.bytes[start..end];
        let parsed = if !PLAIN && cell.starts_with(b"\"") {
            number::parse(&record::cells(cell, self.sheet.delimiter)[0])
        } else {
            number::parse(cell)
        };
        parsed.map(|number| (number, end)).map_err(|_| Unreadable)
    }

    /// Where the cell at `start` ends.
    #[inline]
    fn cell_end<const PLAIN: bool>(&mut self, start: usize) -> usize {
        let delimiter = self.sheet.delimiter;
        if PLAIN {
            let end = find_either(self.bytes, start, delimiter, b'\n');
            let is_crlf = self.bytes[end] == b'\n' && end > start && self.bytes[end - 1] == b'\r';
            return end - usize::from(is_crlf);
        }
        let end = record::cell_end(&self.bytes[..self.end], start, delimiter);
        if self.bytes[start] == b'"' {
            self.lines += record::line_ends(&self.bytes[start..end]);
        }
        end
    }

    #[inline]
    fn skip_blank_lines(&mut self) {
        while let length @ 1.. = record::line_end(self.bytes, self.at) {
            if self.at >= self.end {
                return;
            }
            self.at += length;
            self.lines += 1;
        }
    }
}

/// Where the first of two bytes is from `at` on; one of them is there.
#[inline]
fn find_either(bytes: &[u8], at: usize, one: u8, other: u8) -> usize {
    /// Eights of bytes before the search is worth a call.
    const SHORT: usize = 4;
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const TOPS: u64 = u64::from_le_bytes([0x80; 8]);
    let (ones, others) = (ONES * u64::from(one), ONES * u64::from(other));
    let mut at = at;
    for _ in 0..SHORT {
        let Some(eight) = number::eight_bytes(bytes, at) else { break };
        let (x, y) = (eight ^ ones, eight ^ others);
        // The lowest set bit is in the first byte that is zero in x or in y.
        let zeros = ((x.wrapping_sub(ONES) & !x) | (y.wrapping_sub(ONES) & !y)) & TOPS;
        if zeros != 0 {
            return at + (zeros.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    at + memchr::memchr2(one, other, &bytes[at..]).expect("a line feed follows the block")
}

/// What is wrong with the record at the start of `bytes`, cell by cell; None if
/// nothing is. `line` is the physical line on which it starts.
pub fn explain(bytes: &[u8], sheet: &Sheet, domain: Domain, line: u64) -> Option<Error> {
    let cells = record::cells(bytes, sheet.delimiter);
    let at_line = |fault| Error::new(Place::Line { file: sheet.file.clone(), line }, fault);
    for selected in &sheet.selected {
        let name = &sheet.names[selected.column];
        let Some(cell) = cells.get(selected.column) else {
            let (found, position) = (cells.len(), selected.column + 1);
            return Some(at_line(Fault::TooFewCells { found, column: name.clone(), position }));
        };
        if let Err(fault) = check(cell, selected.role, domain) {
            let place = Place::Cell { file: sheet.file.clone(), line, column: name.clone() };
            return Some(Error::new(place, fault));
        }
    }
    let (found, wanted) = (cells.len(), sheet.names.len());
    let beyond = cells.get(wanted..).unwrap_or_default();
    beyond
        .iter()
        .any(|cell| !cell.is_empty())
        .then(|| at_line(Fault::TooManyCells { found, wanted }))
}

/// The number in a cell or a value, if it can be used.
///
/// # Errors
/// If it is none, or not one that the costs take.
pub fn check(cell: &[u8], role: Role, domain: Domain) -> Result<f64, Fault> {
    let text = || String::from_utf8_lossy(number::trim(cell)).into_owned();
    let number = number::parse(cell).map_err(|why| match why {
        NotUsable::Missing => Fault::Missing(text()),
        NotUsable::TooLarge => Fault::TooLarge(text()),
        NotUsable::Infinite => Fault::NotFinite(text()),
        NotUsable::NotANumber => Fault::NotANumber { text: text(), role },
    })?;
    if domain.contains(number) {
        Ok(number)
    } else {
        Err(Fault::OutsideUnit { text: text(), role })
    }
}
