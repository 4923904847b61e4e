//! Restores the order of the input: workers report chunks in any order, and each report
//! waits for those before it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::error::{Error, Kind, Location};
use crate::report::{EXPLAINED, Instance, Instances, Rows, Worst};
use crate::table::format::Notes;
use crate::table::labels::Seen;
use crate::table::schema::Schema;

use super::classes::{Classes, Columns};
use super::groups::Position;
use super::plan::{Plan, Sink};
use super::top::Candidates;

/// How many locations of infinite costs are kept.
pub const INFINITE_SHOWN: usize = 5;

/// The most rows of a table, which is laid out in memory; nobody reads a longer one.
const TABLE_ROWS: usize = 100_000;

/// Instances of infinite cost.
#[derive(Debug, Default)]
pub struct Infinite {
    /// How many.
    pub count: u64,
    /// Where the first are.
    pub first: Vec<Location>,
}

/// A worker's report on a chunk. Lines count from the chunk's start.
#[derive(Default)]
pub struct Report {
    /// The schema of the chunk's table; None for an error before there is one.
    pub schema: Option<Arc<Schema>>,
    /// Lines in the chunk.
    pub lines: u64,
    /// The labels that occur, if they are not numbers, and the line of each of the others.
    pub labels: Option<(Seen, Vec<u64>)>,
    /// Which columns hold classes alone.
    pub classes: Option<Columns>,
    /// The largest |Σŷ − 1| of a row, and its line.
    pub gap: Option<(f64, u64)>,
    /// Lines of the first rows of infinite cost, and how many such rows there are.
    pub infinite: Vec<u64>,
    pub infinite_count: u64,
    /// Other facts that are checked in the order of the input.
    pub notes: Option<Box<dyn Notes>>,
    /// Candidates for the worst instances, in the order of the input.
    pub worst: Vec<Worst>,
    /// The first instances, if they are to be explained.
    pub first: Vec<Instance>,
    /// Rows to print, and how many.
    pub output: Vec<u8>,
    pub rows: usize,
    /// The error that ended the chunk, and its position in the chunk.
    pub error: Option<(u64, Error)>,
}

/// Takes reports in the order of the input.
pub struct Sequencer<'a> {
    /// The index of the chunk that is next.
    pub next: u64,
    /// Reports that came before their turn.
    waiting: BTreeMap<u64, Report>,
    /// The file of the last chunk, and its lines so far.
    file: Option<usize>,
    lines: u64,
    pub infinite: Infinite,
    /// The labels that occur, if they are not numbers.
    pub labels: Seen,
    pub classes: Classes,
    /// The largest |Σŷ − 1| of a row, and its location.
    pub gap: Option<(f64, Location)>,
    positive: &'a str,
    /// Where each label other than `positive` first occurs.
    others: Vec<Location>,
    pub worst: Candidates,
    /// The first instances, if they are to be explained.
    pub first: Vec<Instance>,
    pub printer: Printer<'a>,
    pub error: Option<(Position, Error)>,
    /// Whether a worker panicked: its chunk will never be reported.
    pub is_abandoned: bool,
}

impl<'a> Sequencer<'a> {
    pub fn new(plan: &'a Plan, sink: Sink<'a>) -> Self {
        Sequencer {
            next: 0,
            waiting: BTreeMap::new(),
            file: None,
            lines: 0,
            infinite: Infinite::default(),
            labels: Seen::default(),
            classes: Classes::default(),
            gap: None,
            others: Vec::new(),
            positive: plan.request.options.positive.as_deref().unwrap_or_default(),
            worst: Candidates::new(plan.request.scoring.worst()),
            first: Vec::new(),
            printer: Printer::new(plan.instances.as_ref(), sink),
            error: None,
            is_abandoned: false,
        }
    }

    pub fn report(&mut self, index: u64, report: Report) {
        self.waiting.insert(index, report);
        while let Some(report) = self.waiting.remove(&self.next) {
            if self.error.is_none() {
                let index = self.next;
                self.error = self.take(report).err().map(|(at, error)| ((index, at), error));
            }
            self.next += 1;
        }
    }

