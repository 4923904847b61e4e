//! What the columns of a table are: which one holds y, which the outputs of models, the
//! weights, the keys of groups.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::error::{Location, Record};
use crate::neuron::Given;

use super::labels::Classes;
use super::role::Role;

/// A column that is read as numbers, for one role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// Its position, from 0.
    pub column: usize,
    /// What it is read for.
    pub role: Role,
}

/// Where the outputs of a model are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outputs {
    /// The slot of its ŷ or z.
    One(usize),
    /// The classes, in ascending order, and the slot of each.
    Classes(Vec<(usize, usize)>),
    /// The index of the list of its ŷ or z, and the class of each element; those are in
    /// their order if no classes are said.
    List(usize, Vec<usize>),
}

impl Outputs {
    /// Those slots.
    pub fn slots(&self) -> impl Iterator<Item = usize> {
        let (one, classes) = match self {
            Outputs::One(slot) => (Some(*slot), &[][..]),
            Outputs::Classes(classes) => (None, classes.as_slice()),
            Outputs::List(..) => (None, &[][..]),
        };
        one.into_iter().chain(classes.iter().map(|(_, slot)| *slot))
    }

    /// The slot of the one output.
    pub fn one(&self) -> Option<usize> {
        if let Outputs::One(slot) = self { Some(*slot) } else { None }
    }
}

/// What results and states keep of a table: the names of its columns, by their roles.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The names of the models, which are those of their columns, of the pattern of those, or
    /// of joined files.
    pub models: Vec<String>,
    /// Whether models have ŷ or z, of one output or of several classes, or log-probabilities.
    pub given: Given,
    /// The name of the column of y; empty where there are no labels.
    pub y: String,
    /// The label that counts as 1, if labels are words.
    pub positive: Option<String>,
    /// The labels that count as 0, if that was said.
    pub negative: Vec<String>,
    /// The name of the column of weights, if there are any.
    pub weight: Option<String>,
    /// The name of the column of clusters, if rows come in those.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// The name of the column of predictions that skill is measured against, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<String>,
    /// The names of the classes, in the order of their bytes, if models have several and lists
    /// do not number them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<String>,
    /// The names of those that groups are by.
    pub by: Vec<String>,
    /// The names of all columns.
    pub names: Vec<String>,
}

impl Header {
    /// What stands for a header where there was no input.
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

    /// How many outputs each row has: those of the models, and of the baseline.
    pub fn outputs(&self) -> usize {
        self.models.len() + usize::from(self.baseline.is_some())
    }
}

/// The columns of one table.
#[derive(Clone, Debug)]
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
    /// How many of the first columns are shown with each row; the others are fields within
    /// those.
    pub shown: usize,
    /// The names as their bytes are in the file, if any is not UTF-8; else none.
    pub names: Vec<Vec<u8>>,
    /// Whether a row with another number of cells is an error in any case.
    pub is_exact: bool,
    /// The columns that hold numbers, in ascending order of columns.
    pub slots: Vec<Slot>,
    /// The slot of y; None if another table holds it, or there are no labels.
    pub y: Option<usize>,
    /// The output of each model, and last those of the baseline, if there is one.
    pub outputs: Vec<Outputs>,
    /// What stood before and after the class in the names of columns, where all that matched
    /// are classes.
    pub patterns: Vec<(String, String)>,
    /// The columns of lists.
    pub lists: Vec<usize>,
    /// What tells the classes of labels, if there are several.
    pub classes: Option<Arc<Classes>>,
    /// The slot of the weight.
    pub weight: Option<usize>,
    /// The columns to group by, then that of clusters, then those that tables are joined on.
    pub keys: Vec<usize>,
    /// Those of the keys that no row may lack: of clusters, and those that tables are joined on.
    pub required: Vec<usize>,
    /// What records are counted by.
    pub unit: Unit,
    /// Lines before the first record that is data.
    pub lines_before: u64,
}

/// What a record is counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Its physical line.
    Line,
    /// Its row, in files without lines.
    Row,
    /// Its position among the values of an option.
    Value(&'static str),
    /// Its position among the instances of a program.
    Instance,
}

impl Unit {
    /// The location of a record of a file, by its line or row from 1.
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
    /// The slot of y, of a table that is scored.
    pub fn label_slot(&self) -> usize {
        self.y.expect("a table that is scored has labels")
    }

    /// The name of the class of a model's output at that position.
    pub fn class_name(&self, outputs: &Outputs, position: usize) -> String {
        let class = match outputs {
            Outputs::Classes(classes) => classes.get(position).map(|(class, _)| *class),
            Outputs::List(_, classes) => classes.get(position).copied(),
            Outputs::One(_) => None,
        };
        let class = class.unwrap_or(position);
        self.header.classes.get(class).cloned().unwrap_or_else(|| class.to_string())
    }

    /// The number of columns.
    pub fn width(&self) -> usize {
        self.header.names.len()
    }

    /// Whether a column of that name would be of one more class.
    pub fn is_of_pattern(&self, name: &str) -> bool {
        let name = name.trim();
        self.patterns.iter().any(|(before, after)| {
            name.len() > before.len() + after.len()
                && name.starts_with(before.as_str())
                && name.ends_with(after.as_str())
        })
    }

    /// The location of a record, by its line or row from 1.
    pub fn location(&self, line: u64) -> Location {
        self.unit.location(&self.file, line)
    }

    /// The location of a cell of a record.
    pub fn cell(&self, line: u64, column: usize) -> Location {
        self.location(line).with_column(&self.header.names[column])
    }

    /// The same table with no other columns than the first so many, and those that are read.
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

    /// Shares it.
    pub fn shared(self) -> Arc<Self> {
        Arc::new(self)
    }
}
