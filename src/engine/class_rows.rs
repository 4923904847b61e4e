//! The outputs of models of several classes, row by row: whether they can be scored.

use crate::cost::ClassOutputs;
use crate::digits::shortest_text;
use crate::error::{Error, Kind};
use crate::float::Double;
use crate::neuron::Given;
use crate::scoring::Scoring;
use crate::table::batch::Batch;
use crate::table::schema::{Outputs, Schema};
use crate::tally::exact_sum;
use crate::text::excerpt;

/// How far the sum of a row's ŷ may be off 1 without a word.
const UNSAID: f64 = 1e-3;

/// How far a sum is off 1, and in which row of the batch.
#[derive(Clone, Copy, Debug)]
pub struct Gap {
    /// |Σŷ − 1|.
    pub gap: f64,
    /// The first row that it is of.
    pub row: usize,
}

/// The outputs of each model in the rows of a batch.
#[derive(Clone, Debug, Default)]
pub struct ClassRows {
    models: Vec<ClassOutputs>,
    row: Vec<f64>,
    widest: Option<Gap>,
}

impl ClassRows {
    /// Those of each model, and of the baseline.
    pub fn all(&self) -> &[ClassOutputs] {
        &self.models
    }

    /// The sum that is farthest off 1, if it is worth a warning.
    pub fn widest_gap(&self) -> Option<Gap> {
        self.widest
    }

    /// Gathers the outputs of a batch up to the first row that cannot be scored; gives that
    /// row, and why.
    pub fn gather(
        &mut self,
        scoring: &Scoring,
        batch: &Batch,
        schema: &Schema,
    ) -> Option<(usize, Error)> {
        self.widest = None;
        self.models.resize_with(schema.outputs.len(), ClassOutputs::default);
        self.models.iter_mut().for_each(ClassOutputs::clear);
        for row in 0..batch.rows {
            for model in 0..schema.outputs.len() {
                if let Err(error) = self.gather_row(scoring, batch, schema, (model, row)) {
                    self.models.iter_mut().for_each(|outputs| outputs.truncate(row));
                    return Some((row, error));
                }
            }
        }
        None
    }

    fn gather_row(
        &mut self,
        scoring: &Scoring,
        batch: &Batch,
        schema: &Schema,
        (model, row): (usize, usize),
    ) -> Result<(), Error> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a label is the index of a class"
        )]
        let class = batch.columns[schema.y][row] as usize;
        self.row.clear();
        let label = match &schema.outputs[model] {
            Outputs::One(_) => None,
            Outputs::Classes(classes) => {
                self.row.extend(classes.iter().map(|&(_, slot)| batch.columns[slot][row]));
                classes.binary_search_by_key(&class, |(class, _)| *class).ok()
            }
            Outputs::List(list, classes) => {
                let list = batch.lists[*list].get(row);
                self.row.extend_from_slice(list);
                if classes.is_empty() {
                    Some(class)
                } else if classes.len() == list.len() {
                    classes.iter().position(|other| *other == class)
                } else {
                    let (found, wanted) = (list.len(), classes.len());
                    let message =
                        format!("the list has {found} elements, and there are {wanted} classes");
                    return Err(at(schema, batch, row, message));
                }
            }
        };
        let label = label.filter(|&label| label < self.row.len());
        let label = label.ok_or_else(|| no_output(schema, batch, (model, row), class))?;
        if schema.header.given == Given::Classes {
            self.check_sum(scoring, row).map_err(|sum| {
                let message = format!("{} add up to {sum}, not 1", outputs_of(schema, model));
                at(schema, batch, row, message)
                    .with_hint("logits? --z-col takes them; shares of something else? --normalize")
            })?;
        } else if self.row.iter().all(|z| *z == f64::NEG_INFINITY) {
            let message = format!(
                "{} are all −∞, of which a softmax makes nothing",
                outputs_of(schema, model)
            );
            return Err(at(schema, batch, row, message));
        }
        self.models[model].push(label, self.row.iter().copied());
        Ok(())
    }

    /// Divides the row by its sum, if that is asked for, or sees to it that it is near 1.
    ///
    /// # Errors
    /// The sum as text.
    fn check_sum(&mut self, scoring: &Scoring, row: usize) -> Result<(), String> {
        if scoring.normalize {
            let sum = exact_sum(&self.row);
            if !(sum > 0.0 && sum < f64::INFINITY) {
                return Err(shortest_text(sum));
            }
            self.row.iter_mut().for_each(|yhat| *yhat /= sum);
            return Ok(());
        }
        let sum = self.row.iter().fold(Double::from(0.0), |sum, &yhat| sum + Double::from(yhat));
        let gap = (sum + -Double::ONE).high.abs();
        if gap <= UNSAID {
            return Ok(());
        }
        #[expect(clippy::cast_precision_loss, reason = "classes are few")]
        let allowed = (0.005 * self.row.len() as f64).clamp(0.01, 0.05) + 1e-9;
        if gap > allowed {
            return Err(shortest_text(sum.high));
        }
        if self.widest.is_none_or(|widest| gap > widest.gap) {
            self.widest = Some(Gap { gap, row });
        }
        Ok(())
    }
}

/// The outputs of a model in a sentence.
fn outputs_of(schema: &Schema, model: usize) -> String {
    let letter = if schema.header.given.is_z() { "z" } else { "ŷ" };
    let header = &schema.header;
    let name = header.models.get(model).or(header.baseline.as_ref()).map_or("", String::as_str);
    format!("the {letter} of '{}'", excerpt(name.as_bytes()))
}

fn no_output(schema: &Schema, batch: &Batch, (model, row): (usize, usize), class: usize) -> Error {
    let name = schema.header.classes.get(class).cloned().unwrap_or_else(|| class.to_string());
    let message = format!(
        "the label is '{}', and {} have none for it",
        excerpt(name.as_bytes()),
        outputs_of(schema, model)
    );
    at(schema, batch, row, message)
}

/// An error of a row, whose line counts from the start of the chunk.
fn at(schema: &Schema, batch: &Batch, row: usize, message: String) -> Error {
    Error::new(Kind::Value, schema.location(batch.line(row) + 1), message)
}
