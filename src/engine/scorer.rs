//! Computes the costs of a batch of rows and adds them to tallies.

use std::borrow::Cow;

use crate::cost::{ClassOutputs, Domain, Domains, Softmax};
use crate::error::Error;
use crate::neuron::{Condition, Given, condition};
use crate::report::{Instance, ModelOutputs};
use crate::scoring::Scoring;
use crate::table::batch::{BATCH, Batch};
use crate::table::schema::{Outputs, Schema};
use crate::tally::{Tally, all_finite};

use super::class_rows::{ClassRows, Gap};
use super::groups::{FETCHED, Groups, Position};
use super::partition::Partition;

/// Computes costs, batch by batch.
#[derive(Clone, Default)]
pub struct Scorer {
    /// The costs of the batch, one column per model and cost; with gradients, each is
    /// followed by the column of its gradient.
    costs: Vec<Vec<f64>>,
    /// The same columns with the magnitudes of gradients; empty without gradients.
    magnitudes: Vec<Vec<f64>>,
    /// How many of these columns belong to models; the rest belong to the baseline.
    of_models: usize,
    /// The index of each column that clipping may change, and for each row whether it did.
    clipped: Vec<(usize, Vec<bool>)>,
    /// The condition of each neuron, one column per model, if neurons are shown.
    conditions: Vec<Vec<Condition>>,
    /// The outputs of models of several classes.
    classes: ClassRows,
    /// The index of the group of each row of the batch.
    group_of_row: Vec<usize>,
    partition: Partition,
    /// The labels, the weights and the costs of the rows of one group.
    gathered: (Vec<f64>, Vec<f64>, Vec<Vec<f64>>),
    /// The outputs of one model in the rows of one group.
    forecasts: Vec<f64>,
}

/// The labels of a batch that has none.
static NO_LABELS: [f64; BATCH] = [0.0; BATCH];

/// The numbers of a batch by their roles: labels, outputs and weights.
#[derive(Clone, Copy)]
pub struct Numbers<'b> {
    batch: &'b Batch,
    schema: &'b Schema,
}

impl<'b> Numbers<'b> {
    /// Views the numbers of a batch that has this schema.
    pub fn new(batch: &'b Batch, schema: &'b Schema) -> Self {
        Numbers { batch, schema }
    }

    /// Returns the labels, or zeros if there are none.
    pub fn y(self) -> &'b [f64] {
        match self.schema.y {
            Some(slot) => &self.batch.columns[slot],
            None => &NO_LABELS[..self.batch.rows],
        }
    }

    /// Returns the column of each model with one output per instance, then the baseline's.
    pub fn outputs(self) -> impl Iterator<Item = &'b [f64]> {
        let slots = self.schema.outputs.iter().filter_map(Outputs::one);
        slots.map(move |slot| self.batch.columns[slot].as_slice())
    }

    /// Returns the index and the outputs of each model; nothing without `--calibration`. Outputs
    /// are within [0, 1] if every cost is clipped, as a state does not say which cost clips.
    fn forecasts(self, scoring: &Scoring) -> impl Iterator<Item = (usize, Cow<'b, [f64]>)> {
        let models = if scoring.calibration { self.schema.header.models.len() } else { 0 };
        let is_clipped =
            scoring.clip.is_some() && scoring.costs().iter().all(|cost| cost.is_clipped());
        let forecasts = move |output: &'b [f64]| {
            if is_clipped && !Domain::Unit.contains_all(output) {
                Cow::Owned(output.iter().map(|yhat| yhat.clamp(0.0, 1.0)).collect())
            } else {
                Cow::Borrowed(output)
            }
        };
        self.outputs().take(models).map(forecasts).enumerate()
    }

    /// Returns every column of outputs, be they of one class or of several.
    fn columns_of_outputs(self) -> impl Iterator<Item = &'b [f64]> {
        let slots = self.schema.outputs.iter().flat_map(Outputs::slots);
        slots.map(move |slot| self.batch.columns[slot].as_slice())
    }

    /// Returns the weights, if there are any.
    pub fn weights(self) -> Option<&'b [f64]> {
        self.schema.weight.map(|slot| self.batch.columns[slot].as_slice())
    }

    /// Returns the first row with a label or an output outside its domain, or a bad weight.
    pub fn first_outside(self, domains: Domains) -> Option<usize> {
        let is_weight = |w: f64| (0.0..f64::INFINITY).contains(&w);
        let are_weights =
            self.weights().is_none_or(|weights| weights.iter().all(|&w| is_weight(w)));
        let are_outputs =
            self.columns_of_outputs().all(|output| domains.output.contains_all(output));
        let are_lists = self.batch.lists.iter().all(|list| domains.output.contains_all(list.all()));
        if domains.y.contains_all(self.y()) && are_outputs && are_lists && are_weights {
            return None;
        }
        let is_outside = |x: &f64| !domains.output.contains(*x);
        (0..self.batch.rows).find(|&row| {
            !domains.y.contains(self.y()[row])
                || self.columns_of_outputs().any(|output| is_outside(&output[row]))
                || self.batch.lists.iter().any(|list| list.get(row).iter().any(is_outside))
                || self.weights().is_some_and(|weights| !is_weight(weights[row]))
        })
    }
}

