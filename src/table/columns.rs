//! Finds the columns that the user chose, by name or position, or the default ones.

use std::borrow::Cow;

use crate::error::{Error, Kind, Location};
use crate::neuron::Given;
use crate::text::{excerpt, list};

use super::number;
use super::options::InputOptions;
use super::schema::{Header, Role, Schema, Slot, Unit};

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

/// What is known of a table before its columns are chosen.
pub struct Candidates<'a> {
    /// The file's name.
    pub file: &'a str,
    /// Its position among the files.
    pub index: usize,
    /// The cells of the first record, or the names.
    pub first: &'a [Cow<'a, [u8]>],
    /// Whether those are names in any case.
    pub are_names: bool,
    /// The byte between cells, in a format that has one.
    pub delimiter: Option<u8>,
    /// Columns that cannot be read, with the reason.
    pub unreadable: &'a [(String, &'static str)],
    /// What records are counted by.
    pub unit: Unit,
}

/// A schema, and how it was found.
pub struct Found {
    /// The columns.
    pub schema: Schema,
    /// Whether the first record is a header.
    pub has_header: bool,
    /// Choices among several default names.
    pub warnings: Vec<String>,
}

/// Finds the columns that were chosen, or have default names, by the first record.
///
/// # Errors
/// If one is not there, or two are one. The location is left to the caller.
pub fn find(candidates: &Candidates, options: &InputOptions) -> Result<Found, Error> {
    let resolver = Resolver { candidates, options };
    let has_header = candidates.are_names || resolver.has_header();
    let mut warnings = Vec::new();
    let mut pick = |role, chosen: Option<&str>| match has_header {
        true => resolver.by_name(role, chosen, &mut warnings),
        false => resolver.by_position(role, chosen),
    };
    let y = pick(Role::Y, options.y_col.as_deref())?;
    let given = resolver.given(has_header);
    let mut all = |role| {
        let chosen = resolver.chosen(role).into_iter();
        chosen.map(|chosen| pick(role, chosen)).collect::<Result<Vec<usize>, Error>>()
    };
    let outputs = all(Role::of(given))?;
    let weight = all(Role::Weight)?.first().copied();
    let keys = all(Role::Key)?;
    let chosen = Chosen { y, given, outputs, weight, keys };
    resolver.check(&chosen, has_header)?;
    let names = if has_header { resolver.header() } else { resolver.made_up_names(&chosen) };
    let mut schema = resolver.schema(chosen, names);
    if has_header {
        schema.names = resolver.first().iter().map(|name| name.to_vec()).collect();
    }
    Ok(Found { schema, has_header, warnings })
}

/// The chosen columns, each by its position from 0.
struct Chosen {
    y: usize,
    given: Given,
    outputs: Vec<usize>,
    weight: Option<usize>,
    keys: Vec<usize>,
}

/// Finds columns by the user's choice and the first record.
struct Resolver<'a> {
    candidates: &'a Candidates<'a>,
    options: &'a InputOptions,
}

