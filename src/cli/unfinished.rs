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

/// The temporary file, until it is moved to its path. No signal ends the program while the
/// lock is held.
static UNFINISHED: Mutex<Option<PathBuf>> = Mutex::new(None);

pub fn path() -> MutexGuard<'static, Option<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts a thread that removes the temporary file before a signal ends the program.
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
            // Only for signals that it does not know.
            process::exit(128 + signal);
        }
    })?;
    Ok(())
}

/// The last signal of Linux.
#[cfg(unix)]
const LAST_SIGNAL: i32 = 64;

/// Whether a signal ends a program by default, and can be caught. `SIGXFSZ` becomes an error,
/// see [`report_limit_of_file_size`].
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

/// Whether the program was started with a signal ignored, as by `nohup`: it stays ignored.
/// Returns false where the system does not tell.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok());
    ignored.unwrap_or(0) >> (signal - 1) & 1 == 1
}

/// Makes reaching the limit of the file size (`ulimit -f`) an error, as a full disk is;
/// otherwise a signal would silently end the program.
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
