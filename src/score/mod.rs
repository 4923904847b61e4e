//! The engine: blocks of input, scanned and scored by workers in parallel, with
//! every result as if one had done it in order.
//!
//! Workers take blocks in turn from a [`Feed`] and keep tallies of their own,
//! which are merged at the end: the sums are exact, so the order is no matter.
//! What does have an order (the first error, line numbers, rows to print) goes
//! through a [`Ledger`], which takes reports of blocks as they come and enters
//! them in the order of the input.

mod ledger;
mod printer;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::cost::{Cost, Domain};
use crate::error::{Error, Fault, Place};
use crate::input::blocks::{Block, Blocks, Next, has_lone_cr};
use crate::input::record;
use crate::input::scan::{self, BATCH, Batch, Record, Scanner, Step};
use crate::input::sheet::Sheet;
use crate::report::Instances;
use crate::tally::{Labels, Tally};

use ledger::{Entry, INFINITE_SHOWN, Infinite, Ledger};
use printer::Printer;

/// Blocks per worker that may wait for an earlier one to be entered.
const AHEAD: u64 = 4;

/// What to do with instances.
#[derive(Debug)]
pub struct Plan {
    /// The costs to compute.
    pub costs: Vec<&'static dyn Cost>,
    /// Whether each file is a group of its own.
    pub by_file: bool,
    /// The number of workers.
    pub threads: usize,
    /// How to write the instances, if that is asked for.
    pub instances: Option<Instances>,
}

impl Plan {
    /// The numbers that all its costs take.
    pub fn domain(&self) -> Domain {
        self.costs.iter().map(|cost| cost.domain()).max().unwrap_or(Domain::Finite)
    }
}

/// The tallies of a group of instances.
#[derive(Clone, Debug)]
pub struct Group {
    /// The first file that is in it.
    pub file: String,
    /// The name of the column of ŷ in that file.
    pub model: String,
    /// The labels.
    pub labels: Labels,
    /// The costs, in the order of the plan.
    pub tallies: Vec<Tally>,
}

impl Group {
    fn new(file: &str, model: &str, costs: usize) -> Self {
        Group {
            file: file.to_owned(),
            model: model.to_owned(),
            labels: Labels::default(),
            tallies: vec![Tally::default(); costs],
        }
    }

    fn merge(&mut self, other: &Group) {
        self.labels.merge(&other.labels);
        for (mine, theirs) in self.tallies.iter_mut().zip(&other.tallies) {
            mine.merge(theirs);
        }
    }
}

/// What scoring gives.
#[derive(Debug)]
pub struct Scored {
    /// In order of first appearance.
    pub groups: Vec<Group>,
    /// Instances of infinite cost.
    pub infinite: Infinite,
    /// What was chosen among several possibilities.
    pub warnings: Vec<String>,
    /// The rows of a table that is still to be laid out.
    pub rows: Vec<u8>,
    /// The names of the input's columns.
    pub names: Vec<String>,
}

/// Where rows go, as they are ready.
pub type Sink<'a> = &'a mut (dyn FnMut(&[u8]) -> Result<(), Error> + Send);

/// Scores values.
///
/// # Errors
/// If the sink fails.
pub fn values(y: &[f64], yhat: &[f64], plan: &Plan, sink: Sink) -> Result<Scored, Error> {
    let mut group = Group::new("", "yhat", plan.costs.len());
    let mut scorer = Scorer::new(plan);
    let names = ["y".to_owned(), "yhat".to_owned()];
    let mut output = Vec::new();
    let mut infinite = Infinite::default();
    let mut rows = 0;
    for (y, yhat) in y.chunks(BATCH).zip(yhat.chunks(BATCH)) {
        scorer.score(y, yhat, &mut group);
        if let Some(instances) = &plan.instances {
            for row in 0..y.len() {
                let cells = [y[row], yhat[row]].map(|number| {
                    let mut digits = Vec::new();
                    crate::report::shortest(number, &mut digits);
                    Cow::Owned(digits)
                });
                instances.row(&names, &cells, scorer.costs_of(row), &mut output);
            }
        }
        for row in scorer.infinite_rows() {
            infinite.count += 1;
            if infinite.first.len() < INFINITE_SHOWN {
                infinite.first.push(Place::Value { option: "--yhat", index: rows + row + 1 });
            }
        }
        rows += y.len();
    }
    let mut printer = Printer::new(plan, sink);
    printer.print(&output, &names)?;
    let rows = printer.finish(&names)?;
    let names = names.to_vec();
    Ok(Scored { groups: vec![group], infinite, warnings: Vec::new(), rows, names })
}