impl Resolver<'_> {
    fn first(&self) -> &[Cow<'_, [u8]>] {
        self.candidates.first
    }

    /// What the user chose for a role: once, or as often as chosen.
    fn chosen(&self, role: Role) -> Vec<Option<&str>> {
        let several = match role {
            Role::Y => return vec![self.options.y_col.as_deref()],
            Role::Weight => {
                return self.options.weight_col.as_deref().map(Some).into_iter().collect();
            }
            Role::Yhat => &self.options.yhat_col,
            Role::Z => &self.options.z_col,
            Role::Key => &self.options.by,
        };
        if several.is_empty() && role != Role::Key {
            return vec![None];
        }
        several.iter().map(|chosen| Some(chosen.as_str())).collect()
    }

    fn name(&self, column: usize) -> String {
        String::from_utf8_lossy(&self.first()[column]).into_owned()
    }

    fn header(&self) -> Vec<String> {
        (0..self.first().len()).map(|column| self.name(column)).collect()
    }

    /// Whether models have columns of ŷ or of z: of z if some are chosen, or if a
    /// header names one and none of ŷ.
    fn given(&self, has_header: bool) -> Given {
        let names = |role: Role| {
            let mut names = self.header().into_iter();
            names.any(|name| default_names(role).contains(&name.trim().to_lowercase().as_str()))
        };
        let is_free = self.options.yhat_col.is_empty() && has_header;
        if !self.options.z_col.is_empty() || (is_free && !names(Role::Yhat) && names(Role::Z)) {
            Given::Z
        } else {
            Given::Yhat
        }
    }

    /// There is no header if the cells of the first record that would be y and ŷ are
    /// numbers; one who names a column by its name says that there is one. A label that
    /// is a word, as `--positive` allows, is no number: then ŷ decides.
    fn has_header(&self) -> bool {
        self.options.has_header().unwrap_or_else(|| {
            let is_named = |role: Role| {
                let mut chosen = self.chosen(role).into_iter().flatten();
                chosen.any(|chosen| {
                    position(chosen).is_none_or(|column| column >= self.first().len())
                })
            };
            let is_number = |role: Role| {
                self.chosen(role).into_iter().all(|chosen| {
                    let column = chosen.map_or(headerless(role), position);
                    let cell = column.and_then(|column| self.first().get(column));
                    cell.is_some_and(|cell| number::looks_numeric(cell))
                })
            };
            let y_is_word = self.options.positive.is_some();
            let output = Role::of(self.given(false));
            [Role::Y, output, Role::Weight, Role::Key].into_iter().any(is_named)
                || !(y_is_word || is_number(Role::Y))
                || !is_number(output)
                || !is_number(Role::Weight)
        })
    }

    fn by_name(
        &self,
        role: Role,
        chosen: Option<&str>,
        warnings: &mut Vec<String>,
    ) -> Result<usize, Error> {
        let Some(chosen) = chosen else { return self.by_default_name(role, warnings) };
        let same = |cell: &Cow<[u8]>| number::trim(cell) == chosen.trim().as_bytes();
        let mut named = (0..self.first().len()).filter(|&column| same(&self.first()[column]));
        match (named.next(), named.next()) {
            (Some(first), Some(second)) => Err(duplicate(chosen, role, first, second)),
            (Some(column), None) => Ok(column),
            _ => position(chosen)
                .filter(|&column| column < self.first().len())
                .ok_or_else(|| self.unknown(chosen)),
        }
    }

    fn by_default_name(&self, role: Role, warnings: &mut Vec<String>) -> Result<usize, Error> {
        let header = self.header();
        let lower: Vec<String> = header.iter().map(|name| name.trim().to_lowercase()).collect();
        let mut named = (0..lower.len())
            .filter(|&column| default_names(role).contains(&lower[column].as_str()));
        let Some(column) = named.next() else { return Err(self.no_default(role)) };
        let others: Vec<usize> = named.collect();
        if let Some(&second) = others.iter().find(|&&other| lower[other] == lower[column]) {
            return Err(duplicate(&header[column], role, column, second));
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

    fn by_position(&self, role: Role, chosen: Option<&str>) -> Result<usize, Error> {
        let found = self.first().len();
        match chosen.map_or(headerless(role), position) {
            Some(column) if column < found => Ok(column),
            Some(column) => {
                let cells = match found {
                    1 => "one cell".to_owned(),
                    found => format!("{found} cells"),
                };
                let column = column + 1;
                let message = format!("the first row has only {cells}: none for column {column}");
                Err(columns_error(message)
                    .with_hint("-d names the delimiter, such as -d ';' or -d tab"))
            }
            None => Err(self.unknown(chosen.unwrap_or_default())),
        }
    }

    /// Refuses columns that are chosen for two things.
    fn check(&self, chosen: &Chosen, has_header: bool) -> Result<(), Error> {
        let Chosen { y, given, outputs, weight, keys } = chosen;
        if let Some(column) = [outputs, keys].into_iter().find_map(|columns| repeated(columns)) {
            let name = excerpt(&self.first()[column]);
            return Err(columns_error(format!("column '{name}' is chosen twice")));
        }
        let name = || if has_header { self.name(*y) } else { (y + 1).to_string() };
        if outputs.contains(y) {
            let role = Role::of(*given);
            let hint = format!("--y-col and {} choose two", role.option());
            return Err(both(&name(), role.letter()).with_hint(hint));
        }
        if self.options.positive.is_some() && *weight == Some(*y) {
            return Err(
                both(&self.name(*y), "the weight").with_hint("--weight-col chooses another")
            );
        }
        Ok(())
    }

    /// Names for columns of a file without a header: `y`, `yhat` or `z`, and positions.
    fn made_up_names(&self, chosen: &Chosen) -> Vec<String> {
        let name = |column: usize| match column {
            _ if column == chosen.y => "y".to_owned(),
            _ if chosen.outputs == [column] && self.options.z_col.is_empty() => "yhat".to_owned(),
            _ if chosen.outputs == [column] => "z".to_owned(),
            _ => (column + 1).to_string(),
        };
        (0..self.first().len()).map(name).collect()
    }

    fn schema(&self, chosen: Chosen, names: Vec<String>) -> Schema {
        let Chosen { y, given, outputs, weight, keys } = chosen;
        let slot = |role| move |&column: &usize| Slot { column, role };
        let mut slots = vec![Slot { column: y, role: Role::Y }];
        slots.extend(outputs.iter().map(slot(Role::of(given))));
        slots.extend(weight.iter().map(slot(Role::Weight)));
        slots.sort_unstable();
        let find = |column: usize, role: Role| {
            slots.binary_search(&Slot { column, role }).expect("it was put there")
        };
        let name = |&column: &usize| names[column].clone();
        Schema {
            file: self.candidates.file.to_owned(),
            index: self.candidates.index,
            y: find(y, Role::Y),
            outputs: outputs.iter().map(|&column| find(column, Role::of(given))).collect(),
            weight: weight.map(|column| find(column, Role::Weight)),
            header: Header {
                models: outputs.iter().map(name).collect(),
                given,
                y: name(&y),
                positive: self.options.positive.clone(),
                weight: weight.as_ref().map(name),
                by: keys.iter().map(name).collect(),
                names,
            },
            keys,
            unit: self.candidates.unit,
            lines_before: 0,
            names: Vec::new(),
            slots,
        }
    }

    fn unknown(&self, name: &str) -> Error {
        if let Some((name, why)) =
            self.candidates.unreadable.iter().find(|(unreadable, _)| *unreadable == name.trim())
        {
            let name = excerpt(name.as_bytes());
            return columns_error(format!("column '{name}' cannot be chosen: {why}"));
        }
        let has_names = self.candidates.are_names || self.has_header();
        let positions = || (1..=self.first().len()).map(|column| column.to_string()).collect();
        let columns = if has_names { self.header() } else { positions() };
        let (name, columns) = (excerpt(name.as_bytes()), list(&columns));
        columns_error(format!("there is no column '{name}'; the columns are {columns}"))
            .with_hint("a column is named as in the header, or by its position from 1")
    }

    fn no_default(&self, role: Role) -> Error {
        let (letter, option, columns) = (role.letter(), role.option(), list(&self.header()));
        let hint = match self.candidates.delimiter {
            None => format!("name it: {option} NAME"),
            Some(delimiter) => format!(
                "name it: {option} NAME; --no-header if the first line is data; \
                 -d if the delimiter is not {}",
                delimiter_text(delimiter)
            ),
        };
        columns_error(format!("no column is named like {letter}; the columns are {columns}"))
            .with_hint(hint)
    }
}

fn columns_error(message: String) -> Error {
    Error::new(Kind::Columns, Location::Job, message)
}

fn duplicate(name: &str, role: Role, first: usize, second: usize) -> Error {
    let name = excerpt(name.as_bytes());
    let (first, second) = (first + 1, second + 1);
    columns_error(format!("two columns are named '{name}': columns {first} and {second}"))
        .with_hint(format!("select by position: {} NUMBER", role.option()))
}

fn both(name: &str, other: &str) -> Error {
    columns_error(format!("column '{}' is both y and {other}", excerpt(name.as_bytes())))
}

fn delimiter_text(delimiter: u8) -> String {
    match delimiter {
        b'\t' => "a tab".to_owned(),
        b' ' => "a space".to_owned(),
        byte => format!("'{}'", excerpt(&[byte])),
    }
}

/// The headers that stand for a role by default.
fn default_names(role: Role) -> &'static [&'static str] {
    match role {
        Role::Y => &Y_NAMES,
        Role::Yhat => &YHAT_NAMES,
        Role::Z => &Z_NAMES,
        Role::Weight | Role::Key => &[],
    }
}

/// The column of a role in a file without a header, if it has one by default.
fn headerless(role: Role) -> Option<usize> {
    match role {
        Role::Y => Some(0),
        Role::Yhat | Role::Z => Some(1),
        Role::Weight | Role::Key => None,
    }
}

/// The column of a position from 1.
fn position(text: &str) -> Option<usize> {
    text.trim().parse::<usize>().ok()?.checked_sub(1)
}

/// The first number that is there twice.
fn repeated(columns: &[usize]) -> Option<usize> {
    (1..columns.len()).find(|&at| columns[..at].contains(&columns[at])).map(|at| columns[at])
}
