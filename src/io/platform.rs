//! What operating systems do in different ways. Nothing else in the project
//! asks which of them it runs on, but for the check of a closed standard output in
//! `destination.rs`, which has to run before `main`, and signals in `unfinished.rs`.
//!
//! Linux is tested. macOS and Windows are compiled at best, see
//! `docs/platforms.md`.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Standard input as a file of its own, which reads past the buffer of
/// [`io::stdin`].
///
/// # Errors
/// If it cannot be had.
pub fn standard_input() -> io::Result<File> {
    owned(&io::stdin())
}

/// Standard output as a file of its own.
///
/// # Errors
/// If it cannot be had.
pub fn standard_output() -> io::Result<File> {
    owned(&io::stdout())
}

/// Standard error as a file of its own.
///
/// # Errors
/// If it cannot be had.
pub fn standard_error() -> io::Result<File> {
    owned(&io::stderr())
}

/// The open descriptor of that number as a file of its own, which shares its position.
///
/// # Errors
/// If the system says no, or has no such call.
#[cfg(target_os = "linux")]
pub fn descriptor(number: i32) -> io::Result<File> {
    use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};
    let this = pidfd_open(getpid(), PidfdFlags::empty())?;
    Ok(File::from(pidfd_getfd(this, number, PidfdGetfdFlags::empty())?))
}

/// The open descriptor of that number, which other systems give to whoever opens its path.
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

/// Reads from a position of a file on.
///
/// # Errors
/// If the system says no.
#[cfg(not(windows))]
pub fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

/// Reads from a position of a file on, where it leaves the file's own.
///
/// # Errors
/// If the system says no.
#[cfg(windows)]
pub fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, at)
}

/// Whether a file, or standard input if there is none, is the file of that path, by
/// whatever name or link.
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

/// Whether a file is the file of that path; hard links and standard input are not seen
/// through.
#[cfg(not(unix))]
#[must_use]
pub fn is_same_file(file: Option<&Path>, path: &Path) -> bool {
    let Some(file) = file else { return false };
    match (fs::canonicalize(file), fs::canonicalize(path)) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// The permissions of a new file; None where the system sees to it.
#[must_use]
pub fn permissions_of_new_file() -> Option<fs::Permissions> {
    // The system takes away what the user's mask says.
    #[cfg(unix)]
    return Some(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    #[cfg(not(unix))]
    None
}

/// The most that Linux lets any user ask for.
#[cfg(target_os = "linux")]
const PIPE_SIZE: usize = 1 << 20;

/// Lets a pipe hold more than the usual 64 KiB, so that its writer and we wait
/// for each other less often. What is no pipe, or cannot be widened, stays as it
/// is.
#[cfg(target_os = "linux")]
pub fn widen_pipe(file: &File) {
    let _ = rustix::pipe::fcntl_setpipe_size(file, PIPE_SIZE);
}

/// Does nothing: pipes are as wide as they are.
#[cfg(not(target_os = "linux"))]
pub fn widen_pipe(_file: &File) {}
