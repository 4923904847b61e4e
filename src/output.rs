//! Where results go: standard output, or a file that is there whole or not at
//! all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use costs::Source;
use costs::error::{Error, Fault, Place};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;
use tempfile::NamedTempFile;

/// Bytes that are gathered before they are written.
const BUFFER: usize = 1 << 16;

/// Whether standard output was closed when the program started.
static OUTPUT_IS_CLOSED: AtomicBool = AtomicBool::new(false);

/// Runs before the runtime opens `/dev/null` in place of a closed descriptor,
/// which would swallow all output without a word.
#[ctor::ctor(unsafe)]
fn note_closed_output() {
    let is_closed = rustix::io::fcntl_getfd(rustix::stdio::stdout()).is_err();
    OUTPUT_IS_CLOSED.store(is_closed, Ordering::Relaxed);
}

/// A place for results.
pub enum Output {
    /// Standard output, or a file that is no regular one, such as a FIFO.
    Stream(BufWriter<File>),
    /// A file beside the one that it becomes in the end.
    File {
        /// What is written so far.
        beside: BufWriter<NamedTempFile>,
        /// What it becomes.
        path: PathBuf,
    },
}

impl Output {
    /// Standard output.
    ///
    /// # Errors
    /// If it is closed.
    pub fn stdout() -> Result<Self, Error> {
        let failed = |source| Error::io("<stdout>", "cannot write: ", source);
        if OUTPUT_IS_CLOSED.load(Ordering::Relaxed) {
            return Err(failed(io::Error::other("it is closed")));
        }
        let file = io::stdout().as_fd().try_clone_to_owned().map_err(failed)?;
        Ok(Output::Stream(BufWriter::with_capacity(BUFFER, File::from(file))))
    }

    /// The file of that path, which is none of the inputs.
    ///
    /// # Errors
    /// If it is, or nothing can be written there.
    pub fn file(path: &Path, inputs: &[Source]) -> Result<Self, Error> {
        let name = costs::text::escape(path.as_os_str().as_encoded_bytes());
        let failed = |source| Error::io(&name, "cannot write: ", source);
        if path == Path::new("-") {
            return Self::stdout();
        }
        // What a link names is replaced, not the link; it may not be there yet.
        let linked = || Some(path.parent()?.join(fs::read_link(path).ok()?));
        let path = fs::canonicalize(path).ok().or_else(linked).unwrap_or_else(|| path.to_owned());
        let existing = fs::metadata(&path).ok();
        if let Some(existing) = &existing {
            if is_one_of(inputs, existing) {
                let message = "the output is one of the inputs".to_owned();
                let hint = Some("write to another file, and move it after");
                return Err(Error::new(Place::File(name), Fault::Usage { message, hint }));
            }
            if existing.is_dir() {
                return Err(failed(io::ErrorKind::IsADirectory.into()));
            }
            if !existing.is_file() {
                let file = File::options().write(true).open(&path).map_err(failed)?;
                return Ok(Output::Stream(BufWriter::with_capacity(BUFFER, file)));
            }
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let mode = existing.map_or(0o666, |existing| existing.permissions().mode());
        leave_nothing_behind().map_err(failed)?;
        let mut unfinished = unfinished();
        let beside = tempfile::Builder::new()
            .prefix(".costs-")
            .permissions(fs::Permissions::from_mode(mode))
            .tempfile_in(folder.unwrap_or(Path::new(".")))
            .map_err(failed)?;
        *unfinished = Some(beside.path().to_owned());
        Ok(Output::File { beside: BufWriter::with_capacity(BUFFER, beside), path })
    }

    /// Writes a text, all of it.
    ///
    /// # Errors
    /// If that fails.
    pub fn say(&mut self, text: &str) -> Result<(), Error> {
        let written = self.write_all(text.as_bytes()).and_then(|()| self.flush());
        written.map_err(|source| Error::io("<stdout>", "cannot write: ", source))
    }

    /// Makes a file be there, now that it is whole.
    ///
    /// # Errors
    /// If that fails; the file is then as it was.
    pub fn finish(self) -> Result<(), Error> {
        let Output::File { beside, path } = self else { return Ok(()) };
        let name = costs::text::escape(path.as_os_str().as_encoded_bytes());
        let failed = |source| Error::io(&name, "cannot write: ", source);
        let beside = beside.into_inner().map_err(|error| failed(error.into_error()))?;
        beside.as_file().sync_all().map_err(failed)?;
        let mut unfinished = unfinished();
        beside.persist(&path).map_err(|error| failed(error.error))?;
        *unfinished = None;
        Ok(())
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Output::Stream(stream) => stream.write(bytes),
            Output::File { beside, .. } => beside.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Output::Stream(stream) => stream.flush(),
            Output::File { beside, .. } => beside.flush(),
        }
    }
}

/// The file beside the output while it is not whole. Who holds the lock is not
/// ended by a signal in between.
static UNFINISHED: Mutex<Option<PathBuf>> = Mutex::new(None);

fn unfinished() -> MutexGuard<'static, Option<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Has the file beside the output removed before a signal ends the program, as
/// that signal does.
fn leave_nothing_behind() -> io::Result<()> {
    let ends = [SIGHUP, SIGINT, SIGTERM].into_iter().filter(|&signal| !is_ignored(signal));
    let mut signals = Signals::new(ends)?;
    thread::Builder::new().spawn(move || {
        for signal in signals.forever() {
            let mut unfinished = unfinished();
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
fn is_ignored(signal: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok());
    ignored.unwrap_or(0) >> (signal - 1) & 1 == 1
}

/// Makes a file that may not grow any more (`ulimit -f`) an error like a full
/// disk, where a signal would end the program without a word.
pub fn report_limit_of_file_size() {
    let _ = signal_hook::flag::register(SIGXFSZ, Arc::default());
}

/// Whether the file is one of the inputs, by whatever name or link.
fn is_one_of(inputs: &[Source], file: &fs::Metadata) -> bool {
    let same = |other: fs::Metadata| (other.dev(), other.ino()) == (file.dev(), file.ino());
    file.is_file()
        && inputs.iter().any(|source| match source {
            Source::Stdin => {
                let stdin = io::stdin().as_fd().try_clone_to_owned();
                stdin.and_then(|stdin| File::from(stdin).metadata()).is_ok_and(same)
            }
            Source::File(path) => fs::metadata(path).is_ok_and(same),
        })
}
