//! What the columns of a table hold: y, the outputs of models, weights and keys.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::error::{Location, Record};
use crate::neuron::Given;

use super::labels::Classes;
use super::role::Role;

/// A column that is read as numbers, for one role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// The position of the column, from 0.
    pub column: usize,
    /// What it is read for.
    pub role: Role,
}

/// Where the outputs of a model are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outputs {
    /// The slot of its only output.
    One(usize),
    /// Each class with its slot, in ascending order of the classes.
    Classes(Vec<(usize, usize)>),
    /// The index of its list in [`Schema::lists`], and the class of each element. No classes means
    /// that element i is of class i.
    List(usize, Vec<usize>),
}

impl Outputs {
    /// Returns the slots of all outputs; none of a list.
    pub fn slots(&self) -> impl Iterator<Item = usize> {
        let classes = if let Outputs::Classes(classes) = self { classes.as_slice() } else { &[] };
        self.one().into_iter().chain(classes.iter().map(|(_, slot)| *slot))
    }

    /// Returns the slot, if there is one output only.
    pub fn one(&self) -> Option<usize> {
        if let Outputs::One(slot) = self { Some(*slot) } else { None }
    }
}

/// What results and states keep of a table: the names of its columns, by their roles.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The names of the models, which come from their columns, from the pattern of those, or from
    /// joined files.
    pub models: Vec<String>,
    /// What models give: ŷ or z, of one output or of several classes, or log-probabilities.
    pub given: Given,
    /// The name of the column of y; empty where there are no labels.
    pub y: String,
    /// The label that counts as 1, if labels are words.
    pub positive: Option<String>,
    /// The labels that count as 0, if the user named them.
    pub negative: Vec<String>,
    /// The name of the column of weights, if there are any.
    pub weight: Option<String>,
    /// The name of the column of clusters, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// The name of the column of predictions that skill is measured against, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<String>,
    /// The names of the classes, in the order of their bytes. Empty if models have one output, or
    /// if lists number their classes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<String>,
    /// The names of the columns that rows are grouped by.
    pub by: Vec<String>,
    /// The names of all columns.
    pub names: Vec<String>,
}

impl Header {
    /// A header without columns, for results without input.
    pub const EMPTY: Header = Header {
        models: Vec::new(),
        given: Given::Yhat,
        y: String::new(),
        positive: None,
        negative: Vec::new(),
        weight: None,
        cluster: None,
        baseline: None,
        classes: Vec::new(),
        by: Vec::new(),
        names: Vec::new(),
    };

    /// Returns the number of outputs of each row: those of the models, and that of the baseline.
    pub fn outputs(&self) -> usize {
        self.models.len() + usize::from(self.baseline.is_some())
    }
}

impl Default for Header {
    fn default() -> Self {
        Header::EMPTY
    }
}

/// The columns of one table; by default, there are none.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// The file's name, as messages show it.
    pub file: String,
    /// Its path, as the system writes it.
    pub path: Vec<u8>,
    /// The file's position among the files, from 0.
    pub index: usize,
    /// The names of the columns.
    pub header: Header,
    /// Whether the table itself names its columns.
    pub has_names: bool,
    /// The number of first columns that are shown with each row. The others are fields inside of
    /// those.
    pub shown: usize,
    /// The names as bytes, if any is not UTF-8; else empty.
    pub names: Vec<Vec<u8>>,
    /// Whether a row with another number of cells is always an error.
    pub is_exact: bool,
    /// The columns that hold numbers, in ascending order of columns.
    pub slots: Vec<Slot>,
    /// The slot of y; None if another table holds it, or there are no labels.
    pub y: Option<usize>,
    /// The outputs of each model, and then those of the baseline, if there is one.
    pub outputs: Vec<Outputs>,
    /// The text before and after the class in the names of columns, for each pattern of which all
    /// matching columns are classes.
    pub patterns: Vec<(String, String)>,
    /// The columns of lists.
    pub lists: Vec<usize>,
    /// The classes of labels, if there are several.
    pub classes: Option<Arc<Classes>>,
    /// The slot of the weight, if there is one.
    pub weight: Option<usize>,
    /// The columns to group by, then that of clusters, then those that tables are joined on.
    pub keys: Vec<usize>,
    /// The keys that no row may lack: of clusters, and those that tables are joined on.
    pub required: Vec<usize>,
    /// The unit in which messages count records.
    pub unit: Unit,
    /// The number of lines before the first record of data.
    pub lines_before: u64,
}

/// The unit in which messages count records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// Physical lines.
    #[default]
    Line,
    /// Rows, in formats whose rows are not lines.
    Row,
    /// The values of an option.
    Value(&'static str),
    /// The instances of a program.
    Instance,
}

impl Unit {
    /// Returns the location of a record of a file, by its line or row from 1.
    pub fn location(self, file: &str, line: u64) -> Location {
        let record = match self {
            Unit::Line => Record::Line(line),
            Unit::Row => Record::Row(line),
            Unit::Value(option) => return Location::Value { option, index: line },
            Unit::Instance => return Location::Instance(line),
        };
        Location::File { file: file.to_owned(), record: Some(record), column: None }
    }
}

impl Schema {
    /// Returns the slot of y of a table that is scored.
    pub fn label_slot(&self) -> usize {
        self.y.expect("a table that is scored has labels")
    }

    /// Returns the name of the class of a model's output at that position; its number if it has no
    /// name.
    pub fn class_name(&self, outputs: &Outputs, position: usize) -> String {
        let class = match outputs {
            Outputs::Classes(classes) => classes.get(position).map(|(class, _)| *class),
            Outputs::List(_, classes) => classes.get(position).copied(),
            Outputs::One(_) => None,
        };
        let class = class.unwrap_or(position);
        self.header.classes.get(class).cloned().unwrap_or_else(|| class.to_string())
    }

    /// Returns the number of columns.
    pub fn width(&self) -> usize {
        self.header.names.len()
    }

    /// Returns whether a column of that name would be another class.
    pub fn is_of_pattern(&self, name: &str) -> bool {
        let name = name.trim();
        self.patterns.iter().any(|(before, after)| {
            name.len() > before.len() + after.len()
                && name.starts_with(before.as_str())
                && name.ends_with(after.as_str())
        })
    }

    /// Returns the location of a record, by its line or row from 1.
    pub fn location(&self, line: u64) -> Location {
        self.unit.location(&self.file, line)
    }

    /// Returns the location of a cell of a record.
    pub fn cell(&self, line: u64, column: usize) -> Location {
        self.location(line).with_column(&self.header.names[column])
    }

    /// Returns the same table with only the `first` first columns and those that are read.
    pub fn narrow(mut self, first: usize) -> Self {
        let slots = self.slots.iter().map(|slot| slot.column);
        let others = self.keys.iter().chain(&self.lists).copied();
        let mut kept: Vec<usize> = slots.chain(others).chain(0..first).collect();
        kept.sort_unstable();
        kept.dedup();
        let position = |column: usize| kept.partition_point(|&other| other < column);
        self.header.names =
            kept.iter().map(|&column| std::mem::take(&mut self.header.names[column])).collect();
        self.names.clear();
        let others = self.keys.iter_mut().chain(&mut self.required).chain(&mut self.lists);
        others.for_each(|column| *column = position(*column));
        self.slots.iter_mut().for_each(|slot| slot.column = position(slot.column));
        self
    }

    /// Returns the schema in an [`Arc`].
    pub fn shared(self) -> Arc<Self> {
        Arc::new(self)
    }
}
