//! The input as blocks of whole records.
//!
//! Files are read in turn, sequentially, about [`BLOCK`] bytes at a time, and
//! cut where a record ends, so that workers can scan blocks in parallel and
//! memory holds a few of them at most. In a block without a `"` that is its
//! last line feed. With one, the quotes are followed from the block's start,
//! which is a record's start: whether a line feed lies within quotes is known,
//! never guessed.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::error::{Error, Fault, Place};

use super::block::{Block, grow};
use super::choice::{Choice, InputFormat};
use super::cut::Cut;
use super::parquet::{self, Table};
use super::record::line_ends;
use super::rows::Texts;
use super::sheet::{self, Sheet};
use super::source::{Reader, Source};

/// Bytes that are read into a block, unless a record is longer.
pub const BLOCK: usize = 1 << 18;

/// The longest record.
const LONGEST_RECORD: usize = 16 << 20;

/// What comes next in the input.
pub enum Next {
    /// Records.
    Block(Block),
    /// An error in place of the block of that index. With a sheet, the line of
    /// its place counts from the end of the block before.
    Error {
        /// The blocks before it.
        index: u64,
        /// The table that was being read, if one was.
        sheet: Option<Arc<Sheet>>,
        /// The error.
        error: Error,
    },
    /// Nothing.
    End,
}

/// The blocks of a list of sources, in order.
pub struct Blocks {
    sources: std::vec::IntoIter<Source>,
    choice: Choice,
    block_size: usize,
    next_index: u64,
    next_sheet: usize,
    current: Option<Current>,
    open: Open,
    /// The Parquet file that is being read.
    table: Option<Table>,
    /// Which cells are needed as text of files that are not text.
    pub texts: Texts,
    bytes_read: Arc<AtomicU64>,
    /// Choices among several default names, one a file.
    pub warnings: Vec<String>,
}

/// How sources are opened.
pub type Open = Box<dyn FnMut(&Source) -> Result<Reader, Error> + Send>;

/// The file that is being read.
struct Current {
    sheet: Arc<Sheet>,
    reader: Reader,
    /// What was read beyond the last record of the block before.
    carry: Vec<u8>,
    at_end: bool,
    has_rows: bool,
}

impl Blocks {
    /// The blocks of those sources, of about that many bytes.
    pub fn new(
        sources: Vec<Source>,
        choice: Choice,
        block_size: usize,
        bytes_read: Arc<AtomicU64>,
    ) -> Self {
        Blocks {
            sources: sources.into_iter(),
            choice,
            block_size,
            next_index: 0,
            next_sheet: 0,
            current: None,
            table: None,
            texts: Texts::None,
            bytes_read: Arc::clone(&bytes_read),
            open: Box::new(move |source| source.open(Arc::clone(&bytes_read))),
            warnings: Vec::new(),
        }
    }

    /// The same, of readers that a test chooses.
    #[cfg(any(test, fuzzing))]
    pub fn opened_by(self, open: Open) -> Self {
        Blocks { open, ..self }
    }

    /// The next block, in the memory of `buffer`.
    pub fn next(&mut self, buffer: Vec<u8>) -> Next {
        let index = self.next_index;
        self.next_index += 1;
        match self.block(index, buffer) {
            Ok(Some(block)) => Next::Block(block),
            Ok(None) => Next::End,
            Err(error) => {
                self.sources = Vec::new().into_iter();
                let sheet = self.current.take().map(|current| current.sheet);
                Next::Error { index, sheet, error }
            }
        }
    }

    fn block(&mut self, index: u64, mut buffer: Vec<u8>) -> Result<Option<Block>, Error> {
        loop {
            if let Some(table) = &mut self.table {
                match table.next_part(&self.bytes_read) {
                    Some(part) => return Ok(Some(Block::of_part(index, part, buffer))),
                    None => self.table = None,
                }
            }
            let mut filled = 0;
            let mut start = 0;
            if self.current.is_none() {
                let Some(source) = self.sources.next() else { return Ok(None) };
                (filled, start) = match self.open(&source, &mut buffer) {
                    Err(error) if self.choice.allows_empty && error.is_of_no_rows() => continue,
                    opened => opened?,
                };
                if self.table.is_some() {
                    continue;
                }
            }
            let current = self.current.as_mut().expect("a file is open");
            match current.block(index, buffer, start, filled, self.block_size)? {
                Ok(block) => return Ok(Some(block)),
                Err(unused) => buffer = unused,
            }
            if !current.has_rows && !self.choice.allows_empty {
                let place = Place::File(current.sheet.file.clone());
                return Err(Error::new(place, Fault::NoRows));
            }
            self.current = None;
        }
    }

