//! The input as blocks of whole records.
//!
//! Files are read in turn, sequentially, about [`BLOCK`] bytes at a time, and
//! cut where a record ends, so that workers can scan blocks in parallel and
//! memory holds a few of them at most. In a block without a `"` that is its
//! last line feed. With one, the quotes are followed from the block's start,
//! which is a record's start: whether a line feed lies within quotes is known,
//! never guessed.

use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use memchr::{memchr, memchr2, memrchr, memrchr2};

use crate::error::{Error, Fault, Place};

use super::json_lines::{self, Appended};
use super::parquet::{self, Part, Table};
use super::record::{closing_quote, line_ends};
use super::rows::{Rows, Texts};
use super::separators::WINDOW;
use super::sheet::{self, Choice, InputFormat, Sheet};
use super::source::{Reader, Source};

/// Bytes that are read into a block, unless a record is longer.
pub const BLOCK: usize = 1 << 18;

/// What fails when a file cannot be read.
const CANNOT_READ: &str = "cannot read: ";

/// The longest record.
const LONGEST_RECORD: usize = 16 << 20;

/// Bytes after a block that can be read, but mean nothing.
const PADDING: usize = WINDOW;

/// A run of whole records of one file.
pub struct Block {
    /// The blocks before it.
    pub index: u64,
    /// The table that it belongs to.
    pub sheet: Arc<Sheet>,
    /// Whether it holds a `"`.
    pub has_quotes: bool,
    /// Its rows, if their numbers are there already: then the records are their
    /// texts, as far as there are any.
    pub rows: Option<Rows>,
    /// The part of a Parquet file that it stands for: it holds no records itself.
    pub part: Option<Part>,
    /// Lines or rows before it, of the block that it was made of.
    pub before: u64,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

impl Block {
    /// A block of the records in that range of `buffer`, none of them with a `"`.
    fn of_records(index: u64, sheet: Arc<Sheet>, buffer: Vec<u8>, range: Range<usize>) -> Self {
        let Range { start, end } = range;
        let has_quotes = false;
        Block { index, sheet, has_quotes, rows: None, part: None, before: 0, buffer, start, end }
    }

    /// A block whose records are still to be decoded.
    fn of_part(index: u64, part: Part, buffer: Vec<u8>) -> Self {
        let sheet = Arc::clone(part.sheet());
        Block { part: Some(part), ..Block::of_records(index, sheet, buffer, 0..0) }
    }

    /// Rows, which so many come before, and the records in `text`, each with a line feed.
    #[cfg_attr(not(feature = "parquet"), expect(dead_code, reason = "for Parquet files"))]
    pub fn decoded(
        index: u64,
        before: u64,
        sheet: Arc<Sheet>,
        has_quotes: bool,
        rows: Rows,
        text: Vec<u8>,
    ) -> Self {
        let (end, mut buffer) = (text.len(), text);
        grow(&mut buffer, end);
        buffer[end] = b'\n';
        let records = Block::of_records(index, sheet, buffer, 0..end);
        Block { has_quotes, before, rows: Some(rows), ..records }
    }

    /// Gives its rows and its memory back, for a block to come.
    #[cfg_attr(not(feature = "parquet"), expect(dead_code, reason = "for Parquet files"))]
    pub fn into_rows(self) -> (Rows, Vec<u8>) {
        (self.rows.unwrap_or_default(), self.buffer)
    }

    /// Its records.
    pub fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Its records, a line feed, and more bytes that mean nothing, so that a
    /// scan may look at [`PADDING`] bytes at once; and where the records end.
    pub fn padded(&self) -> (&[u8], usize) {
        (&self.buffer[self.start..self.end + PADDING], self.end - self.start)
    }

    /// JSON Lines of it as records, in the memory of `buffer`: those from `at` on, which
    /// `before` lines come before. Not all at once, if they would take much memory.
    pub fn records_of_objects(
        &self,
        at: usize,
        before: u64,
        is_strict: bool,
        mut buffer: Vec<u8>,
    ) -> (Block, Appended) {
        buffer.clear();
        let lines = &self.bytes()[at..];
        let appended = json_lines::append_records(lines, &self.sheet.names, is_strict, &mut buffer);
        let end = buffer.len();
        buffer.extend_from_slice(&[b'\n'; PADDING]);
        let has_quotes = memchr(b'"', &buffer).is_some();
        let sheet = Arc::clone(&self.sheet);
        let records = Block::of_records(self.index, sheet, buffer, 0..end);
        (Block { has_quotes, before, ..records }, appended)
    }

