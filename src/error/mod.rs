//! Every message that a user can meet: a place, a fact, and often a hint.

mod fault;
mod hint;

use std::fmt;
use std::io;

use crate::text::excerpt;

pub use fault::Fault;

/// What went wrong, and where.
#[derive(Debug)]
pub struct Error {
    /// Where it went wrong.
    pub place: Place,
    /// What went wrong.
    pub fault: Box<Fault>,
}

/// Where something went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// The command line as a whole.
    CommandLine,
    /// A value of an option; the index counts from 1.
    Value {
        /// The option, such as `--yhat`.
        option: &'static str,
        /// The value's index, from 1.
        index: usize,
    },
    /// A pair of numbers that a program gave; the index counts from 1.
    Instance(u64),
    /// An option.
    Option(&'static str),
    /// A file, or `<stdin>` or `<stdout>`.
    File(String),
    /// The record that starts on a physical line, counted from 1.
    Line {
        /// The file's name.
        file: String,
        /// The physical line, from 1.
        line: u64,
    },
    /// A cell of such a record.
    Cell {
        /// The file's name.
        file: String,
        /// The physical line, from 1.
        line: u64,
        /// The column's name, or its position where there is no header.
        column: String,
    },
    /// A row of a file without lines, counted from 1.
    Row {
        /// The file's name.
        file: String,
        /// The row, from 1.
        row: u64,
    },
    /// A cell of such a row.
    RowCell {
        /// The file's name.
        file: String,
        /// The row, from 1.
        row: u64,
        /// The column's name.
        column: String,
    },
    /// A column as a whole.
    Column {
        /// The file's name.
        file: String,
        /// The column's name.
        column: String,
    },
}

impl Place {
    /// The line or row, from 1, if it has one.
    pub(crate) fn line_mut(&mut self) -> Option<&mut u64> {
        match self {
            Place::Line { line, .. } | Place::Cell { line, .. } => Some(line),
            Place::Row { row, .. } | Place::RowCell { row, .. } => Some(row),
            _ => None,
        }
    }
}

/// What a cell or a value is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Role {
    /// The label y.
    Y,
    /// A prediction ŷ.
    Yhat,
    /// The weighted input z of a neuron.
    Z,
    /// The weight of an instance.
    Weight,
    /// What instances are grouped by.
    Group,
}

impl Error {
    /// An error of that kind in that place.
    #[must_use]
    pub fn new(place: Place, fault: Fault) -> Self {
        Error { place, fault: Box::new(fault) }
    }

    /// What the system says of a file that is not opened.
    #[must_use]
    pub fn cannot_open(file: &str, source: io::Error) -> Self {
        Error::io(file, "cannot open: ", source)
    }

    /// What the system says of a file that is not read.
    #[must_use]
    pub fn cannot_read(file: &str, source: io::Error) -> Self {
        Error::io(file, "cannot read: ", source)
    }

    /// What the system says of a file that is not written.
    #[must_use]
    pub fn cannot_write(file: &str, source: io::Error) -> Self {
        Error::io(file, "cannot write: ", source)
    }

    fn io(file: &str, doing: &'static str, source: io::Error) -> Self {
        Error::new(Place::File(file.to_owned()), Fault::Io { doing, source })
    }

    /// A way out, where one is known.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        // A value can be left out by hand.
        let is_value = matches!(self.place, Place::Value { .. });
        self.fault.hint().filter(|_| !(is_value && matches!(*self.fault, Fault::Missing(_))))
    }

    /// Whether all that is wrong is that there is nothing.
    #[must_use]
    pub fn is_of_no_rows(&self) -> bool {
        matches!(*self.fault, Fault::EmptyFile | Fault::NoRows)
    }

    /// Whether the reader of standard output has gone, which is no failure.
    #[must_use]
    pub fn is_closed_pipe(&self) -> bool {
        matches!(&*self.fault, Fault::Io { source, .. } if source.kind() == io::ErrorKind::BrokenPipe)
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::CommandLine => write!(f, "{}", self.fault),
            place => write!(f, "{place}: {}", self.fault),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::CommandLine => Ok(()),
            Place::Value { option, index } => write!(f, "{option}: value {index}"),
            Place::Instance(index) => write!(f, "instance {index}"),
            Place::Option(option) => f.write_str(option),
            Place::File(file) => f.write_str(file),
            Place::Line { file, line } => write!(f, "{file}:{line}"),
            Place::Cell { file, line, column } => {
                write!(f, "{file}:{line}: column '{}'", excerpt(column.as_bytes()))
            }
            Place::Row { file, row } => write!(f, "{file}: row {row}"),
            Place::RowCell { file, row, column } => {
                write!(f, "{file}: row {row}: column '{}'", excerpt(column.as_bytes()))
            }
            Place::Column { file, column } => {
                write!(f, "{file}: column '{}'", excerpt(column.as_bytes()))
            }
        }
    }
}
