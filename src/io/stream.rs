//! A file that is being read, of which the start is there.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::error::Error;

use super::source::{Reader, Source};

/// Bytes after what was read that can be looked at, but mean nothing.
pub const PADDING: usize = 64;

/// A file that is being read.
pub struct Stream {
    /// Where it comes from.
    pub source: Source,
    /// Its name, as messages show it.
    pub name: String,
    /// Its position among the files, from 0.
    pub index: usize,
    /// What comes after the start.
    pub reader: Reader,
    /// The start, and memory that means nothing.
    pub buffer: Vec<u8>,
    /// How many bytes the start has.
    pub filled: usize,
    /// Whether it is all there.
    pub at_end: bool,
    /// Grows by the bytes that are read.
    #[cfg_attr(not(feature = "parquet"), expect(dead_code, reason = "one format counts itself"))]
    pub bytes_read: Arc<AtomicU64>,
}

impl Stream {
    /// Its path, as the system writes it.
    pub fn path(&self) -> &[u8] {
        let path = self.source.path();
        path.map_or(b"<stdin>", |path| path.as_os_str().as_encoded_bytes())
    }

    /// The bytes that are there.
    pub fn start(&self) -> &[u8] {
        &self.buffer[..self.filled]
    }

    /// Reads until that many bytes are there, or the end.
    ///
    /// # Errors
    /// What the system says.
    pub fn read_to(&mut self, wanted: usize) -> Result<(), Error> {
        if !self.at_end {
            self.at_end = fill(&mut self.reader, &mut self.buffer, &mut self.filled, wanted)
                .map_err(|source| Error::cannot_read(&self.name, &source))?;
        }
        Ok(())
    }
}

/// Reads until `wanted` bytes are there; true at the end of the file.
pub fn fill(
    reader: &mut dyn Read,
    buffer: &mut Vec<u8>,
    filled: &mut usize,
    wanted: usize,
) -> io::Result<bool> {
    grow(buffer, wanted);
    while *filled < wanted {
        match reader.read(&mut buffer[*filled..wanted]) {
            Ok(0) => return Ok(true),
            Ok(read) => *filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

/// Makes room for that many bytes, and for what follows them.
pub fn grow(buffer: &mut Vec<u8>, length: usize) {
    if buffer.len() < length + PADDING {
        buffer.resize(length + PADDING, 0);
    }
}
