//! A progress bar on a terminal, for work that takes over a second.

use std::fs::Metadata;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use costs::{Data, Job, Source, View};
use indicatif::{ProgressBar, ProgressStyle};

/// How long work may take before a bar shows.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the bar moves.
const TICK: Duration = Duration::from_millis(100);

/// Does the work of a job, under a bar where that helps: on a terminal that
/// shows no rows at the same time.
pub fn watch<T>(job: &Job, quiet: bool, work: impl FnOnce() -> T) -> T {
    let shows_rows = job.view == View::Instances && io::stdout().is_terminal();
    let is_file = matches!(job.data, Data::Tables { .. });
    if quiet || shows_rows || !is_file || !io::stderr().is_terminal() {
        return work();
    }
    let (done, is_done) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
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
    let template = match total {
        Some(_) => {
            "{bar:40} {binary_bytes} of {binary_total_bytes} ({binary_bytes_per_sec}, {eta} left)"
        }
        None => "{spinner} {binary_bytes} ({binary_bytes_per_sec})",
    };
    let style = ProgressStyle::with_template(template).expect("the template is well-formed");
    let bar = match total {
        Some(total) => ProgressBar::new(total),
        None => ProgressBar::no_length(),
    };
    bar.set_style(style);
    while is_done.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
        bar.set_position(bytes_read.load(Ordering::Relaxed));
        bar.tick();
    }
    bar.finish_and_clear();
}

/// The bytes of all files, if all have a size.
fn total(job: &Job) -> Option<u64> {
    let size = |path: &Path| path.metadata().ok().filter(Metadata::is_file).map(|file| file.len());
    match &job.data {
        Data::Values { .. } => None,
        Data::Tables { sources, .. } => sources
            .iter()
            .map(|source| match source {
                Source::Stdin => size(Path::new("/dev/stdin")),
                Source::File(path) => size(path),
            })
            .sum(),
    }
}
