//! The start of a file: its delimiter, its header, and what its columns hold.

use std::borrow::Cow;

use crate::digits::grouped;
use crate::error::{Error, Kind, Location};
use crate::io::Stream;
use crate::table::columns::{self, Candidates, Found};
use crate::table::number;
use crate::table::request::Request;
use crate::table::role::Role;
use crate::table::schema::{Schema, Unit};
use crate::table::text::{self, line_end, line_ends, unclosed_quote};
use crate::text::excerpt;

use super::dialect::{self, Preamble};
use super::record::{self, Incomplete};

/// The largest number of columns: a name takes far more memory than the delimiter after it.
const MOST_COLUMNS: usize = 1 << 20;

/// What the start of a file shows.
pub struct Head {
    /// The columns.
    pub schema: Schema,
    /// The byte between cells.
    pub delimiter: u8,
    /// Where the first record of data starts.
    pub data: usize,
    /// Warnings about the choice of columns.
    pub warnings: Vec<String>,
}

/// Reads the start of a file. Returns None if its first records are not complete, so that more of
/// the file is needed.
///
/// # Errors
/// If there are no rows, or the columns are not found.
pub fn head(
    stream: &Stream,
    request: &Request,
    first: Option<&Schema>,
) -> Result<Option<Head>, Error> {
    let (bytes, is_whole) = (stream.start(), stream.at_end);
    let Some(preamble) = dialect::preamble(bytes, is_whole) else { return Ok(None) };
    let start = preamble.start;
    if start == bytes.len() && is_whole {
        return Err(text::no_rows(&stream.name));
    }
    let guess = || dialect::delimiter(&stream.name, &bytes[start..]);
    let delimiter = request.options.delimiter.or(preamble.delimiter).unwrap_or_else(guess);
    let Some((record, end)) = record_at(stream, start, delimiter)? else { return Ok(None) };
    let next = end + line_end(bytes, end);
    let Some(rows) = rows_after(stream, next, delimiter, record.len() + 1)? else {
        return Ok(None);
    };
    let row = rows.first().map_or(&[][..], Vec::as_slice);
    let context = Context { stream, request, first, delimiter, row };
    let line = line_ends(&bytes[..start]) + 1;
    let head = |found: Found, names: &[Cow<[u8]>], data: usize| {
        let mut warnings = Vec::new();
        if found.has_header && request.options.has_header().is_none() && data != start {
            warnings.extend(header_warning(names, &found.schema, line));
        }
        warnings.extend(found.warnings);
        let mut schema = found.schema;
        schema.lines_before = line_ends(&bytes[..data]);
        schema.is_exact = delimiter == b' ';
        Head { schema, delimiter, data, warnings }
    };
    if let Some(found) = context.comment_header(&preamble, &record)? {
        return Ok(Some(head(found, &[], start)));
    }
    if !context.has_header(&record, line)? {
        let found = context.find(&record, false, false, line)?;
        context.check_comments(&preamble, record.len())?;
        return Ok(Some(head(found, &[], start)));
    }
    let row = text::first_line(bytes, next);
    let names = RowNames::of(record.len(), &rows, bytes.get(row), delimiter);
    let doubt =
        names.doubt().map(|doubt| format!("line {}: {doubt}", line_ends(&bytes[..row]) + 1));
    let mut head = if names.are_there() {
        // R gives the column of row names no name.
        let names = [&[Cow::Borrowed(&b""[..])], record.as_slice()].concat();
        let found = context.find(&names, true, false, line)?;
        context.check_row_names(&found.schema, line)?;
        let mut head = head(found, &names, next);
        head.schema.is_exact = true;
        head
    } else {
        head(context.find(&record, false, false, line)?, &record, next)
    };
    head.warnings.extend(doubt);
    Ok(Some(head))
}

/// The cells of a record.
type Cells<'a> = Vec<Cow<'a, [u8]>>;

/// Returns the first row after the header, and if it has `cells` cells, the two rows after it.
/// Returns None if more of the file is needed.
fn rows_after(
    stream: &Stream,
    mut start: usize,
    delimiter: u8,
    cells: usize,
) -> Result<Option<Vec<Cells<'_>>>, Error> {
    let bytes = stream.start();
    let mut rows: Vec<Cells> = Vec::new();
    while rows.len() < 3 && rows.first().is_none_or(|row| row.len() == cells) {
        start = text::first_line(bytes, start);
        match record_at(stream, start, delimiter)? {
            Some((row, end)) => {
                rows.push(row);
                start = end + line_end(bytes, end);
            }
            // A record that is too long is reported later, with its line.
            None if !stream.at_end && bytes.len() <= text::LONGEST_RECORD => return Ok(None),
            None => break,
        }
    }
    Ok(Some(rows))
}

/// Whether rows start with a name that the header has no cell for, as R writes them.
enum RowNames {
    None,
    /// Rows start with a count and end in an empty cell, so the header may lack a name for either.
    Perhaps,
    /// The first cells may be ordinary numbers, and the commas decimal ones.
    Doubtful,
    Certain,
}

