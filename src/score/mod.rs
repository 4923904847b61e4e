//! The engine: blocks of input, scanned and scored by workers in parallel, with
//! every result as if one had done it in order.
//!
//! Workers take blocks in turn from a [`Feed`] and keep tallies of their own,
//! which are merged at the end: the sums are exact, so the order is no matter.
//! What does have an order (the first error, line numbers, rows to print) goes
//! through a [`Ledger`], which takes reports of blocks as they come and enters
//! them in the order of the input.
//!
//! | file | what it owns |
//! |---|---|
//! | `plan.rs` | what scoring needs to know, as options |
//! | `feed.rs` | the next block, and whether files go together |
//! | `worker.rs` | from a block to an entry of the ledger |
//! | `scorer.rs` | the costs and tallies of a batch |
//! | `groups.rs` | a tally for each group |
//! | `ledger.rs` | what has an order |
//! | `printer.rs` | rows on their way out |
//! | `worst.rs`, `histogram.rs` | the instances of highest cost; how many cost how much |
//! | `values.rs` | values in place of files |
//! | `state.rs`, `merge.rs` | states, written and merged |

#[cfg(test)]
mod faults;
mod feed;
mod groups;
mod histogram;
mod ledger;
mod merge;
mod plan;
mod printer;
mod scorer;
mod state;
#[cfg(test)]
mod tests;
mod values;
mod worker;
mod worst;

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::error::{Error, Fault, Place};
use crate::input::blocks::Blocks;
use crate::neuron::Given;

use feed::Feed;
use groups::Groups;
use ledger::{Infinite, Ledger};
use worker::Worker;

pub use groups::Group;
pub use histogram::Histogram;
pub use merge::merge;
pub use plan::Plan;
pub use state::lines as state_lines;
pub use values::values;
pub use worst::Worst;

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

/// Scores the instances of files.
///
/// # Errors
/// The first error in the order of the input, and those of the sink.
pub fn files(mut blocks: Blocks, plan: &Plan, sink: Sink) -> Result<Scored, Error> {
    blocks.texts = plan.texts();
    let shared = Shared {
        plan,
        feed: Mutex::new(Feed::new(blocks)),
        ledger: Mutex::new(Ledger::new(plan, sink)),
        entered: Condvar::new(),
    };
    let groups = work(&shared);
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
    if groups.iter().all(|group| group.tally.n() == 0) && !plan.allows_empty {
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

/// Lets workers do it all; gives the groups of each.
fn work(shared: &Shared) -> Vec<Groups> {
    thread::scope(|scope| {
        let work = || Worker::new(shared).work();
        // Where the system allows no more threads, those that there are do the work.
        let start = |_| thread::Builder::new().spawn_scoped(scope, work).ok();
        let others: Vec<_> = (1..shared.plan.threads).map_while(start).collect();
        let mut groups = vec![work()];
        for other in others {
            groups.push(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        groups
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

/// Locks. A poisoned mutex is fine: a worker that panics leaves nothing half-done, and
/// its panic goes on.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
