//! A file that several threads read at the same time, at different positions.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};

use crate::io::platform;
use crate::threads::lock;

/// The number of bytes that are read at once for the header of a page; few are longer.
const HEADER: usize = 1 << 10;

/// The longest page, decompressed. Writers keep pages to about 1 MiB; a damaged one may
/// claim as much memory as there is.
const LONGEST_PAGE: u64 = 256 << 20;

/// The most buffers that are kept for later pages.
const KEPT: usize = 16;

/// A file, read by position: threads that share it do not disturb each other.
#[derive(Clone, Debug)]
pub struct SharedFile {
    file: Arc<File>,
    length: u64,
    unused: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl SharedFile {
    /// Takes a regular file.
    pub fn new(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(SharedFile { file: Arc::new(file), length, unused: Arc::default() })
    }

    /// Returns the length of the file in bytes.
    pub fn bytes(&self) -> u64 {
        self.length
    }

    /// Returns a reader of the file from a position on.
    fn tail(&self, at: u64) -> Tail {
        Tail { file: Arc::clone(&self.file), at }
    }

    /// Whether the file starts with these bytes.
    pub fn starts_with(&self, start: &[u8]) -> bool {
        let mut bytes = vec![0; start.len()];
        self.tail(0).read_exact(&mut bytes).is_ok() && bytes == start
    }
}

impl Length for SharedFile {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for SharedFile {
    type T = BufReader<Tail>;

    /// Returns a reader of a page, which starts with its header.
    fn get_read(&self, start: u64) -> Result<Self::T> {
        let mut reader = BufReader::with_capacity(HEADER, self.tail(start));
        if claimed_length(reader.fill_buf()?).is_some_and(|length| length > LONGEST_PAGE) {
            return Err(ParquetError::General("a page is longer than 256 MiB".to_owned()));
        }
        Ok(reader)
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        // A damaged file may ask for more bytes than memory can hold.
        if start.checked_add(length as u64).is_none_or(|end| end > self.length) {
            return Err(ParquetError::EOF("it ends before its data does".to_owned()));
        }
        let unused = Arc::clone(&self.unused);
        let memory = lock(&unused).pop();
        let mut page = Page { memory: memory.unwrap_or_default(), length, unused };
        if page.memory.len() < length {
            page.memory.resize(length, 0);
        }
        self.tail(start).read_exact(&mut page.memory[..length])?;
        Ok(Bytes::from_owner(page))
    }
}

/// Returns the decompressed length that a page claims: field 2 of its header, a struct in
/// Thrift's compact protocol. None if the header does not start with fields 1 and 2.
fn claimed_length(header: &[u8]) -> Option<u64> {
    /// The field's type: a 32-bit integer.
    const I32: u8 = 5;
    let mut header = header.iter().copied();
    let mut varint = || {
        let mut value = 0;
        for shift in (0..35).step_by(7) {
            let byte = header.next()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    };
    let mut length = 0;
    for _ in 0..2 {
        // The field is one after the last (high bits), and an integer (low bits).
        if varint()? != u64::from(1 << 4 | I32) {
            return None;
        }
        let zigzag = varint()?;
        if zigzag & 1 == 1 {
            return None;
        }
        length = zigzag >> 1;
    }
    Some(length)
}

/// A page in a buffer that is used again, which saves allocating and zeroing memory.
struct Page {
    memory: Vec<u8>,
    length: usize,
    unused: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl AsRef<[u8]> for Page {
    fn as_ref(&self) -> &[u8] {
        &self.memory[..self.length]
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let mut unused = lock(&self.unused);
        if unused.len() < KEPT {
            unused.push(std::mem::take(&mut self.memory));
        }
    }
}

/// Reads a file from a position on.
pub struct Tail {
    file: Arc<File>,
    at: u64,
}

impl Read for Tail {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = platform::read_at(&self.file, buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}
