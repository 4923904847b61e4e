//! Where results go: standard output, or a file that is there whole or not at
//! all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use costs::error::{Error, Kind, Location};
use costs::{Source, platform};
use tempfile::NamedTempFile;

use super::unfinished;

/// Bytes that are gathered before they are written.
const BUFFER: usize = 1 << 16;

/// Whether standard output was closed when the program started.
static OUTPUT_IS_CLOSED: AtomicBool = AtomicBool::new(false);

/// Runs before the runtime opens `/dev/null` in place of a closed descriptor,
/// which would swallow all output without a word.
#[cfg(unix)]
#[ctor::ctor(unsafe)]
fn note_closed_output() {
    let is_closed = rustix::io::fcntl_getfd(rustix::stdio::stdout()).is_err();
    OUTPUT_IS_CLOSED.store(is_closed, Ordering::Relaxed);
}

/// A place for results.
pub enum Destination {
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

impl Destination {
    /// Standard output.
    ///
    /// # Errors
    /// If it is closed.
    pub fn stdout() -> Result<Self, Error> {
        let failed = |source| Error::cannot_write(&source);
        if OUTPUT_IS_CLOSED.load(Ordering::Relaxed) {
            return Err(failed(io::Error::other("it is closed")));
        }
        let file = platform::standard_output().map_err(failed)?;
        Ok(Destination::Stream(BufWriter::with_capacity(BUFFER, file)))
    }

    /// The file of that path, which is none of the inputs.
    ///
    /// # Errors
    /// If it is, or nothing can be written there.
    pub fn file(path: &Path, inputs: &[Source]) -> Result<Self, Error> {
        let name = costs::text::escape(path.as_os_str().as_encoded_bytes());
        let failed = |source| Error::cannot_write(&source).at(Location::file(&name));
        if path == Path::new("-") {
            return Self::stdout();
        }
        // What a link names is replaced, not the link; it may not be there yet.
        let linked = || Some(path.parent()?.join(fs::read_link(path).ok()?));
        let path = fs::canonicalize(path).ok().or_else(linked).unwrap_or_else(|| path.to_owned());
        let existing = fs::metadata(&path).ok();
        if let Some(existing) = &existing {
            if existing.is_file()
                && inputs.iter().any(|input| platform::is_same_file(input.path(), &path))
            {
                let message = "the output is one of the inputs";
                return Err(Error::new(Kind::Usage, Location::file(&name), message)
                    .with_hint("write to another file, and move it after"));
            }
            if existing.is_dir() {
                return Err(failed(io::ErrorKind::IsADirectory.into()));
            }
            if !existing.is_file() {
                let file = File::options().write(true).open(&path).map_err(failed)?;
                return Ok(Destination::Stream(BufWriter::with_capacity(BUFFER, file)));
            }
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        unfinished::leave_nothing_behind().map_err(failed)?;
        let mut unfinished = unfinished::path();
        let mut builder = tempfile::Builder::new();
        builder.prefix(".costs-");
        let permissions = existing.map(|existing| existing.permissions());
        if let Some(permissions) = platform::permissions_after(permissions) {
            builder.permissions(permissions);
        }
        let beside = builder.tempfile_in(folder.unwrap_or(Path::new("."))).map_err(failed)?;
        *unfinished = Some(beside.path().to_owned());
        Ok(Destination::File { beside: BufWriter::with_capacity(BUFFER, beside), path })
    }

    /// Writes a text, all of it.
    ///
    /// # Errors
    /// If that fails.
    pub fn write_text(&mut self, text: &str) -> Result<(), Error> {
        let written = self.write_all(text.as_bytes()).and_then(|()| self.flush());
        written.map_err(|source| Error::cannot_write(&source))
    }

    /// Makes a file be there, now that it is whole.
    ///
    /// # Errors
    /// If that fails; the file is then as it was.
    pub fn finish(self) -> Result<(), Error> {
        let Destination::File { beside, path } = self else { return Ok(()) };
        let name = costs::text::escape(path.as_os_str().as_encoded_bytes());
        let failed = |source| Error::cannot_write(&source).at(Location::file(&name));
        let beside = beside.into_inner().map_err(|error| failed(error.into_error()))?;
        beside.as_file().sync_all().map_err(failed)?;
        let mut unfinished = unfinished::path();
        beside.persist(&path).map_err(|error| failed(error.error))?;
        *unfinished = None;
        Ok(())
    }
}

impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Destination::Stream(stream) => stream.write(bytes),
            Destination::File { beside, .. } => beside.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Destination::Stream(stream) => stream.flush(),
            Destination::File { beside, .. } => beside.flush(),
        }
    }
}
