//! A progress bar on a terminal, for work that takes more than a second.

use std::fs::Metadata;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use costs::{Data, Job, Source, View};
use indicatif::{BinaryBytes, HumanDuration, ProgressBar, ProgressStyle};

/// How long work may take before a bar shows.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the bar moves.
const TICK: Duration = Duration::from_millis(100);

/// Does the work of a job. Shows a progress bar on a terminal, unless that shows rows at the
/// same time.
pub fn watch<T>(job: &Job, quiet: bool, work: impl FnOnce() -> T) -> T {
    let shows_rows = job.view() == View::Instances && io::stdout().is_terminal();
    let has_tables = matches!(job.data, Data::Tables(_));
    if quiet || shows_rows || !has_tables || !io::stderr().is_terminal() {
        return work();
    }
    let (done, is_done) = mpsc::channel::<()>();
    thread::scope(|scope| {
        // If the thread cannot start, there is no bar.
        let _ = thread::Builder::new().spawn_scoped(scope, move || {
            if is_done.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                show(total(job), &job.bytes_read, &is_done);
            }
        });
        let result = work();
        drop(done);
        result
    })
}

/// Shows the bar until the work is done, and leaves no trace of it.
fn show(total: Option<u64>, bytes_read: &AtomicU64, is_done: &mpsc::Receiver<()>) {
    let start = Instant::now();
    let (bar, template) = match total {
        Some(total) => {
            (ProgressBar::new(total), "{bar:40} {binary_bytes} of {binary_total_bytes} {msg}")
        }
        None => (ProgressBar::no_length(), "{spinner} {binary_bytes} {msg}"),
    };
    bar.set_style(ProgressStyle::with_template(template).expect("the template is well-formed"));
    while is_done.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
        let read = bytes_read.load(Ordering::Relaxed);
        bar.set_position(read);
        bar.set_message(pace(read, total, PATIENCE + start.elapsed()));
        bar.tick();
    }
    bar.finish_and_clear();
}

/// Formats the average rate, and the time that the rest takes at this rate.
fn pace(read: u64, total: Option<u64>, elapsed: Duration) -> String {
    let rate = u128::from(read) * 1000 / elapsed.as_millis().max(1);
    let rate = u64::try_from(rate).unwrap_or(u64::MAX);
    let left = total.and_then(|total| total.saturating_sub(read).checked_div(rate));
    let left = left.map_or_else(String::new, |left| {
        format!(", {} left", HumanDuration(Duration::from_secs(left)))
    });
    format!("({}/s{left})", BinaryBytes(rate))
}

/// Returns the bytes of all files, if all sizes are known.
fn total(job: &Job) -> Option<u64> {
    let size = |path: &Path| path.metadata().ok().filter(Metadata::is_file).map(|file| file.len());
    let size_of_source = |source: &Source| match source {
        Source::Stdin => size(Path::new("/dev/stdin")),
        Source::File(path) => size(path),
    };
    job.inputs().iter().map(size_of_source).sum()
}
