//! The engine: blocks of input, scanned and scored by workers in parallel, with
//! every result as if one had done it in order.
//!
//! Workers take blocks in turn from a [`Feed`] and keep tallies of their own,
//! which are merged at the end: the sums are exact, so the order is no matter.
//! What does have an order (the first error, line numbers, rows to print) goes
//! through a [`Ledger`], which takes reports of blocks as they come and enters
//! them in the order of the input.

mod groups;
mod histogram;
mod ledger;
mod printer;
mod scorer;
#[cfg(test)]
mod tests;
mod worst;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::cost::{Cost, Domain};
use crate::error::{Error, Fault, Place};
use crate::input::blocks::{Block, Blocks, Next};
use crate::input::record;
use crate::input::scan::{self, BATCH, Batch, Record, Scanner, Step};
use crate::input::sheet::Sheet;
use crate::report::{self, CostResult, Instances, cost_columns};
use crate::tally::{Shape, Size};

use groups::Groups;
use ledger::{Entry, INFINITE_SHOWN, Infinite, Ledger};
use printer::Printer;
use scorer::Scorer;
use worst::Candidates;

pub use groups::Group;
pub use histogram::Histogram;
pub use worst::Worst;

/// Blocks per worker that may wait for an earlier one to be entered.
const AHEAD: u64 = 4;

/// What to do with instances.
#[derive(Debug)]
pub struct Plan {
    /// The costs to compute.
    pub costs: Vec<&'static dyn Cost>,
    /// The number of models.
    pub models: usize,
    /// Whether instances have weights.
    pub weighted: bool,
    /// Whether each file is a group of its own.
    pub by_file: bool,
    /// Whether there are other groups.
    pub grouped: bool,
    /// The most groups there may be.
    pub max_groups: usize,
    /// The number of workers.
    pub threads: usize,
    /// How to write the instances, if that is asked for.
    pub instances: Option<Instances>,
    /// How many of the worst instances to keep.
    pub worst: usize,
    /// Counts the first model's first cost.
    pub histogram: Option<Arc<Histogram>>,
}

impl Plan {
    /// The numbers that all its costs take.
    pub fn domain(&self) -> Domain {
        if self.costs.iter().any(|cost| cost.domain() == Domain::Unit) {
            Domain::Unit
        } else {
            Domain::Finite
        }
    }

    fn shape(&self) -> Shape {
        let (models, costs, weighted) = (self.models, self.costs.len(), self.weighted);
        Shape { models, costs, weighted, size: Size::Fast }
    }

    /// The names of the columns of the output that do not come from the input, as
    /// far as the input's stand beside them.
    fn own_columns(&self, sheet: &Sheet) -> Vec<String> {
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        let costs = || cost_columns(&sheet.models, &self.costs);
        match &self.instances {
            Some(instances) if instances.shows_cells() => costs(),
            None if self.worst > 0 => [costs(), words(&["file", "line", "share"])].concat(),
            None if self.grouped => words(&CostResult::FIELDS),
            _ => Vec::new(),
        }
    }

    fn groups(&self) -> Groups {
        Groups::new(self.shape(), self.max_groups, self.by_file)
    }
}

/// What scoring gives.
#[derive(Debug)]
pub struct Scored {
    /// In order of first appearance.
    pub groups: Vec<Group>,
    /// Instances of infinite cost.
    pub infinite: Infinite,
    /// The instances of highest cost, worst first.
    pub worst: Vec<Worst>,
    /// What was chosen among several possibilities.
    pub warnings: Vec<String>,
    /// The rows of a table that is still to be laid out.
    pub rows: Vec<u8>,
    /// The names of the input's columns.
    pub names: Vec<String>,
    /// The names of those that groups are by.
    pub by: Vec<String>,
}

/// Where rows go, as they are ready.
pub type Sink<'a> = &'a mut (dyn FnMut(&[u8]) -> Result<(), Error> + Send);