impl RowNames {
    /// Decides by the first rows after a header of `width` cells. `start` is the first byte of the
    /// first row.
    fn of(width: usize, rows: &[Cells], start: Option<&u8>, delimiter: u8) -> Self {
        let Some(row) = rows.first().filter(|row| row.len() == width + 1) else {
            return RowNames::None;
        };
        let is_count_from = |first: usize| {
            let is_next = |(index, row): (usize, &Cells)| {
                row.first().is_some_and(|cell| **cell == *(first + index).to_string().as_bytes())
            };
            // Labels may be 0 and 1, too, so a count must reach 2.
            rows.len() >= 3 - first && rows.iter().enumerate().all(is_next)
        };
        let is_count = is_count_from(0) || is_count_from(1);
        match row.last() {
            Some(last) if last.is_empty() => {
                if is_count {
                    RowNames::Perhaps
                } else {
                    RowNames::None
                }
            }
            _ if is_count
                || delimiter != b','
                || start == Some(&b'"')
                || !number::looks_numeric(&row[0]) =>
            {
                RowNames::Certain
            }
            _ => RowNames::Doubtful,
        }
    }

    fn are_there(&self) -> bool {
        matches!(self, RowNames::Doubtful | RowNames::Certain)
    }

    /// Returns the warning, if the first cells may be something else.
    fn doubt(&self) -> Option<&'static str> {
        match self {
            RowNames::None | RowNames::Certain => None,
            RowNames::Doubtful => Some(
                "the row has one cell more than the header, so the first is taken for a row name",
            ),
            RowNames::Perhaps => Some(
                "the row ends in an empty cell that the header has no name for; if the first \
                 cell is a row name, the header needs a name for it",
            ),
        }
    }
}

/// What the columns of a file are found by.
#[derive(Clone, Copy)]
struct Context<'a> {
    stream: &'a Stream,
    request: &'a Request,
    first: Option<&'a Schema>,
    delimiter: u8,
    /// The first row after the first record.
    row: &'a [Cow<'a, [u8]>],
}

impl Context<'_> {
    fn find(
        &self,
        cells: &[Cow<[u8]>],
        are_names: bool,
        is_comment: bool,
        line: u64,
    ) -> Result<Found, Error> {
        let candidates = self.candidates(cells, are_names, is_comment);
        columns::find(&candidates, &self.request.options, self.first)
            .map_err(|error| error.at(self.line(line)))
    }

    fn candidates<'c>(
        &'c self,
        cells: &'c [Cow<'c, [u8]>],
        are_names: bool,
        is_comment: bool,
    ) -> Candidates<'c> {
        Candidates {
            file: &self.stream.name,
            path: self.stream.path(),
            index: self.stream.index,
            first: cells,
            are_names,
            delimiter: Some(self.delimiter),
            is_comment,
            row: self.row,
            lists: &[],
            unreadable: &[],
            unit: Unit::Line,
        }
    }

    fn has_header(&self, cells: &[Cow<[u8]>], line: u64) -> Result<bool, Error> {
        columns::has_header(
            &self.candidates(cells, false, false),
            &self.request.options,
            self.first,
        )
        .map_err(|error| error.at(self.line(line)))
    }

    fn line(&self, line: u64) -> Location {
        Location::line(&self.stream.name, line)
    }

    /// Refuses a schema that reads numbers from the column of row names.
    fn check_row_names(&self, schema: &Schema, line: u64) -> Result<(), Error> {
        let Some(slot) = schema.slots.iter().find(|slot| slot.column == 0) else {
            return Ok(());
        };
        let message = format!("column 1 holds the names of rows, and is no {}", slot.role.letter());
        Err(Error::columns(message)
            .at(self.line(line))
            .with_hint("positions count that column, though the header has no name for it"))
    }

    /// Refuses columns by position if a comment that is not a header names the classes, or y and
    /// an output, in another order.
    fn check_comments(&self, preamble: &Preamble, width: usize) -> Result<(), Error> {
        let options = &self.request.options;
        let (given, outputs) = options.outputs();
        let has_y = options.y_col.is_some() || !given.has_labels();
        let is_chosen = has_y && !outputs.is_empty();
        let has_classes = !options.classes.is_empty();
        if (is_chosen && !has_classes) || options.has_header().is_some() {
            return Ok(());
        }
        let (bytes, first) = (self.stream.start(), preamble.comments);
        let mut at = first;
        for line in bytes[first..preamble.start].split_inclusive(|&b| b == b'\n') {
            let words = String::from_utf8_lossy(line);
            let words: Vec<&str> = words
                .split([' ', '#', ',', ';', '\t', '|', '\r', '\n'])
                .filter(|word| !word.is_empty())
                .collect();
            let named: Vec<&&str> = words
                .iter()
                .filter(|word| options.classes.iter().any(|class| class == *word))
                .collect();
            let is_other_order = has_classes
                && named.len() == options.classes.len()
                && named.iter().zip(&options.classes).any(|(word, class)| **word != class);
            if is_other_order {
                let message = "this comment names the classes in another order";
                return Err(Error::columns(message)
                    .at(self.line(line_ends(&bytes[..at]) + 1))
                    .with_hint("--classes names them in the order of their columns"));
            }
            if !has_classes && columns::are_in_other_order(&words, width) {
                let message = "this comment names the columns, and is not read as a header";
                return Err(Error::columns(message)
                    .at(self.line(line_ends(&bytes[..at]) + 1))
                    .with_hint("--y-col and --yhat-col choose columns by position"));
            }
            at += line.len();
        }
        Ok(())
    }

    /// Returns the columns by the last comment before the first record, if that comment is a
    /// header, as NumPy and genome tools write it.
    fn comment_header(
        &self,
        preamble: &Preamble,
        record: &[Cow<[u8]>],
    ) -> Result<Option<Found>, Error> {
        let has_header = self.request.options.has_header();
        let Some(comment) = preamble.comment.clone().filter(|_| has_header != Some(false)) else {
            return Ok(None);
        };
        let bytes = self.stream.start();
        let line = line_ends(&bytes[..comment.start]) + 1;
        let names = record::cells(bytes[comment].trim_ascii(), self.delimiter);
        if names.len() != record.len() {
            return Ok(None);
        }
        // A comment that would be a header in a first file is one in a later file, even if its
        // columns do not fit.
        let found = self.find(&names, true, true, line);
        let alone = Context { first: None, ..*self }.find(&names, true, true, line);
        let slots = match (&found, &alone) {
            (Ok(found), _) | (Err(_), Ok(found)) => outputs_and_y(&found.schema, self.request),
            // No column is named like y or an output: the default positions decide.
            _ if record.len() > 1 => vec![(0, true), (1, false)],
            _ => return Ok(None),
        };
        let is_data = |&(column, is_label): &(usize, bool)| {
            number::looks_like_data(&record[column], is_label, true)
        };
        if !slots.iter().all(is_data) {
            return Ok(None);
        }
        let is_number = |&(column, _): &(usize, bool)| number::looks_numeric(&names[column]);
        // Where tables are joined, there are no slots yet, and the names have shown that it is a
        // header.
        if has_header.is_none() && !slots.is_empty() && slots.iter().all(is_number) {
            let message = "this line is a comment, and could be the header";
            return Err(Error::new(Kind::Columns, self.line(line), message)
                .with_hint("--header if it is the header, --no-header if it is none"));
        }
        let is_named = |name: &String| names.iter().any(|cell| **cell == *name.as_bytes());
        let is_like_first = self
            .first
            .is_some_and(|first| first.has_names && first.header.names.iter().all(is_named));
        if alone.is_ok() || is_like_first { found.map(Some) } else { Ok(found.ok()) }
    }
}

