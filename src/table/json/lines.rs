//! JSON Lines: an object a line.
//!
//! A field that a line lacks, or that is null, is an empty cell; a string is the text in
//! it; any other value is its own text.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use memchr::{memchr, memrchr};

use crate::error::{Error, Kind, Location};
use crate::io::Stream;
use crate::table::batch::Batch;
use crate::table::cell;
use crate::table::columns::{self, Candidates};
use crate::table::format::{Chunk, Chunks, Detection, Format, Opened, Step};
use crate::table::labels::LabelReader;
use crate::table::number::{self, NotUsable};
use crate::table::request::Request;
use crate::table::schema::{Role, Schema, Slot, Unit};
use crate::table::text::{self, Block, Blocks, Cut, LONGEST_RECORD, line_ends, too_long};
use crate::text::excerpt;

use super::fields::Fields;

/// Where cells of all rows are kept: the most of them.
const MOST_CELLS: usize = 1 << 18;

/// An object a line.
pub struct JsonLines;

impl Format for JsonLines {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn help(&self) -> &'static str {
        "A JSON object a line"
    }

    fn noun(&self) -> &'static str {
        "JSON Lines"
    }

    fn detect(&self, _: &[u8], file: &str) -> Detection {
        let extension = text::extension(file);
        if extension.eq_ignore_ascii_case("jsonl") || extension.eq_ignore_ascii_case("ndjson") {
            Detection::Likely
        } else {
            Detection::No
        }
    }

    fn open(
        &self,
        mut stream: Stream,
        request: &Arc<Request>,
        first: Option<&Schema>,
    ) -> Result<Opened, Error> {
        let mut wanted = request.block_size;
        let (names, start) = loop {
            if let Some(head) = head(&stream)? {
                break head;
            }
            if wanted > LONGEST_RECORD {
                return Err(too_long(Location::line(&stream.name, 1)));
            }
            wanted *= 2;
            stream.read_to(wanted)?;
        };
        let cells: Vec<Cow<[u8]>> =
            names.into_iter().map(|name| Cow::Owned(name.into_bytes())).collect();
        let line = line_ends(&stream.buffer[..start]) + 1;
        let candidates = Candidates {
            file: &stream.name,
            path: stream.path(),
            index: stream.index,
            first: &cells,
            are_names: true,
            is_comment: false,
            delimiter: None,
            unreadable: &[],
            unit: Unit::Line,
        };
        let found = columns::find(&candidates, &request.options, first)
            .map_err(|error| error.at(Location::line(&stream.name, line)))?;
        let mut schema = found.schema;
        schema.lines_before = line - 1;
        if !request.reads_all_columns() {
            schema = schema.narrow();
        }
        let blocks = Blocks::new(stream, start, request.block_size, request.allows_empty);
        let request = Arc::clone(request);
        let chunks = Box::new(Table { blocks, schema: schema.shared(), request });
        Ok(Opened { chunks, warnings: found.warnings })
    }
}

/// The names of the fields of all objects that are there as a whole, and where the first
/// is; None if there is none yet.
fn head(stream: &Stream) -> Result<Option<(Vec<String>, usize)>, Error> {
    let (file, bytes) = (&stream.name, stream.start());
    let start = text::first_record(bytes);
    if start == bytes.len() && stream.at_end {
        return Err(text::no_rows(file));
    }
    let end = match stream.at_end {
        true => bytes.len(),
        false => memrchr(b'\n', bytes).map_or(start, |at| at + 1),
    };
    let whole = &bytes[start.min(end)..end];
    if whole.is_empty() {
        return Ok(None);
    }
    let mut fields = Fields::default();
    let before = line_ends(&bytes[..start]);
    let lines = whole.split_inclusive(|&b| b == b'\n').map(<[u8]>::trim_ascii);
    for (index, line) in (1..).zip(lines).filter(|(_, line)| !line.is_empty()) {
        fields.add_names(line).map_err(|error| error.at(Location::line(file, before + index)))?;
    }
    Ok(Some((fields.into_names(), start)))
}

/// A file, block by block.
struct Table {
    blocks: Blocks,
    schema: Arc<Schema>,
    request: Arc<Request>,
}

impl Chunks for Table {
    fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    fn next(&mut self, buffer: &mut Vec<u8>) -> Result<Option<Box<dyn Chunk>>, Error> {
        let block = self.blocks.next(buffer, |bytes, at_end| {
            let end =
                if at_end { Some(bytes.len()) } else { memrchr(b'\n', bytes).map(|at| at + 1) };
            Cut { end, has_quotes: false, open_quote: None }
        })?;
        let lines = |block| Lines::new(block, Arc::clone(&self.schema), Arc::clone(&self.request));
        Ok(block.map(|block| Box::new(lines(block)) as Box<dyn Chunk>))
    }
}

