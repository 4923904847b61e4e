//! What is known about a table, and how columns are found in it by name or position.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::error::Error;
use crate::neuron::Given;
use crate::table::labels::{ClassKey, Classes};
use crate::table::number;
use crate::table::options::{InputOptions, Missing};
use crate::table::role::Role;
use crate::table::schema::{Header, Outputs, Schema, Slot, Unit};
use crate::text::{excerpt, list};

use super::names::{Y_NAMES, nearest, normalized, position};
use super::pattern::model_of;

/// What is known about a table before its columns are chosen.
pub struct Candidates<'a> {
    /// The file's name.
    pub file: &'a str,
    /// Its path, as the system writes it.
    pub path: &'a [u8],
    /// Its position among the files.
    pub index: usize,
    /// The cells of the first record, or the names.
    pub first: &'a [Cow<'a, [u8]>],
    /// Whether those are certainly names.
    pub are_names: bool,
    /// The byte between cells, in a format that has one.
    pub delimiter: Option<u8>,
    /// Whether the names follow a `#`, so that the first one may be chosen with or without it.
    pub is_comment: bool,
    /// The cells of the first row after the names, if they are known.
    pub row: &'a [Cow<'a, [u8]>],
    /// The columns that hold lists.
    pub lists: &'a [usize],
    /// Columns that cannot be read, with the reason.
    pub unreadable: &'a [(String, String)],
    /// The unit in which messages count records.
    pub unit: Unit,
}

impl<'a> Candidates<'a> {
    /// Returns the candidates of a table with known names; the caller sets `first` to those.
    pub fn of(schema: &'a Schema) -> Self {
        Candidates {
            file: &schema.file,
            path: &schema.path,
            index: schema.index,
            first: &[],
            are_names: true,
            delimiter: None,
            is_comment: false,
            row: &[],
            lists: &schema.lists,
            unreadable: &[],
            unit: schema.unit,
        }
    }
}

/// A schema, and how it was found.
pub struct Found {
    /// The columns.
    pub schema: Schema,
    /// Whether the first record is a header.
    pub has_header: bool,
    /// Warnings about choices among several default names.
    pub warnings: Vec<String>,
}

/// Where the outputs of a model are: columns by their positions from 0.
#[derive(Clone, Debug)]
pub(super) enum Choice {
    /// One column.
    Column(usize),
    /// One column for each class, with the name of the class.
    Classes(Vec<(String, usize)>),
    /// One column of lists.
    List(usize),
}

impl Choice {
    /// Returns its columns.
    pub(super) fn columns(&self) -> Vec<usize> {
        match self {
            Choice::Column(column) | Choice::List(column) => vec![*column],
            Choice::Classes(classes) => classes.iter().map(|(_, column)| *column).collect(),
        }
    }
}

/// The chosen columns, each by its position from 0.
pub(super) struct Chosen {
    /// None where there are no labels.
    pub(super) y: Option<usize>,
    pub(super) given: Given,
    pub(super) outputs: Vec<Choice>,
    pub(super) baseline: Option<Choice>,
    pub(super) weight: Option<usize>,
    pub(super) keys: Vec<usize>,
    pub(super) cluster: Option<usize>,
}

/// Finds columns by the user's choice and the first record.
pub(super) struct Resolver<'a> {
    pub(super) candidates: &'a Candidates<'a>,
    pub(super) options: &'a InputOptions,
}

