//! The scan: from a block's bytes to columns of numbers.
//!
//! It looks at the selected columns alone. Rows that have as many cells as the
//! header, each of one line, are read column by column from the places of their
//! [`separators`](super::separators). Any other row is read by itself, by the
//! exact rules of [`record`]; one with a fault stops the scan, and [`explain`]
//! says what it is.

use std::borrow::Cow;
use std::ops::Range;

use crate::cost::{Domain, Domains};
use crate::error::{Error, Fault, Role};

use super::blocks::{Block, has_lone_cr};
use super::number::{self, NotUsable};
use super::record;
use super::rows::Rows;
use super::separators::Separators;
use super::sheet::{Selected, Sheet};

/// Rows that are scanned and scored in one go: few enough for their columns to
/// stay in the nearest cache.
pub const BATCH: usize = 1024;

/// Bytes that are searched for usual rows first, and after every unusual one.
const FIRST_AHEAD: usize = 256;

/// Bytes that are searched at most before the rows in them are read.
const MOST_AHEAD: usize = 4 << 10;

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
    is_strict: bool,
    separators: Separators,
}

impl Batch {
    /// An empty batch, with the place of each record if `keeps_records`.
    pub fn new(keeps_records: bool, is_strict: bool) -> Self {
        Batch { records: keeps_records.then(Vec::new), is_strict, ..Batch::default() }
    }

