//! A file as a table: its delimiter, its header, and which columns matter.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::mem::take;

use crate::error::{Error, Fault, Place, Role};
use crate::neuron::Given;
use crate::text::excerpt;

use super::record::Incomplete;
use super::{json_lines, number, record, sniff};

/// A format of input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputFormat {
    /// Delimited text.
    Csv,
    /// A JSON object a line.
    JsonLines,
    /// Parquet, which its first bytes tell anyway.
    Parquet,
}

/// Which columns of a file hold what, as the user said it. A column is named by
/// its header or by its position from 1.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// The format; None tells it by the file's name.
    pub input: Option<InputFormat>,
    /// The byte between cells; None finds it.
    pub delimiter: Option<u8>,
    /// Whether the first record is a header; None finds out.
    pub header: Option<bool>,
    /// The column of y.
    pub y: Option<String>,
    /// The columns of ŷ, one a model; none finds one.
    pub yhats: Vec<String>,
    /// The columns of z, one a model, in place of those of ŷ.
    pub zs: Vec<String>,
    /// The column of weights.
    pub weight: Option<String>,
    /// The columns to group by.
    pub by: Vec<String>,
    /// The label that counts as 1, every other as `negative`.
    pub positive: Option<String>,
    /// What labels count as that are not the positive one.
    pub negative: f64,
    /// Whether rows with a missing value are left out.
    pub skips_missing: bool,
    /// Whether a file without rows is one like others.
    pub takes_no_rows: bool,
}

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

const Z_NAMES: [&str; 3] = ["z", "logit", "logits"];

impl Role {
    fn of(given: Given) -> Self {
        match given {
            Given::Yhat => Role::Yhat,
            Given::Z => Role::Z,
        }
    }

