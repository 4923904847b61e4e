//! Text files as blocks of whole records.
//!
//! About [`Request::block_size`](super::request::Request::block_size) bytes are read at a
//! time, and cut where a record ends, so that workers can read blocks in parallel and
//! memory holds a few of them at most.

use crate::error::{Error, Kind, Location};
use crate::io::{PADDING, Stream, fill, grow};

/// The length in bytes of the longest record that is read.
pub const LONGEST_RECORD: usize = 16 << 20;

/// Where to cut bytes that start with a record.
pub struct Cut {
    /// The offset after the last whole record; None if no record is whole.
    pub end: Option<usize>,
    /// Whether there is a `"` that may quote a cell.
    pub has_quotes: bool,
    /// Where a quote opens that is still open at the end of the bytes.
    pub open_quote: Option<usize>,
}

/// A run of whole records, in memory that is reused.
pub struct Block {
    /// Whether it holds a `"` that may quote a cell.
    pub has_quotes: bool,
    /// Whether it starts with the first record of data.
    pub starts_file: bool,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

impl Block {
    /// Returns the bytes of the block and where its records end in them. After the records come a
    /// line feed and meaningless bytes, so that a reader may look at [`PADDING`] bytes at once.
    pub fn padded(&self) -> (&[u8], usize) {
        (&self.buffer[self.start..self.end + PADDING], self.end - self.start)
    }

    /// Returns its memory, for another block.
    pub fn into_buffer(self) -> Vec<u8> {
        self.buffer
    }
}

/// A text that is cut into blocks.
pub struct Blocks {
    stream: Stream,
    /// Where the first record of data starts in the stream's buffer, until that is cut.
    first: Option<usize>,
    /// What was read after the last record of the block before.
    carry: Vec<u8>,
    block_size: usize,
    has_rows: bool,
    allows_empty: bool,
}

impl Blocks {
    /// Returns the blocks of a text whose first record of data starts at `first`.
    pub fn new(stream: Stream, first: usize, block_size: usize, allows_empty: bool) -> Self {
        let first = Some(first);
        Blocks { stream, first, carry: Vec::new(), block_size, has_rows: false, allows_empty }
    }

    /// Returns the next block, in the memory of `buffer`, up to where `cut` says; None at the end.
    /// `cut` takes bytes that start with a record, and whether the text ends with them.
    ///
    /// # Errors
    /// If the text cannot be read, a record has no end, or there are no rows.
    pub fn next(
        &mut self,
        buffer: &mut Vec<u8>,
        mut cut: impl FnMut(&[u8], bool) -> Cut,
    ) -> Result<Option<Block>, Error> {
        let starts_file = self.first.is_some();
        let (start, mut filled) = self.begin(buffer);
        let mut wanted = filled.max(self.block_size);
        loop {
            if !self.stream.at_end {
                self.stream.at_end = fill(&mut self.stream.reader, buffer, &mut filled, wanted)
                    .map_err(|source| Error::cannot_read(&self.stream.name, &source))?;
            }
            let (bytes, at_end) = (&buffer[start..filled], self.stream.at_end);
            if bytes.is_empty() && at_end {
                return self.end();
            }
            let cut = cut(bytes, at_end);
            match cut.end {
                Some(length) => {
                    let end = start + length;
                    self.carry.clear();
                    self.carry.extend_from_slice(&buffer[end..filled]);
                    self.has_rows |= buffer[start..end].iter().any(|&b| b != b'\n' && b != b'\r');
                    buffer[end] = b'\n';
                    let (has_quotes, buffer) = (cut.has_quotes, std::mem::take(buffer));
                    return Ok(Some(Block { has_quotes, starts_file, buffer, start, end }));
                }
                None if at_end || bytes.len() > LONGEST_RECORD => {
                    return Err(self.endless(bytes, cut.open_quote));
                }
                None => {
                    wanted =
                        (2 * filled.max(self.block_size)).min(LONGEST_RECORD + self.block_size);
                }
            }
        }
    }

