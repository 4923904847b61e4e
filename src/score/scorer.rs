//! Costs and tallies of a batch of rows.

use std::ops::Range;

use crate::cost::Domain;
use crate::error::Error;
use crate::input::blocks::Block;
use crate::input::record;
use crate::input::scan::{Batch, Scanner};
use crate::input::sheet::Sheet;
use crate::report::Instances;
use crate::tally::all_finite;

use super::groups::{Groups, Partition};
use super::{Plan, Stop, locate};

/// Computes costs, batch by batch.
pub struct Scorer<'a> {
    plan: &'a Plan,
    /// The costs of the batch, one column per model and cost.
    costs: Vec<Vec<f64>>,
    partition: Partition,
    key: Vec<u8>,
    /// The labels, the weights and the costs of one group.
    gathered: (Vec<f64>, Vec<f64>, Vec<Vec<f64>>),
}

impl<'a> Scorer<'a> {
    pub fn new(plan: &'a Plan) -> Self {
        let costs = vec![Vec::new(); plan.models * plan.costs.len()];
        Scorer {
            plan,
            gathered: (Vec::new(), Vec::new(), costs.clone()),
            costs,
            partition: Partition::default(),
            key: Vec::new(),
        }
    }

    /// Computes the costs of rows: of each model, by each cost.
    pub fn score(&mut self, y: &[f64], yhats: &[&[f64]]) {
        let columns =
            yhats.iter().flat_map(|yhat| self.plan.costs.iter().map(move |cost| (yhat, cost)));
        for ((yhat, cost), costs) in columns.zip(&mut self.costs) {
            costs.resize(y.len(), 0.0);
            cost.costs(y, yhat, costs);
        }
    }

    /// The costs of the batch, one column per model and cost.
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
        tally.extend(&batch.columns[sheet.y], weights, &self.costs);
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
        let (y, w, costs) = &mut self.gathered;
        for (place, rows) in self.partition.groups() {
            gather(&batch.columns[sheet.y], rows, y);
            gather(weights.unwrap_or_default(), if weights.is_some() { rows } else { &[] }, w);
            for (column, gathered) in self.costs.iter().zip(&mut *costs) {
                gather(column, rows, gathered);
            }
            groups.tally(place).extend(y, weights.is_some().then_some(w), costs);
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
                instances.row(&names, &cells, costs, output);
            }
        }
    }
}

/// The numbers of some rows, one after the other.
fn gather(numbers: &[f64], rows: &[usize], gathered: &mut Vec<f64>) {
    gathered.clear();
    gathered.extend(rows.iter().map(|&row| numbers[row]));
}

/// The first row with a number that the costs, or weights, cannot have.
pub fn first_outside(
    domain: Domain,
    y: &[f64],
    yhats: &[&[f64]],
    weights: Option<&[f64]>,
) -> Option<usize> {
    let is_weight = |w: f64| w >= 0.0;
    let are_weights = weights.is_none_or(|weights| weights.iter().all(|&w| is_weight(w)));
    if domain.contains_all(y) && yhats.iter().all(|yhat| domain.contains_all(yhat)) && are_weights {
        return None;
    }
    (0..y.len()).find(|&row| {
        !domain.contains(y[row])
            || yhats.iter().any(|yhat| !domain.contains(yhat[row]))
            || weights.is_some_and(|weights| !is_weight(weights[row]))
    })
}
