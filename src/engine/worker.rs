//! A worker: scores chunks, reports on each, and keeps tallies of its own. It knows nothing
//! of the order of chunks.

use std::sync::Arc;

use crate::error::Error;
use crate::report::{EXPLAINED, Instances, Rows, Worst};
use crate::table::batch::{BATCH, Batch, Key};
use crate::table::format::{Chunk, Step};
use crate::table::schema::Schema;

use super::classes::Columns;
use super::groups::{Groups, Position};
use super::plan::Plan;
use super::scorer::{Numbers, Scorer};
use super::sequencer::{INFINITE_SHOWN, Report};
use super::top::Candidates;

/// The smallest limit of rows of a batch, however wide they are.
const LEAST_BATCH: usize = 32;

/// Scores chunks, and keeps tallies of its own.
#[derive(Clone)]
pub struct Worker {
    /// What to do.
    pub plan: Arc<Plan>,
    scorer: Scorer,
    /// The groups so far.
    pub groups: Groups,
    candidates: Candidates,
    batch: Batch,
    /// The columns of instances, with the index of the table that they belong to.
    rows: Option<(usize, Rows)>,
}

impl Worker {
    pub fn new(plan: &Arc<Plan>) -> Self {
        Worker {
            scorer: Scorer::default(),
            groups: Groups::new(plan.max_groups),
            candidates: Candidates::new(plan.request.scoring.worst()),
            batch: Batch::default(),
            rows: None,
            plan: Arc::clone(plan),
        }
    }

    /// Scores the rows of the chunk at `index` of the input.
    pub fn score(&mut self, index: u64, chunk: &mut dyn Chunk) -> Report {
        let schema = Arc::clone(chunk.schema());
        let mut report = Report { schema: Some(Arc::clone(&schema)), ..Report::default() };
        report.classes = Some(Columns::new(&schema));
        let mut before = 0;
        loop {
            // Batches of wide rows are short, so that their columns stay in a near cache.
            let most = (32 * BATCH / schema.slots.len().max(1)).clamp(LEAST_BATCH, BATCH);
            let step = chunk.fill(&mut self.batch, most);
            if let Err(error) = self.batch(chunk, &schema, (index, before), &mut report) {
                report.error = Some(error);
                break;
            }
            before += self.batch.position(self.batch.rows);
            match step {
                Step::More => continue,
                Step::End => report.lines = chunk.lines(),
                Step::BadRow => {
                    let error = chunk.explain(&self.batch, self.batch.rows, &self.plan.request);
                    report.error = Some((before, error));
                }
                Step::Failed(error) => report.error = Some((before, error)),
            }
            break;
        }
        report.labels = chunk.labels().map(|labels| (labels.seen.clone(), labels.lines.clone()));
        report.notes = chunk.notes();
        report.worst = self.candidates.take();
        report
    }

    /// Scores the batch. An error comes with its position in the chunk.
    fn batch(
        &mut self,
        chunk: &mut dyn Chunk,
        schema: &Schema,
        (index, before): Position,
        report: &mut Report,
    ) -> Result<(), (u64, Error)> {
        let plan = Arc::clone(&self.plan);
        let scoring = &plan.request.scoring;
        let domains = scoring.domains(schema.header.given);
        let outside = Numbers::new(&self.batch, schema).first_outside(domains);
        let mut bad = outside.map(|row| (row, chunk.explain(&self.batch, row, &plan.request)));
        self.batch.truncate(outside.unwrap_or(self.batch.rows));
        let numbers = Numbers::new(&self.batch, schema);
        bad = self.scorer.gather_classes(scoring, numbers).or(bad);
        if let Some((row, error)) = bad {
            chunk.drop_notes(self.batch.line(row) + 1);
            self.batch.truncate(row);
            self.tally(schema, (index, before))?;
            return Err((before + self.batch.position(row), error));
        }
        if let Some(gap) = self.scorer.widest_gap()
            && report.gap.is_none_or(|(widest, _)| gap.gap > widest)
        {
            report.gap = Some((gap.gap, self.batch.line(gap.row) + 1));
        }
        self.tally(schema, (index, before))?;
        report.classes.iter_mut().for_each(|classes| classes.extend(&self.batch, schema));
        let numbers = Numbers::new(&self.batch, schema);
        for row in self.scorer.infinite_rows(numbers.weights()) {
            report.infinite_count += 1;
            if report.infinite.len() < INFINITE_SHOWN {
                report.infinite.push(self.batch.line(row) + 1);
            }
        }
        let shown = match &plan.instances {
            Some(instances) => self.write(instances, chunk, schema, report),
            None => self.keep_worst(chunk, schema),
        };
        shown.map_err(|error| (before + self.batch.position(self.batch.rows), error))
    }

