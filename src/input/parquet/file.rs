//! A file that several threads read at the same time, each where it likes.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};

use crate::platform;

/// Bytes that are read at once where a page says what it is: few do not fit.
const HEADER: usize = 1 << 10;

/// Memory that is kept for pages to come.
const KEPT: usize = 16;

/// A file, read by position: threads that share it do not disturb each other.
#[derive(Clone, Debug)]
pub struct SharedFile {
    file: Arc<File>,
    length: u64,
    unused: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl SharedFile {
    /// A regular file.
    pub fn new(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(SharedFile { file: Arc::new(file), length, unused: Arc::default() })
    }

    /// How many bytes it has.
    pub fn bytes(&self) -> u64 {
        self.length
    }

    /// It from a position on.
    fn tail(&self, at: u64) -> Tail {
        Tail { file: Arc::clone(&self.file), at }
    }

    /// Whether it starts with those bytes.
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

    fn get_read(&self, start: u64) -> Result<Self::T> {
        Ok(BufReader::with_capacity(HEADER, self.tail(start)))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        // Damage may ask for more than any memory has.
        if start.checked_add(length as u64).is_none_or(|end| end > self.length) {
            return Err(ParquetError::EOF("it ends before its data does".to_owned()));
        }
        let unused = Arc::clone(&self.unused);
        let memory = unused.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut page = Page { memory: memory.unwrap_or_default(), length, unused };
        if page.memory.len() < length {
            page.memory.resize(length, 0);
        }
        self.tail(start).read_exact(&mut page.memory[..length])?;
        Ok(Bytes::from_owner(page))
    }
}

/// Bytes in memory that was used before: none has to be asked for and zeroed.
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
        let mut unused = self.unused.lock().unwrap_or_else(PoisonError::into_inner);
        if unused.len() < KEPT {
            unused.push(std::mem::take(&mut self.memory));
        }
    }
}

/// The file from some position on.
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
