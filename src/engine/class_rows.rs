//! Gathers the outputs of models of several classes, and checks that each row can be scored.

use crate::cost::ClassOutputs;
use crate::digits::shortest_text;
use crate::error::{Error, Kind};
use crate::float::Double;
use crate::scoring::Scoring;
use crate::table::batch::{Batch, List};
use crate::table::schema::{Outputs, Schema};
use crate::tally::exact_sum;
use crate::text::excerpt;

/// How far the sum of a row's ŷ may be off 1 without a warning.
const TOLERANCE: f64 = 1e-3;

/// How far a sum is off 1, and in which row of the batch that is.
#[derive(Clone, Copy, Debug)]
pub struct Gap {
    /// |Σŷ − 1|.
    pub gap: f64,
    /// The first row with this gap.
    pub row: usize,
}

/// The outputs of each model in the rows of a batch.
#[derive(Clone, Debug, Default)]
pub struct ClassRows {
    models: Vec<ClassOutputs>,
    /// The position of each row's label among the outputs of a model.
    labels: Vec<usize>,
    /// The rounded sum of each row's outputs.
    sums: Vec<f64>,
    widest: Option<Gap>,
}

/// The position of a label that has no output.
const NONE: usize = usize::MAX;

impl ClassRows {
    /// Returns the outputs of each model, then of the baseline.
    pub fn all(&self) -> &[ClassOutputs] {
        &self.models
    }

    /// Returns the largest gap, if it is worth a warning.
    pub fn widest_gap(&self) -> Option<Gap> {
        self.widest
    }

    /// Gathers the outputs of a batch up to the first row that cannot be scored. Returns that
    /// row and the reason.
    pub fn gather(
        &mut self,
        scoring: &Scoring,
        batch: &Batch,
        schema: &Schema,
    ) -> Option<(usize, Error)> {
        self.widest = None;
        self.models.resize_with(schema.outputs.len(), ClassOutputs::default);
        self.models.iter_mut().for_each(ClassOutputs::clear);
        let mut bad: Option<(usize, Error)> = None;
        for model in 0..schema.outputs.len() {
            let rows = bad.as_ref().map_or(batch.rows, |(row, _)| *row);
            bad = self.gather_model(scoring, batch, schema, (model, rows)).or(bad);
        }
        if let Some((row, _)) = bad {
            self.models.iter_mut().for_each(|outputs| outputs.truncate(row));
            self.widest = self.widest.filter(|widest| widest.row < row);
        }
        bad
    }

    /// Gathers the outputs of one model in the first `rows` rows. Returns the first row that
    /// cannot be scored, and the reason.
    fn gather_model(
        &mut self,
        scoring: &Scoring,
        batch: &Batch,
        schema: &Schema,
        (model, rows): (usize, usize),
    ) -> Option<(usize, Error)> {
        let read = match &schema.outputs[model] {
            Outputs::One(_) => 0,
            Outputs::Classes(classes) => self.gather_columns(batch, schema, (model, rows), classes),
            Outputs::List(list, classes) => {
                let list = &batch.lists[*list];
                self.gather_lists(batch, schema, (model, rows), list, classes)
            }
        };
        let is_z = schema.header.given.is_z();
        for row in 0..read {
            let checked = if is_z {
                let is_none = |z: &f64| *z == f64::NEG_INFINITY;
                if self.models[model].outputs(row).iter().all(is_none) {
                    Err("are all −∞, which have no softmax".to_owned())
                } else {
                    Ok(())
                }
            } else {
                self.check_sum(scoring, model, row)
            };
            if let Err(why) = checked {
                let message = format!("{} {why}", outputs_of(schema, model));
                let error = at(schema, batch, row, message);
                let hint = "logits? --z-col takes them; shares of something else? --normalize";
                let has_hint = !is_z && !scoring.normalize;
                return Some((row, if has_hint { error.with_hint(hint) } else { error }));
            }
        }
        (read < rows).then(|| (read, no_output(schema, batch, (model, read))))
    }

    /// Gathers columns up to the first row whose label has no column. Returns how many rows
    /// were gathered.
    fn gather_columns(
        &mut self,
        batch: &Batch,
        schema: &Schema,
        (model, rows): (usize, usize),
        classes: &[(usize, usize)],
    ) -> usize {
        let last = classes.last().map_or(0, |(class, _)| class + 1);
        let mut positions = vec![NONE; last];
        for (position, (class, _)) in classes.iter().enumerate() {
            positions[*class] = position;
        }
        let position = |&y: &f64| positions.get(index(y)).copied().unwrap_or(NONE);
        self.labels.clear();
        self.labels.extend(batch.columns[schema.label_slot()][..rows].iter().map(position));
        let read = self.labels.iter().position(|&label| label == NONE).unwrap_or(rows);
        let columns: Vec<&[f64]> =
            classes.iter().map(|&(_, slot)| &batch.columns[slot][..read]).collect();
        self.models[model].extend(&self.labels[..read], &columns);
        self.sums.clear();
        self.sums.resize(read, 0.0);
        for column in columns {
            self.sums.iter_mut().zip(column).for_each(|(sum, &x)| *sum += x);
        }
        read
    }