impl Scorer {
    /// Computes each cost of each model for all rows.
    pub fn score(&mut self, scoring: &Scoring, numbers: Numbers) {
        let (y, given) = (numbers.y(), numbers.schema.header.given);
        let costs = scoring.costs();
        let per_cost = scoring.columns_per_cost();
        let header = &numbers.schema.header;
        self.of_models = scoring.columns(header.models.len());
        self.costs.resize_with(scoring.columns(header.outputs()), Vec::new);
        self.clipped.clear();
        if given.has_classes() {
            return self.score_classes(scoring, given);
        }
        let columns =
            numbers.outputs().flat_map(|output| costs.iter().map(move |cost| (output, *cost)));
        let columns = columns.zip(self.costs.chunks_exact_mut(per_cost)).enumerate();
        for (index, ((output, cost), columns)) in columns {
            columns[0].resize(y.len(), 0.0);
            match given {
                Given::Z => scoring.activated(cost).costs(y, output, &mut columns[0]),
                Given::Logp => {
                    let cost = |&logp: &f64| {
                        cost.cost_of_log_probability(logp).expect("other costs are refused")
                    };
                    columns[0].clear();
                    columns[0].extend(output.iter().map(cost));
                }
                _ => cost.costs(y, output, &mut columns[0]),
            }
            if let Some(clip) = scoring.clip.filter(|_| cost.is_clipped()) {
                let before = columns[0].clone();
                cost.clip(clip, y, output, &mut columns[0]);
                let pairs = columns[0].iter().zip(&before);
                let changed = pairs.map(|(cost, before)| cost != before).collect();
                self.clipped.push((index * per_cost, changed));
            }
            if let Some(gradients) = columns.get_mut(1) {
                gradients.clear();
                let rows = y.iter().zip(output);
                gradients.extend(rows.map(|(&y, &x)| match given {
                    Given::Z => scoring.activated(cost).gradient(y, x),
                    _ => cost.gradient(y, x),
                }));
            }
        }
        if scoring.gradient {
            let magnitudes = |column: &Vec<f64>| column.iter().map(|x| x.abs()).collect();
            self.magnitudes = self.costs.iter().map(magnitudes).collect();
        }
        if scoring.shows_neurons(given) {
            let conditions = |output: &[f64]| {
                let rows = y.iter().zip(output);
                rows.map(|(&y, &x)| condition(given, scoring.activation(), y, x)).collect()
            };
            self.conditions = numbers.outputs().map(conditions).collect();
        }
    }

    /// Gathers the outputs of models of several classes up to the first row that cannot be
    /// scored. Returns that row and the reason.
    pub fn gather_classes(
        &mut self,
        scoring: &Scoring,
        numbers: Numbers,
    ) -> Option<(usize, Error)> {
        numbers.schema.classes.as_ref()?;
        self.classes.gather(scoring, numbers.batch, numbers.schema)
    }

    /// Returns the largest |Σŷ − 1| of a row, if it is worth a warning.
    pub fn widest_gap(&self) -> Option<Gap> {
        self.classes.widest_gap()
    }

