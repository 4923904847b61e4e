//! Errors: where something went wrong, what, and often a hint.
//!
//! An error gets its whole text where it is found. Code branches on its [`Kind`], never on its
//! text.

use std::fmt;
use std::io;

use crate::text::{excerpt, path_excerpt};

/// What went wrong, and where.
///
/// Its `Display` is the location and the message. The [`hint`](Error::hint) is separate, as it
/// is about options of the command line.
#[derive(Debug)]
pub struct Error(Box<Parts>);

#[derive(Debug)]
struct Parts {
    kind: Kind,
    location: Location,
    message: String,
    hint: Option<String>,
}

/// The kind of an error, for programs that handle some errors differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// Options that do not go together, or that have wrong values.
    Usage,
    /// The operating system could not open, read or write.
    Io,
    /// The reader of the output has closed it, which is not a failure.
    ClosedPipe,
    /// A file, or all of them, without a row to score.
    Empty,
    /// Data that is not in the expected format.
    Format,
    /// Columns that are missing, or are not what the options say.
    Columns,
    /// A cell, a value or a row that cannot be scored.
    Value,
    /// More of something than is allowed.
    Limit,
    /// A state that is damaged, or was made with other options than the first.
    State,
}

/// Where something went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Location {
    /// The command line or the job as a whole.
    Job,
    /// An option.
    Option(&'static str),
    /// A value of an option.
    Value {
        /// The option, such as `--yhat`.
        option: &'static str,
        /// The value's index, from 1.
        index: u64,
    },
    /// An instance that a program gave, counted from 1.
    Instance(u64),
    /// A file, or a part of one.
    File {
        /// Its name as messages show it, or `<stdin>`.
        file: String,
        /// The record.
        record: Option<Record>,
        /// The column, by name or by position.
        column: Option<String>,
    },
    /// Where the results go.
    Output,
}

/// Where a record is in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record {
    /// The physical line that it starts on, from 1.
    Line(u64),
    /// Its row, from 1, in a file without lines.
    Row(u64),
}

impl Location {
    /// Returns the location of a whole file.
    #[must_use]
    pub fn file(file: &str) -> Self {
        Location::File { file: file.to_owned(), record: None, column: None }
    }

    /// Returns the location of a line of a file, from 1.
    #[must_use]
    pub fn line(file: &str, line: u64) -> Self {
        Location::File { file: file.to_owned(), record: Some(Record::Line(line)), column: None }
    }

    /// Adds a column to the location of a file.
    #[must_use]
    pub fn with_column(mut self, name: &str) -> Self {
        if let Location::File { column, .. } = &mut self {
            *column = Some(name.to_owned());
        }
        self
    }
}

impl Error {
    /// Creates an error.
    pub fn new(kind: Kind, location: Location, message: impl Into<String>) -> Self {
        Error(Box::new(Parts { kind, location, message: message.into(), hint: None }))
    }

    /// Creates an error about options of the job.
    pub fn usage(message: impl Into<String>) -> Self {
        Error::new(Kind::Usage, Location::Job, message)
    }

    /// Creates an error from one of the system. `doing` is what failed, such as `cannot open`.
    pub(crate) fn io(location: Location, doing: &str, source: &io::Error) -> Self {
        let kind = match source.kind() {
            io::ErrorKind::BrokenPipe => Kind::ClosedPipe,
            _ => Kind::Io,
        };
        Error::new(kind, location, format!("{doing}: {}", system_message(source)))
    }

    /// Creates an error from one of the system: a file cannot be read.
    #[must_use]
    pub fn cannot_read(file: &str, source: &io::Error) -> Self {
        Error::io(Location::file(file), "cannot read", source)
    }

    /// Creates an error from one of the system: results cannot be written.
    #[must_use]
    pub fn cannot_write(source: &io::Error) -> Self {
        Error::io(Location::Output, "cannot write", source)
    }

    /// Adds a hint: how to avoid the error.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Adds a hint, if there is one.
    #[must_use]
    pub(crate) fn with_hint_if_any(self, hint: Option<impl Into<String>>) -> Self {
        match hint {
            Some(hint) => self.with_hint(hint),
            None => self,
        }
    }

    /// Replaces the location.
    #[must_use]
    pub fn at(mut self, location: Location) -> Self {
        self.0.location = location;
        self
    }

    /// Creates an error about columns. The caller sets the location.
    pub(crate) fn columns(message: impl Into<String>) -> Self {
        Error::new(Kind::Columns, Location::Job, message)
    }

    /// Returns the kind of the error.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// Returns where it went wrong.
    #[must_use]
    pub fn location(&self) -> &Location {
        &self.0.location
    }

    /// Returns what went wrong, without the location.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns how to avoid the error, often by an option of the command line, if that is known.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// Adds to the line, row or index of the location, where there is one.
    pub(crate) fn shift(&mut self, lines: u64) {
        match &mut self.0.location {
            Location::File { record: Some(Record::Line(n) | Record::Row(n)), .. }
            | Location::Instance(n) => *n += lines,
            _ => {}
        }
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.location {
            Location::Job => f.write_str(&self.0.message),
            location => write!(f, "{location}: {}", self.0.message),
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::Job => Ok(()),
            Location::Option(option) => f.write_str(option),
            Location::Value { option, index } => write!(f, "{option}: value {index}"),
            Location::Instance(index) => write!(f, "instance {index}"),
            Location::Output => f.write_str("<stdout>"),
            Location::File { file, record, column } => {
                f.write_str(&path_excerpt(file))?;
                match record {
                    Some(Record::Line(line)) => write!(f, ":{line}")?,
                    Some(Record::Row(row)) => write!(f, ": row {row}")?,
                    None => {}
                }
                match column {
                    Some(column) => write!(f, ": column '{}'", excerpt(column.as_bytes())),
                    None => Ok(()),
                }
            }
        }
    }
}

/// Returns the system's message in lower case, without its number.
pub(crate) fn system_message(error: &io::Error) -> String {
    let message = match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::IsADirectory => "this is a directory".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::StorageFull => "no space left".to_owned(),
        _ => error.to_string(),
    };
    match message.split_once(" (os error") {
        Some((message, _)) => message.to_lowercase(),
        None => message,
    }
}
