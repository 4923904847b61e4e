//! Costs and tallies of a batch of rows.

use std::ops::Range;

use crate::cost::Domains;
use crate::error::Error;
use crate::input::block::Block;
use crate::input::record;
use crate::input::scan::{Batch, Scanner};
use crate::input::sheet::Sheet;
use crate::neuron::{Condition, Given, condition};
use crate::report::Instances;
use crate::tally::{Tally, all_finite};

use super::Plan;
use super::groups::{Groups, Partition};
use super::worker::{Stop, locate};

/// Computes costs, batch by batch.
pub struct Scorer<'a> {
    plan: &'a Plan,
    /// The costs of the batch, one column per model and cost, each with its gradient
    /// after it if that is wanted.
    costs: Vec<Vec<f64>>,
    /// The same with the magnitudes of gradients; empty without them.
    magnitudes: Vec<Vec<f64>>,
    /// The condition of each neuron, one column per model, if that is of interest.
    conditions: Vec<Vec<Condition>>,
    partition: Partition,
    key: Vec<u8>,
    /// The labels, the weights and the costs of one group.
    gathered: (Vec<f64>, Vec<f64>, Vec<Vec<f64>>),
}

impl<'a> Scorer<'a> {
    pub fn new(plan: &'a Plan) -> Self {
        let costs = vec![Vec::new(); plan.models * plan.costs.len() * plan.columns_per_cost()];
        Scorer {
            plan,
            gathered: (Vec::new(), Vec::new(), costs.clone()),
            magnitudes: Vec::new(),
            conditions: Vec::new(),
            costs,
            partition: Partition::default(),
            key: Vec::new(),
        }
    }

    /// Computes the costs of rows: of each model, by each cost.
    pub fn score(&mut self, y: &[f64], outputs: &[&[f64]], given: Given) {
        let plan = self.plan;
        let columns =
            outputs.iter().flat_map(|output| plan.costs.iter().map(move |cost| (*output, *cost)));
        for ((output, cost), columns) in
            columns.zip(self.costs.chunks_exact_mut(plan.columns_per_cost()))
        {
            columns[0].resize(y.len(), 0.0);
            match given {
                Given::Yhat => cost.costs(y, output, &mut columns[0]),
                Given::Z => plan.activated(cost).costs(y, output, &mut columns[0]),
            }
            if let Some(gradients) = columns.get_mut(1) {
                gradients.clear();
                let rows = y.iter().zip(output);
                gradients.extend(rows.map(|(&y, &x)| match given {
                    Given::Yhat => cost.gradient(y, x),
                    Given::Z => plan.activated(cost).gradient(y, x),
                }));
            }
        }
        if plan.gradients {
            let magnitudes = |column: &Vec<f64>| column.iter().map(|x| x.abs()).collect();
            self.magnitudes = self.costs.iter().map(magnitudes).collect();
        }
        if plan.shows_neurons(given) {
            let activation = plan.activation();
            let conditions = |output: &&[f64]| {
                let rows = y.iter().zip(*output);
                rows.map(|(&y, &x)| condition(given, activation, y, x)).collect()
            };
            self.conditions = outputs.iter().map(conditions).collect();
        }
    }

    /// The costs of the batch and the magnitudes of gradients, as tallies take them.
    pub fn magnitudes(&self) -> &[Vec<f64>] {
        if self.plan.gradients { &self.magnitudes } else { &self.costs }
    }

    /// The condition of each model's neuron in a row.
    pub fn conditions_of(&self, row: usize) -> impl Iterator<Item = Condition> + Clone {
        self.conditions.iter().map(move |conditions| conditions[row])
    }

    /// Counts the neurons of the batch that are saturated and wrong.
    pub fn mark(&self, tally: &mut Tally) {
        for (model, conditions) in self.conditions.iter().enumerate() {
            tally.mark(model, wrong(conditions.iter()));
        }
    }

    /// The costs of the batch, one column per model and cost, and gradient.
    pub fn costs(&self) -> &[Vec<f64>] {
        &self.costs
    }

    /// The costs of a row of the batch.
    pub fn costs_of(&self, row: usize) -> impl Iterator<Item = f64> + Clone {
        self.costs.iter().map(move |costs| costs[row])
    }

    /// The rows with an infinite cost and a weight above 0, in order.
    pub fn infinite_rows(&self, weights: Option<&[f64]>) -> Vec<usize> {
        if self.costs.iter().all(|costs| all_finite(costs)) {
            return Vec::new();
        }
        let rows = 0..self.costs.first().map_or(0, Vec::len);
        rows.filter(|&row| {
            self.costs_of(row).any(f64::is_infinite)
                && weights.is_none_or(|weights| weights[row] > 0.0)
        })
        .collect()
    }

