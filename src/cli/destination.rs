//! Where results go: standard output, a device, or a file that is written whole or not at
//! all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use costs::error::{Error, Kind, Location};
use costs::text::escape;
use costs::{Source, platform};
use tempfile::TempPath;

use super::unfinished;

/// The number of bytes that are gathered before they are written.
const BUFFER: usize = 1 << 16;

/// The most symbolic links to follow, as on Linux.
const MOST_LINKS: usize = 40;

/// Whether standard output was closed when the program started.
static OUTPUT_IS_CLOSED: AtomicBool = AtomicBool::new(false);

/// Runs before the runtime opens `/dev/null` in place of a closed descriptor, which would
/// silently swallow all output.
#[cfg(unix)]
#[ctor::ctor(unsafe)]
fn note_closed_output() {
    let is_closed = rustix::io::fcntl_getfd(rustix::stdio::stdout()).is_err();
    OUTPUT_IS_CLOSED.store(is_closed, Ordering::Relaxed);
}

/// A place for results.
pub struct Destination {
    out: BufWriter<Outlet>,
    /// The temporary file, and the path that it is moved to; None for a stream.
    becomes: Option<(TempPath, PathBuf)>,
    location: Location,
}

/// An open file that may ignore that its reader has closed the pipe.
struct Outlet {
    file: File,
    outlives_reader: bool,
}

impl Write for Outlet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.file.write(bytes) {
            Err(error) if self.outlives_reader && error.kind() == io::ErrorKind::BrokenPipe => {
                Ok(bytes.len())
            }
            written => written,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Destination {
    fn new(file: File, becomes: Option<(TempPath, PathBuf)>, location: Location) -> Self {
        let out = BufWriter::with_capacity(BUFFER, Outlet { file, outlives_reader: false });
        Destination { out, becomes, location }
    }

    /// Opens standard output.
    ///
    /// # Errors
    /// If it is closed.
    pub fn stdout() -> Result<Self, Error> {
        let closed = || io::Error::other("it is closed");
        let is_closed = OUTPUT_IS_CLOSED.load(Ordering::Relaxed);
        let file = if is_closed { Err(closed()) } else { platform::standard_output() };
        let file = file.map_err(|source| Error::cannot_write(&source))?;
        Ok(Destination::new(file, None, Location::Output))
    }

    /// Opens the file, descriptor or device of a path; standard output for `-`.
    ///
    /// # Errors
    /// If it is one of the inputs, or cannot be written to.
    pub fn file(path: &Path, inputs: &[Source]) -> Result<Self, Error> {
        let location = Location::file(&escape(path.as_os_str().as_encoded_bytes()));
        let failed = |source| Error::cannot_write(&source).at(location.clone());
        if path == Path::new("-") {
            return Self::stdout();
        }
        let path = linked(path).map_err(failed)?;
        if descriptor(&path) == Some(1) {
            return Self::stdout();
        }
        let existing = fs::metadata(&path).ok();
        let stream = match (descriptor(&path), &existing) {
            (Some(number), _) => Some(open_descriptor(number, &path)),
            (None, Some(existing)) if existing.is_dir() => {
                Some(Err(io::ErrorKind::IsADirectory.into()))
            }
            (None, Some(existing)) if !existing.is_file() => {
                Some(File::options().write(true).open(&path))
            }
            _ => None,
        };
        if let Some(stream) = stream {
            return Ok(Destination::new(stream.map_err(failed)?, None, location));
        }
        if inputs.iter().any(|input| platform::is_same_file(input.path(), &path)) {
            let message = "the output is one of the inputs";
            return Err(Error::new(Kind::Usage, location, message)
                .with_hint("write to another file, and move it after"));
        }
        unfinished::leave_nothing_behind().map_err(failed)?;
        let mut unfinished = unfinished::path();
        let (file, beside) = beside(&path, existing.as_ref()).map_err(failed)?;
        *unfinished = Some(beside.to_path_buf());
        Ok(Destination::new(file, Some((beside, path)), location))
    }

    /// Ignores a closed pipe, so that all the work is done: it decides the exit code.
    pub fn outlive_reader(&mut self) {
        self.out.get_mut().outlives_reader = true;
    }

    /// Returns where results go, for messages.
    pub fn location(&self) -> Location {
        self.location.clone()
    }

    /// Writes a whole text and flushes it.
    ///
    /// # Errors
    /// If that fails.
    pub fn write_text(&mut self, text: &str) -> Result<(), Error> {
        let written = self.write_all(text.as_bytes()).and_then(|()| self.flush());
        written.map_err(|source| Error::cannot_write(&source))
    }

    /// Moves a finished file to its path. Does nothing for a stream.
    ///
    /// # Errors
    /// If that fails; the file at the path is then unchanged.
    pub fn finish(self) -> Result<(), Error> {
        let Some((beside, path)) = self.becomes else { return Ok(()) };
        let failed = |source| Error::cannot_write(&source);
        let outlet = self.out.into_inner().map_err(|error| failed(error.into_error()))?;
        outlet.file.sync_all().map_err(failed)?;
        let mut unfinished = unfinished::path();
        beside.persist(&path).map_err(|error| failed(error.error))?;
        *unfinished = None;
        Ok(())
    }
}

impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Follows symbolic links to their end, which may not exist yet: that is written to or
/// replaced, not a link. Links of descriptors are not followed, as they are not paths.
fn linked(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&path) {
            Ok(next) if descriptor(&path).is_none() => {
                path = path.parent().unwrap_or(Path::new("")).join(next);
            }
            _ => return Ok(path),
        }
    }
    Err(io::Error::other("too many levels of symbolic links"))
}

/// Returns the number of the own descriptor that a path such as `/dev/fd/3` stands for.
fn descriptor(path: &Path) -> Option<i32> {
    let number = path.file_name()?.to_str()?.parse().ok()?;
    let folder = fs::canonicalize(path.parent()?).ok()?;
    let is_own = fs::canonicalize("/proc/self").is_ok_and(|own| folder.starts_with(own));
    (is_own && folder.ends_with("fd") || folder == Path::new("/dev/fd")).then_some(number)
}

/// Opens a descriptor as a file that shares its position.
fn open_descriptor(number: i32, path: &Path) -> io::Result<File> {
    if number == 2 {
        return platform::standard_error();
    }
    let existing = fs::metadata(path)?;
    // A regular file that is opened anew would be written from its start.
    platform::descriptor(number).or_else(|error| {
        if existing.is_file() { Err(error) } else { File::options().write(true).open(path) }
    })
}

/// Creates a temporary file in the folder of the path, with the mode of the existing file if
/// there is one.
fn beside(path: &Path, existing: Option<&fs::Metadata>) -> io::Result<(File, TempPath)> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".costs-");
    if existing.is_none()
        && let Some(permissions) = platform::permissions_of_new_file()
    {
        builder.permissions(permissions);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let (file, beside) = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?.into_parts();
    if let Some(existing) = existing {
        file.set_permissions(existing.permissions())?;
    }
    Ok((file, beside))
}
