//! Where bytes come from: a file or standard input, compressed or not.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bzip2::read::MultiBzDecoder;
use flate2::read::MultiGzDecoder;
use lzma_rust2::XzReader;

use crate::error::{Error, Kind, Location, system_message};
use crate::text::escape;

use super::{nearby, platform};

/// Where to read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
}

/// A stream of bytes.
pub type Reader = Box<dyn Read + Send>;

impl Source {
    /// Returns the file of a path; standard input for `-`.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        if path.as_os_str() == "-" { Source::Stdin } else { Source::File(path.to_owned()) }
    }

    /// Returns the path; None for standard input.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Source::Stdin => None,
            Source::File(path) => Some(path),
        }
    }

    /// Returns the name for messages: the escaped path, or `<stdin>`.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Source::Stdin => "<stdin>".to_owned(),
            Source::File(path) => escape(path.as_os_str().as_encoded_bytes()),
        }
    }

    /// Opens the source and decompresses it. `bytes_read` counts the bytes as they are stored.
    pub(crate) fn open(&self, bytes_read: Arc<AtomicU64>) -> Result<Reader, Error> {
        let name = self.name();
        let cannot_read = |source| Error::cannot_read(&name, &source);
        let file = match self {
            Source::Stdin => platform::standard_input().map_err(cannot_read)?,
            Source::File(path) => File::open(path).map_err(|source| {
                let error = Error::io(Location::file(&name), "cannot open", &source);
                let is_missing = source.kind() == io::ErrorKind::NotFound;
                let near = is_missing.then(|| nearby::file(path)).flatten();
                error.with_hint_if_any(near.map(|file| format!("did you mean '{file}'?")))
            })?,
        };
        if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
            let message = system_message(&io::ErrorKind::IsADirectory.into());
            return Err(Error::new(Kind::Io, Location::file(&name), message)
                .with_hint("name the files in it"));
        }
        platform::widen_pipe(&file);
        decompressed(Counted { file, bytes_read }).map_err(cannot_read)
    }
}

/// A file that counts the bytes read.
struct Counted {
    file: File,
    bytes_read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.bytes_read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// The most memory that an xz file may ask for, in KiB: somewhat more than `xz -9` needs.
const XZ_MEMORY: u32 = 100 << 10;

/// Decompresses a stream if its first bytes show that it is compressed. All members, frames
/// and streams in it are read.
pub(crate) fn decompressed(mut raw: impl Read + Send + 'static) -> io::Result<Reader> {
    let mut start = Vec::new();
    (&mut raw).take(6).read_to_end(&mut start)?;
    let format = match start.as_slice() {
        [0x1f, 0x8b, ..] => "gzip",
        [0x28, 0xb5, 0x2f, 0xfd, ..] => "zstd",
        [b'B', b'Z', b'h', b'1'..=b'9', ..] => "bzip2",
        [0xfd, b'7', b'z', b'X', b'Z', 0] => "xz",
        _ => return Ok(Box::new(Cursor::new(start).chain(raw))),
    };
    let raw = BufReader::with_capacity(1 << 16, Cursor::new(start).chain(raw));
    let decoder: Reader = match format {
        "gzip" => Box::new(MultiGzDecoder::new(raw)),
        "zstd" => Box::new(zstd::Decoder::with_buffer(raw)?),
        "bzip2" => Box::new(MultiBzDecoder::new(raw)),
        _ => Box::new(XzReader::new_mem_limit(raw, true, XZ_MEMORY)),
    };
    Ok(Box::new(Decompressed { decoder, format }))
}

/// A decoder whose errors say what it decodes.
struct Decompressed {
    decoder: Reader,
    format: &'static str,
}

impl Read for Decompressed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.decoder.read(buffer).map_err(|error| {
            // An error of the system does not mean that the data is damaged.
            if error.kind() == io::ErrorKind::Interrupted || error.raw_os_error().is_some() {
                return error;
            }
            let format = self.format;
            io::Error::other(format!("the {format} data is damaged or cut short ({error})"))
        })
    }
}
