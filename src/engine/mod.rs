//! The engine: workers score chunks of rows in parallel, with the results of one worker that
//! reads the rows in order.
//!
//! Workers take chunks from a [`Queue`]. Each keeps tallies of its own, which are merged at
//! the end; the sums are exact, so their order does not matter. What depends on the order of
//! the input (the first error, line numbers, printed rows) goes through a [`Sequencer`].
//!
//! | file | what it owns |
//! |---|---|
//! | `plan.rs` | the part of a job that scoring needs |
//! | `queue.rs` | the next chunk, and whether a file fits the first file and the options |
//! | `worker.rs` | scores a chunk and reports on it |
//! | `classes.rs` | warnings about predictions that look like classes, or logits that look like probabilities |
//! | `class_rows.rs` | the outputs of models of several classes |
//! | `scorer.rs` | the costs and tallies of a batch |
//! | `groups.rs` | a tally for each group |
//! | `partition.rs` | the rows of a batch, group by group |
//! | `sequencer.rs` | what depends on the order of the input, such as printed rows |
//! | `top.rs` | the instances of highest cost |
//! | `histogram.rs` | counts of costs by their size |
//!
//! The engine knows no format, neither of input nor of output.

mod class_rows;
mod classes;
#[cfg(test)]
mod faults;
mod groups;
mod histogram;
mod partition;
mod plan;
mod queue;
mod scorer;
mod sequencer;
#[cfg(test)]
mod tests;
mod top;
mod worker;

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

use crate::error::{Error, Location};
use crate::groups::AllGroups;
use crate::report::{Instance, Rows, Worst};
use crate::table::format::Chunk;
use crate::table::labels::Seen;
use crate::table::schema::Header;
use crate::table::tables::{Next, Tables};
use crate::threads::{lock, together};

pub use classes::Classes;
use groups::Groups;
use queue::Queue;
use sequencer::{Report, Sequencer};

pub use groups::too_many;
pub use histogram::Histogram;
pub use plan::{Plan, Sink};
pub use sequencer::Infinite;
pub use top::Candidates;
pub use worker::Worker;

/// The result of scoring.
pub struct Scored {
    /// The groups in order of first appearance; with clusters, each cluster of each group.
    pub groups: Box<dyn AllGroups>,
    /// Instances of infinite cost.
    pub infinite: Infinite,
    /// The instances of highest cost, worst first.
    pub worst: Vec<Worst>,
    /// The first instances, if they are to be explained.
    pub first: Vec<Instance>,
    /// The labels that occur, if they are not numbers.
    pub labels: Seen,
    /// The models whose predictions look like classes.
    pub classes: Classes,
    /// The largest |Σŷ − 1| of a row and its location, if it is worth a warning.
    pub gap: Option<(f64, Location)>,
    /// Warnings of the readers: for each file, what they chose among several possibilities.
    pub warnings: Vec<String>,
    /// The columns of instances, and the rows of a table, which is laid out at the end.
    pub rows: (Option<Rows>, Vec<u8>),
    /// The header of the first table; None without a table.
    pub header: Option<Header>,
}

/// How many chunks per worker may wait for an earlier one to be reported.
const AHEAD: u64 = 4;

/// Scores the rows of tables.
///
/// # Errors
/// The first error in the order of the input, and those of the sink.
pub fn score(tables: Tables, plan: &Arc<Plan>, sink: Sink) -> Result<Scored, Error> {
    let shared = Shared {
        plan,
        queue: Mutex::new(Queue::new(tables)),
        sequencer: Mutex::new(Sequencer::new(plan, sink)),
        reported: Condvar::new(),
    };
    let groups = together(plan.threads, || shared.work());
    let queue = shared.queue.into_inner().unwrap_or_else(PoisonError::into_inner);
    let sequencer = shared.sequencer.into_inner().unwrap_or_else(PoisonError::into_inner);
    finish(plan, queue, sequencer, groups)
}

