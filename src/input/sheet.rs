//! A file as a table: its delimiter, its header, and which columns matter.

use std::borrow::Cow;

use crate::error::{Error, Fault, Place, Role};

use super::record::Incomplete;
use super::{number, record, sniff};

/// Which columns of a file hold what, as the user said it.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// The byte between cells; None finds it.
    pub delimiter: Option<u8>,
    /// Whether the first record is a header; None finds out.
    pub header: Option<bool>,
    /// The column of y, by name or by position from 1.
    pub y: Option<String>,
    /// The column of ŷ, likewise.
    pub yhat: Option<String>,
}

/// One file's table.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The file's name, as messages show it.
    pub file: String,
    /// The file's place among the files, from 0.
    pub index: usize,
    /// The byte between cells.
    pub delimiter: u8,
    /// The columns' names: as the header writes them, else by role or position.
    pub names: Vec<String>,
    /// The columns that are read, in ascending order.
    pub selected: Vec<Selected>,
    /// Where in `selected` y is.
    pub y: usize,
    /// Where in `selected` ŷ is.
    pub yhat: usize,
    /// Physical lines before the first record that is data.
    pub lines_before: u64,
}

/// A column that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Selected {
    /// Its position, from 0.
    pub column: usize,
    /// What it is for; if it is for several things, the first.
    pub role: Role,
}

const Y_NAMES: [&str; 7] = ["y", "y_true", "label", "target", "truth", "actual", "outcome"];
const YHAT_NAMES: [&str; 12] = [
    "yhat",
    "ŷ",
    "y_hat",
    "y_pred",
    "y_prob",
    "y_score",
    "prediction",
    "pred",
    "probability",
    "prob",
    "p",
    "score",
];

impl Role {
    fn option(self) -> &'static str {
        match self {
            Role::Y => "--y-col",
            Role::Yhat => "--yhat-col",
        }
    }

    fn letter(self) -> &'static str {
        match self {
            Role::Y => "y",
            Role::Yhat => "ŷ",
        }
    }

    /// The headers that stand for it by default.
    fn default_names(self) -> &'static [&'static str] {
        match self {
            Role::Y => &Y_NAMES,
            Role::Yhat => &YHAT_NAMES,
        }
    }

    /// Its column and its name in a file without a header.
    fn headerless(self) -> (usize, &'static str) {
        match self {
            Role::Y => (0, "y"),
            Role::Yhat => (1, "yhat"),
        }
    }
}

/// A sheet, how many bytes of the file come before its first record of data,
/// and what about it deserves a warning.
pub struct Opened {
    /// The sheet.
    pub sheet: Sheet,
    /// Where the first record of data starts.
    pub start: usize,
    /// Choices among several default names.
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
    let mut start = if bytes.starts_with(sniff::BOM) { sniff::BOM.len() } else { 0 };
    while let length @ 1.. = record::line_end(bytes, start) {
        start += length;
    }
    if start == bytes.len() && is_whole {
        return Err(at_file(Fault::NoRows));
    }
    let first_line = bytes[start..].split(|&b| b == b'\n' || b == b'\r').next().unwrap_or_default();
    let delimiter = choice.delimiter.unwrap_or_else(|| sniff::delimiter(file, first_line));
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
    let first: Vec<Cow<[u8]>> = record::cells(&bytes[start..end], delimiter);
    let resolver = Resolver { choice, first: &first };
    let line = record::line_ends(&bytes[..start]) + 1;
    let at_line = |fault| Error::new(Place::Line { file: file.to_owned(), line }, fault);
    let has_header = resolver.has_header();
    let mut warnings = Vec::new();
    let mut pick = |role| {
        let (column, warning) =
            if has_header { resolver.by_name(role)? } else { (resolver.by_position(role)?, None) };
        warnings.extend(warning.map(|warning| format!("{file}: {warning}")));
        Ok(Selected { column, role })
    };
    let y = pick(Role::Y).map_err(at_line)?;
    let yhat = pick(Role::Yhat).map_err(at_line)?;
    let mut selected = vec![y, yhat];
    selected.sort();
    selected.dedup_by_key(|selected| selected.column);
    let place = |column| selected.iter().position(|s| s.column == column).unwrap_or_default();
    let (y, yhat) = (place(y.column), place(yhat.column));
    let data = if has_header { end + record::line_end(bytes, end) } else { start };
    let names = if has_header { resolver.header() } else { resolver.made_up_names(&selected) };
    let lines_before = record::line_ends(&bytes[..data]);
    let sheet =
        Sheet { file: file.to_owned(), index, delimiter, names, selected, y, yhat, lines_before };
    Ok(Some(Opened { sheet, start: data, warnings }))
}