/// Scores values.
///
/// # Errors
/// If the sink fails.
pub fn values(y: &[f64], yhat: &[f64], plan: &Plan, sink: Sink) -> Result<Scored, Error> {
    let mut group = Group::of_values(plan.shape());
    let mut scorer = Scorer::new(plan);
    let names = ["y".to_owned(), "yhat".to_owned()];
    let models = &names[1..];
    let mut output = Vec::new();
    let mut infinite = Infinite::default();
    let mut rows = 0;
    for (y, yhat) in y.chunks(BATCH).zip(yhat.chunks(BATCH)) {
        scorer.score(y, &[yhat]);
        group.tally.extend(y, None, scorer.costs());
        if let Some(histogram) = &plan.histogram {
            histogram.add(&scorer.costs()[0]);
        }
        if let Some(instances) = &plan.instances {
            let all_names = instances.names(&names, models);
            for row in 0..y.len() {
                let cells = [y[row], yhat[row]]
                    .map(|number| Cow::Owned(report::shortest_text(number).into_bytes()));
                instances.row(&all_names, &cells, scorer.costs_of(row), &mut output);
            }
        }
        for row in scorer.infinite_rows(None) {
            infinite.count += 1;
            if infinite.first.len() < INFINITE_SHOWN {
                infinite.first.push(Place::Value { option: "--yhat", index: rows + row + 1 });
            }
        }
        rows += y.len();
    }
    let mut printer = Printer::new(plan, sink);
    printer.print(&output, &names, models)?;
    let rows = printer.finish(&names, models)?;
    let (groups, names) = (vec![group], names.to_vec());
    let (worst, warnings, by) = (Vec::new(), Vec::new(), Vec::new());
    Ok(Scored { groups, infinite, worst, warnings, rows, names, by })
}

