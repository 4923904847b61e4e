//! A column of a row group, decoded to numbers and texts.

use std::ops::Range;

use parquet::column::page::PageReader;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::DataType;
use parquet::errors::ParquetError;
use parquet::schema::types::ColumnDescPtr;

use crate::cost::Domain;
use crate::table::list;
use crate::table::number::{self, NotUsable};
use crate::table::role::Role;

use super::kind::{Kind, Value};

/// A column of a row group, of which some rows are decoded at a time.
pub trait Column: Send {
    /// Decodes the next rows.
    fn read(&mut self, rows: usize) -> Result<(), ParquetError>;

    /// Skips the next rows.
    fn skip(&mut self, rows: usize) -> Result<(), ParquetError>;

    /// Replaces `numbers` with the values of some decoded rows, NaN where one is missing.
    /// Returns the index among `rows` of the first value that is not a usable number, if
    /// there is one; later values are not read.
    fn numbers(&self, role: Role, rows: Range<usize>, numbers: &mut Vec<f64>) -> Option<usize>;

    /// Replaces `numbers` with the list in a decoded row.
    ///
    /// # Errors
    /// If a value is missing, or it is not a list of numbers.
    fn list(&self, role: Role, row: usize, numbers: &mut Vec<f64>) -> Result<(), NotUsable> {
        let mut text = Vec::new();
        self.text(row, &mut text);
        list::read(&text, role, numbers)
    }

    /// Appends the value in a decoded row as text; nothing if it is missing.
    fn text(&self, row: usize, out: &mut Vec<u8>);
}

/// Opens a column of a row group.
pub fn open(column: ColumnDescPtr, kind: Kind, pages: Box<dyn PageReader>) -> Box<dyn Column> {
    let highest = column.max_def_level();
    let list = (column.max_rep_level() > 0)
        .then(|| Element { there: highest, is_optional: column.self_type().is_optional() });
    match get_column_reader(column, pages) {
        ColumnReader::BoolColumnReader(reader) => typed(reader, kind, highest, list),
        ColumnReader::Int32ColumnReader(reader) => typed(reader, kind, highest, list),
        ColumnReader::Int64ColumnReader(reader) => typed(reader, kind, highest, list),
        ColumnReader::Int96ColumnReader(reader) => typed(reader, kind, highest, list),
        ColumnReader::FloatColumnReader(reader) => typed(reader, kind, highest, list),
        ColumnReader::DoubleColumnReader(reader) => typed(reader, kind, highest, list),
        ColumnReader::ByteArrayColumnReader(reader) => typed(reader, kind, highest, list),
        ColumnReader::FixedLenByteArrayColumnReader(reader) => typed(reader, kind, highest, list),
    }
}

fn typed<T: DataType>(
    reader: ColumnReaderImpl<T>,
    kind: Kind,
    highest: i16,
    list: Option<Element>,
) -> Box<dyn Column>
where
    T::T: Value,
{
    if let Some(element) = list {
        let (levels, turns, values) = (Vec::new(), Vec::new(), Vec::new());
        let starts = Vec::new();
        return Box::new(Lists { reader, kind, element, levels, turns, values, starts });
    }
    Box::new(Typed {
        reader,
        kind,
        highest,
        levels: Vec::new(),
        values: Vec::new(),
        all_missing: false,
    })
}

/// A column of single values.
struct Typed<T: DataType> {
    reader: ColumnReaderImpl<T>,
    kind: Kind,
    /// The definition level of a value that is not missing.
    highest: i16,
    /// The definition level of each row; empty if no value is missing.
    levels: Vec<i16>,
    /// A value for each row; arbitrary where it is missing.
    values: Vec<T::T>,
    /// Whether all values are missing.
    all_missing: bool,
}

impl<T: DataType> Typed<T>
where
    T::T: Value,
{
    fn is_missing(&self, row: usize) -> bool {
        self.levels.get(row).is_some_and(|&level| level < self.highest)
    }

    /// Moves the values, which are only those that are not missing, to their rows.
    fn spread(&mut self) {
        let mut left = self.values.len();
        let any = self.values.first().cloned().unwrap_or_default();
        self.values.resize(self.levels.len(), any);
        for row in (0..self.levels.len()).rev() {
            if left > row {
                break;
            }
            if !self.is_missing(row) {
                left -= 1;
                self.values.swap(left, row);
            }
        }
    }

    /// Reads numbers from texts, as [`Column::numbers`] does.
    fn parsed(&self, role: Role, rows: Range<usize>, numbers: &mut Vec<f64>) -> Option<usize> {
        let (mut text, count) = (Vec::new(), rows.len());
        for (index, row) in rows.enumerate() {
            text.clear();
            self.text(row, &mut text);
            match number::parse_as(&text, role) {
                Ok(number) => numbers.push(number),
                Err(NotUsable::Missing) => numbers.push(f64::NAN),
                Err(_) => {
                    numbers.resize(count, f64::NAN);
                    return Some(index);
                }
            }
        }
        None
    }
}