    fn option(self) -> &'static str {
        match self {
            Role::Y => "--y-col",
            Role::Yhat => "--yhat-col",
            Role::Z => "--z-col",
            Role::Weight => "--weight-col",
            Role::Group => "--by",
        }
    }

    fn letter(self) -> &'static str {
        match self {
            Role::Y => "y",
            Role::Yhat => "ŷ",
            Role::Z => "z",
            Role::Weight => "w",
            Role::Group => "a group",
        }
    }

    /// The headers that stand for it by default.
    fn default_names(self) -> &'static [&'static str] {
        match self {
            Role::Y => &Y_NAMES,
            Role::Yhat => &YHAT_NAMES,
            Role::Z => &Z_NAMES,
            Role::Weight | Role::Group => &[],
        }
    }

    /// Its column in a file without a header, if it has one by default.
    fn headerless(self) -> Option<usize> {
        match self {
            Role::Y => Some(0),
            Role::Yhat | Role::Z => Some(1),
            Role::Weight | Role::Group => None,
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
    let line = record::line_ends(&bytes[..start]) + 1;
    let at_line = |fault| Error::new(Place::Line { file: file.to_owned(), line }, fault);
    let is_json_lines = match choice.input {
        Some(input) => input == InputFormat::JsonLines,
        None => sniff::is_json_lines(file),
    };
    let delimiter = if is_json_lines {
        json_lines::DELIMITER
    } else {
        let is_end = |&b: &u8| b == b'\n' || b == b'\r';
        let first_line = bytes[start..].split(is_end).next().unwrap_or_default();
        choice.delimiter.unwrap_or_else(|| sniff::delimiter(file, first_line))
    };
    let head = if is_json_lines {
        fields(file, &bytes[start..], line, is_whole)?.map(|names| (names, start))
    } else {
        first_record(file, bytes, start, delimiter, is_whole)?
    };
    let Some((first, end)) = head else { return Ok(None) };
    let resolver = Resolver { choice, delimiter, first: &first };
    let has_header = is_json_lines || resolver.has_header();
    let mut warnings = Vec::new();
    let mut pick = |role, chosen: Option<&str>| {
        let picked = if has_header {
            resolver.by_name(role, chosen, &mut warnings)
        } else {
            resolver.by_position(role, chosen)
        };
        picked.map_err(at_line)
    };
    let y = pick(Role::Y, choice.y.as_deref())?;
    let given = resolver.given(has_header);
    let role = Role::of(given);
    let mut outputs = Vec::new();
    for chosen in resolver.chosen(role) {
        outputs.push(pick(role, chosen)?);
    }
    let weight =
        choice.weight.as_deref().map(|chosen| pick(Role::Weight, Some(chosen))).transpose()?;
    let by = choice.by.iter().map(|chosen| pick(Role::Group, Some(chosen)));
    let by = by.collect::<Result<Vec<usize>, Error>>()?;
    if let Some(column) = [&outputs, &by].into_iter().find_map(|columns| repeated(columns)) {
        let name = String::from_utf8_lossy(&first[column]).into_owned();
        return Err(at_line(Fault::ChosenTwice(name)));
    }
    if outputs.contains(&y) {
        let name = String::from_utf8_lossy(&first[y]).into_owned();
        let name = if has_header { name } else { (y + 1).to_string() };
        return Err(at_line(Fault::SameColumn(name, role.letter())));
    }
    let numbers = [&[y], outputs.as_slice()].concat();
    if has_header && !is_json_lines && choice.header.is_none() {
        warnings.extend(header_warning(&first, &numbers, line));
    }
    let with_role = |role| move |column| Selected { column, role };
    let mut selected = vec![Selected { column: y, role: Role::Y }];
    selected.extend(outputs.iter().copied().map(with_role(role)));
    selected.extend(weight.map(with_role(Role::Weight)));
    selected.sort();
    selected.dedup_by_key(|selected| selected.column);
    let place =
        |column: usize| selected.iter().position(|s| s.column == column).unwrap_or_default();
    let data =
        if has_header && !is_json_lines { end + record::line_end(bytes, end) } else { start };
    let names = if has_header { resolver.header() } else { resolver.made_up_names(y, &outputs) };
    let sheet = Sheet {
        file: file.to_owned(),
        index,
        is_json_lines,
        delimiter,
        y: place(y),
        given,
        outputs: outputs.iter().map(|&column| place(column)).collect(),
        weight: weight.map(place),
        models: outputs.iter().map(|&column| names[column].clone()).collect(),
        names,
        by,
        positive: choice.positive.clone(),
        negative: choice.negative,
        skips_missing: choice.skips_missing,
        lines_before: record::line_ends(&bytes[..data]),
        unit: Unit::Line,
        selected,
    };
    let warnings = warnings.into_iter().map(|warning| format!("{file}: {warning}")).collect();
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

/// The first number that is there twice.
fn repeated(columns: &[usize]) -> Option<usize> {
    (1..columns.len()).find(|&at| columns[..at].contains(&columns[at])).map(|at| columns[at])
}

/// Finds columns by the user's choice and the first record.
struct Resolver<'a> {
    choice: &'a Choice,
    delimiter: u8,
    first: &'a [Cow<'a, [u8]>],
}

