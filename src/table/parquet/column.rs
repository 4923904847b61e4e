//! A column of a row group: values in, numbers and texts out.

use std::ops::Range;

use parquet::column::page::PageReader;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::DataType;
use parquet::errors::{ParquetError, Result};
use parquet::schema::types::ColumnDescPtr;

use crate::table::cell;
use crate::table::number::NotUsable;
use crate::table::schema::Role;

use super::kind::{Kind, Value};

/// A column, some of whose rows are decoded.
pub trait Column: Send {
    /// Decodes the next rows.
    fn read(&mut self, rows: usize) -> Result<()>;

    /// Passes over rows.
    fn skip(&mut self, rows: usize) -> Result<()>;

    /// Replaces `numbers` with those of some decoded rows, NaN where the value is
    /// missing; tells which of the rows is the first with a value that is no number to
    /// use. What follows that row is not read.
    fn numbers(&self, role: Role, rows: Range<usize>, numbers: &mut Vec<f64>) -> Option<usize>;

    /// Appends the value in a decoded row as text; nothing where there is none.
    fn text(&self, row: usize, out: &mut Vec<u8>);
}

/// Opens a column of a row group.
pub fn open(column: ColumnDescPtr, kind: Kind, pages: Box<dyn PageReader>) -> Box<dyn Column> {
    let highest = column.max_def_level();
    match get_column_reader(column, pages) {
        ColumnReader::BoolColumnReader(reader) => typed(reader, kind, highest),
        ColumnReader::Int32ColumnReader(reader) => typed(reader, kind, highest),
        ColumnReader::Int64ColumnReader(reader) => typed(reader, kind, highest),
        ColumnReader::Int96ColumnReader(reader) => typed(reader, kind, highest),
        ColumnReader::FloatColumnReader(reader) => typed(reader, kind, highest),
        ColumnReader::DoubleColumnReader(reader) => typed(reader, kind, highest),
        ColumnReader::ByteArrayColumnReader(reader) => typed(reader, kind, highest),
        ColumnReader::FixedLenByteArrayColumnReader(reader) => typed(reader, kind, highest),
    }
}

fn typed<T: DataType>(reader: ColumnReaderImpl<T>, kind: Kind, highest: i16) -> Box<dyn Column>
where
    T::T: Value,
{
    Box::new(Typed {
        reader,
        kind,
        highest,
        levels: Vec::new(),
        values: Vec::new(),
        has_none: false,
    })
}

/// A column of a type.
struct Typed<T: DataType> {
    reader: ColumnReaderImpl<T>,
    kind: Kind,
    /// The level of a value that is there.
    highest: i16,
    /// The level of each row; empty if no value is missing.
    levels: Vec<i16>,
    /// A value for each row, of no meaning where it is missing.
    values: Vec<T::T>,
    /// Whether all of them are missing.
    has_none: bool,
}

impl<T: DataType> Typed<T>
where
    T::T: Value,
{
    fn is_missing(&self, row: usize) -> bool {
        self.levels.get(row).is_some_and(|&level| level < self.highest)
    }

    /// Moves values, of which there are as many as are not missing, to their rows.
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

    /// The numbers in texts, as [`Column::numbers`] says.
    fn parsed(&self, role: Role, rows: Range<usize>, numbers: &mut Vec<f64>) -> Option<usize> {
        let (mut text, count) = (Vec::new(), rows.len());
        for (index, row) in rows.enumerate() {
            text.clear();
            self.text(row, &mut text);
            match cell::parse(&text, role) {
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
    fn read(&mut self, rows: usize) -> Result<()> {
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
        self.has_none = self.values.is_empty();
        if self.values.len() == rows {
            self.levels.clear();
        } else {
            self.spread();
        }
        Ok(())
    }

    fn skip(&mut self, rows: usize) -> Result<()> {
        let skipped = self.reader.skip_records(rows)?;
        if skipped == rows { Ok(()) } else { Err(ends_early()) }
    }

    fn numbers(&self, role: Role, rows: Range<usize>, numbers: &mut Vec<f64>) -> Option<usize> {
        numbers.clear();
        if self.has_none || !T::T::numbers(&self.values[rows.clone()], self.kind, numbers) {
            numbers.clear();
            return self.parsed(role, rows, numbers);
        }
        if self.levels.is_empty() && all_finite(numbers) {
            return None;
        }
        for (index, number) in numbers.iter_mut().enumerate() {
            if self.is_missing(rows.start + index) {
                *number = f64::NAN;
            } else if number.is_infinite() && role != Role::Z {
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

fn all_finite(numbers: &[f64]) -> bool {
    // Without an early end, so that it takes several at a time.
    numbers.iter().fold(true, |all, number| all & number.is_finite())
}

fn ends_early() -> ParquetError {
    ParquetError::EOF("it has fewer rows than it says".to_owned())
}