    /// Makes room for that many columns of that many rows.
    fn clear(&mut self, columns: usize, rows: usize) {
        self.columns.resize_with(columns, Vec::new);
        self.columns.iter_mut().for_each(|column| column.resize(rows, 0.0));
        self.skipped.clear();
        self.tails.clear();
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
    /// It has a fault; [`explain`] finds the words.
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
            Some(positive) => label(&cell, positive, self.sheet.negative),
            None => parse(&cell, role),
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

    /// Appends the cells that the record is grouped by, each after its length;
    /// false if the record lacks one. A column after the selected ones is found
    /// faster from the tail of the row.
    pub fn append_key(
        &self,
        record: &Range<usize>,
        tail: Option<usize>,
        key: &mut Vec<u8>,
    ) -> bool {
        let (bytes, delimiter) = (self.bytes, self.sheet.delimiter);
        if !self.is_plain() {
            let cells = record::cells(&bytes[record.clone()], delimiter);
            return self.sheet.by.iter().all(|&column| {
                cells.get(column).is_some_and(|cell| {
                    append_cell(cell, key);
                    true
                })
            });
        }
        self.sheet.by.iter().all(|&column| {
            self.plain_cell(record, tail, column).is_some_and(|cell| {
                append_cell(&bytes[cell], key);
                true
            })
        })
    }

    /// Where the cell of a column is in a record of a plain block.
    #[inline]
    fn plain_cell(
        &self,
        record: &Range<usize>,
        tail: Option<usize>,
        column: usize,
    ) -> Option<Range<usize>> {
        let (bytes, delimiter) = (self.bytes, self.sheet.delimiter);
        let last = self.sheet.selected.last().map_or(0, |selected| selected.column);
        let start = match tail {
            Some(tail) if column > last => pass(bytes, tail, delimiter, column - last),
            _ => pass(bytes, record.start, delimiter, column),
        }?;
        Some(start..plain_cell_end(bytes, start, delimiter))
    }

    /// The one cell that the record is grouped by, if it is short and plain.
    #[inline]
    pub fn short_cell(&self, record: &Range<usize>, tail: Option<usize>) -> Option<ShortCell> {
        let &[column] = self.sheet.by.as_slice() else { return None };
        if !self.is_plain() {
            return None;
        }
        let cell = self.plain_cell(record, tail, column)?;
        let length @ 1..=8 = cell.len() else { return None };
        let eight = self.bytes.get(cell.start..cell.start + 8)?.try_into().ok()?;
        let bytes = u64::from_le_bytes(eight) & (u64::MAX >> (64 - 8 * length));
        Some(ShortCell { bytes, length: length as u64 })
    }

    /// Whether no cell is quoted and every line ends in a line feed.
    #[inline]
    fn is_plain(&self) -> bool {
        !self.has_quotes && self.has_usual_ends
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

/// A cell of up to eight bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShortCell {
    /// Its bytes, the first the lowest, and zeros.
    pub bytes: u64,
    /// How many bytes.
    pub length: u64,
}

impl ShortCell {
    /// No cell is like this.
    pub const NONE: ShortCell = ShortCell { bytes: 0, length: 0 };
}

/// Appends a cell after its length, so that keys of several cells stay apart.
#[inline]
fn append_cell(cell: &[u8], key: &mut Vec<u8>) {
    let length = u32::try_from(cell.len()).expect("a record is shorter than 16 MiB");
    key.extend_from_slice(&length.to_le_bytes());
    key.extend_from_slice(cell);
}

/// The cells of a key, as [`Scanner::append_key`] wrote it.
pub fn cells_of_key(mut key: &[u8]) -> Vec<String> {
    let mut cells = Vec::new();
    while let Some((length, rest)) = key.split_first_chunk() {
        let (cell, rest) = rest.split_at(u32::from_le_bytes(*length) as usize);
        cells.push(String::from_utf8_lossy(cell).into_owned());
        key = rest;
    }
    cells
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

/// The start of the cell that is so many delimiters after `at`; None if the
/// line has fewer.
#[inline(always)]
fn pass(bytes: &[u8], mut at: usize, delimiter: u8, delimiters: usize) -> Option<usize> {
    for _ in 0..delimiters {
        at = find_either(bytes, at, delimiter, b'\n');
        if bytes[at] != delimiter {
            return None;
        }
        at += 1;
    }
    Some(at)
}

/// Where the cell at `start` ends in a plain block: a carriage return before the
/// line feed is none of it.
#[inline(always)]
fn plain_cell_end(bytes: &[u8], start: usize, delimiter: u8) -> usize {
    let end = find_either(bytes, start, delimiter, b'\n');
    let is_crlf = bytes[end] == b'\n' && end > start && bytes[end - 1] == b'\r';
    end - usize::from(is_crlf)
}

/// Where the first of two bytes is from `at` on; one of them is there.
#[inline(always)]
fn find_either(bytes: &[u8], at: usize, one: u8, other: u8) -> usize {
    /// Eights of bytes before the search is worth a call.
    const SHORT: usize = 4;
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const TOPS: u64 = u64::from_le_bytes([0x80; 8]);
    let (ones, others) = (ONES * u64::from(one), ONES * u64::from(other));
    let mut at = at;
    for _ in 0..SHORT {
        let Some(Ok(eight)) = bytes.get(at..at + 8).map(<[u8; 8]>::try_from) else { break };
        let eight = u64::from_le_bytes(eight);
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
pub fn explain(bytes: &[u8], sheet: &Sheet, domains: Domains, line: u64) -> Option<Error> {
    let cells = record::cells(bytes, sheet.delimiter);
    let at_line = |fault| Error::new(sheet.place(line), fault);
    let (found, wanted) = (cells.len(), sheet.names.len());
    if cells.iter().skip(wanted).any(|cell| !cell.is_empty()) {
        // Its cells may well be those of other columns, so that is said first.
        return Some(at_line(Fault::TooManyCells { found, wanted }));
    }
    for selected in &sheet.selected {
        let name = &sheet.names[selected.column];
        let Some(cell) = cells.get(selected.column) else {
            let (found, position) = (cells.len(), selected.column + 1);
            return Some(at_line(Fault::TooFewCells { found, column: name.clone(), position }));
        };
        let checked = match &sheet.positive {
            Some(positive) if selected.role == Role::Y => {
                match label(cell, positive, sheet.negative) {
                    Ok(label) => Ok(label),
                    Err(_) => Err(Fault::Missing(text(cell))),
                }
            }
            _ => check(cell, selected.role, domains),
        };
        let is_skipped = sheet.skips_missing && matches!(checked, Err(Fault::Missing(_)));
        if let Err(fault) = checked.or_else(|fault| if is_skipped { Ok(0.0) } else { Err(fault) }) {
            return Some(Error::new(sheet.cell(line, name), fault));
        }
    }
    if let Some(&column) = sheet.by.iter().find(|&&column| column >= cells.len()) {
        let (found, column, position) = (cells.len(), sheet.names[column].clone(), column + 1);
        return Some(at_line(Fault::TooFewCells { found, column, position }));
    }
    None
}

/// The number in a cell or a value, if it can be used.
///
/// # Errors
/// If it is none, or not one that the costs take.
pub fn check(cell: &[u8], role: Role, domains: Domains) -> Result<f64, Fault> {
    let text = || text(cell);
    let number = parse(cell, role).map_err(|why| match why {
        NotUsable::Missing => Fault::Missing(text()),
        NotUsable::TooLarge => Fault::TooLarge(text()),
        NotUsable::Infinite => Fault::NotFinite(text()),
        NotUsable::NotANumber => Fault::NotANumber { text: text(), role },
    })?;
    let domain = match role {
        Role::Weight if number < 0.0 => return Err(Fault::NegativeWeight(text())),
        Role::Weight | Role::Group => return Ok(number),
        Role::Y => domains.y,
        Role::Yhat | Role::Z => domains.output,
    };
    match domain {
        _ if domain.contains(number) => Ok(number),
        Domain::Signed => Err(Fault::NotSigned(text())),
        Domain::UnitForGradient => Err(Fault::OutsideUnitForGradient(text())),
        _ => Err(Fault::OutsideUnit { text: text(), role }),
    }
}

/// The number in a cell, which may be an infinity if it is z.
pub fn parse(cell: &[u8], role: Role) -> Result<f64, NotUsable> {
    match number::parse(cell) {
        Err(NotUsable::Infinite) if role == Role::Z => {
            let is_negative = number::trim(cell).starts_with(b"-");
            Ok(if is_negative { f64::NEG_INFINITY } else { f64::INFINITY })
        }
        other => other,
    }
}

/// 1 if the cell is the positive label, else the negative one.
pub fn label(cell: &[u8], positive: &str, negative: f64) -> Result<f64, NotUsable> {
    let label = number::trim(cell);
    let is_positive = label == number::trim(positive.as_bytes());
    if !is_positive && number::is_missing(label) {
        return Err(NotUsable::Missing);
    }
    Ok(if is_positive { 1.0 } else { negative })
}

fn text(cell: &[u8]) -> String {
    String::from_utf8_lossy(number::trim(cell)).into_owned()
}
