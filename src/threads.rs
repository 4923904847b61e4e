//! Work on several threads. If the system cannot start all of them, the others do all the
//! work.

use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, scope};

/// Locks a mutex, poisoned or not: the panic of a thread ends the job anyway.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Calls `work` on up to `threads` threads, among them this one; returns all results. The calls
/// share the work out among themselves.
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

/// Calls `work` on parts of a range, of `each` indices, each on its own thread; returns the
/// results in order.
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