    /// Computes the costs of the outputs that were gathered.
    fn score_classes(&mut self, scoring: &Scoring, given: Given) {
        let costs = scoring.costs();
        let mut columns = self.costs.chunks_exact_mut(costs.len());
        for (model, (outputs, columns)) in self.classes.all().iter().zip(&mut columns).enumerate() {
            for column in &mut *columns {
                column.resize(outputs.len(), 0.0);
            }
            if given.is_z() {
                for (row, (label, z)) in outputs.iter().enumerate() {
                    let softmax = Softmax::new(z);
                    for (cost, column) in costs.iter().zip(&mut *columns) {
                        column[row] = cost.cost_of_softmax(label, &softmax);
                    }
                }
                continue;
            }
            for (index, (cost, column)) in costs.iter().zip(columns).enumerate() {
                cost.costs_of_classes(outputs, column);
                if let Some(clip) = scoring.clip.filter(|_| cost.is_clipped()) {
                    let clipped = |(label, yhat)| cost.clipped_cost_of_classes(clip, label, yhat);
                    let clipped: Vec<f64> = outputs.iter().map(clipped).collect();
                    let changed = clipped.iter().zip(&*column).map(|(a, b)| a != b).collect();
                    self.clipped.push((model * costs.len() + index, changed));
                    *column = clipped;
                }
            }
        }
    }

    /// Returns the costs of the batch, one column per model and cost, and per gradient.
    pub fn costs(&self) -> &[Vec<f64>] {
        &self.costs
    }

    /// Returns the same columns without those of the baseline.
    pub fn costs_of_models(&self) -> &[Vec<f64>] {
        &self.costs[..self.of_models]
    }

    /// Returns the models' costs of a row of the batch.
    pub fn costs_of(&self, row: usize) -> impl Iterator<Item = f64> + Clone {
        self.costs_of_models().iter().map(move |costs| costs[row])
    }

    /// Returns the numbers of a row that an explanation shows.
    pub fn instance(&self, numbers: Numbers, row: usize) -> Instance {
        let (schema, models) = (numbers.schema, numbers.schema.header.models.len());
        let one = |output: &[f64]| ModelOutputs {
            names: Vec::new(),
            label: 0,
            numbers: vec![output[row]],
        };
        let classes = |(model, outputs): (usize, &ClassOutputs)| {
            let (label, outputs) = outputs.iter().nth(row).expect("the row was gathered");
            let name = |position| schema.class_name(&schema.outputs[model], position);
            let names = (0..outputs.len()).map(name).collect();
            ModelOutputs { names, label, numbers: outputs.to_vec() }
        };
        let models = if schema.header.given.has_classes() {
            self.classes.all().iter().take(models).enumerate().map(classes).collect()
        } else {
            numbers.outputs().take(models).map(one).collect()
        };
        Instance { y: numbers.y()[row], models, costs: self.costs_of(row).collect() }
    }

    /// Returns the condition of each model's neuron in a row.
    pub fn conditions_of(&self, row: usize) -> impl Iterator<Item = Condition> + Clone {
        self.conditions.iter().map(move |conditions| conditions[row])
    }

    /// Returns the rows, in order, in which a model's cost is infinite and the weight above 0.
    pub fn infinite_rows(&self, weights: Option<&[f64]>) -> Vec<usize> {
        if self.costs_of_models().iter().all(|costs| all_finite(costs)) {
            return Vec::new();
        }
        let rows = 0..self.costs.first().map_or(0, Vec::len);
        rows.filter(|&row| {
            self.costs_of(row).any(f64::is_infinite)
                && weights.is_none_or(|weights| weights[row] > 0.0)
        })
        .collect()
    }

    /// Returns the costs and the magnitudes of gradients, which tallies take.
    fn magnitudes(&self, scoring: &Scoring) -> &[Vec<f64>] {
        if scoring.gradient { &self.magnitudes } else { &self.costs }
    }

