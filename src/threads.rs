//! Work on several threads. Where the system allows no more of them, those that there are
//! do all of it.

use std::ops::Range;
use std::panic::resume_unwind;
use std::thread::{Builder, scope};

/// Does the same work on so many threads, which share it out among themselves; gives what
/// each comes to.
pub fn together<T: Send>(threads: usize, work: impl Fn() -> T + Sync) -> Vec<T> {
    scope(|scope| {
        let work = &work;
        let start = |_| Builder::new().spawn_scoped(scope, work).ok();
        let others: Vec<_> = (1..threads).map_while(start).collect();
        let mut all = vec![work()];
        for other in others {
            all.push(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        all
    })
}

/// Does work on parts of so many indices, each on a thread of its own; gives what each part
/// comes to, in order.
pub fn in_parts<T: Send>(
    all: Range<usize>,
    each: usize,
    work: impl Fn(Range<usize>) -> T + Sync,
) -> Vec<T> {
    scope(|scope| {
        let work = &work;
        let part = |start: usize| start..all.end.min(start + each);
        let start = |start: usize| {
            let other = Builder::new().spawn_scoped(scope, move || work(part(start)));
            other.map_err(|_| start)
        };
        let others: Vec<_> = all.clone().step_by(each).skip(1).map(start).collect();
        let mut parts = vec![work(part(all.start))];
        for other in others {
            parts.push(match other {
                Ok(other) => other.join().unwrap_or_else(|panic| resume_unwind(panic)),
                Err(start) => work(part(start)),
            });
        }
        parts
    })
}