impl<T: DataType> Column for Typed<T>
where
    T::T: Value,
{
    fn read(&mut self, rows: usize) -> Result<(), ParquetError> {
        self.levels.clear();
        self.values.clear();
        let mut read = 0;
        while read < rows {
            let levels = (self.highest > 0).then_some(&mut self.levels);
            let (more, ..) =
                self.reader.read_records(rows - read, levels, None, &mut self.values)?;
            if more == 0 {
                return Err(ends_early());
            }
            read += more;
        }
        self.all_missing = self.values.is_empty();
        if self.values.len() == rows {
            self.levels.clear();
        } else {
            self.spread();
        }
        Ok(())
    }

    fn skip(&mut self, rows: usize) -> Result<(), ParquetError> {
        let skipped = self.reader.skip_records(rows)?;
        if skipped == rows { Ok(()) } else { Err(ends_early()) }
    }

    fn numbers(&self, role: Role, rows: Range<usize>, numbers: &mut Vec<f64>) -> Option<usize> {
        numbers.clear();
        if self.all_missing || !T::T::numbers(&self.values[rows.clone()], self.kind, numbers) {
            numbers.clear();
            return self.parsed(role, rows, numbers);
        }
        if self.levels.is_empty() && Domain::Finite.contains_all(numbers) {
            return None;
        }
        for (index, number) in numbers.iter_mut().enumerate() {
            if self.is_missing(rows.start + index) {
                *number = f64::NAN;
            } else if number.is_infinite() && !role.takes_infinities() {
                return Some(index);
            }
        }
        None
    }

    fn text(&self, row: usize, out: &mut Vec<u8>) {
        if !self.is_missing(row) {
            self.values[row].text(self.kind, out);
        }
    }
}

/// The definition levels of the elements of lists.
#[derive(Clone, Copy)]
struct Element {
    /// The level of an element that is not null.
    there: i16,
    /// Whether an element may be null, which has the level below.
    is_optional: bool,
}

/// A column of lists.
struct Lists<T: DataType> {
    reader: ColumnReaderImpl<T>,
    kind: Kind,
    element: Element,
    /// The definition level of each element, and of each list without elements.
    levels: Vec<i16>,
    /// The repetition levels: 0 where a row starts.
    turns: Vec<i16>,
    values: Vec<T::T>,
    /// Where each row starts in `levels` and in `values`, and at last where the rows end.
    starts: Vec<(usize, usize)>,
}

impl<T: DataType> Lists<T>
where
    T::T: Value,
{
    /// Returns the levels and the values of a row.
    fn row(&self, row: usize) -> (&[i16], &[T::T]) {
        let ((level, value), (last_level, last_value)) = (self.starts[row], self.starts[row + 1]);
        (&self.levels[level..last_level], &self.values[value..last_value])
    }
}

impl<T: DataType> Column for Lists<T>
where
    T::T: Value,
{
    fn read(&mut self, rows: usize) -> Result<(), ParquetError> {
        self.levels.clear();
        self.turns.clear();
        self.values.clear();
        let mut read = 0;
        while read < rows {
            let (levels, turns) = (Some(&mut self.levels), Some(&mut self.turns));
            let (more, ..) =
                self.reader.read_records(rows - read, levels, turns, &mut self.values)?;
            if more == 0 {
                return Err(ends_early());
            }
            read += more;
        }
        self.starts.clear();
        let mut value = 0;
        for (index, (&level, &turn)) in self.levels.iter().zip(&self.turns).enumerate() {
            if turn == 0 {
                self.starts.push((index, value));
            }
            value += usize::from(level == self.element.there);
        }
        self.starts.push((self.levels.len(), value));
        if self.starts.len() == rows + 1 && value == self.values.len() {
            Ok(())
        } else {
            Err(ParquetError::General("its lists do not add up".to_owned()))
        }
    }

    fn skip(&mut self, rows: usize) -> Result<(), ParquetError> {
        let skipped = self.reader.skip_records(rows)?;
        if skipped == rows { Ok(()) } else { Err(ends_early()) }
    }

    fn numbers(&self, _: Role, rows: Range<usize>, numbers: &mut Vec<f64>) -> Option<usize> {
        numbers.clear();
        numbers.resize(rows.len(), f64::NAN);
        Some(0)
    }

    fn list(&self, role: Role, row: usize, numbers: &mut Vec<f64>) -> Result<(), NotUsable> {
        numbers.clear();
        let (levels, values) = self.row(row);
        if values.len() < levels.len() {
            return Err(NotUsable::Missing);
        }
        if !T::T::numbers(values, self.kind, numbers) {
            numbers.clear();
            let mut text = Vec::new();
            for value in values {
                text.clear();
                value.text(self.kind, &mut text);
                numbers.push(number::parse_as(&text, role)?);
            }
        }
        let is_finite = |number: &f64| number.is_finite() || role.takes_infinities();
        match numbers.iter().find(|number| number.is_nan() || !is_finite(number)) {
            Some(number) if number.is_nan() => Err(NotUsable::Missing),
            Some(_) => Err(NotUsable::Infinite),
            None => Ok(()),
        }
    }

    fn text(&self, row: usize, out: &mut Vec<u8>) {
        let (levels, mut values) = self.row(row);
        let null = self.element.there - 1;
        let has_elements =
            |&level: &i16| level > null || (level == null && self.element.is_optional);
        if !levels.first().is_some_and(has_elements) {
            return;
        }
        out.push(b'[');
        for (index, &level) in levels.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            match values.split_first() {
                Some((value, rest)) if level > null => {
                    value.text(self.kind, out);
                    values = rest;
                }
                _ => out.extend_from_slice(b"null"),
            }
        }
        out.push(b']');
    }
}

fn ends_early() -> ParquetError {
    ParquetError::EOF("it has fewer rows than it says".to_owned())
}
