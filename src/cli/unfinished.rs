//! The file that is being written, and what a signal does to it.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
#[cfg(unix)]
use std::{fs, io, process, thread};

#[cfg(unix)]
use signal_hook::consts as signals;
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
    let mut caught = Signals::new([] as [i32; 0])?;
    for signal in (1..=LAST_SIGNAL).filter(|&signal| ends(signal) && !is_ignored(signal)) {
        // Not every number is a signal on every system.
        let _ = caught.add_signal(signal);
    }
    thread::Builder::new().spawn(move || {
        if let Some(signal) = caught.forever().next() {
            let mut unfinished = path();
            if let Some(path) = unfinished.take() {
                let _ = fs::remove_file(path);
            }
            let _ = emulate_default_handler(signal);
            // Of those that it does not know.
            process::exit(128 + signal);
        }
    })?;
    Ok(())
}

/// The last signal of Linux.
#[cfg(unix)]
const LAST_SIGNAL: i32 = 64;

/// Whether a signal ends a program that does not care, and can be caught. Where a file
/// may not grow, that is an error, see [`report_limit_of_file_size`].
#[cfg(unix)]
fn ends(signal: i32) -> bool {
    const OTHERS: [i32; 9] = [
        signals::SIGCHLD,
        signals::SIGCONT,
        signals::SIGPIPE,
        signals::SIGTSTP,
        signals::SIGTTIN,
        signals::SIGTTOU,
        signals::SIGURG,
        signals::SIGWINCH,
        signals::SIGXFSZ,
    ];
    !OTHERS.contains(&signal) && !signals::FORBIDDEN.contains(&signal)
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
    let _ = signal_hook::flag::register(signals::SIGXFSZ, std::sync::Arc::default());
}

/// Does nothing: there are no such signals.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
pub fn leave_nothing_behind() -> std::io::Result<()> {
    Ok(())
}