    /// Opens the next file and reads its header; tells how much of `buffer` is
    /// filled and where in it the data starts.
    fn open(&mut self, source: &Source, buffer: &mut Vec<u8>) -> Result<(usize, usize), Error> {
        let name = source.name();
        let mut reader = (self.open)(source)?;
        let (mut filled, mut wanted, mut at_end) = (0, self.block_size, false);
        loop {
            at_end = at_end
                || fill(&mut reader, buffer, &mut filled, wanted)
                    .map_err(|source| Error::cannot_read(&name, source))?;
            if parquet::is_parquet(&buffer[..filled]) {
                self.open_parquet(source)?;
                return Ok((0, 0));
            }
            if self.choice.input == Some(InputFormat::Parquet) && filled > 0 {
                return Err(Error::new(Place::File(name), Fault::NotParquet));
            }
            let opened =
                sheet::open(&name, self.next_sheet, &self.choice, &buffer[..filled], at_end)?;
            if let Some(opened) = opened {
                self.has_opened(&name, opened.warnings);
                let is_narrow = opened.sheet.is_json_lines && self.texts != Texts::All;
                let sheet = if is_narrow { opened.sheet.narrow() } else { opened.sheet };
                let sheet = Arc::new(sheet);
                self.current =
                    Some(Current { sheet, reader, carry: Vec::new(), at_end, has_rows: false });
                return Ok((filled, opened.start));
            }
            if wanted > LONGEST_RECORD {
                let place = Place::Line { file: name, line: 1 };
                return Err(Error::new(place, Fault::RecordTooLong));
            }
            wanted *= 2;
        }
    }

    /// Opens a Parquet file, which `open` has read the start of.
    fn open_parquet(&mut self, source: &Source) -> Result<(), Error> {
        let (table, warnings) = parquet::open(source, self.next_sheet, &self.choice, self.texts)?;
        self.has_opened(&source.name(), warnings);
        self.table = Some(table);
        Ok(())
    }

    /// Counts a file, and notes what about it deserves a warning.
    fn has_opened(&mut self, name: &str, warnings: Vec<String>) {
        self.next_sheet += 1;
        self.warnings.extend(warnings.into_iter().map(|warning| format!("{name}: {warning}")));
    }
}

impl Current {
    /// The next block, or the buffer back at the end of the file.
    fn block(
        &mut self,
        index: u64,
        mut buffer: Vec<u8>,
        start: usize,
        mut filled: usize,
        block_size: usize,
    ) -> Result<Result<Block, Vec<u8>>, Error> {
        if filled == 0 {
            filled = self.carry.len();
            grow(&mut buffer, filled);
            buffer[..filled].copy_from_slice(&self.carry);
        }
        let mut wanted = filled.max(block_size);
        loop {
            self.at_end = self.at_end
                || fill(&mut self.reader, &mut buffer, &mut filled, wanted)
                    .map_err(|source| Error::cannot_read(&self.sheet.file, source))?;
            let bytes = &buffer[start..filled];
            if bytes.is_empty() && self.at_end {
                return Ok(Err(buffer));
            }
            let cut = if self.sheet.is_json_lines {
                Cut::of_lines(bytes, self.at_end)
            } else {
                Cut::of_records(bytes, self.sheet.delimiter, self.at_end)
            };
            match cut.end {
                Some(length) => {
                    let end = start + length;
                    self.carry.clear();
                    self.carry.extend_from_slice(&buffer[end..filled]);
                    self.has_rows |= buffer[start..end].iter().any(|&b| b != b'\n' && b != b'\r');
                    buffer[end] = b'\n';
                    let sheet = Arc::clone(&self.sheet);
                    let range = start..end;
                    let block = Block::of_records(index, sheet, cut.has_quotes, buffer, range);
                    return Ok(Ok(block));
                }
                None if self.at_end || bytes.len() > LONGEST_RECORD => {
                    return Err(self.no_record(bytes, cut.open_quote));
                }
                None => wanted = (2 * filled.max(block_size)).min(LONGEST_RECORD + block_size),
            }
        }
    }

    /// Why no record ends in bytes that are all there are, or too many, and in which a
    /// quote is open from there on.
    fn no_record(&self, bytes: &[u8], open_quote: Option<usize>) -> Error {
        let fault = match open_quote {
            _ if self.at_end => Fault::UnclosedQuote,
            Some(_) => Fault::QuoteTooLong,
            None => Fault::RecordTooLong,
        };
        let line = line_ends(&bytes[..open_quote.unwrap_or(0)]) + 1;
        Error::new(Place::Line { file: self.sheet.file.clone(), line }, fault)
    }
}

/// Reads until `wanted` bytes are there; true at the end of the file.
fn fill(
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
