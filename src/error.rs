//! Every message that a user can meet: a place, a fact, and often a hint.

use std::fmt;
use std::io;

use crate::text::{excerpt, sentence};

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

/// What went wrong.
#[derive(Debug, thiserror::Error)]
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
    #[error("there are more than {} groups", crate::report::grouped(*.0 as u64))]
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
    #[error("the first row has more than {} cells", crate::report::grouped(*.0 as u64))]
    TooManyColumns(usize),
    /// Lines of JSON of more fields than there may be.
    #[error("there are more than {} fields up to here", crate::report::grouped(*.0 as u64))]
    TooManyFields(usize),
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
    /// One column for both y and ŷ or z.
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
    #[error("its {what} differ from those of {first}")]
    OtherState {
        /// What differs.
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

impl Error {
    /// An error of that kind in that place.
    #[must_use]
    pub fn new(place: Place, fault: Fault) -> Self {
        Error { place, fault: Box::new(fault) }
    }

    /// What the system says of a file, and what was being done with it.
    #[must_use]
    pub fn io(file: &str, doing: &'static str, source: io::Error) -> Self {
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

impl Fault {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Fault::NotANumber { text, role } => return number_hint(text, *role),
            Fault::Missing(text) => {
                let skip = "--missing skip leaves such rows out";
                return Some(if text.is_empty() {
                    skip.to_owned()
                } else {
                    format!("{skip}; it counts them")
                });
            }
            Fault::TooManyGroups(_) => "--max-groups N allows more; each takes memory",
            Fault::NoWeight(_) => "a mean needs some weight",
            Fault::TooLarge(_) | Fault::NotFinite(_) => "y, ŷ and weights are finite numbers",
            Fault::NotSigned(_) => "labels 0 and 1 are those of --activation sigmoid",
            Fault::OutsideUnit { text, role } => return Some(unit_hint(text, *role)),
            Fault::TooManyCells { .. } => {
                "a decimal comma, or another delimiter (-d)? a cell that holds one is quoted"
            }
            Fault::UnclosedQuote | Fault::QuoteTooLong => {
                "a quote within a quoted cell is written twice"
            }
            Fault::NotAnObject(_) => "one object a line: jq -c . FILE writes such lines",
            Fault::HalfACharacter(_) => "escapes from \\uD800 to \\uDFFF come in pairs",
            Fault::JsonArray => "jq -c '.[]' FILE writes such lines",
            Fault::UnknownField(_) => "without --each and --worst such fields are passed over",
            Fault::NotAState(_) | Fault::NoStates => "--format state writes them",
            Fault::OtherState { .. } => {
                "states are merged that --format state wrote with the same options"
            }
            Fault::RecordTooLong | Fault::TooManyColumns(_) | Fault::TooManyFields(_) => {
                "is this a text file with one instance a line?"
            }
            Fault::Foreign { hint, .. } => hint,
            Fault::ParquetStream => "name the file itself, as it is, uncompressed",
            Fault::Encrypted => "decrypt it first",
            Fault::Codec(_) => "write it with snappy, zstd, gzip or none",
            Fault::UnknownColumn { .. } => {
                "a column is named as in the header, or by its position from 1"
            }
            Fault::NoDefaultColumn { option, delimiter, .. } => {
                let delimiter = match delimiter {
                    None => return Some(format!("name it: {option} NAME")),
                    Some(b'\t') => "a tab".to_owned(),
                    Some(b' ') => "a space".to_owned(),
                    &Some(byte) => format!("'{}'", excerpt(&[byte])),
                };
                return Some(format!(
                    "name it: {option} NAME; --no-header if the first line is data; \
                     -d if the delimiter is not {delimiter}"
                ));
            }
            Fault::SameColumn(_, "z") => "--y-col and --z-col choose two",
            Fault::SameColumn(..) => "--y-col and --yhat-col choose two",
            Fault::NameTwice(_) => "--format csv has; or rename one",
            Fault::DuplicateColumn { option, .. } => {
                return Some(format!("select by position: {option} NUMBER"));
            }
            Fault::NoSuchPosition { .. } => "-d names the delimiter, such as -d ';' or -d tab",
            Fault::ColumnTaken(_) => "rename it first: the output has a column of that name",
            Fault::Counts { .. } => {
                "as many of the one as of the other, or a single one on one side"
            }
            Fault::TableTooLong(_) => "--format csv or jsonl has no limit; --summary is short",
            Fault::Usage { hint, .. } => return hint.map(str::to_owned),
            Fault::Io { source, .. } if source.kind() == io::ErrorKind::IsADirectory => {
                "name the files in it"
            }
            _ => return None,
        };
        Some(hint.to_owned())
    }
}

/// What the text, which is no number, was probably meant to be.
fn number_hint(text: &str, role: Role) -> Option<String> {
    let is_number = |text: &str| text.parse::<f64>().is_ok();
    let with_point = text.replacen(',', ".", 1);
    let ungrouped = text.replace(['_', '\'', ' ', ','], "");
    let hint = if text.contains(',') && is_number(&with_point) {
        if is_grouped(text) && !text.starts_with('0') {
            "a decimal comma, or grouped digits? numbers have a point, and no groups".to_owned()
        } else {
            format!("a decimal comma? write {}", excerpt(with_point.as_bytes()))
        }
    } else if text.strip_suffix('%').is_some_and(is_number) {
        "a percentage? write it as a fraction: 50% is 0.5".to_owned()
    } else if is_grouped(text) && is_number(&ungrouped) {
        format!("digits are not grouped: write {}", excerpt(ungrouped.as_bytes()))
    } else if text.to_ascii_lowercase().trim_start_matches(['-', '+']).starts_with("0x") {
        "write it in decimal".to_owned()
    } else if text.contains('\u{2212}') && is_number(&text.replace('\u{2212}', "-")) {
        "its minus sign is U+2212: write it with '-'".to_owned()
    } else if text.contains([',', ';', '|', '\t', ' ']) {
        "several values in one cell? -d names the delimiter".to_owned()
    } else if role == Role::Y {
        "labels are the numbers 0 and 1, or between; --positive LABEL makes them of words"
            .to_owned()
    } else {
        return None;
    };
    Some(hint)
}

/// Whether the text is digits in groups of three, such as `1_000` or `1,000.5`.
fn is_grouped(text: &str) -> bool {
    let whole = text.split('.').next().unwrap_or_default();
    let mut groups = whole.trim_start_matches(['-', '+']).split(['_', '\'', ' ', ',']);
    let is_digits = |group: &str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit());
    let first = groups.next().is_some_and(|group| is_digits(group) && group.len() <= 3);
    let mut rest = groups.peekable();
    first && rest.peek().is_some() && rest.all(|group| is_digits(group) && group.len() == 3)
}

fn unit_hint(text: &str, role: Role) -> String {
    let instead = "--cost quadratic takes any finite number";
    match role {
        Role::Yhat => instead.to_owned(),
        Role::Weight | Role::Group => "any number from 0 on".to_owned(),
        Role::Z => "z is any number".to_owned(),
        Role::Y if text.trim().parse() == Ok(-1.0) => {
            format!("labels are 0 and 1: write 0 for -1; {instead}")
        }
        Role::Y => format!("labels are 0 and 1, or between; {instead}"),
    }
}

fn cells(n: usize) -> String {
    format!("{n} {}", if n == 1 { "cell" } else { "cells" })
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
