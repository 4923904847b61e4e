//! Finds the columns that the user chose, by name or position, or the default ones.

use std::borrow::Cow;

use crate::error::{Fault, Role};
use crate::neuron::Given;
use crate::text::excerpt;

use super::choice::Choice;
use super::number;
use super::sheet::Selected;

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

/// The columns of a file that matter, each by its position from 0.
pub struct Columns {
    /// Whether the first record is a header.
    pub has_header: bool,
    /// The names of all columns: as the header writes them, else by role or position.
    pub names: Vec<String>,
    pub y: usize,
    /// What there is of each model.
    pub given: Given,
    /// The ŷ or z of each model.
    pub outputs: Vec<usize>,
    pub weight: Option<usize>,
    /// Those to group by.
    pub by: Vec<usize>,
}

impl Columns {
    /// Finds the columns that were chosen, or have default names, by the first record;
    /// and warns of others that have one, too.
    ///
    /// # Errors
    /// If one is not there, or two are one.
    pub fn find(
        choice: &Choice,
        delimiter: Option<u8>,
        first: &[Cow<[u8]>],
        is_header: bool,
    ) -> Result<(Self, Vec<String>), Fault> {
        let resolver = Resolver { choice, delimiter, first };
        let has_header = is_header || resolver.has_header();
        let mut warnings = Vec::new();
        let mut pick = |role, chosen: Option<&str>| {
            if has_header {
                resolver.by_name(role, chosen, &mut warnings)
            } else {
                resolver.by_position(role, chosen)
            }
        };
        let y = pick(Role::Y, choice.y.as_deref())?;
        let given = resolver.given(has_header);
        let role = Role::of(given);
        let mut all = |role| {
            let chosen = resolver.chosen(role).into_iter();
            chosen.map(|chosen| pick(role, chosen)).collect::<Result<Vec<usize>, Fault>>()
        };
        let outputs = all(role)?;
        let weight = all(Role::Weight)?.first().copied();
        let by = all(Role::Group)?;
        let name = |column: usize| String::from_utf8_lossy(&first[column]).into_owned();
        if let Some(column) = [&outputs, &by].into_iter().find_map(|columns| repeated(columns)) {
            return Err(Fault::ChosenTwice(name(column)));
        }
        if outputs.contains(&y) {
            let name = if has_header { name(y) } else { (y + 1).to_string() };
            return Err(Fault::SameColumn(name, role.letter()));
        }
        if choice.positive.is_some() && weight == Some(y) {
            return Err(Fault::SameColumn(name(y), "the weight"));
        }
        let names =
            if has_header { resolver.header() } else { resolver.made_up_names(y, &outputs) };
        Ok((Columns { has_header, names, y, given, outputs, weight, by }, warnings))
    }

    /// Those of y and of ŷ or z.
    pub fn numbers(&self) -> Vec<usize> {
        [&[self.y], self.outputs.as_slice()].concat()
    }

    /// Those that hold numbers, in ascending order.
    pub fn selected(&self) -> Vec<Selected> {
        let with_role = |role| move |column| Selected { column, role };
        let mut selected = vec![Selected { column: self.y, role: Role::Y }];
        selected.extend(self.outputs.iter().copied().map(with_role(Role::of(self.given))));
        selected.extend(self.weight.map(with_role(Role::Weight)));
        selected.sort();
        selected.dedup_by_key(|selected| selected.column);
        selected
    }
}

/// Finds columns by the user's choice and the first record.
struct Resolver<'a> {
    choice: &'a Choice,
    delimiter: Option<u8>,
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
                delimiter: self.delimiter,
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

/// The first number that is there twice.
fn repeated(columns: &[usize]) -> Option<usize> {
    (1..columns.len()).find(|&at| columns[..at].contains(&columns[at])).map(|at| columns[at])
}