/// Finds columns by the user's choice and the first record.
struct Resolver<'a> {
    choice: &'a Choice,
    first: &'a [Cow<'a, [u8]>],
}

impl Resolver<'_> {
    fn chosen(&self, role: Role) -> Option<&str> {
        match role {
            Role::Y => self.choice.y.as_deref(),
            Role::Yhat => self.choice.yhat.as_deref(),
        }
    }

    fn header(&self) -> Vec<String> {
        self.first.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect()
    }

    /// Names for columns of a file without a header.
    fn made_up_names(&self, selected: &[Selected]) -> Vec<String> {
        let name = |column: usize| {
            let role = selected.iter().find(|s| s.column == column).map(|s| s.role);
            role.map_or_else(|| (column + 1).to_string(), |role| role.headerless().1.to_owned())
        };
        (0..self.first.len()).map(name).collect()
    }

    /// There is no header if the cells of the first record that would be y and
    /// ŷ are numbers; one who names a column by its name says that there is one.
    fn has_header(&self) -> bool {
        self.choice.header.unwrap_or_else(|| {
            [Role::Y, Role::Yhat].into_iter().any(|role| {
                let column = match self.chosen(role) {
                    None => Some(role.headerless().0),
                    Some(chosen) => position(chosen).filter(|&column| column < self.first.len()),
                };
                let cell = column.and_then(|column| self.first.get(column));
                !cell.is_some_and(|cell| number::looks_numeric(cell))
            })
        })
    }

    /// The columns of that name.
    fn named<'b>(&'b self, name: &'b str) -> impl Iterator<Item = usize> + 'b {
        let same = move |cell: &Cow<[u8]>| number::trim(cell) == name.trim().as_bytes();
        self.first.iter().enumerate().filter(move |(_, cell)| same(cell)).map(|(column, _)| column)
    }

    fn by_name(&self, role: Role) -> Result<(usize, Option<String>), Fault> {
        let Some(chosen) = self.chosen(role) else { return self.by_default_name(role) };
        let mut named = self.named(chosen);
        match (named.next(), named.next()) {
            (Some(first), Some(second)) => Err(Fault::DuplicateColumn {
                name: chosen.to_owned(),
                option: role.option(),
                first: first + 1,
                second: second + 1,
            }),
            (Some(column), None) => Ok((column, None)),
            _ => match position(chosen) {
                Some(column) if column < self.first.len() => Ok((column, None)),
                _ => Err(Fault::UnknownColumn { name: chosen.to_owned(), columns: self.header() }),
            },
        }
    }

    fn by_default_name(&self, role: Role) -> Result<(usize, Option<String>), Fault> {
        let header = self.header();
        let lower: Vec<String> = header.iter().map(|name| name.trim().to_lowercase()).collect();
        let mut candidates = (0..lower.len())
            .filter(|&column| role.default_names().contains(&lower[column].as_str()));
        let Some(column) = candidates.next() else {
            return Err(Fault::NoDefaultColumn {
                what: role.letter(),
                option: role.option(),
                columns: header,
            });
        };
        let others: Vec<usize> = candidates.collect();
        if let Some(&second) = others.iter().find(|&&other| lower[other] == lower[column]) {
            return Err(Fault::DuplicateColumn {
                name: header[column].clone(),
                option: role.option(),
                first: column + 1,
                second: second + 1,
            });
        }
        let warning = (!others.is_empty()).then(|| {
            let others: Vec<String> = others
                .iter()
                .map(|&other| format!("'{}'", crate::text::excerpt(header[other].as_bytes())))
                .collect();
            format!(
                "{} is column '{}', though {} could be it too; {} chooses",
                role.letter(),
                crate::text::excerpt(header[column].as_bytes()),
                others.join(" and "),
                role.option()
            )
        });
        Ok((column, warning))
    }

    fn by_position(&self, role: Role) -> Result<usize, Fault> {
        let column = match self.chosen(role) {
            None => role.headerless().0,
            Some(chosen) => position(chosen).ok_or_else(|| Fault::UnknownColumn {
                name: chosen.to_owned(),
                columns: (1..=self.first.len()).map(|column| column.to_string()).collect(),
            })?,
        };
        if column < self.first.len() {
            Ok(column)
        } else {
            Err(Fault::NoSuchPosition { found: self.first.len(), position: column + 1 })
        }
    }
}

/// The column of a position from 1.
fn position(text: &str) -> Option<usize> {
    text.trim().parse::<usize>().ok()?.checked_sub(1)
}
