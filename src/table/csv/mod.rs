//! Delimited text: RFC 4180 with any delimiter, line end and header.

mod cut;
mod dialect;
pub(crate) mod record;
mod scan;
mod separators;

use std::borrow::Cow;
use std::sync::Arc;

use crate::digits::grouped;
use crate::error::{Error, Kind, Location};
use crate::io::Stream;
use crate::text::excerpt;

use super::columns::{self, Candidates, Found};
use super::format::{Chunk, Chunks, Detection, Format, Opened};
use super::number;
use super::request::Request;
use super::schema::{Role, Schema, Unit};
use super::text::{self, Blocks, line_end, line_ends, too_long, unclosed_quote};

use dialect::Preamble;
use record::Incomplete;
use scan::Scan;

/// The most columns of a file: names take memory, far more than a delimiter does.
const MOST_COLUMNS: usize = 1 << 20;

/// Delimited text.
pub struct Csv;

impl Format for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn help(&self) -> &'static str {
        "Delimited text"
    }

    fn noun(&self) -> &'static str {
        "a CSV file"
    }

    fn detect(&self, _: &[u8], _: &str) -> Detection {
        Detection::Default
    }

    fn open(
        &self,
        mut stream: Stream,
        request: &Arc<Request>,
        first: Option<&Schema>,
    ) -> Result<Opened, Error> {
        let mut wanted = request.block_size;
        let head = loop {
            if let Some(head) = head(&stream, request, first)? {
                break head;
            }
            if wanted > text::LONGEST_RECORD {
                return Err(too_long(Location::line(&stream.name, 1)));
            }
            wanted *= 2;
            stream.read_to(wanted)?;
        };
        let Head { schema, delimiter, data, warnings } = head;
        let blocks = Blocks::new(stream, data, request.block_size, request.allows_empty);
        let request = Arc::clone(request);
        let schema = schema.shared();
        let chunks = Box::new(Table { blocks, schema, request, delimiter });
        Ok(Opened { chunks, warnings })
    }
}

/// A file, block by block.
struct Table {
    blocks: Blocks,
    schema: Arc<Schema>,
    request: Arc<Request>,
    delimiter: u8,
}

impl Chunks for Table {
    fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    fn next(&mut self, buffer: &mut Vec<u8>) -> Result<Option<Box<dyn Chunk>>, Error> {
        let delimiter = self.delimiter;
        let cut = |bytes: &[u8], at_end| cut::records(bytes, delimiter, at_end);
        let block = self.blocks.next(buffer, cut)?;
        Ok(block.map(|block| {
            let (schema, request) = (Arc::clone(&self.schema), Arc::clone(&self.request));
            Box::new(Scan::new(block, schema, request, delimiter)) as Box<dyn Chunk>
        }))
    }
}

/// What the start of a file tells.
struct Head {
    schema: Schema,
    delimiter: u8,
    /// Where the first record of data starts.
    data: usize,
    warnings: Vec<String>,
}

/// Reads the start of a file. None asks for more of it: its first records are not complete.
fn head(stream: &Stream, request: &Request, first: Option<&Schema>) -> Result<Option<Head>, Error> {
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
    let second = text::first_line(bytes, next);
    let second = match record_at(stream, second, delimiter)? {
        // One that is too long is told where it stands.
        None if !is_whole && bytes.len() <= text::LONGEST_RECORD => return Ok(None),
        second => second.map(|(cells, _)| cells),
    };
    let context = Context { stream, request, first, delimiter };
    let mut warnings = Vec::new();
    let comment = context.comment_header(&preamble, &record)?;
    let (mut schema, is_exact, data) = if let Some(schema) = comment {
        (schema, false, start)
    } else {
        let line = line_ends(&bytes[..start]) + 1;
        let found = context.find(&record, false, false, line)?;
        warnings.extend(found.warnings);
        if found.has_header && request.options.has_header().is_none() {
            warnings.extend(header_warning(&record, &found.schema, line));
        }
        let data = if found.has_header { next } else { start };
        if found.has_header && second.is_some_and(|second| names_rows(&record, &second)) {
            // R gives the column of row names no name.
            let names = [&[Cow::Borrowed(&b""[..])], record.as_slice()].concat();
            (context.find(&names, true, false, line)?.schema, true, data)
        } else {
            (found.schema, false, data)
        }
    };
    schema.lines_before = line_ends(&bytes[..data]);
    schema.is_exact = is_exact || delimiter == b' ';
    Ok(Some(Head { schema, delimiter, data, warnings }))
}