    fn take(&mut self, report: Report) -> Result<(), (u64, Error)> {
        let file = report.schema.as_ref().map(|schema| schema.index);
        if self.file != file || file.is_none() {
            self.file = file;
            self.lines = report.schema.as_ref().map_or(0, |schema| schema.lines_before);
        }
        let lines = self.lines;
        if let Some(schema) = report.schema {
            self.take_labels(report.labels, &schema)?;
            if let Some(mut notes) = report.notes {
                notes.take(&|line| schema.location(lines + line));
            }
            if let Some(classes) = report.classes {
                self.classes.take(classes, &schema);
            }
            if let Some((gap, line)) = report.gap
                && self.gap.as_ref().is_none_or(|(widest, _)| gap > *widest)
            {
                self.gap = Some((gap, schema.location(lines + line)));
            }
            self.infinite.count += report.infinite_count;
            let free = INFINITE_SHOWN - self.infinite.first.len();
            let locations =
                report.infinite.iter().take(free).map(|line| schema.location(lines + line));
            self.infinite.first.extend(locations);
            self.worst.extend(report.worst.into_iter().map(|worst| Worst {
                file: schema.file.clone(),
                line: lines + worst.line,
                ..worst
            }));
            let free = EXPLAINED - self.first.len();
            self.first.extend(report.first.into_iter().take(free));
            self.printer
                .print(&report.output, report.rows, &schema)
                .map_err(|error| (u64::MAX, error))?;
        }
        if let Some((at, mut error)) = report.error {
            error.shift(lines);
            return Err((at, error));
        }
        self.lines += report.lines;
        Ok(())
    }

    /// Adds the labels of a chunk; refuses a third label.
    fn take_labels(
        &mut self,
        labels: Option<(Seen, Vec<u64>)>,
        schema: &Schema,
    ) -> Result<(), (u64, Error)> {
        let Some((seen, lines)) = labels else { return Ok(()) };
        for (other, line) in seen.others.iter().zip(lines) {
            if self.labels.add_other(other) {
                let column = schema.slots[schema.label_slot()].column;
                self.others.push(schema.cell(self.lines + line + 1, column));
            }
        }
        self.labels.positive |= seen.positive;
        self.labels
            .check(self.positive)
            .map_err(|(index, error)| (0, error.at(self.others[index].clone())))
    }
}

/// Prints rows part by part, or keeps those of a table, which is laid out at the end.
pub struct Printer<'a> {
    instances: Option<&'a Instances>,
    sink: Sink<'a>,
    /// The columns, once rows have begun.
    columns: Option<Rows>,
    has_rows: bool,
    kept: Vec<u8>,
    kept_rows: usize,
}

impl<'a> Printer<'a> {
    fn new(instances: Option<&'a Instances>, sink: Sink<'a>) -> Self {
        Printer { instances, sink, columns: None, has_rows: false, kept: Vec::new(), kept_rows: 0 }
    }

    fn print(&mut self, part: &[u8], rows: usize, schema: &Schema) -> Result<(), Error> {
        let Some(instances) = self.instances.filter(|_| !part.is_empty()) else { return Ok(()) };
        if self.columns.is_none() {
            let columns = instances.rows(schema);
            let begin = instances.begin(&columns);
            self.columns = Some(columns);
            (self.sink)(&begin)?;
        }
        if instances.needs_all() {
            self.kept_rows += rows;
            if self.kept_rows > TABLE_ROWS {
                let message = format!("a table of more than {TABLE_ROWS} instances");
                let location = Location::Option("--format table");
                return Err(Error::new(Kind::Limit, location, message)
                    .with_hint("--format csv or jsonl has no limit; --summary is short"));
            }
            self.kept.extend_from_slice(part);
            return Ok(());
        }
        if self.has_rows {
            (self.sink)(instances.separator())?;
        }
        self.has_rows = true;
        (self.sink)(part)
    }

    /// Returns the columns, if rows have begun, and the rows of a table.
    pub fn finish(self) -> (Option<Rows>, Vec<u8>) {
        (self.columns, self.kept)
    }
}