/// Returns the columns that must hold numbers, each with whether it holds labels.
fn outputs_and_y(schema: &Schema, request: &Request) -> Vec<(usize, bool)> {
    let has_words = request.options.positive.is_some() || schema.classes.is_some();
    let slots = schema.slots.iter().filter(|slot| slot.role != Role::Y || !has_words);
    slots.map(|slot| (slot.column, slot.role == Role::Y)).collect()
}

/// The cells of a record, and where it ends.
type RecordAt<'a> = (Cells<'a>, usize);

/// Returns the record that starts there; None if it is incomplete, or there is none.
fn record_at(stream: &Stream, start: usize, delimiter: u8) -> Result<Option<RecordAt<'_>>, Error> {
    let (bytes, is_whole) = (stream.start(), stream.at_end);
    if start >= bytes.len() {
        return Ok(None);
    }
    let location = |at: usize| Location::line(&stream.name, line_ends(&bytes[..at]) + 1);
    let end = match record::end(bytes, start, delimiter) {
        // The line feed after a carriage return may not have been read yet.
        Ok(end) if end + 1 < bytes.len() || is_whole => end,
        Err(Incomplete::Record) if is_whole => bytes.len(),
        Err(Incomplete::Quote(quote)) if is_whole => return Err(unclosed_quote(location(quote))),
        _ => return Ok(None),
    };
    if record::count(&bytes[start..end], delimiter) > MOST_COLUMNS {
        let most = grouped(MOST_COLUMNS as u64);
        let message = format!("the first row has more than {most} cells");
        let error = Error::new(Kind::Limit, location(start), message);
        return Err(error.with_hint(text::IS_TEXT));
    }
    Ok(Some((record::cells(&bytes[start..end], delimiter), end)))
}

/// Returns the warning for a header with a number in the column of y or of an output.
fn header_warning(first: &[Cow<[u8]>], schema: &Schema, line: u64) -> Option<String> {
    let output = Role::of(schema.header.given);
    let mut slots =
        schema.slots.iter().filter(|slot| slot.role == Role::Y).chain(
            schema.slots.iter().filter(|slot| slot.role == output && schema.classes.is_none()),
        );
    let slot = slots.find(|slot| number::looks_numeric(&first[slot.column]))?;
    let number = excerpt(&first[slot.column]);
    Some(format!(
        "line {line} is taken for a header, though it holds the number '{number}'; --no-header if it is data"
    ))
}