    /// Puts the bytes that were read already into the buffer; returns where they start and end.
    fn begin(&mut self, buffer: &mut Vec<u8>) -> (usize, usize) {
        if let Some(start) = self.first.take() {
            *buffer = std::mem::take(&mut self.stream.buffer);
            return (start, self.stream.filled);
        }
        grow(buffer, self.carry.len());
        buffer[..self.carry.len()].copy_from_slice(&self.carry);
        (0, self.carry.len())
    }

    /// Returns None at the end of the text, which must have had rows.
    fn end(&self) -> Result<Option<Block>, Error> {
        if self.has_rows || self.allows_empty { Ok(None) } else { Err(no_rows(&self.stream.name)) }
    }

    /// Returns why no record ends in these bytes, which are the rest of the text, or too many.
    /// `open_quote` is where the quote opens that is still open.
    fn endless(&self, bytes: &[u8], open_quote: Option<usize>) -> Error {
        let line = line_ends(&bytes[..open_quote.unwrap_or(0)]) + 1;
        let location = Location::line(&self.stream.name, line);
        match open_quote {
            _ if self.stream.at_end => unclosed_quote(location),
            Some(_) => Error::new(
                Kind::Format,
                location,
                "the quote that opens here is not closed within 16 MiB",
            )
            .with_hint(TWICE),
            None => too_long(location),
        }
    }
}

const TWICE: &str = "a quote within a quoted cell is written twice";

/// Returns the error of a quote that is open at the end of the input.
pub fn unclosed_quote(location: Location) -> Error {
    Error::new(Kind::Format, location, "the quote that opens here is never closed").with_hint(TWICE)
}

/// Returns the error of a record that is longer than [`LONGEST_RECORD`].
pub fn too_long(location: Location) -> Error {
    Error::new(Kind::Limit, location, "the record is longer than 16 MiB").with_hint(IS_TEXT)
}

/// The hint for text that is too long or too wide.
pub const IS_TEXT: &str = "is this a text file with one instance a line?";

/// Returns the error of a file without rows.
pub fn no_rows(file: &str) -> Error {
    Error::new(Kind::Empty, Location::file(file), "there are no rows")
}

/// Returns the number of line ends in `bytes`: LF, CR LF or CR.
pub fn line_ends(bytes: &[u8]) -> u64 {
    let ends = memchr::memchr2_iter(b'\n', b'\r', bytes)
        .filter(|&at| !(bytes[at] == b'\n' && at > 0 && bytes[at - 1] == b'\r'))
        .count();
    ends as u64
}

/// Returns the length of the line end at `at`: 2 for CR LF, 1 for CR or LF, 0 if there is none.
pub fn line_end(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at..) {
        Some([b'\r', b'\n', ..]) => 2,
        Some([b'\r' | b'\n', ..]) => 1,
        _ => 0,
    }
}

/// The byte order mark of UTF-8, which is skipped.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// Returns where the first record of a text starts: after a byte order mark and blank lines.
pub fn first_record(bytes: &[u8]) -> usize {
    first_line(bytes, if bytes.starts_with(BOM) { BOM.len() } else { 0 })
}

/// Returns where the first line starts, from `start` on, that is not blank.
pub fn first_line(bytes: &[u8], mut start: usize) -> usize {
    while let length @ 1.. = line_end(bytes, start) {
        start += length;
    }
    start
}

/// Returns whether the start of a file has bytes that text never has.
pub fn is_binary(start: &[u8]) -> bool {
    let is_text = |&b: &u8| b >= b' ' || matches!(b, b'\t' | b'\n' | b'\r' | 0x0c);
    !start.iter().take(64).all(is_text)
}

/// Returns the extension of a file's name, not counting that of a compression.
pub fn extension(name: &str) -> &str {
    let compressed = [".gz", ".zst", ".bz2", ".xz"];
    let name = compressed.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}
