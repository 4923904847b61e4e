//! A file as a table: its delimiter, its header, and which columns matter.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::mem::take;

use crate::error::{Error, Fault, Place, Role};
use crate::neuron::Given;
use crate::text::excerpt;

use super::choice::{Choice, InputFormat};
use super::columns::Columns;
use super::record::Incomplete;
use super::{json_lines, number, record, sniff};

/// One file's table.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The file's name, as messages show it.
    pub file: String,
    /// The file's place among the files, from 0.
    pub index: usize,
    /// Whether lines are JSON objects, which become records of cells.
    pub is_json_lines: bool,
    /// The byte between cells.
    pub delimiter: u8,
    /// The columns' names: as the header writes them, else by role or position.
    pub names: Vec<String>,
    /// The columns that hold numbers, in ascending order.
    pub selected: Vec<Selected>,
    /// Where in `selected` y is.
    pub y: usize,
    /// What there is of each model.
    pub given: Given,
    /// Where in `selected` the ŷ or z of each model are.
    pub outputs: Vec<usize>,
    /// Where in `selected` the weight is.
    pub weight: Option<usize>,
    /// The names of the models.
    pub models: Vec<String>,
    /// The columns to group by.
    pub by: Vec<usize>,
    /// The label that counts as 1, every other as `negative`.
    pub positive: Option<String>,
    /// What labels count as that are not the positive one.
    pub negative: f64,
    /// Whether rows with a missing value are left out.
    pub skips_missing: bool,
    /// Physical lines before the first record that is data.
    pub lines_before: u64,
    /// What records are counted by.
    pub unit: Unit,
}

impl Sheet {
    /// The sheet of comma-separated text with those columns.
    pub fn new(file: &str, index: usize, choice: &Choice, columns: Columns) -> Self {
        let selected = columns.selected();
        let place =
            |column: usize| selected.iter().position(|s| s.column == column).unwrap_or_default();
        Sheet {
            file: file.to_owned(),
            index,
            is_json_lines: false,
            delimiter: b',',
            y: place(columns.y),
            given: columns.given,
            outputs: columns.outputs.iter().map(|&column| place(column)).collect(),
            weight: columns.weight.map(place),
            models: columns.outputs.iter().map(|&column| columns.names[column].clone()).collect(),
            names: columns.names,
            by: columns.by,
            positive: choice.positive.clone(),
            negative: choice.negative,
            skips_missing: choice.skips_missing,
            lines_before: 0,
            unit: Unit::Line,
            selected,
        }
    }

    /// The same sheet with no other columns than those that are selected or grouped by.
    pub fn narrow(mut self) -> Self {
        let selected = self.selected.iter().map(|selected| selected.column);
        let kept: BTreeSet<usize> = selected.chain(self.by.iter().copied()).collect();
        let place = |column: usize| kept.range(..column).count();
        self.names = kept.iter().map(|&column| take(&mut self.names[column])).collect();
        self.by.iter_mut().for_each(|column| *column = place(*column));
        self.selected.iter_mut().for_each(|selected| selected.column = place(selected.column));
        self
    }

    /// The place of a record, by its line or row.
    pub fn place(&self, line: u64) -> Place {
        let file = self.file.clone();
        match self.unit {
            Unit::Line => Place::Line { file, line },
            Unit::Row => Place::Row { file, row: line },
        }
    }

    /// The place of a cell of a record.
    pub fn cell(&self, line: u64, column: &str) -> Place {
        let (file, column) = (self.file.clone(), column.to_owned());
        match self.unit {
            Unit::Line => Place::Cell { file, line, column },
            Unit::Row => Place::RowCell { file, row: line, column },
        }
    }
}

/// What tells where in a file a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Its physical line.
    Line,
    /// Its row, in files without lines.
    #[cfg_attr(not(feature = "parquet"), expect(dead_code, reason = "for Parquet files"))]
    Row,
}

/// A column that holds numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Selected {
    /// Its position, from 0.
    pub column: usize,
    /// What it is for; if it is for several things, the first.
    pub role: Role,
}

/// The most columns of a file: names take memory, far more than a delimiter does.
const MOST_COLUMNS: usize = 1 << 20;

/// A sheet, how many bytes of the file come before its first record of data,
/// and what about it deserves a warning.
pub struct Opened {
    /// The sheet.
    pub sheet: Sheet,
    /// Where the first record of data starts.
    pub start: usize,
    /// Choices among several default names, without the file's.
    pub warnings: Vec<String>,
}