/// The lines of a block.
struct Lines {
    block: Block,
    schema: Arc<Schema>,
    request: Arc<Request>,
    fields: Fields,
    /// Reads labels that are not numbers.
    labels: Option<LabelReader>,
    at: usize,
    lines: u64,
    /// Where each cell of each row of the last batch is, if they are needed.
    cells: Vec<Option<Range<usize>>>,
}

/// Why an object gives no row.
enum NoRow {
    /// It cannot be scored.
    Bad,
    /// It lacks a value, and such rows are left out.
    Skipped,
    /// It is no object, or a text in it is none.
    Failed(Error),
}

impl Lines {
    fn new(block: Block, schema: Arc<Schema>, request: Arc<Request>) -> Self {
        let fields = Fields::new(&schema.header.names, request.reads_all_columns());
        let labels = request.label_reader();
        Lines { block, schema, request, fields, labels, at: 0, lines: 0, cells: Vec::new() }
    }

    /// The next line, without blanks around it; goes to the one after it.
    fn line(&mut self) -> Range<usize> {
        let (bytes, end) = self.block.padded();
        let stop = self.at + memchr(b'\n', &bytes[self.at..=end]).expect("a line feed follows");
        let line = &bytes[self.at..stop.min(end)];
        let start = self.at + (line.len() - line.trim_ascii_start().len());
        let line = start..start + line.trim_ascii().len();
        self.at = (stop + 1).min(end);
        self.lines += 1;
        line
    }

    /// Reads the object on a line into the batch.
    fn row(&mut self, line: Range<usize>, batch: &mut Batch) -> Result<(), NoRow> {
        let bytes = self.block.padded().0;
        self.fields.read(bytes, line).map_err(NoRow::Failed)?;
        let mut is_missing = false;
        for (slot, numbers) in self.schema.slots.iter().zip(&mut batch.columns) {
            if self.labels.is_some() && slot.role == Role::Y {
                continue;
            }
            match self.number(slot).map_err(NoRow::Failed)? {
                Ok(number) => numbers[batch.rows] = number,
                Err(NotUsable::Missing) if self.request.skips_missing() => is_missing = true,
                Err(_) => return Err(NoRow::Bad),
            }
        }
        if !is_missing && let Some(mut labels) = self.labels.take() {
            let column = self.schema.slots[self.schema.y].column;
            let label = self.text(column).map(|text| labels.read(&text, batch.line(batch.rows)));
            self.labels = Some(labels);
            match label.map_err(NoRow::Failed)? {
                Ok(number) => batch.columns[self.schema.y][batch.rows] = number,
                Err(NotUsable::Missing) if self.request.skips_missing() => is_missing = true,
                Err(_) => return Err(NoRow::Bad),
            }
        }
        if !self.schema.keys.is_empty() {
            let cells = self.schema.keys.iter().map(|&column| self.text(column));
            let cells = cells.collect::<Result<Vec<_>, Error>>().map_err(NoRow::Failed)?;
            let keys = if is_missing { &mut batch.skipped_keys } else { &mut batch.keys };
            match cells.as_slice() {
                [cell] => keys.push_cell(cell, 0, cell.len()),
                cells => keys.push(cells.iter().map(|cell| &**cell)),
            }
        }
        if is_missing {
            batch.skipped.push(batch.rows);
            return Err(NoRow::Skipped);
        }
        batch.rows += 1;
        if self.request.is_strict() {
            self.cells.extend_from_slice(&self.fields.cells);
        }
        Ok(())
    }

    /// The number in the object that was read.
    fn number(&self, slot: &Slot) -> Result<Result<f64, NotUsable>, Error> {
        if let Some(value) = &self.fields.cells[slot.column]
            && let Some(number) = number::plain(self.block.padded().0, value.start, value.end)
        {
            return Ok(Ok(number));
        }
        Ok(cell::parse(&*self.text(slot.column)?, slot.role))
    }

    /// The text of a column of the object that was read.
    fn text(&self, column: usize) -> Result<Cow<'_, [u8]>, Error> {
        self.text_of(self.fields.cells[column].as_ref(), column)
    }

    /// The text of a value of a column.
    fn text_of(&self, value: Option<&Range<usize>>, column: usize) -> Result<Cow<'_, [u8]>, Error> {
        let Some(value) = value else { return Ok(Cow::Borrowed(b"")) };
        match &self.block.padded().0[value.clone()] {
            b"null" => Ok(Cow::Borrowed(b"")),
            [b'"', inner @ .., b'"'] if memchr(b'\\', inner).is_none() => Ok(Cow::Borrowed(inner)),
            text @ [b'"', ..] => match serde_json::from_slice::<String>(text) {
                Ok(text) => Ok(Cow::Owned(text.into_bytes())),
                Err(_) => Err(half_a_character(&self.schema.header.names[column])),
            },
            text => Ok(Cow::Borrowed(text)),
        }
    }
}