    /// Adds the whole batch to the tally of its only group.
    pub fn tally(&self, scoring: &Scoring, numbers: Numbers, tally: &mut Tally) {
        tally.extend(numbers.y(), numbers.weights(), self.magnitudes(scoring));
        for (model, conditions) in self.conditions.iter().enumerate() {
            tally.mark(model, wrong(conditions, numbers.weights()).count() as u64);
        }
        for (column, clipped) in &self.clipped {
            tally.clip(*column, clipped.iter().filter(|&&clipped| clipped).count() as u64);
        }
        for (model, output) in numbers.forecasts(scoring) {
            tally.forecast(model, numbers.y(), numbers.weights(), &output);
        }
        tally.skip(numbers.batch.skipped.len() as u64);
    }

    /// Adds each row of the batch to its group. `before` is how many rows of the chunk come
    /// before the batch.
    pub fn tally_groups(
        &mut self,
        scoring: &Scoring,
        numbers: Numbers,
        (chunk, before): Position,
        groups: &mut Groups,
    ) -> Result<(), Error> {
        let (batch, schema) = (numbers.batch, numbers.schema);
        let all = &mut self.group_of_row;
        all.clear();
        let mut left_out = batch.skipped.iter().enumerate().peekable();
        for row in 0..=batch.rows {
            if row % FETCHED == 0 && !scoring.by_file {
                let rows = row..batch.rows.min(row + FETCHED);
                groups.fetch_keys(rows.map(|row| batch.keys.get(row).shortened()));
            }
            while let Some((index, _)) = left_out.next_if(|(_, skipped)| skipped.before == row) {
                let position = (chunk, before + (row + index) as u64);
                let key = batch.skipped_keys.get(index);
                let group = groups.index(key, schema, scoring, position)?;
                groups.skip(group);
            }
            if row < batch.rows {
                let position = (chunk, before + batch.position(row));
                all.push(groups.index(batch.keys.get(row), schema, scoring, position)?);
            }
        }
        let magnitudes = if scoring.gradient { &self.magnitudes } else { &self.costs };
        self.partition.clear();
        let labels = numbers.y();
        for (block, indices) in all.chunks(FETCHED).enumerate() {
            let are_small = groups.fetch(indices);
            for (row, &group) in (block * FETCHED..).zip(indices) {
                let cost = |column: usize| magnitudes[column][row];
                if !are_small || !groups.add(group, labels[row], cost) {
                    self.partition.push(row);
                }
            }
        }
        let (y, w, costs) = &mut self.gathered;
        costs.resize_with(magnitudes.len(), Vec::new);
        let forecasts: Vec<_> = numbers.forecasts(scoring).collect();
        for (group, rows) in self.partition.runs(all) {
            gather(labels, rows, y);
            if let Some(weights) = numbers.weights() {
                gather(weights, rows, w);
            }
            for (column, gathered) in magnitudes.iter().zip(&mut *costs) {
                gather(column, rows, gathered);
            }
            let weights = numbers.weights().map(|_| w.as_slice());
            let tally = groups.tally(group);
            tally.extend(y, weights, costs);
            for (model, output) in &forecasts {
                gather(output, rows, &mut self.forecasts);
                tally.forecast(*model, y, weights, &self.forecasts);
            }
        }
        for (model, conditions) in self.conditions.iter().enumerate() {
            for row in wrong(conditions, numbers.weights()) {
                groups.tally(all[row]).mark(model, 1);
            }
        }
        for (column, clipped) in &self.clipped {
            for row in (0..batch.rows).filter(|&row| clipped[row]) {
                groups.tally(all[row]).clip(*column, 1);
            }
        }
        Ok(())
    }
}

/// Returns the rows of a weight above 0 that are saturated and wrong.
fn wrong<'a>(
    conditions: &'a [Condition],
    weights: Option<&'a [f64]>,
) -> impl Iterator<Item = usize> + 'a {
    (0..conditions.len()).filter(move |&row| {
        conditions[row] == Condition::SaturatedWrong
            && weights.is_none_or(|weights| weights[row] > 0.0)
    })
}

/// Copies the numbers of some rows.
fn gather(numbers: &[f64], rows: &[usize], gathered: &mut Vec<f64>) {
    gathered.clear();
    gathered.extend(rows.iter().map(|&row| numbers[row]));
}