/// Scores the instances of files.
///
/// # Errors
/// The first error in the order of the input, and those of the sink.
pub fn files(blocks: Blocks, plan: &Plan, sink: Sink) -> Result<Scored, Error> {
    let shared = Shared {
        plan,
        feed: Mutex::new(Feed { blocks, first_sheet: None, is_over: false }),
        ledger: Mutex::new(Ledger::new(plan, sink)),
        entered: Condvar::new(),
    };
    let groups = thread::scope(|scope| {
        let others: Vec<_> =
            (1..plan.threads).map(|_| scope.spawn(|| Worker::new(&shared).work())).collect();
        let mut groups = Worker::new(&shared).work();
        for other in others {
            let theirs = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            for (key, group) in theirs {
                groups.entry(key).and_modify(|mine| mine.merge(&group)).or_insert(group);
            }
        }
        groups
    });
    let feed = shared.feed.into_inner().unwrap_or_else(PoisonError::into_inner);
    let ledger = shared.ledger.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(error) = ledger.error {
        return Err(error);
    }
    let names = feed.first_sheet.map(|sheet| sheet.names.clone()).unwrap_or_default();
    let rows = ledger.printer.finish(&names)?;
    let groups = groups.into_values().collect();
    Ok(Scored { groups, infinite: ledger.infinite, warnings: feed.blocks.warnings, rows, names })
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
        let first = self.first_sheet.get_or_insert_with(|| Arc::clone(sheet));
        let Some(instances) = &plan.instances else { return Ok(()) };
        if sheet.index != first.index && sheet.names != first.names {
            let (columns, wanted) = (sheet.names.clone(), first.names.clone());
            let fault = Fault::OtherColumns { first: first.file.clone(), columns, wanted };
            return Err(Error::new(Place::File(sheet.file.clone()), fault));
        }
        let ours = plan.costs.iter().map(|cost| cost.field().to_owned());
        let twice = sheet.names.iter().enumerate().find(|(at, name)| {
            ours.clone().any(|field| field == **name)
                || (instances.needs_distinct_names() && sheet.names[..*at].contains(name))
        });
        match twice {
            Some((_, name)) => {
                Err(Error::new(Place::File(sheet.file.clone()), Fault::ColumnTaken(name.clone())))
            }
            None => Ok(()),
        }
    }
}

/// Computes costs, batch by batch.
struct Scorer<'a> {
    plan: &'a Plan,
    /// The costs of the batch, cost by cost.
    costs: Vec<Vec<f64>>,
}

impl<'a> Scorer<'a> {
    fn new(plan: &'a Plan) -> Self {
        Scorer { plan, costs: vec![Vec::new(); plan.costs.len()] }
    }

    fn score(&mut self, y: &[f64], yhat: &[f64], group: &mut Group) {
        group.labels.extend(y);
        for ((cost, costs), tally) in
            self.plan.costs.iter().zip(&mut self.costs).zip(&mut group.tallies)
        {
            costs.resize(y.len(), 0.0);
            cost.costs(y, yhat, costs);
            tally.extend(costs);
        }
    }

    /// The rows of the batch with an infinite cost, in order.
    fn infinite_rows(&self) -> Vec<usize> {
        let is_infinite = |costs: &Vec<f64>| costs.contains(&f64::INFINITY);
        if !self.costs.iter().any(is_infinite) {
            return Vec::new();
        }
        let rows = self.costs.first().map_or(0, Vec::len);
        (0..rows).filter(|&row| self.costs.iter().any(|costs| costs[row].is_infinite())).collect()
    }

