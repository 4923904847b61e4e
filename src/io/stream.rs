//! A file that is being read, with its start in memory.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::error::Error;

use super::source::{Reader, Source};

/// The number of bytes after the data that can be read, but mean nothing.
pub const PADDING: usize = 64;

/// A file that is being read.
pub struct Stream {
    /// Where it comes from.
    pub source: Source,
    /// Its name, as messages show it.
    pub name: String,
    /// Its position among the files, from 0.
    pub index: usize,
    /// Reads what comes after the start.
    pub reader: Reader,
    /// The start, then bytes that mean nothing.
    pub buffer: Vec<u8>,
    /// The length of the start in bytes.
    pub filled: usize,
    /// Whether the start is the whole file.
    pub at_end: bool,
    /// Grows by the number of bytes read.
    #[cfg_attr(not(feature = "parquet"), expect(dead_code, reason = "only Parquet counts itself"))]
    pub bytes_read: Arc<AtomicU64>,
}

impl Stream {
    /// Returns its path as the system encodes it, or `<stdin>`.
    pub fn path(&self) -> &[u8] {
        let path = self.source.path();
        path.map_or(b"<stdin>", |path| path.as_os_str().as_encoded_bytes())
    }

    /// Returns the start.
    pub fn start(&self) -> &[u8] {
        &self.buffer[..self.filled]
    }

    /// Reads until the start has `wanted` bytes, or the file ends.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn read_to(&mut self, wanted: usize) -> Result<(), Error> {
        if !self.at_end {
            self.at_end = fill(&mut self.reader, &mut self.buffer, &mut self.filled, wanted)
                .map_err(|source| Error::cannot_read(&self.name, &source))?;
        }
        Ok(())
    }
}

/// Reads until `filled` is `wanted`; returns true if the file ends before that.
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

/// Grows a buffer to hold `length` bytes and the padding after them.
pub fn grow(buffer: &mut Vec<u8>, length: usize) {
    if buffer.len() < length + PADDING {
        buffer.resize(length + PADDING, 0);
    }
}