/// Scores the instances of files.
///
/// # Errors
/// The first error in the order of the input, and those of the sink.
pub fn files(blocks: Blocks, plan: &Plan, sink: Sink) -> Result<Scored, Error> {
    let shared = Shared {
        plan,
        feed: Mutex::new(Feed { blocks, first_sheet: None, last_sheet: None, is_over: false }),
        ledger: Mutex::new(Ledger::new(plan, sink)),
        entered: Condvar::new(),
    };
    let groups = thread::scope(|scope| {
        let others: Vec<_> =
            (1..plan.threads).map(|_| scope.spawn(|| Worker::new(&shared).work())).collect();
        let mut groups = vec![Worker::new(&shared).work()];
        for other in others {
            groups.push(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        groups
    });
    let feed = shared.feed.into_inner().unwrap_or_else(PoisonError::into_inner);
    let ledger = shared.ledger.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(error) = ledger.error {
        return Err(error);
    }
    let mut all = plan.groups();
    for groups in groups {
        all.merge(groups)?;
    }
    let groups = all.in_order();
    if groups.iter().all(|group| group.tally.n() == 0) {
        return Err(Error::new(Place::CommandLine, Fault::AllSkipped));
    }
    let sheet = feed.first_sheet.expect("there are rows, so there is a file");
    let rows = ledger.printer.finish(&sheet.names, &sheet.models)?;
    Ok(Scored {
        groups,
        infinite: ledger.infinite,
        worst: ledger.worst.worst_first(),
        warnings: feed.blocks.warnings,
        rows,
        names: sheet.names.clone(),
        by: sheet.by.iter().map(|&column| sheet.names[column].clone()).collect(),
    })
}

/// What the workers share.
struct Shared<'a> {
    plan: &'a Plan,
    feed: Mutex<Feed>,
    ledger: Mutex<Ledger<'a>>,
    /// Signalled when the ledger has moved on.
    entered: Condvar,
}

/// Nothing is left half-done by a worker that panics, and the panic goes on.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where the blocks come from.
struct Feed {
    blocks: Blocks,
    first_sheet: Option<Arc<Sheet>>,
    last_sheet: Option<usize>,
    is_over: bool,
}

impl Feed {
    fn next(&mut self, plan: &Plan, buffer: Vec<u8>) -> Next {
        if self.is_over {
            return Next::End;
        }
        let next = self.blocks.next(buffer);
        match next {
            Next::Block(block) => match self.admit(plan, &block.sheet) {
                Ok(()) => Next::Block(block),
                Err(error) => {
                    self.is_over = true;
                    Next::Fault { index: block.index, sheet: None, error }
                }
            },
            Next::Fault { .. } | Next::End => {
                self.is_over = true;
                next
            }
        }
    }

    /// Sees to it that instances of all files can stand under one header.
    fn admit(&mut self, plan: &Plan, sheet: &Arc<Sheet>) -> Result<(), Error> {
        if self.last_sheet.replace(sheet.index) == Some(sheet.index) {
            return Ok(());
        }
        let first = self.first_sheet.get_or_insert_with(|| Arc::clone(sheet));
        let refuse = |fault| Err(Error::new(Place::File(sheet.file.clone()), fault));
        let shows_cells = plan.instances.is_some() || plan.worst > 0;
        if shows_cells && sheet.index != first.index && sheet.names != first.names {
            let (columns, wanted) = (sheet.names.clone(), first.names.clone());
            return refuse(Fault::OtherColumns { first: first.file.clone(), columns, wanted });
        }
        let mut names = HashSet::new();
        let twice = sheet.names.iter().find(|name| !names.insert(name.as_str()));
        let needs_distinct_names =
            plan.instances.as_ref().is_some_and(Instances::needs_distinct_names);
        if let Some(name) = twice.filter(|_| needs_distinct_names || plan.worst > 0) {
            return refuse(Fault::NameTwice(name.clone()));
        }
        if plan.grouped {
            names = sheet.by.iter().map(|&column| sheet.names[column].as_str()).collect();
        }
        match plan.own_columns(sheet).into_iter().find(|name| names.contains(name.as_str())) {
            Some(name) => refuse(Fault::ColumnTaken(name)),
            None => Ok(()),
        }
    }
}

/// Takes blocks, and keeps tallies of its own.
struct Worker<'s, 'a> {
    shared: &'s Shared<'a>,
    scorer: Scorer<'a>,
    groups: Groups,
    candidates: Candidates,
    batch: Batch,
}

impl<'s, 'a> Worker<'s, 'a> {
    fn new(shared: &'s Shared<'a>) -> Self {
        let plan = shared.plan;
        let shows_rows = plan.instances.is_some();
        let keeps_records = shows_rows || plan.grouped || plan.worst > 0;
        Worker {
            shared,
            scorer: Scorer::new(plan),
            groups: plan.groups(),
            candidates: Candidates::new(plan.worst),
            batch: Batch::new(keeps_records, shows_rows),
        }
    }

    fn work(mut self) -> Groups {
        let shared = self.shared;
        let mut buffer = Vec::new();
        loop {
            let next = lock(&shared.feed).next(shared.plan, buffer);
            let (index, entry) = match next {
                Next::End => return std::mem::replace(&mut self.groups, shared.plan.groups()),
                Next::Fault { index, sheet, error } => {
                    buffer = Vec::new();
                    (index, Entry { sheet, error: Some(error), ..Entry::default() })
                }
                Next::Block(block) => {
                    let entry = self.block(&block);
                    let index = block.index;
                    buffer = block.into_buffer();
                    (index, entry)
                }
            };
            let mut ledger = lock(&shared.ledger);
            let failed = entry.error.is_some();
            ledger.enter(index, entry);
            shared.entered.notify_all();
            let ahead = AHEAD * shared.plan.threads as u64;
            while ledger.error.is_none() && !ledger.is_abandoned && index >= ledger.next + ahead {
                ledger = shared.entered.wait(ledger).unwrap_or_else(PoisonError::into_inner);
            }
            let failed = failed || ledger.error.is_some();
            drop(ledger);
            if failed {
                // What comes after an error is of no interest.
                lock(&shared.feed).is_over = true;
            }
        }
    }

    /// Scores the rows of a block.
    fn block(&mut self, block: &Block) -> Entry {
        let mut entry = Entry { sheet: Some(Arc::clone(&block.sheet)), ..Entry::default() };
        let bytes = block.bytes();
        let mut scanner = Scanner::new(block);
        loop {
            let before = scanner;
            let step = scanner.fill(&mut self.batch, BATCH);
            let end = self.batch(before, block, &mut entry).err();
            let at_fault = || (step == Step::Fault).then(|| Stop::At(scanner.record()));
            if let Some(stop) = end.or_else(at_fault) {
                entry.error = Some(match stop {
                    Stop::At(record) => self.explain(record, bytes, &block.sheet),
                    Stop::Because(error) => error,
                });
                break;
            }
            if step == Step::End {
                break;
            }
        }
        entry.lines = scanner.lines();
        entry.worst = self.candidates.take();
        entry
    }

    /// Scores a batch, which the scanner filled from where it was `before`.
    fn batch(&mut self, before: Scanner, block: &Block, entry: &mut Entry) -> Result<(), Stop> {
        let sheet = &*block.sheet;
        let columns = &self.batch.columns;
        let y = columns[sheet.y].as_slice();
        let yhats: Vec<&[f64]> =
            sheet.yhats.iter().map(|&place| columns[place].as_slice()).collect();
        let weights = sheet.weight.map(|place| columns[place].as_slice());
        if let Some(row) = scorer::first_outside(self.shared.plan.domain(), y, &yhats, weights) {
            return Err(Stop::At(locate(before, row)));
        }
        self.scorer.score(y, &yhats);
        if let Some(histogram) = &self.shared.plan.histogram {
            histogram.add(&self.scorer.costs()[0]);
        }
        if self.shared.plan.grouped {
            self.scorer.tally_groups(&self.batch, before, block, &mut self.groups)?;
        } else {
            self.scorer.tally(&self.batch, block, &mut self.groups)?;
        }
        for row in self.scorer.infinite_rows(weights) {
            entry.infinite_count += 1;
            if entry.infinite.len() < INFINITE_SHOWN {
                entry.infinite.push(locate(before, row).lines + 1);
            }
        }
        if let Some(records) = &self.batch.records {
            let bytes = block.bytes();
            if let Some(instances) = &self.shared.plan.instances {
                self.scorer.write(instances, records, bytes, sheet, &mut entry.output);
            }
            self.candidates.consider(&self.scorer, weights, |row| {
                let record = &bytes[records[row].clone()];
                (locate(before, row).lines + 1, record::cells(record, sheet.delimiter))
            });
        }
        Ok(())
    }

    /// The error of a record that is known to have one.
    fn explain(&self, record: Record, bytes: &[u8], sheet: &Sheet) -> Error {
        let line = record.lines + 1;
        let bytes = &bytes[record.start..];
        scan::explain(bytes, sheet, self.shared.plan.domain(), line).unwrap_or_else(|| {
            let found = record::cells(bytes, sheet.delimiter).len();
            let place = Place::Line { file: sheet.file.clone(), line };
            Error::new(place, Fault::Ragged { found, wanted: sheet.names.len() })
        })
    }
}

/// Why a block is not scored to its end.
enum Stop {
    /// A record that the costs do not take.
    At(Record),
    /// Anything else.
    Because(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Stop::Because(error)
    }
}

impl Drop for Worker<'_, '_> {
    fn drop(&mut self) {
        if thread::panicking() {
            lock(&self.shared.ledger).is_abandoned = true;
            self.shared.entered.notify_all();
        }
    }
}

/// Where the row of a batch is that was filled from `before`.
fn locate(before: Scanner, row: usize) -> Record {
    let mut scanner = before;
    scanner.fill(&mut Batch::default(), row + 1);
    scanner.record()
}
