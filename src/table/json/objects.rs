//! Objects as rows, whatever separates them.
//!
//! A missing field, or one that is null, is an empty cell. The cell of a string is its text;
//! the cell of any other value is its JSON.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use memchr::memchr;

use fearless_simd::{Level, dispatch};

use crate::error::{Error, Kind, Location};
use crate::io::Stream;
use crate::table::batch::Batch;
use crate::table::columns::{self, Candidates};
use crate::table::format::{Chunk, Chunks, Opened, Step};
use crate::table::labels::LabelReader;
use crate::table::list;
use crate::table::number::{self, NotUsable};
use crate::table::request::Request;
use crate::table::role::Role;
use crate::table::schema::{Schema, Slot, Unit};
use crate::table::text::{Block, Blocks, Cut, LONGEST_RECORD, line_ends, too_long};
use crate::text::excerpt;

use super::fields::Fields;
use super::nested::{Names, Nested};

/// The most cells of a batch that keeps the cells of its rows.
const MOST_CELLS: usize = 1 << 18;

/// How objects follow each other in a file.
pub trait Layout: Clone + Default + Send + 'static {
    /// What objects are counted by.
    const UNIT: Unit;

    /// Returns where the first object starts; None if more of the file must be read to tell.
    ///
    /// # Errors
    /// If the file has no objects.
    fn first(&self, stream: &Stream) -> Result<Option<usize>, Error>;

    /// Returns how many of the bytes are whole objects; None if more must be read to tell. The
    /// bytes start where an object may start.
    fn cut(&mut self, bytes: &[u8], at_end: bool) -> Option<usize>;

    /// Returns the range of the object at `at`, without blanks around it and empty if there is
    /// none, and where the next object may start.
    ///
    /// # Errors
    /// If something else is there.
    fn object(&self, bytes: &[u8], at: usize) -> Result<(Range<usize>, usize), Error>;

    /// Checks that the objects are complete at the end of the file.
    ///
    /// # Errors
    /// If they are not.
    fn end(&self) -> Result<(), Error> {
        Ok(())
    }
}

/// Opens a file of objects.
///
/// # Errors
/// As [`Format::open`](crate::table::format::Format::open).
pub fn open<L: Layout>(
    mut stream: Stream,
    request: &Arc<Request>,
    before: Option<&Schema>,
) -> Result<Opened, Error> {
    let layout = L::default();
    let mut wanted = request.block_size;
    let (names, start) = loop {
        if let Some(head) = head(&layout, &stream)? {
            break head;
        }
        if wanted > LONGEST_RECORD {
            return Err(too_long(L::UNIT.location(&stream.name, 1)));
        }
        wanted *= 2;
        stream.read_to(wanted)?;
    };
    let cells: Vec<Cow<[u8]>> =
        names.all().map(|name| Cow::Owned(name.as_bytes().to_vec())).collect();
    let lists: Vec<usize> = names.lists().collect();
    let lines_before = match L::UNIT {
        Unit::Line => line_ends(&stream.buffer[..start]),
        _ => 0,
    };
    let candidates = Candidates {
        file: &stream.name,
        path: stream.path(),
        index: stream.index,
        first: &cells,
        are_names: true,
        is_comment: false,
        delimiter: None,
        row: &[],
        lists: &lists,
        unreadable: &[],
        unit: L::UNIT,
    };
    let found = columns::find(&candidates, &request.options, before)
        .map_err(|error| error.at(L::UNIT.location(&stream.name, lines_before + 1)))?;
    let mut schema = found.schema;
    schema.lines_before = lines_before;
    let blocks = Blocks::new(stream, start, request.block_size, request.allows_empty);
    let request = Arc::clone(request);
    schema.shown = names.own.len();
    let (nested, whole) = (Arc::default(), schema.clone().shared());
    let mut table = Table { blocks, layout, names, nested, schema: whole, request };
    // Columns of joined tables are chosen later, from all tables together.
    if table.request.options.join.is_empty() {
        table.set_schema(schema)?;
    }
    Ok(Opened { chunks: Box::new(table), warnings: found.warnings })
}