    /// Adds the rows of the batch to their groups.
    fn tally(&mut self, schema: &Schema, (index, before): Position) -> Result<(), (u64, Error)> {
        let plan = Arc::clone(&self.plan);
        let scoring = &plan.request.scoring;
        let numbers = Numbers::new(&self.batch, schema);
        self.scorer.score(scoring, numbers);
        let of_first = self.scorer.costs().iter().step_by(scoring.columns_per_cost());
        for (histogram, costs) in plan.histograms.iter().zip(of_first) {
            histogram.add(costs);
        }
        let is_grouped = !schema.keys.is_empty();
        let tallied = if is_grouped {
            self.scorer.tally_groups(scoring, numbers, (index, before), &mut self.groups)
        } else {
            let group = self.groups.index(Key::Long(&[]), schema, scoring, (index, before));
            group.map(|group| self.scorer.tally(scoring, numbers, self.groups.tally(group)))
        };
        tallied.map_err(|error| (before, error))
    }

    /// Appends the rows of the batch to the output.
    fn write(
        &mut self,
        instances: &Instances,
        chunk: &mut dyn Chunk,
        schema: &Schema,
        report: &mut Report,
    ) -> Result<(), Error> {
        if self.rows.as_ref().is_none_or(|(index, _)| *index != schema.index) {
            self.rows = Some((schema.index, instances.rows(schema)));
        }
        let plan = Arc::clone(&self.plan);
        let (_, rows) = self.rows.as_ref().expect("they were just made");
        let passes = instances.delimiter().filter(|_| !rows.has_output());
        let outputs = Numbers::new(&self.batch, schema).outputs().next().unwrap_or_default();
        report.rows += self.batch.rows;
        if self.plan.explains {
            let numbers = Numbers::new(&self.batch, schema);
            let rows = (0..self.batch.rows).take(EXPLAINED - report.first.len());
            report.first.extend(rows.map(|row| self.scorer.instance(numbers, row)));
        }
        let costs = plan.request.scoring.shown(self.scorer.costs_of_models());
        for row in 0..self.batch.rows {
            // Outputs of several classes are not shown.
            let output = outputs.get(row).copied().unwrap_or_default();
            let costs = costs.iter().map(|costs| costs[row]);
            let out = &mut report.output;
            if let Some(delimiter) = passes
                && let Some(record) = chunk.record(&self.batch, row, delimiter)
            {
                Instances::passed_row(record, delimiter, costs, out);
                continue;
            }
            let cells =
                if instances.has_cells() { chunk.cells(&self.batch, row)? } else { Vec::new() };
            let conditions = self.scorer.conditions_of(row);
            instances.row(rows, &cells, output, costs, conditions, out);
        }
        Ok(())
    }

    /// Keeps those rows of the batch that may be among the worst.
    fn keep_worst(&mut self, chunk: &mut dyn Chunk, schema: &Schema) -> Result<(), Error> {
        let numbers = Numbers::new(&self.batch, schema);
        for row in self.candidates.rows(&self.scorer.costs()[0]) {
            let instance = self.plan.explains.then(|| self.scorer.instance(numbers, row));
            let cells = chunk.cells(&self.batch, row)?;
            self.candidates.extend([Worst {
                file: String::new(),
                line: self.batch.line(row) + 1,
                cells: cells.into_iter().map(std::borrow::Cow::into_owned).collect(),
                costs: self.scorer.costs_of(row).collect(),
                weight: numbers.weights().map_or(1.0, |weights| weights[row]),
                instance,
            }]);
        }
        Ok(())
    }
}
