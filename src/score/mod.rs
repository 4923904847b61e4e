//! The engine: blocks of input, scanned and scored by workers in parallel, with
//! every result as if one had done it in order.
//!
//! Workers take blocks in turn from a [`Feed`] and keep tallies of their own,
//! which are merged at the end: the sums are exact, so the order is no matter.
//! What does have an order (the first error, line numbers, rows to print) goes
//! through a [`Ledger`], which takes reports of blocks as they come and enters
//! them in the order of the input.

#[cfg(test)]
mod faults;
mod groups;
mod histogram;
mod ledger;
mod printer;
mod scorer;
mod state;
#[cfg(test)]
mod tests;
mod worst;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::cost::{Activated, Clip, Cost, Domain, Domains};
use crate::error::{Error, Fault, Place};
use crate::input::blocks::{Block, Blocks, Next};
use crate::input::parquet::{Decoder, Part};
use crate::input::record;
use crate::input::rows::Texts;
use crate::input::scan::{self, BATCH, Batch, Record, Scanner, Step};
use crate::input::sheet::Sheet;
use crate::neuron::{Activation, Given};
use crate::report::{self, CostResult, Instances, cost_columns};
use crate::tally::{Shape, Size};
use crate::text::excerpt;

use groups::Groups;
use ledger::{Entry, INFINITE_SHOWN, Infinite, Ledger};
use printer::Printer;
use scorer::Scorer;
use worst::Candidates;

pub use groups::Group;
pub use histogram::Histogram;
pub use state::{lines as state_lines, merge};
pub use worst::Worst;

/// Blocks per worker that may wait for an earlier one to be entered.
const AHEAD: u64 = 4;

/// What to do with instances.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option")]
pub struct Plan {
    /// The costs to compute.
    pub costs: Vec<&'static dyn Cost>,
    /// Whether to compute the gradient of each cost, too.
    pub gradients: bool,
    /// The activation that was asked for, where z is given.
    pub activation: Option<Activation>,
    /// How a cost is clipped, which is for ŷ alone.
    pub clip: Option<Clip>,
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
    /// Whether an input without rows is one like others.
    pub takes_no_rows: bool,
    /// Counts the first model's first cost.
    pub histogram: Option<Arc<Histogram>>,
}

impl Plan {
    /// The activation of a neuron whose z is given.
    pub fn activation(&self) -> Activation {
        self.activation.unwrap_or_default()
    }

    /// The numbers that all its costs, and gradients, take.
    pub fn domains(&self, given: Given) -> Domains {
        let domain = match self.domain() {
            Domain::Finite if self.gradients => Domain::UnitForGradient,
            domain => domain,
        };
        match given {
            Given::Yhat => Domains { y: domain, output: domain },
            Given::Z if self.activation() == Activation::Tanh => {
                Domains { y: Domain::Signed, output: Domain::Extended }
            }
            Given::Z => Domains { y: domain, output: Domain::Extended },
        }
    }

    /// The cost as one of z.
    pub fn activated(&self, cost: &'static dyn Cost) -> Activated {
        Activated { cost, activation: self.activation() }
    }

    /// Whether it is of interest which neurons are saturated.
    pub fn shows_neurons(&self, given: Given) -> bool {
        self.gradients || given == Given::Z
    }

    /// Columns of numbers per cost: the cost itself, and its gradient if wanted.
    pub fn columns_per_cost(&self) -> usize {
        1 + usize::from(self.gradients)
    }

    /// The numbers that all its costs take for y and ŷ.
    pub fn domain(&self) -> Domain {
        if self.costs.iter().any(|cost| cost.domain() == Domain::Unit) {
            Domain::Unit
        } else {
            Domain::Finite
        }
    }

    fn shape(&self) -> Shape {
        let (models, weighted) = (self.models, self.weighted);
        let costs = self.costs.len() * self.columns_per_cost();
        Shape { models, costs, weighted, size: Size::Fast }
    }

    /// The names of the columns of the output that do not come from the input, as
    /// far as the input's stand beside them.
    fn own_columns(&self, sheet: &Sheet) -> Vec<String> {
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        let costs = || cost_columns(&sheet.models, &self.costs, self.gradients);
        match &self.instances {
            Some(instances) if instances.shows_cells() => costs(),
            None if self.worst > 0 => [costs(), words(&["file", "line", "share"])].concat(),
            None if self.grouped => words(&CostResult::FIELDS),
            _ => Vec::new(),
        }
    }