/// Whether rows start with a name that the header has no cell for.
fn names_rows(header: &[Cow<[u8]>], row: &[Cow<[u8]>]) -> bool {
    row.len() == header.len() + 1 && row.last().is_some_and(|cell| !cell.is_empty())
}

/// What the columns of a file are found by.
struct Context<'a> {
    stream: &'a Stream,
    request: &'a Request,
    first: Option<&'a Schema>,
    delimiter: u8,
}

impl Context<'_> {
    fn find(
        &self,
        cells: &[Cow<[u8]>],
        are_names: bool,
        is_comment: bool,
        line: u64,
    ) -> Result<Found, Error> {
        let candidates = Candidates {
            file: &self.stream.name,
            path: self.stream.path(),
            index: self.stream.index,
            first: cells,
            are_names,
            delimiter: Some(self.delimiter),
            is_comment,
            unreadable: &[],
            unit: Unit::Line,
        };
        columns::find(&candidates, &self.request.options, self.first)
            .map_err(|error| error.at(Location::line(&self.stream.name, line)))
    }

    /// The columns by the last comment before the first record, if that is a header, as
    /// NumPy and genome tools write it.
    fn comment_header(
        &self,
        preamble: &Preamble,
        record: &[Cow<[u8]>],
    ) -> Result<Option<Schema>, Error> {
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
        let are_numbers = |cells: &[Cow<[u8]>], columns: &[usize]| {
            columns.iter().all(|&column| number::looks_numeric(&cells[column]))
        };
        let (schema, columns) = match self.find(&names, true, true, line) {
            Ok(found) => {
                let columns = outputs_and_y(&found.schema, self.request);
                (Some(found.schema), columns)
            }
            // Neither a header nor, it seems, words.
            Err(_) if record.len() > 1 => (None, vec![0, 1]),
            Err(_) => return Ok(None),
        };
        if !are_numbers(record, &columns) {
            return Ok(None);
        }
        if has_header.is_none() && are_numbers(&names, &columns) {
            let message = "this line is a comment, and could be the header";
            let location = Location::line(&self.stream.name, line);
            return Err(Error::new(Kind::Columns, location, message)
                .with_hint("--header if it is the header, --no-header if it is none"));
        }
        Ok(schema)
    }
}

/// The columns that hold numbers in any case.
fn outputs_and_y(schema: &Schema, request: &Request) -> Vec<usize> {
    let has_words = request.options.positive.is_some();
    let slots = schema.slots.iter().filter(|slot| slot.role != Role::Y || !has_words);
    slots.map(|slot| slot.column).collect()
}

/// The cells of a record, and where it ends.
type RecordAt<'a> = (Vec<Cow<'a, [u8]>>, usize);

/// The record that starts there; None if it is not all there, or is none.
fn record_at(stream: &Stream, start: usize, delimiter: u8) -> Result<Option<RecordAt<'_>>, Error> {
    let (bytes, is_whole) = (stream.start(), stream.at_end);
    if start >= bytes.len() {
        return Ok(None);
    }
    let location = |at: usize| Location::line(&stream.name, line_ends(&bytes[..at]) + 1);
    let end = match record::end(bytes, start, delimiter) {
        // The line feed after a carriage return may not be there yet.
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

/// What to say of a header with a number where y or an output stands.
fn header_warning(first: &[Cow<[u8]>], schema: &Schema, line: u64) -> Option<String> {
    let output = Role::of(schema.header.given);
    let mut slots = schema
        .slots
        .iter()
        .filter(|slot| slot.role == Role::Y)
        .chain(schema.slots.iter().filter(|slot| slot.role == output));
    let slot = slots.find(|slot| number::looks_numeric(&first[slot.column]))?;
    let number = excerpt(&first[slot.column]);
    Some(format!(
        "line {line} is taken for a header, though it holds the number '{number}'; --no-header if it is data"
    ))
}