/// A JSON string with an escape of half a surrogate pair.
fn half_a_character(field: &str) -> Error {
    let message = format!("the text of field '{}' has half a character", excerpt(field.as_bytes()));
    Error::new(Kind::Format, Location::Job, message)
        .with_hint("escapes from \\uD800 to \\uDFFF come in pairs")
}

impl Chunk for Lines {
    fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    fn fill(&mut self, batch: &mut Batch, most: usize) -> Step {
        let most = match self.request.is_strict() {
            true => most.min(MOST_CELLS / self.schema.width()).max(1),
            false => most,
        };
        batch.clear(self.schema.slots.len(), most);
        self.cells.clear();
        let end = self.block.padded().1;
        let step = loop {
            if batch.rows == most {
                break Step::More;
            }
            if self.at >= end {
                break Step::End;
            }
            let number = self.lines;
            let line = self.line();
            if line.is_empty() {
                continue;
            }
            batch.starts(number, line.start);
            match self.row(line, batch) {
                Ok(()) | Err(NoRow::Skipped) => {}
                Err(NoRow::Bad) => break Step::BadRow,
                Err(NoRow::Failed(error)) => {
                    break Step::Failed(error.at(self.schema.location(number + 1)));
                }
            }
        };
        batch.finish();
        step
    }

    fn cells(&mut self, batch: &Batch, row: usize) -> Result<Vec<Cow<'_, [u8]>>, Error> {
        let width = self.schema.width();
        let kept = row * width..(row + 1) * width;
        if kept.end > self.cells.len() {
            let (bytes, run) = (self.block.padded().0, batch.run(row));
            let mut lines = bytes[run.start..].split(|&b| b == b'\n').map(<[u8]>::trim_ascii);
            let line = lines.nth(row - run.row).unwrap_or_default();
            let start = line.as_ptr() as usize - bytes.as_ptr() as usize;
            self.fields.read(bytes, start..start + line.len())?;
            return (0..width).map(|column| self.text(column)).collect();
        }
        let cells = self.cells[kept].iter().enumerate();
        let location = self.schema.location(batch.line(row) + 1);
        cells
            .map(|(column, value)| self.text_of(value.as_ref(), column))
            .map(|text| text.map_err(|error| error.at(location.clone())))
            .collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::Source;

    /// The cells of every row, and the error that ended them.
    fn records(text: &str, names: &[&str], is_strict: bool) -> (Vec<Vec<String>>, Option<String>) {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let mut fields = Fields::new(&names, is_strict);
        let mut rows = Vec::new();
        for line in text.split('\n').map(str::trim_ascii).filter(|line| !line.is_empty()) {
            if let Err(error) = fields.read(line.as_bytes(), 0..line.len()) {
                return (rows, Some(error.message().to_owned()));
            }
            let cell = |cell: &Option<Range<usize>>| {
                cell.clone().map_or_else(String::new, |cell| line[cell].to_owned())
            };
            rows.push(fields.cells.iter().map(cell).collect());
        }
        (rows, None)
    }

    #[test]
    fn each_line_has_its_values_by_column() {
        let text =
            "{\"a\":1,\"b\":\"x\"}\n\n {\"b\":\"y\\n\",\"c\":[1,{\"d\":2}],\"a\":null}\r\n{}\n";
        let (rows, error) = records(text, &["a", "b"], false);
        assert_eq!(error, None);
        assert_eq!(rows, [["1", "\"x\""], ["null", "\"y\\n\""], ["", ""]]);
        let (rows, error) = records(text, &["a", "b"], true);
        assert_eq!((rows.len(), error.is_some()), (1, true));
    }

    #[test]
    fn what_is_no_object_ends_the_rows() {
        for (line, why) in [
            ("[1]", "this is a JSON array, not one object a line"),
            (
                "1",
                "this is no JSON object: invalid type: integer `1`, expected an object, column 1",
            ),
            ("{\"a\":1", "this is no JSON object: EOF while parsing an object, column 6"),
            ("{\"a\":1}{", "this is no JSON object: trailing characters, column 8"),
            ("{\"a\":01}", "this is no JSON object: invalid number, column 7"),
            ("{\"a\":1,\"a\":2}", "field 'a' is there twice"),
            ("{\"a\":1,\"z\":2}", "field 'z' is not among those of the first lines"),
        ] {
            let (rows, error) = records(&format!("{{\"a\":5}}\n{line}\n"), &["a"], true);
            assert_eq!((rows, error), (vec![vec!["5".to_owned()]], Some(why.to_owned())));
        }
    }

    #[test]
    fn a_name_tells_the_format() {
        assert_eq!(JsonLines.detect(b"", "p.jsonl.gz"), Detection::Likely);
        assert_eq!(JsonLines.detect(b"", &Source::Stdin.name()), Detection::No);
    }
}