    /// Gathers lists up to the first row whose label is not in its list. Returns how many
    /// rows were gathered.
    fn gather_lists(
        &mut self,
        batch: &Batch,
        schema: &Schema,
        (model, rows): (usize, usize),
        list: &List,
        classes: &[usize],
    ) -> usize {
        self.sums.clear();
        for row in 0..rows {
            let (class, list) = (index(batch.columns[schema.label_slot()][row]), list.get(row));
            let label = match classes {
                [] => Some(class),
                classes if classes.len() == list.len() => {
                    classes.iter().position(|other| *other == class)
                }
                _ => None,
            };
            let Some(label) = label.filter(|&label| label < list.len()) else { return row };
            self.models[model].push(label, list.iter().copied());
            self.sums.push(list.iter().sum());
        }
        rows
    }

    /// Divides a row by its sum if it is to be normalized, or else checks that the sum is
    /// near 1.
    ///
    /// # Errors
    /// The fact about the outputs, without a subject: "add up to 2, not 1".
    fn check_sum(&mut self, scoring: &Scoring, model: usize, row: usize) -> Result<(), String> {
        // The error of the rounded sum is far smaller than this margin.
        if !scoring.normalize && (self.sums[row] - 1.0).abs() < TOLERANCE * (1.0 - 1e-6) {
            return Ok(());
        }
        let yhat = self.models[model].outputs(row);
        if scoring.normalize {
            let sum = exact_sum(yhat);
            if !(sum > 0.0 && sum < f64::INFINITY) {
                return Err(format!(
                    "add up to {}, and cannot be divided by that",
                    shortest_text(sum)
                ));
            }
            self.models[model].divide(row, sum);
            return Ok(());
        }
        let sum = yhat.iter().fold(Double::from(0.0), |sum, &yhat| sum + Double::from(yhat));
        let gap = (sum + -Double::ONE).high.abs();
        #[expect(clippy::cast_precision_loss, reason = "classes are few")]
        let allowed = (0.005 * yhat.len() as f64).clamp(0.01, 0.05) + 1e-9;
        if gap > allowed {
            return Err(format!("add up to {}, not 1", shortest_text(sum.high)));
        }
        if gap > TOLERANCE && self.widest.is_none_or(|widest| gap > widest.gap) {
            self.widest = Some(Gap { gap, row });
        }
        Ok(())
    }
}

/// Returns the index of the class that a label stands for.
fn index(y: f64) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a label is the index of a class"
    )]
    let index = y as usize;
    index
}

/// Returns the outputs of a model in words: "the ŷ of 'model'".
fn outputs_of(schema: &Schema, model: usize) -> String {
    let letter = if schema.header.given.is_z() { "z" } else { "ŷ" };
    let header = &schema.header;
    let name = header.models.get(model).or(header.baseline.as_ref()).map_or("", String::as_str);
    format!("the {letter} of '{}'", excerpt(name.as_bytes()))
}

/// Returns the error of a row that has no output for its label.
fn no_output(schema: &Schema, batch: &Batch, (model, row): (usize, usize)) -> Error {
    if let Outputs::List(list, classes) = &schema.outputs[model]
        && !classes.is_empty()
        && classes.len() != batch.lists[*list].get(row).len()
    {
        let (found, wanted) = (batch.lists[*list].get(row).len(), classes.len());
        let message = format!("the list has {found} elements, and there are {wanted} classes");
        let column = &schema.header.names[schema.lists[*list]];
        let location = schema.location(batch.line(row) + 1).with_column(column);
        return Error::new(Kind::Value, location, message);
    }
    let class = index(batch.columns[schema.label_slot()][row]);
    let name = schema.header.classes.get(class).cloned().unwrap_or_else(|| class.to_string());
    let outputs = outputs_of(schema, model);
    let message =
        format!("the label is '{}', and {outputs} have none for it", excerpt(name.as_bytes()));
    at(schema, batch, row, message)
}

/// Returns an error of a row. Its line counts from the start of the chunk.
fn at(schema: &Schema, batch: &Batch, row: usize, message: String) -> Error {
    Error::new(Kind::Value, schema.location(batch.line(row) + 1), message)
}