/// Scores a single chunk that is the whole input.
///
/// # Errors
/// As [`score`].
pub fn score_chunk(chunk: &mut dyn Chunk, plan: &Arc<Plan>, sink: Sink) -> Result<Scored, Error> {
    let mut worker = Worker::new(plan);
    let mut sequencer = Sequencer::new(plan, sink);
    sequencer.report(0, worker.score(0, chunk));
    let tables = Tables::new(Vec::new(), Arc::clone(&plan.request), Arc::default());
    let mut queue = Queue::new(tables);
    queue.first = Some(Arc::clone(chunk.schema()));
    finish(plan, queue, sequencer, vec![worker.groups])
}

/// Combines the groups of the workers with what the sequencer collected.
fn finish(
    plan: &Plan,
    queue: Queue,
    mut sequencer: Sequencer,
    groups: Vec<Groups>,
) -> Result<Scored, Error> {
    let mut all = Groups::new(plan.max_groups);
    for groups in groups {
        all.merge(groups, plan.threads);
    }
    all.settle(plan.threads);
    let (groups, excess) = all.in_order();
    match (sequencer.error, excess) {
        // Of the two errors, the one that comes first in the input counts.
        (Some((position, error)), excess) if excess.is_none_or(|excess| position < excess) => {
            return Err(error);
        }
        (None, None) => {}
        _ => {
            let has_clusters = plan.request.options.cluster_col.is_some();
            return Err(too_many(plan.max_groups, has_clusters));
        }
    }
    sequencer.classes.end();
    Ok(Scored {
        groups: Box::new(groups),
        classes: sequencer.classes,
        infinite: sequencer.infinite,
        gap: sequencer.gap,
        first: sequencer.first,
        labels: sequencer.labels,
        worst: sequencer.worst.worst_first(),
        warnings: queue.tables.warnings,
        rows: sequencer.printer.finish(),
        header: queue.first.map(|schema| schema.header.clone()),
    })
}

/// What the workers share.
struct Shared<'a> {
    plan: &'a Arc<Plan>,
    queue: Mutex<Queue>,
    sequencer: Mutex<Sequencer<'a>>,
    /// Signalled after every report.
    reported: Condvar,
}

impl Shared<'_> {
    /// Works until there are no more chunks.
    fn work(&self) -> Groups {
        let _guard = Abandon(self);
        let mut worker = Worker::new(self.plan);
        let mut buffer = Vec::new();
        loop {
            let next = lock(&self.queue).next(self.plan, &mut buffer);
            let (index, report) = match next {
                Next::End => {
                    // Each worker does this on its own thread, before all are merged on one.
                    worker.groups.shrink();
                    return worker.groups;
                }
                Next::Error { index, schema, error } => {
                    (index, Report { schema, error: Some((0, error)), ..Report::default() })
                }
                Next::Chunk { index, mut chunk } => {
                    let report = worker.score(index, &mut *chunk);
                    buffer = chunk.into_buffer();
                    (index, report)
                }
            };
            if self.report(index, report) {
                // Chunks after an error change nothing.
                lock(&self.queue).end();
            }
        }
    }

    /// Reports a chunk, then waits while it is too far ahead of the sequencer. Returns
    /// whether there is an error.
    fn report(&self, index: u64, report: Report) -> bool {
        let failed = report.error.is_some();
        let mut sequencer = lock(&self.sequencer);
        sequencer.report(index, report);
        self.reported.notify_all();
        let ahead = AHEAD * self.plan.threads as u64;
        while sequencer.error.is_none()
            && !sequencer.is_abandoned
            && index >= sequencer.next + ahead
        {
            sequencer = self.reported.wait(sequencer).unwrap_or_else(PoisonError::into_inner);
        }
        failed || sequencer.error.is_some()
    }
}

/// Wakes the waiting workers if this one panics, as its chunk will never be reported.
struct Abandon<'s, 'a>(&'s Shared<'a>);

impl Drop for Abandon<'_, '_> {
    fn drop(&mut self) {
        if thread::panicking() {
            lock(&self.0.sequencer).is_abandoned = true;
            self.0.reported.notify_all();
        }
    }
}