    /// Adds the whole batch to the one group that it is in.
    pub fn tally(
        &mut self,
        batch: &Batch,
        block: &Block,
        groups: &mut Groups,
    ) -> Result<(), Error> {
        let sheet = &*block.sheet;
        groups.start_key(sheet, &mut self.key);
        let place = groups.place(&self.key, sheet, (block.index, 0))?;
        let tally = groups.tally(place);
        let weights = sheet.weight.map(|place| batch.columns[place].as_slice());
        tally.extend(&batch.columns[sheet.y], weights, self.magnitudes());
        self.mark(tally);
        tally.skip(batch.skipped.len() as u64);
        Ok(())
    }

    /// Adds each row of the batch to its group.
    pub fn tally_groups(
        &mut self,
        batch: &Batch,
        before: Scanner,
        block: &Block,
        groups: &mut Groups,
    ) -> Result<(), Stop> {
        let sheet = &*block.sheet;
        let records = batch.records.as_deref().unwrap_or_default();
        self.partition.places.clear();
        for (row, record) in records.iter().enumerate() {
            let tail = batch.tails.get(row).copied();
            let place = self.place(record, tail, before, block, groups)?;
            self.partition.places.push(place.ok_or_else(|| Stop::At(locate(before, row)))?);
        }
        for record in &batch.skipped {
            if let Some(place) = self.place(record, None, before, block, groups)? {
                groups.meet(place, (block.index, record.start));
                groups.tally(place).skip(1);
            }
        }
        let weights = sheet.weight.map(|place| batch.columns[place].as_slice());
        let magnitudes = if self.plan.gradients { &self.magnitudes } else { &self.costs };
        let (y, w, costs) = &mut self.gathered;
        for (place, rows) in self.partition.groups() {
            gather(&batch.columns[sheet.y], rows, y);
            gather(weights.unwrap_or_default(), if weights.is_some() { rows } else { &[] }, w);
            for (column, gathered) in magnitudes.iter().zip(&mut *costs) {
                gather(column, rows, gathered);
            }
            let tally = groups.tally(place);
            tally.extend(y, weights.is_some().then_some(w), costs);
            for (model, conditions) in self.conditions.iter().enumerate() {
                tally.mark(model, wrong(rows.iter().map(|&row| &conditions[row])));
            }
        }
        Ok(())
    }

    /// The place of a record's group; None if it lacks a cell to group by.
    fn place(
        &mut self,
        record: &Range<usize>,
        tail: Option<usize>,
        scanner: Scanner,
        block: &Block,
        groups: &mut Groups,
    ) -> Result<Option<usize>, Error> {
        let short = scanner.short_cell(record, tail).filter(|_| groups.are_by_cells_alone());
        if let Some(place) = short.and_then(|cell| groups.recall(cell)) {
            return Ok(Some(place));
        }
        groups.start_key(&block.sheet, &mut self.key);
        if !scanner.append_key(record, tail, &mut self.key) {
            return Ok(None);
        }
        let place = groups.place(&self.key, &block.sheet, (block.index, record.start))?;
        if let Some(cell) = short {
            groups.remember(cell, place);
        }
        Ok(Some(place))
    }

    /// Appends the rows of the batch to the output.
    pub fn write(
        &self,
        instances: &Instances,
        records: &[Range<usize>],
        bytes: &[u8],
        sheet: &Sheet,
        output: &mut Vec<u8>,
    ) {
        let passes = instances.delimiter() == Some(sheet.delimiter);
        let names = instances.names(&sheet.names, &sheet.models);
        for (row, record) in records.iter().enumerate() {
            let record = &bytes[record.clone()];
            let costs = self.costs_of(row);
            if passes {
                instances.passed_row(record, costs, output);
            } else {
                let cells = record::cells(record, sheet.delimiter);
                instances.row(&names, &cells, costs, self.conditions_of(row), output);
            }
        }
    }
}

/// How many are saturated and wrong.
fn wrong<'a>(conditions: impl Iterator<Item = &'a Condition>) -> u64 {
    conditions.filter(|&&condition| condition == Condition::SaturatedWrong).count() as u64
}

/// The numbers of some rows, one after the other.
fn gather(numbers: &[f64], rows: &[usize], gathered: &mut Vec<f64>) {
    gathered.clear();
    gathered.extend(rows.iter().map(|&row| numbers[row]));
}

/// The first row with a number that the costs, or weights, cannot have.
pub fn first_outside(
    domains: Domains,
    y: &[f64],
    outputs: &[&[f64]],
    weights: Option<&[f64]>,
) -> Option<usize> {
    let is_weight = |w: f64| w >= 0.0;
    let are_weights = weights.is_none_or(|weights| weights.iter().all(|&w| is_weight(w)));
    let are_outputs = outputs.iter().all(|output| domains.output.contains_all(output));
    if domains.y.contains_all(y) && are_outputs && are_weights {
        return None;
    }
    (0..y.len()).find(|&row| {
        !domains.y.contains(y[row])
            || outputs.iter().any(|output| !domains.output.contains(output[row]))
            || weights.is_some_and(|weights| !is_weight(weights[row]))
    })
}