/// Returns the names of the fields of all complete objects, and where the first object starts;
/// None if none is complete yet.
fn head<L: Layout>(layout: &L, stream: &Stream) -> Result<Option<(Names, usize)>, Error> {
    let (file, bytes) = (&stream.name, stream.start());
    let Some(start) = layout.first(stream)? else { return Ok(None) };
    let Some(length) = layout.clone().cut(&bytes[start..], stream.at_end) else { return Ok(None) };
    let whole = &bytes[start..start + length];
    let mut fields = Fields::default();
    let (mut at, mut number) = (0, 0);
    if L::UNIT == Unit::Line {
        number = line_ends(&bytes[..start]);
    }
    while at < whole.len() {
        number += 1;
        let read = layout.object(whole, at).and_then(|(object, next)| {
            at = next;
            if object.is_empty() { Ok(()) } else { fields.add_names(&whole[object]) }
        });
        read.map_err(|error| error.at(L::UNIT.location(file, number)))?;
    }
    Ok(Some((fields.into_names(), start)))
}

/// A file, block by block.
struct Table<L> {
    blocks: Blocks,
    layout: L,
    /// The names of all fields.
    names: Names,
    /// The columns of nested fields.
    nested: Arc<[Nested]>,
    schema: Arc<Schema>,
    request: Arc<Request>,
}

impl<L: Layout> Chunks for Table<L> {
    fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    fn set_schema(&mut self, schema: Schema) -> Result<(), Error> {
        let own = if self.request.reads_all_columns() { self.names.own.len() } else { 0 };
        let schema = schema.narrow(own);
        self.nested = self.names.nested(&schema.header.names);
        self.schema = schema.shared();
        Ok(())
    }

    fn next(&mut self, buffer: &mut Vec<u8>) -> Result<Option<Box<dyn Chunk>>, Error> {
        let before = self.layout.clone();
        let block = self.blocks.next(buffer, |bytes, at_end| {
            // A block that is cut again, with more bytes, starts in the same state.
            self.layout = before.clone();
            let end = self.layout.cut(bytes, at_end);
            Cut { end, has_quotes: false, open_quote: None }
        });
        let name = &self.schema.file;
        let block = match block {
            Err(error) if L::UNIT != Unit::Line && error.kind() == Kind::Limit => {
                return Err(error.at(L::UNIT.location(name, 1)));
            }
            block => block?,
        };
        let Some(block) = block else {
            self.layout.end().map_err(|error| error.at(Location::file(name)))?;
            return Ok(None);
        };
        let fields = Fields::new(
            &self.schema.header.names,
            self.request.reads_all_columns(),
            Arc::clone(&self.nested),
        );
        let fields = fields.with_patterns(&self.schema);
        Ok(Some(Box::new(Objects {
            block,
            layout: before,
            schema: Arc::clone(&self.schema),
            fields,
            labels: self.request.label_reader(&self.schema),
            request: Arc::clone(&self.request),
            at: 0,
            count: 0,
            lists: vec![Vec::new(); self.schema.lists.len()],
            cells: Vec::new(),
        })))
    }
}

/// The objects of a block.
struct Objects<L> {
    block: Block,
    layout: L,
    schema: Arc<Schema>,
    request: Arc<Request>,
    fields: Fields,
    /// Reads labels that are not numbers.
    labels: Option<LabelReader>,
    at: usize,
    /// The number of lines or objects so far.
    count: u64,
    /// The lists of the current object.
    lists: Vec<Vec<f64>>,
    /// The ranges of the cells of the last batch, row by row, if they are needed.
    cells: Vec<Option<Range<usize>>>,
}

/// Why an object gives no row.
enum NoRow {
    /// It cannot be scored.
    Bad,
    /// It lacks a value, and such rows are left out.
    Skipped,
    /// It is not an object, or has a string that is not valid text.
    Failed(Error),
}

