//! What differs between operating systems. No other code depends on the system, except the
//! check for a closed standard output in `destination.rs`, which has to run before `main`, and
//! signals in `unfinished.rs`.
//!
//! Linux is tested. Code for macOS and Windows is compiled at best, see `docs/platforms.md`.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Returns standard input as a separate file, without the buffer of [`io::stdin`].
///
/// # Errors
/// If the system cannot duplicate it.
pub fn standard_input() -> io::Result<File> {
    owned(&io::stdin())
}

/// Returns standard output as a separate file.
///
/// # Errors
/// If the system cannot duplicate it.
pub fn standard_output() -> io::Result<File> {
    owned(&io::stdout())
}

/// Returns standard error as a separate file.
///
/// # Errors
/// If the system cannot duplicate it.
pub fn standard_error() -> io::Result<File> {
    owned(&io::stderr())
}

/// Returns an open descriptor of this process as a separate file that shares its position.
///
/// # Errors
/// If there is no such descriptor, or the kernel lacks the call.
#[cfg(target_os = "linux")]
pub fn descriptor(number: i32) -> io::Result<File> {
    use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};
    let this = pidfd_open(getpid(), PidfdFlags::empty())?;
    Ok(File::from(pidfd_getfd(this, number, PidfdGetfdFlags::empty())?))
}

/// Fails, as only Linux has such a call: the path of the descriptor can be opened instead.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
pub fn descriptor(_number: i32) -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(not(windows))]
fn owned(stream: &impl std::os::fd::AsFd) -> io::Result<File> {
    Ok(File::from(stream.as_fd().try_clone_to_owned()?))
}

#[cfg(windows)]
fn owned(stream: &impl std::os::windows::io::AsHandle) -> io::Result<File> {
    Ok(File::from(stream.as_handle().try_clone_to_owned()?))
}

/// Reads bytes at a position of a file; returns how many.
///
/// # Errors
/// If the system cannot read there.
#[cfg(not(windows))]
pub fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

/// Reads bytes at a position of a file, and moves the file's own position to their end;
/// returns how many.
///
/// # Errors
/// If the system cannot read there.
#[cfg(windows)]
pub fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, at)
}

/// Whether a file, or standard input for None, is the same file as that of a path, whatever
/// their names and links.
#[cfg(unix)]
#[must_use]
pub fn is_same_file(file: Option<&Path>, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let metadata = match file {
        None => standard_input().and_then(|file| file.metadata()),
        Some(file) => fs::metadata(file),
    };
    match (metadata, fs::metadata(path)) {
        (Ok(one), Ok(other)) => (one.dev(), one.ino()) == (other.dev(), other.ino()),
        _ => false,
    }
}

/// Whether a file is the same file as that of a path. Hard links and standard input are not
/// recognized.
#[cfg(not(unix))]
#[must_use]
pub fn is_same_file(file: Option<&Path>, path: &Path) -> bool {
    let Some(file) = file else { return false };
    match (fs::canonicalize(file), fs::canonicalize(path)) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// Returns the permissions of a new file; None where the system sets them.
#[must_use]
pub fn permissions_of_new_file() -> Option<fs::Permissions> {
    // The system removes those in the user's mask.
    #[cfg(unix)]
    return Some(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    #[cfg(not(unix))]
    None
}

/// The largest pipe, in bytes, that Linux by default gives to any user.
#[cfg(target_os = "linux")]
const PIPE_SIZE: usize = 1 << 20;

/// Lets a pipe hold more than the usual 64 KiB, so that its writer and reader wait for each
/// other less often. A file that is not a pipe, or cannot be widened, stays as it is.
#[cfg(target_os = "linux")]
pub fn widen_pipe(file: &File) {
    let _ = rustix::pipe::fcntl_setpipe_size(file, PIPE_SIZE);
}

/// Does nothing: the size of pipes is fixed.
#[cfg(not(target_os = "linux"))]
pub fn widen_pipe(_file: &File) {}