impl Resolver<'_> {
    /// What the user chose for a role: once, or as often as chosen.
    fn chosen(&self, role: Role) -> Vec<Option<&str>> {
        match role {
            Role::Y => vec![self.choice.y.as_deref()],
            Role::Yhat if self.choice.yhats.is_empty() => vec![None],
            Role::Z if self.choice.zs.is_empty() => vec![None],
            Role::Yhat => self.choice.yhats.iter().map(|chosen| Some(chosen.as_str())).collect(),
            Role::Z => self.choice.zs.iter().map(|chosen| Some(chosen.as_str())).collect(),
            Role::Weight => self.choice.weight.iter().map(|chosen| Some(chosen.as_str())).collect(),
            Role::Group => self.choice.by.iter().map(|chosen| Some(chosen.as_str())).collect(),
        }
    }

    fn header(&self) -> Vec<String> {
        self.first.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect()
    }

    /// Whether models have columns of ŷ or of z: of z if some are chosen, or if a
    /// header names one and none of ŷ.
    fn given(&self, has_header: bool) -> Given {
        let names = |role: Role| {
            self.header()
                .iter()
                .any(|name| role.default_names().contains(&name.trim().to_lowercase().as_str()))
        };
        let is_free = self.choice.yhats.is_empty() && has_header;
        if !self.choice.zs.is_empty() || (is_free && !names(Role::Yhat) && names(Role::Z)) {
            Given::Z
        } else {
            Given::Yhat
        }
    }

    /// Names for columns of a file without a header: `y`, `yhat` or `z`, and
    /// positions.
    fn made_up_names(&self, y: usize, outputs: &[usize]) -> Vec<String> {
        let name = |column: usize| match column {
            _ if column == y => "y".to_owned(),
            _ if outputs == [column] && self.choice.zs.is_empty() => "yhat".to_owned(),
            _ if outputs == [column] => "z".to_owned(),
            _ => (column + 1).to_string(),
        };
        (0..self.first.len()).map(name).collect()
    }

    /// There is no header if the cells of the first record that would be y and
    /// ŷ are numbers; one who names a column by its name says that there is one.
    /// A label that is a word, as `--positive` allows, is no number: then ŷ
    /// decides.
    fn has_header(&self) -> bool {
        self.choice.header.unwrap_or_else(|| {
            let is_named = |role: Role| {
                let mut chosen = self.chosen(role).into_iter().flatten();
                chosen
                    .any(|chosen| position(chosen).is_none_or(|column| column >= self.first.len()))
            };
            let is_number = |role: Role| {
                self.chosen(role).into_iter().all(|chosen| {
                    let column = chosen.map_or(role.headerless(), position);
                    let cell = column.and_then(|column| self.first.get(column));
                    cell.is_some_and(|cell| number::looks_numeric(cell))
                })
            };
            let y_is_word = self.choice.positive.is_some();
            let output = Role::of(self.given(false));
            [Role::Y, output, Role::Weight, Role::Group].into_iter().any(is_named)
                || !(y_is_word || is_number(Role::Y))
                || !is_number(output)
                || !is_number(Role::Weight)
        })
    }

    /// The columns of that name.
    fn named<'b>(&'b self, name: &'b str) -> impl Iterator<Item = usize> + 'b {
        let same = move |cell: &Cow<[u8]>| number::trim(cell) == name.trim().as_bytes();
        self.first.iter().enumerate().filter(move |(_, cell)| same(cell)).map(|(column, _)| column)
    }

    fn by_name(
        &self,
        role: Role,
        chosen: Option<&str>,
        warnings: &mut Vec<String>,
    ) -> Result<usize, Fault> {
        let Some(chosen) = chosen else { return self.by_default_name(role, warnings) };
        let mut named = self.named(chosen);
        match (named.next(), named.next()) {
            (Some(first), Some(second)) => Err(Fault::DuplicateColumn {
                name: chosen.to_owned(),
                option: role.option(),
                first: first + 1,
                second: second + 1,
            }),
            (Some(column), None) => Ok(column),
            _ => match position(chosen) {
                Some(column) if column < self.first.len() => Ok(column),
                _ => Err(Fault::UnknownColumn { name: chosen.to_owned(), columns: self.header() }),
            },
        }
    }

    fn by_default_name(&self, role: Role, warnings: &mut Vec<String>) -> Result<usize, Fault> {
        let header = self.header();
        let lower: Vec<String> = header.iter().map(|name| name.trim().to_lowercase()).collect();
        let mut candidates = (0..lower.len())
            .filter(|&column| role.default_names().contains(&lower[column].as_str()));
        let Some(column) = candidates.next() else {
            return Err(Fault::NoDefaultColumn {
                what: role.letter(),
                option: role.option(),
                columns: header,
                delimiter: Some(self.delimiter),
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
        if !others.is_empty() {
            let quoted = |column: usize| format!("'{}'", excerpt(header[column].as_bytes()));
            let others: Vec<String> = others.into_iter().map(quoted).collect();
            warnings.push(format!(
                "{} is column {}, though {} could be it too; {} chooses",
                role.letter(),
                quoted(column),
                others.join(" and "),
                role.option()
            ));
        }
        Ok(column)
    }

    fn by_position(&self, role: Role, chosen: Option<&str>) -> Result<usize, Fault> {
        let column = chosen.map_or(role.headerless(), position);
        let column = column.ok_or_else(|| Fault::UnknownColumn {
            name: chosen.unwrap_or_default().to_owned(),
            columns: (1..=self.first.len()).map(|column| column.to_string()).collect(),
        })?;
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
