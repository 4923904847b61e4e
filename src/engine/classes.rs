//! Warnings about predictions that look like classes rather than probabilities, and about
//! other columns that were probably mistaken.

use std::sync::Arc;

use crate::cost::Domain;
use crate::neuron::Given;
use crate::table::batch::{Batch, List};
use crate::table::schema::{Outputs, Schema, Unit};
use crate::text::excerpt;

/// Files of fewer rows are not judged.
const LEAST: u64 = 3;

/// How many files a warning names.
const NAMED: usize = 3;

/// Which columns of some rows hold classes alone, 0 or 1.
#[derive(Clone, Debug)]
pub struct Columns {
    rows: u64,
    y: bool,
    /// Whether all y are in [0, 1].
    y_is_unit: bool,
    /// Of each model, whether its ŷ are all classes, or its z all probabilities.
    outputs: Vec<bool>,
    /// Whether y and the one ŷ add up to 1 in each row, as the probabilities of two classes.
    are_complements: bool,
}

impl Columns {
    /// Starts without rows.
    pub fn new(schema: &Schema) -> Self {
        let may_be_classes = !matches!(schema.header.given, Given::Z | Given::Logp);
        // Values on a command line are few, and in plain sight.
        let is_judged = may_be_classes && matches!(schema.unit, Unit::Line | Unit::Row);
        Columns {
            rows: 0,
            y: true,
            y_is_unit: true,
            outputs: vec![is_judged; schema.outputs.len()],
            are_complements: is_judged
                && schema.header.given == Given::Yhat
                && schema.header.models.len() == 1,
        }
    }

    /// Adds the rows of a batch. The first few rule out most columns.
    pub fn extend(&mut self, batch: &Batch, schema: &Schema) {
        let are_classes = |slot: usize| batch.columns[slot].iter().all(|&x| x == 0.0 || x == 1.0);
        self.rows += batch.rows as u64;
        let is_class = |list: &List| list.all().iter().all(|&x| x == 0.0 || x == 1.0);
        let is_z = schema.header.given.is_z();
        for (output, outputs) in self.outputs.iter_mut().zip(&schema.outputs) {
            *output = *output
                && match outputs {
                    outputs if is_z => are_probabilities(batch, outputs),
                    Outputs::List(list, _) => batch.lists.get(*list).is_none_or(is_class),
                    outputs => outputs.slots().all(are_classes),
                };
        }
        if self.are_complements
            && let Some(slot) = schema.outputs.first().and_then(Outputs::one)
        {
            let rows = batch.columns[schema.label_slot()].iter().zip(&batch.columns[slot]);
            self.are_complements = rows.into_iter().all(|(y, yhat)| (y + yhat - 1.0).abs() < 1e-6);
        }
        // Labels only matter beside such outputs, and labels of several classes never do.
        let is_of_interest = self.are_complements || self.outputs.contains(&true);
        if is_of_interest && schema.classes.is_none() {
            self.y = self.y && are_classes(schema.label_slot());
            self.y_is_unit =
                self.y_is_unit && Domain::Unit.contains_all(&batch.columns[schema.label_slot()]);
        }
    }

    /// Adds the rows of another chunk.
    fn merge(&mut self, other: &Columns) {
        self.rows += other.rows;
        self.y &= other.y;
        self.y_is_unit &= other.y_is_unit;
        self.are_complements &= other.are_complements;
        self.outputs.iter_mut().zip(&other.outputs).for_each(|(all, &output)| *all &= output);
    }
}

/// Whether the z of every row are from 0 to 1 and add up to 1, as probabilities do.
fn are_probabilities(batch: &Batch, outputs: &Outputs) -> bool {
    let is_one = |sum: f64| (sum - 1.0).abs() < 1e-2;
    let is_unit = |&x: &f64| (0.0..=1.0).contains(&x);
    match outputs {
        Outputs::List(list, _) => (0..batch.rows).all(|row| {
            let list = batch.lists[*list].get(row);
            list.iter().all(is_unit) && is_one(list.iter().sum())
        }),
        outputs => (0..batch.rows).all(|row| {
            let z = || outputs.slots().map(|slot| batch.columns[slot][row]);
            z().all(|z| is_unit(&z)) && is_one(z().sum())
        }),
    }
}

/// The models whose predictions are all classes, and in which files.
#[derive(Clone, Debug, Default)]
pub struct Classes {
    /// The file that is being read.
    file: Option<(Arc<Schema>, Columns)>,
    /// Each model, what its outputs are, whether y are classes alone, and the files.
    found: Vec<(String, Given, bool, Vec<String>)>,
    /// The files in which y and ŷ add up to 1 and some y are no classes.
    complements: Vec<String>,
}

impl Classes {
    /// Adds a chunk of a file. Chunks come in the order of the input.
    pub fn take(&mut self, chunk: Columns, schema: &Arc<Schema>) {
        match &mut self.file {
            Some((file, columns)) if file.index == schema.index => columns.merge(&chunk),
            _ => {
                self.end();
                self.file = Some((Arc::clone(schema), chunk));
            }
        }
    }

    /// Ends the file that is being read.
    pub fn end(&mut self) {
        let Some((schema, columns)) =
            self.file.take().filter(|(_, columns)| columns.rows >= LEAST && columns.y_is_unit)
        else {
            return;
        };
        if columns.are_complements && !columns.y {
            self.complements.push(schema.file.clone());
        }
        for (model, _) in
            schema.header.models.iter().zip(&columns.outputs).filter(|(_, classes)| **classes)
        {
            let name = schema.file.clone();
            let given = schema.header.given;
            let is_of = |(other, _, y, _): &&mut (String, Given, bool, _)| {
                other == model && *y == columns.y
            };
            match self.found.iter_mut().find(is_of) {
                Some((.., files)) => files.push(name),
                None => self.found.push((model.clone(), given, columns.y, vec![name])),
            }
        }
    }

    /// Returns the warnings.
    pub fn warnings(&self) -> impl Iterator<Item = String> {
        let complements = (!self.complements.is_empty()).then(|| {
            format!(
                "{}: y and ŷ add up to 1 in each row: the probabilities of two classes? \
                 --y-col and --yhat-col choose",
                named(&self.complements)
            )
        });
        complements.into_iter().chain(self.found.iter().map(|(model, given, y_is_classes, files)| {
            let (files, model) = (named(files), excerpt(model.as_bytes()));
            let what = match given {
                Given::Logits => {
                    return format!(
                        "{files}: the z of '{model}' are from 0 to 1 and add up to 1: probabilities? \
                         --yhat-col takes them"
                    );
                }
                Given::Classes => format!("the ŷ of '{model}' are 0 and 1 alone"),
                _ => format!("column '{model}' holds 0 and 1 alone"),
            };
            let why = match y_is_classes {
                true => "predicted classes rather than probabilities?",
                false => "and y does not: swapped? --y-col and --yhat-col choose",
            };
            format!("{files}: {what}, {why}")
        }))
    }
}

/// Returns the names of the first files, and the number of all if there are more.
fn named(files: &[String]) -> String {
    let mut named: Vec<String> =
        files.iter().take(NAMED).map(|file| excerpt(file.as_bytes())).collect();
    if files.len() > NAMED {
        named.push(format!("… ({} files)", files.len()));
    }
    named.join(", ")
}
