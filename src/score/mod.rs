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
use crate::input::sheet::Sheet;
use crate::neuron::Given;

use feed::Feed;
use groups::Groups;
use ledger::{Infinite, Ledger};
use worker::Worker;

pub use groups::Group;
pub use histogram::Histogram;
pub use merge::merge;
pub use plan::Plan;
pub use scorer::Scorer;
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
    /// What the input's header tells; None if there was no input.
    pub header: Option<Header>,
}

/// What the header of an input tells, or stands for one.
#[derive(Clone, Debug)]
pub struct Header {
    /// Whether models have ŷ or z.
    pub given: Given,
    /// The name of the column of y.
    pub y: String,
    /// The label that counts as 1, if labels are words.
    pub positive: Option<String>,
    /// The name of the column of weights, if there are any.
    pub weight: Option<String>,
    /// The names of the models, which are those of their columns.
    pub models: Vec<String>,
    /// The names of all columns.
    pub names: Vec<String>,
    /// The names of those that groups are by.
    pub by: Vec<String>,
}

impl Scored {
    /// What the input's header tells; nothing if there was no input.
    pub fn header(&self) -> &Header {
        static NONE: Header = Header {
            given: Given::Yhat,
            y: String::new(),
            positive: None,
            weight: None,
            models: Vec::new(),
            names: Vec::new(),
            by: Vec::new(),
        };
        self.header.as_ref().unwrap_or(&NONE)
    }
}

impl Header {
    fn of(sheet: &Sheet) -> Self {
        let name = |column: usize| sheet.names[column].clone();
        let selected = |place: usize| name(sheet.selected[place].column);
        Header {
            given: sheet.given,
            y: selected(sheet.y),
            positive: sheet.positive.clone(),
            weight: sheet.weight.map(selected),
            models: sheet.models.clone(),
            names: sheet.names.clone(),
            by: sheet.by.iter().map(|&column| name(column)).collect(),
        }
    }
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
    let header = feed.first_sheet.map(|sheet| Header::of(&sheet));
    let (names, models) = header.as_ref().map_or((&[][..], &[][..]), |h| (&h.names, &h.models));
    let rows = ledger.printer.finish(names, models)?;
    Ok(Scored {
        groups,
        infinite: ledger.infinite,
        worst: ledger.worst.worst_first(),
        warnings: feed.blocks.warnings,
        rows,
        header,
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
