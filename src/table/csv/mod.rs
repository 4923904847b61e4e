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

use super::columns::{self, Candidates};
use super::foreign;
use super::format::{Chunk, Chunks, Detection, Format, Opened};
use super::number;
use super::request::Request;
use super::schema::{Role, Schema, Unit};
use super::text::{self, Blocks, line_end, line_ends, too_long, unclosed_quote};

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

    fn open(&self, mut stream: Stream, request: &Arc<Request>) -> Result<Opened, Error> {
        let mut wanted = request.block_size;
        let head = loop {
            if let Some(head) = head(&stream, request)? {
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
        let chunks = Box::new(Table { blocks, schema: schema.shared(), request, delimiter });
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

/// Reads the start of a file. None asks for more of it: its first record is not complete.
fn head(stream: &Stream, request: &Request) -> Result<Option<Head>, Error> {
    let (file, bytes) = (&stream.name, stream.start());
    let start = text::first_record(bytes);
    if start == bytes.len() && stream.at_end {
        return Err(text::no_rows(file));
    }
    let line = line_ends(&bytes[..start]) + 1;
    let delimiter =
        request.options.delimiter.unwrap_or_else(|| dialect::delimiter(file, &bytes[start..]));
    let Some((first, end)) = first_record(stream, start, delimiter)? else { return Ok(None) };
    let candidates = Candidates {
        file,
        index: stream.index,
        first: &first,
        are_names: false,
        delimiter: Some(delimiter),
        unreadable: &[],
        unit: Unit::Line,
    };
    let found = columns::find(&candidates, &request.options).map_err(|error| {
        json_error(file, &bytes[start..]).unwrap_or_else(|| error.at(Location::line(file, line)))
    })?;
    let (mut schema, mut warnings, mut data) = (found.schema, found.warnings, start);
    if found.has_header {
        data = end + line_end(bytes, end);
        if request.options.has_header().is_none() {
            warnings.extend(header_warning(&first, &schema, line));
        }
    }
    schema.lines_before = line_ends(&bytes[..data]);
    Ok(Some(Head { schema, delimiter, data, warnings }))
}

/// The cells of the first record, and where it ends.
type FirstRecord<'a> = (Vec<Cow<'a, [u8]>>, usize);

/// The first record; None if it is not all there.
fn first_record(
    stream: &Stream,
    start: usize,
    delimiter: u8,
) -> Result<Option<FirstRecord<'_>>, Error> {
    let (bytes, is_whole) = (stream.start(), stream.at_end);
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

/// What a text is that starts as a JSON object does, where there should be CSV.
fn json_error(file: &str, text: &[u8]) -> Option<Error> {
    if text.starts_with(b"{\"costs_state\"") {
        return Some(foreign::not_csv(file, "a state", "costs merge reads it"));
    }
    let hint = "--input jsonl reads one object a line";
    text.starts_with(b"{").then(|| foreign::not_csv(file, "JSON", hint))
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