/// Reads the start of a file. None asks for more of it: its first record is
/// not complete.
///
/// # Errors
/// If this is no text table, or the columns are not there.
pub fn open(
    file: &str,
    index: usize,
    choice: &Choice,
    bytes: &[u8],
    is_whole: bool,
) -> Result<Option<Opened>, Error> {
    let at_file = |fault| Error::new(Place::File(file.to_owned()), fault);
    if bytes.is_empty() {
        return Err(at_file(Fault::EmptyFile));
    }
    sniff::refuse_foreign(bytes).map_err(at_file)?;
    let start = sniff::first_record(bytes);
    if start == bytes.len() && is_whole {
        return Err(at_file(Fault::NoRows));
    }
    let line = record::line_ends(&bytes[..start]) + 1;
    let is_json_lines = match choice.input {
        Some(input) => input == InputFormat::JsonLines,
        None => sniff::is_json_lines(file),
    };
    let delimiter = if is_json_lines {
        json_lines::DELIMITER
    } else {
        choice.delimiter.unwrap_or_else(|| sniff::delimiter(file, &bytes[start..]))
    };
    let head = if is_json_lines {
        fields(file, &bytes[start..], line, is_whole)?.map(|names| (names, start))
    } else {
        first_record(file, bytes, start, delimiter, is_whole)?
    };
    let Some((first, end)) = head else { return Ok(None) };
    let (columns, mut warnings) = Columns::find(choice, Some(delimiter), &first, is_json_lines)
        .map_err(|fault| match sniff::object(&bytes[start..]) {
            Some(foreign) if !is_json_lines => at_file(foreign),
            _ => Error::new(Place::Line { file: file.to_owned(), line }, fault),
        })?;
    let mut data = start;
    if columns.has_header && !is_json_lines {
        data = end + record::line_end(bytes, end);
        if choice.header.is_none() {
            warnings.extend(header_warning(&first, &columns.numbers(), line));
        }
    }
    let sheet = Sheet {
        is_json_lines,
        delimiter,
        lines_before: record::line_ends(&bytes[..data]),
        ..Sheet::new(file, index, choice, columns)
    };
    Ok(Some(Opened { sheet, start: data, warnings }))
}

/// The cells of the first record, and where it ends.
type FirstRecord<'a> = (Vec<Cow<'a, [u8]>>, usize);

/// The first record; None if it is not all there.
fn first_record<'a>(
    file: &str,
    bytes: &'a [u8],
    start: usize,
    delimiter: u8,
    is_whole: bool,
) -> Result<Option<FirstRecord<'a>>, Error> {
    let end = match record::end(bytes, start, delimiter) {
        // The line feed after a carriage return may not be there yet.
        Ok(end) if end + 1 < bytes.len() || is_whole => end,
        Err(Incomplete::Record) if is_whole => bytes.len(),
        Err(Incomplete::Quote(quote)) if is_whole => {
            let line = record::line_ends(&bytes[..quote]) + 1;
            let place = Place::Line { file: file.to_owned(), line };
            return Err(Error::new(place, Fault::UnclosedQuote));
        }
        _ => return Ok(None),
    };
    if record::count(&bytes[start..end], delimiter) > MOST_COLUMNS {
        let line = record::line_ends(&bytes[..start]) + 1;
        let place = Place::Line { file: file.to_owned(), line };
        return Err(Error::new(place, Fault::TooManyColumns(MOST_COLUMNS)));
    }
    Ok(Some((record::cells(&bytes[start..end], delimiter), end)))
}

/// The names of the fields of all JSON objects that are there as a whole, the first
/// of them on that line; None if there is none yet.
fn fields<'a>(
    file: &str,
    bytes: &[u8],
    line: u64,
    is_whole: bool,
) -> Result<Option<Vec<Cow<'a, [u8]>>>, Error> {
    let whole = if is_whole {
        bytes
    } else {
        &bytes[..memchr::memrchr(b'\n', bytes).map_or(0, |at| at + 1)]
    };
    if whole.is_empty() {
        return Ok(None);
    }
    let names = json_lines::names(whole).map_err(|(at, fault)| {
        Error::new(Place::Line { file: file.to_owned(), line: line - 1 + at }, fault)
    })?;
    Ok(Some(names.into_iter().map(|name| Cow::Owned(name.into_bytes())).collect()))
}

/// What to say of a header with a number where y or ŷ stands.
fn header_warning(first: &[Cow<[u8]>], columns: &[usize], line: u64) -> Option<String> {
    let mut cells = columns.iter().map(|&column| &first[column]);
    let number = excerpt(cells.find(|cell| number::looks_numeric(cell))?);
    Some(format!(
        "line {line} is taken for a header, though it holds the number '{number}'; --no-header if it is data"
    ))
}
