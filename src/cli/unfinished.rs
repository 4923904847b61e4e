//! The file that is being written, and what a signal does to it.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
#[cfg(unix)]
use std::{fs, io, thread};

#[cfg(unix)]
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
#[cfg(unix)]
use signal_hook::iterator::Signals;
#[cfg(unix)]
use signal_hook::low_level::emulate_default_handler;

/// The file beside the output while it is not whole. Who holds the lock is not
/// ended by a signal in between.
static UNFINISHED: Mutex<Option<PathBuf>> = Mutex::new(None);

pub fn path() -> MutexGuard<'static, Option<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Has the file beside the output removed before a signal ends the program, as
/// that signal does.
#[cfg(unix)]
pub fn leave_nothing_behind() -> io::Result<()> {
    let ends = [SIGHUP, SIGINT, SIGTERM].into_iter().filter(|&signal| !is_ignored(signal));
    let mut signals = Signals::new(ends)?;
    thread::Builder::new().spawn(move || {
        for signal in signals.forever() {
            let mut unfinished = path();
            if let Some(path) = unfinished.take() {
                let _ = fs::remove_file(path);
            }
            let _ = emulate_default_handler(signal);
        }
    })?;
    Ok(())
}

/// Whether the program was started with that signal ignored, as `nohup` does: so
/// it stays. Where that cannot be known, it is not.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok());
    ignored.unwrap_or(0) >> (signal - 1) & 1 == 1
}

/// Makes a file that may not grow any more (`ulimit -f`) an error like a full
/// disk, where a signal would end the program without a word.
pub fn report_limit_of_file_size() {
    #[cfg(unix)]
    let _ = signal_hook::flag::register(SIGXFSZ, std::sync::Arc::default());
}

/// Does nothing: there are no such signals.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
pub fn leave_nothing_behind() -> std::io::Result<()> {
    Ok(())
}