impl Resolver<'_> {
    pub(super) fn cells(&self) -> &[Cow<'_, [u8]>] {
        self.candidates.first
    }

    pub(super) fn width(&self) -> usize {
        self.cells().len()
    }

    pub(super) fn name(&self, column: usize) -> String {
        String::from_utf8_lossy(&self.cells()[column]).into_owned()
    }

    pub(super) fn header(&self) -> Vec<String> {
        (0..self.width()).map(|column| self.name(column)).collect()
    }

    /// Returns every column that the user chose, as it was written.
    pub(super) fn choices(&self) -> impl Iterator<Item = &String> {
        let options = self.options;
        let one = options.y_col.iter().chain(&options.weight_col);
        let one = one.chain(&options.baseline_col).chain(&options.cluster_col);
        one.chain(options.outputs().1).chain(&options.by)
    }

    /// Returns whether the first record has numbers where y, outputs and weights are, by position.
    pub(super) fn looks_like_data(&self) -> bool {
        let is_data = |column: Option<usize>, is_label| {
            let cell = column.and_then(|column| self.cells().get(column));
            // A missing value is data only where such rows are skipped; elsewhere the row is an
            // error, as a header, too.
            let may_lack = self.options.missing == Missing::Skip;
            cell.is_some_and(|cell| number::looks_like_data(cell, is_label, may_lack))
        };
        let is_number = |column| is_data(column, false);
        let y = self.options.y_col.as_ref().map_or(Some(0), |chosen| position(chosen));
        let (given, outputs) = self.options.outputs();
        let has_words = self.options.positive.is_some()
            || !self.options.classes.is_empty()
            || outputs.iter().any(|chosen| self.is_bare(chosen));
        let is_label = has_words || !given.has_labels() || is_data(y, true);
        let are_outputs = match outputs {
            [] if !self.options.classes.is_empty() => self.is_row_of_classes(),
            [] => is_number(Some(1)),
            outputs => outputs.iter().all(|chosen| match self.range(chosen) {
                Some((from, to)) => is_number(position(from)) && is_number(position(to)),
                None if self.is_bare(chosen) => self.is_row_of_classes(),
                None => is_number(position(chosen)),
            }),
        };
        let mut others = self.options.weight_col.iter().chain(&self.options.baseline_col);
        is_label && are_outputs && others.all(|chosen| is_number(position(chosen)))
    }

    /// Returns whether all cells but those of y, weights, keys and clusters are numbers, and none
    /// is a default name of y.
    fn is_row_of_classes(&self) -> bool {
        let options = self.options;
        let others = options.weight_col.iter().chain(&options.cluster_col).chain(&options.by);
        let y = options.y_col.as_ref().map_or(Some(0), |chosen| position(chosen));
        let others: Vec<usize> = others.filter_map(|chosen| position(chosen)).chain(y).collect();
        let is_y = |cell: &Cow<[u8]>| {
            Y_NAMES.contains(&normalized(&String::from_utf8_lossy(cell)).as_str())
        };
        !self.cells().iter().any(is_y)
            && (0..self.width())
                .filter(|column| !others.contains(column))
                .all(|column| number::looks_like_data(&self.cells()[column], false, true))
    }

    /// Returns whether a column has that name. The first name after a `#` may be given with the
    /// `#`.
    pub(super) fn is_named(&self, column: usize, name: &str) -> bool {
        let (cell, name) = (number::trim(&self.cells()[column]), name.trim().as_bytes());
        cell == name
            || (column == 0 && self.candidates.is_comment && name.strip_prefix(b"#") == Some(cell))
    }

    pub(super) fn is_name(&self, name: &str) -> bool {
        (0..self.width()).any(|column| self.is_named(column, name))
    }

    /// Returns the ends of a range of columns, if the user chose a range.
    pub(super) fn range<'c>(&self, chosen: &'c str) -> Option<(&'c str, &'c str)> {
        chosen.split_once("..").filter(|_| !self.is_name(chosen))
    }

    /// Returns the user's choice of each output; None if a range is not of positions.
    pub(super) fn choice_of_outputs(&self) -> Option<Vec<String>> {
        let (_, chosen) = self.options.outputs();
        let mut choices = Vec::new();
        for chosen in chosen {
            match self.range(chosen) {
                Some((from, to)) => {
                    let columns = position(from)?..=position(to)?;
                    choices.extend(columns.map(|column| (column + 1).to_string()));
                }
                None => choices.push(chosen.clone()),
            }
        }
        Some(choices)
    }

    pub(super) fn by_name(&self, option: &str, chosen: &str) -> Result<usize, Error> {
        let mut named = (0..self.width()).filter(|&column| self.is_named(column, chosen));
        match (named.next(), named.next()) {
            (Some(first), Some(second)) => Err(duplicate(chosen, option, first, second)),
            (Some(column), None) => Ok(column),
            _ => position(chosen)
                .filter(|&column| column < self.width())
                .ok_or_else(|| self.unknown(chosen, &self.header())),
        }
    }

    pub(super) fn by_position(&self, chosen: &str) -> Result<usize, Error> {
        if let Some(column) = position(chosen) {
            return self.within(column);
        }
        let positions: Vec<String> = (1..=self.width()).map(|at| at.to_string()).collect();
        Err(self.unknown(chosen, &positions))
    }

    /// Returns the column, if the table is wide enough to have it.
    pub(super) fn within(&self, column: usize) -> Result<usize, Error> {
        if column < self.width() {
            return Ok(column);
        }
        let cells = match self.width() {
            1 => "one cell".to_owned(),
            found => format!("{found} cells"),
        };
        let column = column + 1;
        Err(Error::columns(format!("the first row has only {cells}: none for column {column}"))
            .with_hint("-d names the delimiter, such as -d ';' or -d tab"))
    }

    /// Returns names for the columns of a file without a header: `y`, `yhat`, `z` or `logp`, names
    /// of classes, and positions.
    pub(super) fn made_up_names(&self, chosen: &Chosen) -> Vec<String> {
        let class = |column: usize| match chosen.outputs.as_slice() {
            [Choice::Classes(classes)] => classes.iter().find(|(_, other)| *other == column),
            _ => None,
        };
        let name = |column: usize| match column {
            _ if Some(column) == chosen.y => "y".to_owned(),
            _ if matches!(&*chosen.outputs, [Choice::Column(only)] if *only == column) => {
                chosen.given.column().to_owned()
            }
            _ => class(column).map_or_else(|| (column + 1).to_string(), |(name, _)| name.clone()),
        };
        (0..self.width()).map(name).collect()
    }

    pub(super) fn schema(
        &self,
        chosen: Chosen,
        names: Vec<String>,
        models: Vec<String>,
        has_names: bool,
    ) -> Schema {
        let Chosen { y, given, mut outputs, baseline, weight, mut keys, cluster } = chosen;
        let by: Vec<usize> = keys.clone();
        let name = |&column: &usize| names[column].clone();
        let baseline_name = baseline.as_ref().map(|choice| match choice {
            Choice::Column(column) | Choice::List(column) => name(column),
            Choice::Classes(_) => {
                let pattern = self.options.baseline_col.clone().unwrap_or_default();
                model_of(&pattern).unwrap_or(pattern)
            }
        });
        outputs.extend(baseline);
        keys.extend(cluster);
        let slot = |role| move |column: usize| Slot { column, role };
        let mut slots: Vec<Slot> = y.map(slot(Role::Y)).into_iter().collect();
        let of_slots = outputs.iter().filter(|choice| !matches!(choice, Choice::List(_)));
        slots.extend(of_slots.flat_map(Choice::columns).map(slot(Role::of(given))));
        slots.extend(weight.map(slot(Role::Weight)));
        slots.sort_unstable();
        // The baseline may be one of the models.
        slots.dedup();
        let find = |column: usize, role: Role| {
            slots.binary_search(&Slot { column, role }).expect("every chosen column has a slot")
        };
        let classes = self.classes(&outputs);
        let indices: HashMap<ClassKey, usize> =
            classes.iter().map(|class| ClassKey::of(class)).zip(0..).collect();
        let index = |name: &str| indices[&ClassKey::of(name)];
        let mut lists = Vec::new();
        let outputs = outputs.iter().map(|choice| match choice {
            Choice::Column(column) => Outputs::One(find(*column, Role::of(given))),
            Choice::Classes(of_columns) => {
                let slot = |column: usize| find(column, Role::of(given));
                let slots = of_columns.iter().map(|(name, column)| (index(name), slot(*column)));
                let mut slots: Vec<(usize, usize)> = slots.collect();
                slots.sort_unstable();
                Outputs::Classes(slots)
            }
            Choice::List(column) => {
                lists.push(*column);
                let classes = self.options.classes.iter().map(|name| index(name));
                Outputs::List(lists.len() - 1, classes.collect())
            }
        });
        let outputs: Vec<Outputs> = outputs.collect();
        let given = match outputs.first() {
            Some(Outputs::One(_)) | None => given,
            _ => given.of_classes(),
        };
        Schema {
            file: self.candidates.file.to_owned(),
            path: self.candidates.path.to_vec(),
            index: self.candidates.index,
            y: y.map(|column| find(column, Role::Y)),
            outputs,
            patterns: self.patterns(has_names),
            lists,
            classes: given.has_classes().then(|| Arc::new(Classes::new(&classes))),
            weight: weight.map(|column| find(column, Role::Weight)),
            header: Header {
                models,
                given,
                y: y.as_ref().map(name).unwrap_or_default(),
                positive: self.options.positive.clone(),
                negative: self.options.negative.clone(),
                weight: weight.as_ref().map(name),
                cluster: cluster.as_ref().map(name),
                baseline: baseline_name,
                classes,
                by: by.iter().map(name).collect(),
                names,
            },
            names: self.names_as_bytes(has_names),
            has_names,
            shown: self.width(),
            keys,
            required: cluster.into_iter().collect(),
            unit: self.candidates.unit,
            slots,
            ..Schema::default()
        }
    }

    /// Returns the names as bytes, if there are names and any is not UTF-8.
    pub(super) fn names_as_bytes(&self, has_names: bool) -> Vec<Vec<u8>> {
        if has_names && self.cells().iter().any(|name| str::from_utf8(name).is_err()) {
            self.cells().iter().map(|name| name.to_vec()).collect()
        } else {
            Vec::new()
        }
    }

    /// Returns the names of the classes of all models, each once, in the order of their bytes;
    /// none where lists number the classes.
    fn classes(&self, outputs: &[Choice]) -> Vec<String> {
        let mut known = HashSet::new();
        let of_columns = outputs.iter().filter_map(|choice| match choice {
            Choice::Classes(classes) => Some(classes),
            _ => None,
        });
        let of_columns = of_columns.flatten().map(|(name, _)| name);
        let has_lists = outputs.iter().any(|choice| matches!(choice, Choice::List(_)));
        let of_lists = self.options.classes.iter().filter(|_| has_lists);
        let mut classes: Vec<String> = of_columns
            .chain(of_lists)
            .filter(|name| known.insert(ClassKey::of(name)))
            .map(|name| name.trim().to_owned())
            .collect();
        classes.sort_unstable();
        classes
    }

    fn unknown(&self, name: &str, columns: &[String]) -> Error {
        let mut unreadable = self.candidates.unreadable.iter();
        if let Some((name, why)) = unreadable.find(|(unreadable, _)| *unreadable == name.trim()) {
            return unreadable_error(name, why);
        }
        let hint = match nearest(name, columns) {
            Some(nearest) => format!("did you mean '{}'?", excerpt(nearest.as_bytes())),
            None => "a column is named as in the header, or by its position from 1".to_owned(),
        };
        let (name, columns) = (excerpt(name.as_bytes()), list(columns));
        Error::columns(format!("there is no column '{name}'; the columns are {columns}"))
            .with_hint(hint)
    }
}

pub(super) fn duplicate(name: &str, option: &str, first: usize, second: usize) -> Error {
    let name = excerpt(name.as_bytes());
    let (first, second) = (first + 1, second + 1);
    Error::columns(format!("two columns are named '{name}': columns {first} and {second}"))
        .with_hint(format!("select by position: {option} NUMBER"))
}

pub(super) fn unreadable_error(name: &str, why: &str) -> Error {
    let name = excerpt(name.as_bytes());
    Error::columns(format!("column '{name}' cannot be chosen: {why}"))
}