    /// What about a file's columns does not go with the plan, or with the first file.
    fn misfit(&self, sheet: &Sheet, first: &Sheet) -> Option<Fault> {
        let usage = |message: String, hint| Some(Fault::Usage { message, hint: Some(hint) });
        let names = || sheet.models.iter().map(|name| excerpt(name.as_bytes()));
        let column = names().next().unwrap_or_default();
        if sheet.given != first.given {
            let other = excerpt(first.file.as_bytes());
            let (this, that) = if sheet.given == Given::Z { ("z", "ŷ") } else { ("ŷ", "z") };
            let message = format!("'{column}' is {this}, where '{other}' has {that}");
            return usage(message, "--yhat-col or --z-col names what all files have");
        }
        match sheet.given {
            Given::Yhat if self.activation.is_some() => {
                usage(format!("--activation is for z, and '{column}' is ŷ"), "--z-col names z")
            }
            Given::Z if self.clip.is_some() => usage(
                format!("--clip is for ŷ, and '{column}' is z"),
                "from z no cost is ∞ that need not be",
            ),
            _ => None,
        }
    }

    /// Which cells are needed as text.
    fn texts(&self) -> Texts {
        if self.instances.as_ref().is_some_and(Instances::shows_cells) || self.worst > 0 {
            Texts::All
        } else if self.grouped {
            Texts::Groups
        } else {
            Texts::None
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
    /// What was given of the models.
    pub given: Given,
    /// Whether there was an input that told the names of columns.
    pub has_input: bool,
    /// The names of the models.
    pub models: Vec<String>,
    /// The names of the input's columns.
    pub names: Vec<String>,
    /// The names of those that groups are by.
    pub by: Vec<String>,
}

/// Where rows go, as they are ready.
pub type Sink<'a> = &'a mut (dyn FnMut(&[u8]) -> Result<(), Error> + Send);

/// Scores values: labels, and outputs or weighted inputs.
///
/// # Errors
/// If the sink fails.
pub fn values(
    y: &[f64],
    outputs: &[f64],
    given: Given,
    plan: &Plan,
    sink: Sink,
) -> Result<Scored, Error> {
    let activation = plan.activation();
    let names: &[&str] = match (given, activation) {
        (Given::Yhat, _) => &["y", "yhat"],
        (Given::Z, Activation::Sigmoid) => &["y", "z", "yhat"],
        (Given::Z, Activation::Tanh) => &["y", "z", "a"],
    };
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let models = &names[1..2];
    let mut group = Group::of_values(plan.shape(), models);
    let mut scorer = Scorer::new(plan);
    let option = if given == Given::Z { "--z" } else { "--yhat" };
    let mut output = Vec::new();
    let mut infinite = Infinite::default();
    let mut rows = 0;
    for (y, outputs) in y.chunks(BATCH).zip(outputs.chunks(BATCH)) {
        scorer.score(y, &[outputs], given);
        group.tally.extend(y, None, scorer.magnitudes());
        scorer.mark(&mut group.tally);
        if let Some(histogram) = &plan.histogram {
            histogram.add(&scorer.costs()[0]);
        }
        if let Some(instances) = &plan.instances {
            let all_names = instances.names(&names, models);
            for row in 0..y.len() {
                let mut cells =
                    vec![report::shortest_text(y[row]), report::shortest_text(outputs[row])];
                if given == Given::Z {
                    cells.push(instances.number(activation.output(outputs[row])));
                }
                let cells: Vec<Cow<[u8]>> =
                    cells.iter().map(|cell| Cow::Borrowed(cell.as_bytes())).collect();
                let (costs, conditions) = (scorer.costs_of(row), scorer.conditions_of(row));
                instances.row(&all_names, &cells, costs, conditions, &mut output);
            }
        }
        for row in scorer.infinite_rows(None) {
            infinite.count += 1;
            if infinite.first.len() < INFINITE_SHOWN {
                infinite.first.push(Place::Value { option, index: rows + row + 1 });
            }
        }
        rows += y.len();
    }
    let mut printer = Printer::new(plan, sink);
    printer.print(&output, &names, models)?;
    let rows = printer.finish(&names, models)?;
    let groups = vec![group];
    let (worst, warnings, by) = (Vec::new(), Vec::new(), Vec::new());
    let models = models.to_vec();
    let has_input = true;
    Ok(Scored { groups, infinite, worst, warnings, rows, given, has_input, models, names, by })
}

/// Scores the instances of files.
///
/// # Errors
/// The first error in the order of the input, and those of the sink.
pub fn files(mut blocks: Blocks, plan: &Plan, sink: Sink) -> Result<Scored, Error> {
    blocks.texts = plan.texts();
    let shared = Shared {
        plan,
        feed: Mutex::new(Feed { blocks, first_sheet: None, last_sheet: None, is_over: false }),
        ledger: Mutex::new(Ledger::new(plan, sink)),
        entered: Condvar::new(),
    };
    let groups = thread::scope(|scope| {
        // Where the system allows no more threads, those that there are do the work.
        let start =
            |_| thread::Builder::new().spawn_scoped(scope, || Worker::new(&shared).work()).ok();
        let others: Vec<_> = (1..plan.threads).map_while(start).collect();
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
    if groups.iter().all(|group| group.tally.n() == 0) && !plan.takes_no_rows {
        return Err(Error::new(Place::CommandLine, Fault::AllSkipped));
    }
    let has_input = feed.first_sheet.is_some();
    let (names, models, by, given) = match feed.first_sheet {
        Some(sheet) => (
            sheet.names.clone(),
            sheet.models.clone(),
            sheet.by.iter().map(|&column| sheet.names[column].clone()).collect(),
            sheet.given,
        ),
        None => (Vec::new(), Vec::new(), Vec::new(), Given::Yhat),
    };
    let rows = ledger.printer.finish(&names, &models)?;
    Ok(Scored {
        groups,
        infinite: ledger.infinite,
        worst: ledger.worst.worst_first(),
        warnings: feed.blocks.warnings,
        rows,
        given,
        has_input,
        names,
        models,
        by,
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
        if let Some(fault) = plan.misfit(sheet, first) {
            return refuse(fault);
        }
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
    /// Memory for records that are made of other lines.
    text: Vec<u8>,
    decoder: Decoder,
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
            text: Vec::new(),
            decoder: Decoder::default(),
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
        let scanned = match &block.part {
            Some(part) => self.part(part, block.index, &mut entry),
            None if block.sheet.is_json_lines => self.objects(block, &mut entry),
            None => self.scan(block, &mut entry),
        };
        match scanned {
            Ok(lines) => entry.lines = lines,
            Err(Stop::Because(error)) => entry.error = Some(error),
            Err(Stop::At(record)) => {
                entry.error =
                    Some(match block.part.as_ref().map(|part| part.record(record.lines)) {
                        None => self.explain(record, &block.bytes()[record.start..], &block.sheet),
                        Some(Ok(text)) => self.explain(record, &text, &block.sheet),
                        Some(Err(error)) => error,
                    });
            }
        }
        entry.worst = self.candidates.take();
        entry
    }

    /// Scores the JSON objects of a block; tells how many lines it has.
    fn objects(&mut self, block: &Block, entry: &mut Entry) -> Result<u64, Stop> {
        let is_strict = self.shared.plan.texts() == Texts::All;
        let (mut at, mut lines) = (0, 0);
        while at < block.bytes().len() {
            let text = std::mem::take(&mut self.text);
            let (records, appended) = block.records_of_objects(at, lines, is_strict, text);
            at += appended.length;
            lines = self.scan(&records, entry).map_err(|stop| match stop {
                Stop::At(record) => {
                    let bytes = &records.bytes()[record.start..];
                    Stop::Because(self.explain(record, bytes, &block.sheet))
                }
                Stop::Because(error) => Stop::Because(error),
            })?;
            if let Some(fault) = appended.fault {
                return Err(Error::new(block.sheet.place(lines + 1), fault).into());
            }
            self.text = records.into_buffer();
        }
        Ok(lines)
    }

    /// Decodes a part of a file, and scores its rows; tells how many they are.
    fn part(&mut self, part: &Part, index: u64, entry: &mut Entry) -> Result<u64, Stop> {
        let mut rows = 0;
        while rows < part.rows() {
            let block = self.decoder.block(part, rows, index)?;
            rows = self.scan(&block, entry)?;
            self.decoder.reuse(block);
        }
        Ok(rows)
    }

    /// Scores the rows that are in a block; tells how many lines it has.
    fn scan(&mut self, block: &Block, entry: &mut Entry) -> Result<u64, Stop> {
        let mut scanner = Scanner::new(block);
        loop {
            let before = scanner;
            let step = scanner.fill(&mut self.batch, BATCH);
            self.batch(before, block, entry)?;
            match step {
                Step::More => {}
                Step::End => return Ok(scanner.lines()),
                Step::Fault => return Err(Stop::At(scanner.record())),
            }
        }
    }

    /// Scores a batch, which the scanner filled from where it was `before`.
    fn batch(&mut self, before: Scanner, block: &Block, entry: &mut Entry) -> Result<(), Stop> {
        let sheet = &*block.sheet;
        let columns = &self.batch.columns;
        let y = columns[sheet.y].as_slice();
        let outputs: Vec<&[f64]> =
            sheet.outputs.iter().map(|&place| columns[place].as_slice()).collect();
        let weights = sheet.weight.map(|place| columns[place].as_slice());
        if let Some(row) =
            scorer::first_outside(self.shared.plan.domains(sheet.given), y, &outputs, weights)
        {
            return Err(Stop::At(locate(before, row)));
        }
        self.scorer.score(y, &outputs, sheet.given);
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

    /// The error of a record at the start of `bytes` that is known to have one.
    fn explain(&self, record: Record, bytes: &[u8], sheet: &Sheet) -> Error {
        let line = record.lines + 1;
        scan::explain(bytes, sheet, self.shared.plan.domains(sheet.given), line).unwrap_or_else(
            || {
                let found = record::cells(bytes, sheet.delimiter).len();
                Error::new(sheet.place(line), Fault::Ragged { found, wanted: sheet.names.len() })
            },
        )
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