    /// The costs of a row of the batch.
    fn costs_of(&self, row: usize) -> impl Iterator<Item = f64> + Clone {
        self.costs.iter().map(move |costs| costs[row])
    }
}

/// Takes blocks, and keeps tallies by the index of the group's first file.
struct Worker<'s, 'a> {
    shared: &'s Shared<'a>,
    scorer: Scorer<'a>,
    groups: BTreeMap<usize, Group>,
    batch: Batch,
}

impl<'s, 'a> Worker<'s, 'a> {
    fn new(shared: &'s Shared<'a>) -> Self {
        let records = shared.plan.instances.as_ref().map(|_| Vec::new());
        Worker {
            shared,
            scorer: Scorer::new(shared.plan),
            groups: BTreeMap::new(),
            batch: Batch { records, ..Batch::default() },
        }
    }

    fn work(mut self) -> BTreeMap<usize, Group> {
        let shared = self.shared;
        let mut buffer = Vec::new();
        loop {
            let next = lock(&shared.feed).next(shared.plan, buffer);
            let (index, entry) = match next {
                Next::End => return std::mem::take(&mut self.groups),
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
        let sheet = &*block.sheet;
        let bytes = block.bytes();
        let key = if self.shared.plan.by_file { sheet.index } else { 0 };
        let costs = self.shared.plan.costs.len();
        let mut group = self.groups.remove(&key).unwrap_or_else(|| {
            Group::new(&sheet.file, &sheet.names[sheet.selected[sheet.yhat].column], costs)
        });
        let mut entry = Entry { sheet: Some(Arc::clone(&block.sheet)), ..Entry::default() };
        let mut scanner = Scanner::new(block, !block.has_quotes && !has_lone_cr(bytes));
        loop {
            let before = scanner;
            let step = scanner.fill(&mut self.batch, BATCH);
            let result = self.batch(before, bytes, sheet, &mut group, &mut entry);
            let fault = result.err().or_else(|| (step == Step::Fault).then(|| scanner.record()));
            if let Some(record) = fault {
                entry.error = Some(self.explain(record, bytes, sheet));
                break;
            }
            if step == Step::End {
                break;
            }
        }
        entry.lines = scanner.lines();
        self.groups.insert(key, group);
        entry
    }

    /// Scores a batch, which the scanner filled from where it was `before`. The
    /// error is the first record that the costs do not take.
    fn batch(
        &mut self,
        before: Scanner,
        bytes: &[u8],
        sheet: &Sheet,
        group: &mut Group,
        entry: &mut Entry,
    ) -> Result<(), Record> {
        let (y, yhat) = (&self.batch.columns[sheet.y], &self.batch.columns[sheet.yhat]);
        let domain = self.shared.plan.domain();
        if !(domain.contains_all(y) && domain.contains_all(yhat)) {
            let bad =
                (0..y.len()).find(|&row| !(domain.contains(y[row]) && domain.contains(yhat[row])));
            return Err(locate(before, bad.expect("a number is outside")));
        }
        self.scorer.score(y, yhat, group);
        for row in self.scorer.infinite_rows() {
            entry.infinite_count += 1;
            if entry.infinite.len() < INFINITE_SHOWN {
                entry.infinite.push(locate(before, row).lines + 1);
            }
        }
        if let (Some(instances), Some(records)) = (&self.shared.plan.instances, &self.batch.records)
        {
            let passes = instances.delimiter() == Some(sheet.delimiter);
            for (row, record) in records.iter().enumerate() {
                let record = &bytes[record.clone()];
                let costs = self.scorer.costs_of(row);
                if passes {
                    instances.passed_row(record, costs, &mut entry.output);
                } else {
                    let cells = record::cells(record, sheet.delimiter);
                    instances.row(&sheet.names, &cells, costs, &mut entry.output);
                }
            }
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