    /// Gives its memory back, for a block to come.
    pub fn into_buffer(self) -> Vec<u8> {
        self.buffer
    }
}

/// What comes next in the input.
pub enum Next {
    /// Records.
    Block(Block),
    /// An error in place of the block of that index. With a sheet, the line of
    /// its place counts from the end of the block before.
    Fault {
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
                Next::Fault { index, sheet, error }
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
                    Err(error) if self.choice.takes_no_rows && error.is_of_no_rows() => continue,
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
            if !current.has_rows && !self.choice.takes_no_rows {
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
                    .map_err(|source| Error::io(&name, CANNOT_READ, source))?;
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
                self.next_sheet += 1;
                self.warnings.extend(opened.warnings);
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
        self.next_sheet += 1;
        self.warnings.extend(warnings);
        self.table = Some(table);
        Ok(())
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
                    .map_err(|source| Error::io(&self.sheet.file, CANNOT_READ, source))?;
            let bytes = &buffer[start..filled];
            if bytes.is_empty() && self.at_end {
                return Ok(Err(buffer));
            }
            let cut = if self.sheet.is_json_lines {
                Cut::of_lines(bytes, self.at_end)
            } else {
                cut(bytes, self.sheet.delimiter, self.at_end)
            };
            match cut.end {
                Some(length) => {
                    let end = start + length;
                    self.carry.clear();
                    self.carry.extend_from_slice(&buffer[end..filled]);
                    self.has_rows |= buffer[start..end].iter().any(|&b| b != b'\n' && b != b'\r');
                    buffer[end] = b'\n';
                    let sheet = Arc::clone(&self.sheet);
                    let records = Block::of_records(index, sheet, buffer, start..end);
                    return Ok(Ok(Block { has_quotes: cut.has_quotes, ..records }));
                }
                None if self.at_end => {
                    return Err(
                        self.fault(&bytes[..cut.open_quote.unwrap_or(0)], Fault::UnclosedQuote)
                    );
                }
                None if bytes.len() > LONGEST_RECORD => {
                    let before = &bytes[..cut.open_quote.unwrap_or(0)];
                    let fault = if cut.open_quote.is_some() {
                        Fault::QuoteTooLong
                    } else {
                        Fault::RecordTooLong
                    };
                    return Err(self.fault(before, fault));
                }
                None => wanted = (2 * filled.max(block_size)).min(LONGEST_RECORD + block_size),
            }
        }
    }

    /// An error on the line after those in `before`.
    fn fault(&self, before: &[u8], fault: Fault) -> Error {
        let line = line_ends(before) + 1;
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

/// Makes room for that many bytes, and for what follows a block.
fn grow(buffer: &mut Vec<u8>, length: usize) {
    if buffer.len() < length + PADDING {
        buffer.resize(length + PADDING, 0);
    }
}

/// Where to cut bytes that start with a record.
struct Cut {
    /// After the last record that is whole; None if none is.
    end: Option<usize>,
    has_quotes: bool,
    /// With no end: where the quote opens that is still open.
    open_quote: Option<usize>,
}

impl Cut {
    /// After the last line feed.
    fn of_lines(bytes: &[u8], at_end: bool) -> Self {
        let end = if at_end { Some(bytes.len()) } else { memrchr(b'\n', bytes).map(|at| at + 1) };
        Cut { end, has_quotes: false, open_quote: None }
    }
}

fn cut(bytes: &[u8], delimiter: u8, at_end: bool) -> Cut {
    let Some(quote) = memchr(b'"', bytes) else {
        let end = if at_end { Some(bytes.len()) } else { last_line_end(bytes) };
        return Cut { end, has_quotes: false, open_quote: None };
    };
    // The stretches outside quotes, each from after a closing quote.
    let mut stretches = vec![(0, quote)];
    let mut next = Some(quote);
    let mut open_quote = None;
    while let Some(quote) = next {
        let opens = quote == 0 || [delimiter, b'\n', b'\r'].contains(&bytes[quote - 1]);
        let resume = if opens {
            let (start, _) = stretches.pop().expect("a stretch goes on up to the quote");
            stretches.push((start, quote));
            // The quote at the very end may be the first of two.
            match closing_quote(bytes, quote).filter(|&close| at_end || close + 1 < bytes.len()) {
                None => {
                    open_quote = Some(quote);
                    break;
                }
                Some(close) => {
                    stretches.push((close + 1, bytes.len()));
                    close + 1
                }
            }
        } else {
            quote + 1
        };
        next = memchr(b'"', &bytes[resume..]).map(|length| resume + length);
    }
    if open_quote.is_none()
        && let Some(last) = stretches.last_mut()
    {
        last.1 = bytes.len();
    }
    let end = if at_end && open_quote.is_none() {
        Some(bytes.len())
    } else {
        let is_last = |end: usize| end == bytes.len();
        stretches.iter().rev().find_map(|&(start, end)| {
            let stretch = &bytes[start..end];
            // A carriage return at the very end may be half of a line end.
            let stretch = if is_last(end) && stretch.ends_with(b"\r") {
                &stretch[..stretch.len() - 1]
            } else {
                stretch
            };
            memrchr2(b'\n', b'\r', stretch).map(|at| start + at + 1)
        })
    };
    Cut { end, has_quotes: true, open_quote }
}

/// After the last line end of bytes without quotes.
fn last_line_end(bytes: &[u8]) -> Option<usize> {
    let last = memrchr(b'\n', bytes).or_else(|| memrchr(b'\r', bytes.split_last()?.1));
    last.map(|at| at + 1)
}

/// Whether a carriage return in `bytes` ends a line by itself.
pub fn has_lone_cr(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(at) = memchr2(b'\r', b'\r', rest) {
        if rest.get(at + 1) != Some(&b'\n') {
            return true;
        }
        rest = &rest[at + 2..];
    }
    false
}
