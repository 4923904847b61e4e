//! All that can be wrong, in words; but not where, nor what to do about it (`hint.rs`).

use std::io;

use super::Role;
use crate::text::{excerpt, grouped, sentence};

/// What went wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// A cell or value that is no number.
    #[error("'{}' is not a number", excerpt(.text.as_bytes()))]
    NotANumber {
        /// What stands there.
        text: String,
        /// What it is for.
        role: Role,
    },
    /// A cell or value without a number.
    #[error("{}", if .0.is_empty() { "it is empty".to_owned() } else { format!("'{}' is a missing value", excerpt(.0.as_bytes())) })]
    Missing(String),
    /// A decimal number beyond [`f64::MAX`].
    #[error("{} is out of range: the largest number is 1.7976931348623157e308", excerpt(.0.as_bytes()))]
    TooLarge(String),
    /// An infinity.
    #[error("{} is not finite", excerpt(.0.as_bytes()))]
    NotFinite(String),
    /// A number that is not from 0 to 1, where cross-entropy is asked for.
    #[error("{} is outside [0, 1]", excerpt(.text.as_bytes()))]
    OutsideUnit {
        /// The number as written.
        text: String,
        /// What it is for.
        role: Role,
    },
    /// A number that is not from 0 to 1, where a gradient is asked for.
    #[error("{} is outside [0, 1], and --gradient is that of a sigmoid neuron", excerpt(.0.as_bytes()))]
    OutsideUnitForGradient(String),
    /// A number that is no label of a tanh neuron.
    #[error("{} is no label of a tanh neuron: they are -1 and 1, or between without 0", excerpt(.0.as_bytes()))]
    NotSigned(String),
    /// A weight below 0.
    #[error("{} is negative, and a weight is not", excerpt(.0.as_bytes()))]
    NegativeWeight(String),
    /// A group whose weights are all 0.
    #[error("the weights{} add up to 0", .0.as_ref().map_or(String::new(), |group| format!(" of {group}")))]
    NoWeight(Option<String>),
    /// More groups than are allowed.
    #[error("there are more than {} groups", grouped(*.0 as u64))]
    TooManyGroups(usize),
    /// A record that ends before a selected column.
    #[error("the row has {}, too few for column '{}' (column {})", cells(*.found), excerpt(.column.as_bytes()), .position)]
    TooFewCells {
        /// The cells that there are.
        found: usize,
        /// The first selected column that is missing.
        column: String,
        /// Its position, from 1.
        position: usize,
    },
    /// A record with more cells than the first one.
    #[error("the row has {}, the first row has {wanted}", cells(*.found))]
    TooManyCells {
        /// The cells that there are.
        found: usize,
        /// The cells of the first record.
        wanted: usize,
    },
    /// With `--each`, a record with fewer cells than the first one.
    #[error("the row has {}, the first row has {wanted}: its costs would stand in the wrong columns", cells(*.found))]
    Ragged {
        /// The cells that there are.
        found: usize,
        /// The cells of the first record.
        wanted: usize,
    },
    /// A quote that is open at the end of the input.
    #[error("the quote that opens here is never closed")]
    UnclosedQuote,
    /// A quote that is open for longer than a record may be.
    #[error("the quote that opens here is not closed within 16 MiB")]
    QuoteTooLong,
    /// A record that does not fit in memory meant for it.
    #[error("the record is longer than 16 MiB")]
    RecordTooLong,
    /// A first record of more cells than a file may have columns.
    #[error("the first row has more than {} cells", grouped(*.0 as u64))]
    TooManyColumns(usize),
    /// Lines of JSON of more fields than there may be.
    #[error("there are more than {} fields up to here", grouped(*.0 as u64))]
    TooManyFields(usize),
    /// A row that is the header.
    #[error("the header is here again")]
    HeaderAgain,
    /// A file of no bytes.
    #[error("the file is empty")]
    EmptyFile,
    /// No instance at all.
    #[error("there are no rows")]
    NoRows,
    /// No instance that has all its values.
    #[error("every row was skipped for a missing value")]
    AllSkipped,
    /// A file that is recognised, and is no text table.
    #[error("this is {what}, not a CSV file")]
    Foreign {
        /// What it is, with its article.
        what: &'static str,
        /// How to make a CSV file of it.
        hint: &'static str,
    },
    /// A Parquet file that is no regular file, or within another one.
    #[error("a Parquet file is read from its end, and this is a stream")]
    ParquetStream,
    /// A Parquet file that is encrypted.
    #[error("the file is encrypted")]
    Encrypted,
    /// Parquet data that does not hold what it says.
    #[error("the Parquet data is damaged, cut short or encrypted ({})", sentence(.0))]
    Damaged(String),
    /// A column that is compressed in a way that is not read.
    #[error("it is compressed with {0}, which is not read")]
    Codec(&'static str),
    /// A selected column whose values are no cells.
    #[error("column '{}' cannot be chosen: {why}", excerpt(.column.as_bytes()))]
    NoCells {
        /// The column.
        column: String,
        /// What is the matter with it.
        why: &'static str,
    },
    /// A selected column that is not there.
    #[error("there is no column '{}'; the columns are {}", excerpt(.name.as_bytes()), list(.columns))]
    UnknownColumn {
        /// The name or position that was asked for.
        name: String,
        /// The names there are.
        columns: Vec<String>,
    },
    /// No column has one of the default names.
    #[error("no column is named like {what}; the columns are {}", list(.columns))]
    NoDefaultColumn {
        /// `y` or `ŷ`.
        what: &'static str,
        /// The option that names it.
        option: &'static str,
        /// The names there are.
        columns: Vec<String>,
        /// The byte between cells that was found or told; None without one.
        delimiter: Option<u8>,
    },
    /// A selected name that two columns have.
    #[error("two columns are named '{}': columns {first} and {second}", excerpt(.name.as_bytes()))]
    DuplicateColumn {
        /// The name.
        name: String,
        /// The option that selects.
        option: &'static str,
        /// The position of one, from 1.
        first: usize,
        /// The position of the other.
        second: usize,
    },
    /// One column for both y and ŷ or z, or for words and weights.
    #[error("column '{}' is both y and {}", excerpt(.0.as_bytes()), .1)]
    SameColumn(String, &'static str),
    /// One column for two models, or twice to group by.
    #[error("column '{}' is chosen twice", excerpt(.0.as_bytes()))]
    ChosenTwice(String),
    /// Too few columns for y and ŷ without a header.
    #[error("the first row has {} for column {position}", if *.found == 1 { "only one cell: none".to_owned() } else { format!("only {found} cells: none") })]
    NoSuchPosition {
        /// The cells of the first record.
        found: usize,
        /// The position asked for, from 1.
        position: usize,
    },
    /// With `--each`, a file whose header differs from the first one's.
    #[error("its columns differ from those of '{}': {} against {}", excerpt(.first.as_bytes()), list(.columns), list(.wanted))]
    OtherColumns {
        /// The first file.
        first: String,
        /// The columns of this one.
        columns: Vec<String>,
        /// The columns of the first one.
        wanted: Vec<String>,
    },
    /// With `--each`, an input column named as one of the output's own.
    #[error("the input has a column '{}' already", excerpt(.0.as_bytes()))]
    ColumnTaken(String),
    /// Two columns of one name, where the output needs distinct ones.
    #[error("two columns are named '{}', and the output has room for one", excerpt(.0.as_bytes()))]
    NameTwice(String),
    /// A file that is none, though it was said to be.
    #[error("this is no Parquet file: it does not start as one")]
    NotParquet,
    /// A line of JSON Lines that is no object.
    #[error("this is no JSON object: {}", sentence(.0))]
    NotAnObject(String),
    /// A whole array where there should be an object a line.
    #[error("this is a JSON array, not one object a line")]
    JsonArray,
    /// A line of JSON Lines that has a field twice.
    #[error("field '{}' is there twice", excerpt(.0.as_bytes()))]
    FieldTwice(String),
    /// A JSON string with an escape of half a surrogate pair.
    #[error("the text of field '{}' has half a character", excerpt(.0.as_bytes()))]
    HalfACharacter(String),
    /// With `--each`, a field that no column was made for.
    #[error("field '{}' is not among those of the first lines", excerpt(.0.as_bytes()))]
    UnknownField(String),
    /// A line that is no state, or a damaged one.
    #[error("this is no state of costs: {}", sentence(.0))]
    NotAState(String),
    /// A state of other options than the first one.
    #[error("its {what} of {first}")]
    OtherState {
        /// What differs, with its verb.
        what: &'static str,
        /// Where the first one is.
        first: String,
    },
    /// Only states of no rows.
    #[error("the states hold no rows")]
    EmptyStates,
    /// Nothing to merge.
    #[error("there are no states")]
    NoStates,
    /// `--y` and the option of the outputs do not pair up.
    #[error("--y has {y} values and {option} has {outputs}")]
    Counts {
        /// The number of y.
        y: usize,
        /// `--yhat` or `--z`.
        option: &'static str,
        /// Its number of values.
        outputs: usize,
    },
    /// A table of more rows than a person reads.
    #[error("a table of more than {0} instances")]
    TableTooLong(usize),
    /// A combination of options that has no meaning.
    #[error("{message}")]
    Usage {
        /// What does not go together.
        message: String,
        /// What to do instead.
        hint: Option<&'static str>,
    },
    /// The operating system says no.
    #[error("{}{}", .doing, io_message(.source))]
    Io {
        /// `cannot open: ` and the like.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

fn cells(n: usize) -> String {
    format!("{n} {}", if n == 1 { "cell" } else { "cells" })
}

impl Fault {
    /// Options that have no meaning together, and what to do instead.
    #[must_use]
    pub fn usage(message: &str, hint: Option<&'static str>) -> Self {
        Fault::Usage { message: message.to_owned(), hint }
    }
}

/// The names, quoted; of a long list, the first.
fn list(names: &[String]) -> String {
    const SHOWN: usize = 20;
    let mut shown: Vec<String> =
        names.iter().take(SHOWN).map(|name| format!("'{}'", excerpt(name.as_bytes()))).collect();
    if names.len() > SHOWN {
        shown.push(format!("and {} more", names.len() - SHOWN));
    }
    shown.join(", ")
}

/// The system's message in our manner: lowercase, without its number.
fn io_message(error: &io::Error) -> String {
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