impl<L: Layout> Objects<L> {
    /// Reads an object into the batch.
    fn row(&mut self, object: Range<usize>, batch: &mut Batch) -> Result<(), NoRow> {
        let bytes = self.block.padded().0;
        self.fields.read(bytes, object).map_err(NoRow::Failed)?;
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
        is_missing |= self.read_lists()?;
        for &column in &self.schema.required {
            if number::is_missing(number::trim(&self.text(column).map_err(NoRow::Failed)?)) {
                if !self.request.skips_missing() {
                    return Err(NoRow::Bad);
                }
                is_missing = true;
            }
        }
        if !is_missing && let Some(mut labels) = self.labels.take() {
            let column = self.schema.slots[self.schema.label_slot()].column;
            let label = self.text(column).map(|text| labels.read(&text, batch.line(batch.rows)));
            self.labels = Some(labels);
            match label.map_err(NoRow::Failed)? {
                Ok(number) => batch.columns[self.schema.label_slot()][batch.rows] = number,
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
            batch.skip(self.count - 1);
            return Err(NoRow::Skipped);
        }
        batch.rows += 1;
        batch.lists.iter_mut().zip(&self.lists).for_each(|(all, list)| all.push(list));
        if self.request.is_strict() {
            self.cells.extend_from_slice(&self.fields.cells[..self.schema.width()]);
        }
        Ok(())
    }

    /// Reads the lists of the current object; returns whether one is missing.
    fn read_lists(&mut self) -> Result<bool, NoRow> {
        let mut lists = std::mem::take(&mut self.lists);
        let role = Role::of(self.schema.header.given);
        let mut is_missing = false;
        for (numbers, &column) in lists.iter_mut().zip(&self.schema.lists) {
            let text = self.text(column).map_err(NoRow::Failed)?;
            match list::read(&text, role, numbers) {
                Ok(()) => {}
                Err(NotUsable::Missing) if self.request.skips_missing() => is_missing = true,
                Err(_) => return Err(NoRow::Bad),
            }
        }
        self.lists = lists;
        Ok(is_missing)
    }

    /// Returns a number of the current object.
    fn number(&self, slot: &Slot) -> Result<Result<f64, NotUsable>, Error> {
        if let Some(Range { start, end }) = self.fields.cells[slot.column].clone() {
            let bytes = self.block.padded().0;
            let number =
                dispatch!(Level::baseline(), simd => number::plain(simd, bytes, start, end));
            if let Some(number) = number {
                return Ok(Ok(number));
            }
        }
        Ok(number::parse_as(&self.text(slot.column)?, slot.role))
    }

    /// Returns the text of a column of the current object.
    fn text(&self, column: usize) -> Result<Cow<'_, [u8]>, Error> {
        self.text_of(self.fields.cells[column].as_ref(), column)
    }

    /// Returns the text of a value of a column.
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

/// Returns the error of a string with an escape of half a surrogate pair.
fn half_a_character(field: &str) -> Error {
    let message =
        format!("the text of field '{}' has half of a surrogate pair", excerpt(field.as_bytes()));
    Error::new(Kind::Format, Location::Job, message)
        .with_hint("escapes from \\uD800 to \\uDFFF come in pairs")
}

impl<L: Layout> Chunk for Objects<L> {
    fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    fn fill(&mut self, batch: &mut Batch, most: usize) -> Step {
        let most = if self.request.is_strict() {
            most.min(MOST_CELLS / self.schema.width()).max(1)
        } else {
            most
        };
        batch.clear(self.schema.slots.len(), self.schema.lists.len(), most);
        self.cells.clear();
        let end = self.block.padded().1;
        let step = loop {
            if batch.rows == most {
                break Step::More;
            }
            if self.at >= end {
                break Step::End;
            }
            let number = self.count;
            let bytes = &self.block.padded().0[..end];
            let object = match self.layout.object(bytes, self.at) {
                Ok((object, next)) => {
                    self.at = next;
                    object
                }
                Err(error) => break Step::Failed(error.at(self.schema.location(number + 1))),
            };
            self.count += 1;
            if object.is_empty() {
                continue;
            }
            batch.starts(number, object.start);
            match self.row(object, batch) {
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
        let location = self.schema.location(batch.line(row) + 1);
        let kept = row * width..(row + 1) * width;
        if kept.end > self.cells.len() {
            let ((bytes, end), run) = (self.block.padded(), batch.run(row));
            let (mut object, mut next) = self.layout.object(&bytes[..end], run.start)?;
            for _ in run.row..row {
                (object, next) = self.layout.object(&bytes[..end], next)?;
            }
            self.fields.read(bytes, object)?;
            let cells = (0..width).map(|column| self.text(column)).collect::<Result<_, Error>>();
            return cells.map_err(|error| error.at(location));
        }
        let cells = self.cells[kept].iter().enumerate();
        let cells = cells.map(|(column, value)| self.text_of(value.as_ref(), column));
        cells.collect::<Result<_, Error>>().map_err(|error| error.at(location))
    }

    fn labels(&self) -> Option<&LabelReader> {
        self.labels.as_ref()
    }

    fn lines(&self) -> u64 {
        self.count
    }

    fn into_buffer(self: Box<Self>) -> Vec<u8> {
        self.block.into_buffer()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads the cells of every row, up to an error.
    fn records(text: &str, names: &[&str], is_strict: bool) -> (Vec<Vec<String>>, Option<String>) {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let mut fields = Fields::new(&names, is_strict, Arc::default());
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
    fn a_line_that_is_not_an_object_ends_the_rows() {
        for (line, why) in [
            ("[1]", "this is no JSON object: invalid type: sequence, expected an object, column 0"),
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
}
