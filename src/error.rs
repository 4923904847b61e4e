//! Errors: where something went wrong, what, and often a way out.
//!
//! An error is written in whole where it is found. Code branches on its [`Kind`], never
//! on its words.

use std::fmt;
use std::io;

use crate::text::{excerpt, path_excerpt};

/// What went wrong, and where.
///
/// Its `Display` is the location and the message. The [`hint`](Error::hint) is apart, as
/// it speaks of options of the command line.
#[derive(Debug)]
pub struct Error(Box<Parts>);

#[derive(Debug)]
struct Parts {
    kind: Kind,
    location: Location,
    message: String,
    hint: Option<String>,
}

/// What a program may want to tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// Options that do not go together, or values that no option takes.
    Usage,
    /// The operating system could not open, read or write.
    Io,
    /// The reader of the output has gone, which is no failure.
    ClosedPipe,
    /// A file, or all of them, without a row to score.
    Empty,
    /// Bytes that are not of the format they should be of.
    Format,
    /// Columns that are not there, or not as they were asked for.
    Columns,
    /// A cell, a value or a row that cannot be scored.
    Value,
    /// More of something than is allowed.
    Limit,
    /// A state that is damaged, or of other options than the first.
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
    /// A file as a whole.
    #[must_use]
    pub fn file(file: &str) -> Self {
        Location::File { file: file.to_owned(), record: None, column: None }
    }

    /// A line of a file.
    #[must_use]
    pub fn line(file: &str, line: u64) -> Self {
        Location::File { file: file.to_owned(), record: Some(Record::Line(line)), column: None }
    }

    /// The same with a column.
    #[must_use]
    pub fn with_column(mut self, name: &str) -> Self {
        if let Location::File { column, .. } = &mut self {
            *column = Some(name.to_owned());
        }
        self
    }
}

impl Error {
    /// An error of that kind at that location.
    pub fn new(kind: Kind, location: Location, message: impl Into<String>) -> Self {
        Error(Box::new(Parts { kind, location, message: message.into(), hint: None }))
    }

    /// Options that do not go together.
    pub fn usage(message: impl Into<String>) -> Self {
        Error::new(Kind::Usage, Location::Job, message)
    }

    /// What the system says when it is asked to do something, such as `cannot open`.
    pub(crate) fn io(location: Location, doing: &str, source: &io::Error) -> Self {
        let kind = match source.kind() {
            io::ErrorKind::BrokenPipe => Kind::ClosedPipe,
            _ => Kind::Io,
        };
        Error::new(kind, location, format!("{doing}: {}", system_message(source)))
    }

    /// What the system says when a file cannot be read.
    #[must_use]
    pub fn cannot_read(file: &str, source: &io::Error) -> Self {
        Error::io(Location::file(file), "cannot read", source)
    }

    /// What the system says when results cannot be written.
    #[must_use]
    pub fn cannot_write(source: &io::Error) -> Self {
        Error::io(Location::Output, "cannot write", source)
    }

    /// The same error with a way out.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// The same error at another location.
    #[must_use]
    pub fn at(mut self, location: Location) -> Self {
        self.0.location = location;
        self
    }

    /// Columns that are not there, or not as they were asked for. The location is left to
    /// the caller.
    pub(crate) fn columns(message: impl Into<String>) -> Self {
        Error::new(Kind::Columns, Location::Job, message)
    }

    /// What a program may want to tell apart.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// Where it went wrong.
    #[must_use]
    pub fn location(&self) -> &Location {
        &self.0.location
    }

    /// What went wrong, without the location.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// A way out by an option of the command line, where one is known.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// Counts its line or row from that many before.
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

/// The system's message in our manner: lowercase, without its number.
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
