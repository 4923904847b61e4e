//! Work on several threads. If the system cannot start all of them, the others do all the
//! work.

use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, Sender, channel};
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

/// The parts that each thread of [`in_order`] has ahead of the one that is taken.
const AHEAD: usize = 2;

/// Calls `work` for each part from 0, on up to `threads` threads, and `take` for the results, in
/// order, on this thread.
///
/// # Errors
/// The first of `take`, which ends the work.
pub fn in_order<T: Send, E>(
    parts: usize,
    threads: usize,
    work: impl Fn(usize) -> T + Sync,
    mut take: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    scope(|scope| {
        let work = &work;
        let start = |_| -> Option<(Sender<usize>, Receiver<T>)> {
            let ((give, given), (hand_in, done)) = (channel(), channel());
            let work = move || given.iter().try_for_each(|part| hand_in.send(work(part)));
            Builder::new().spawn_scoped(scope, work).ok().map(|_| (give, done))
        };
        let wanted = if threads > 1 { threads.min(parts) } else { 0 };
        let workers: Vec<_> = (0..wanted).map_while(start).collect();
        if workers.is_empty() {
            return (0..parts).try_for_each(|part| take(work(part)));
        }
        let worker = |part: usize| &workers[part % workers.len()];
        // A worker that panicked takes nothing; its panic is that of the scope.
        let give = |part: usize| {
            let _ = worker(part).0.send(part);
        };
        let ahead = AHEAD * workers.len();
        (0..parts.min(ahead)).for_each(give);
        for part in 0..parts {
            let Ok(done) = worker(part).1.recv() else { break };
            if part + ahead < parts {
                give(part + ahead);
            }
            take(done)?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_taken_in_order_until_one_is_refused() {
        for threads in [1, 2, 3, 8] {
            for parts in [0, 1, 2, 7, 100] {
                let mut taken = Vec::new();
                let take = |part| {
                    taken.push(part);
                    if part == 50 { Err(part) } else { Ok(()) }
                };
                let done = in_order(parts, threads, |part| part, take);
                let wanted: Vec<usize> = (0..parts.min(51)).collect();
                assert_eq!(taken, wanted, "{parts} parts, {threads} threads");
                assert_eq!(done, if parts > 50 { Err(50) } else { Ok(()) });
            }
        }
    }
}
