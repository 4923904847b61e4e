//! A file that several threads read at the same time, each where it likes.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};

/// Bytes that are read at once where a page says what it is: few do not fit.
const HEADER: usize = 1 << 10;

/// A file, read by position: threads that share it do not disturb each other.
#[derive(Clone, Debug)]
pub struct Shared {
    file: Arc<File>,
    length: u64,
}

impl Shared {
    /// A regular file.
    pub fn new(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Shared { file: Arc::new(file), length })
    }

    /// How many bytes it has.
    pub fn bytes(&self) -> u64 {
        self.length
    }

    /// Whether it starts with those bytes.
    pub fn starts_with(&self, start: &[u8]) -> bool {
        let mut bytes = vec![0; start.len()];
        self.file.read_exact_at(&mut bytes, 0).is_ok() && bytes == start
    }
}

impl Length for Shared {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Shared {
    type T = BufReader<From>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        Ok(BufReader::with_capacity(HEADER, From { file: Arc::clone(&self.file), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        // Damage may ask for more than any memory has.
        if start.checked_add(length as u64).is_none_or(|end| end > self.length) {
            return Err(ParquetError::EOF("it ends before its data does".to_owned()));
        }
        let mut bytes = vec![0; length];
        self.file.read_exact_at(&mut bytes, start)?;
        Ok(bytes.into())
    }
}

/// The file from some position on.
pub struct From {
    file: Arc<File>,
    at: u64,
}

impl Read for From {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}
