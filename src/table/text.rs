//! Text files as blocks of whole records.
//!
//! About [`Request::block_size`](super::request::Request::block_size) bytes are read at a
//! time, and cut where a record ends, so that workers can read blocks in parallel and
//! memory holds a few of them at most.

use crate::error::{Error, Kind, Location};
use crate::io::{PADDING, Stream, fill, grow};

/// The longest record.
pub const LONGEST_RECORD: usize = 16 << 20;

/// Where to cut bytes that start with a record.
pub struct Cut {
    /// After the last record that is whole; None if none is.
    pub end: Option<usize>,
    /// Whether there is a `"` that may quote a cell.
    pub has_quotes: bool,
    /// With no end: where the quote opens that is still open.
    pub open_quote: Option<usize>,
}

/// A run of whole records, in memory that is used again.
pub struct Block {
    /// Whether it holds a `"` that may quote a cell.
    pub has_quotes: bool,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

impl Block {
    /// Its records, a line feed, and more bytes that mean nothing, so that a reader may
    /// look at [`PADDING`] bytes at once; and where the records end.
    pub fn padded(&self) -> (&[u8], usize) {
        (&self.buffer[self.start..self.end + PADDING], self.end - self.start)
    }

    /// Gives its memory back, for a block to come.
    pub fn into_buffer(self) -> Vec<u8> {
        self.buffer
    }
}

/// A text that is cut into blocks.
pub struct Blocks {
    stream: Stream,
    /// Where in the stream's start the first record of data starts, until that is cut.
    first: Option<usize>,
    /// What was read beyond the last record of the block before.
    carry: Vec<u8>,
    block_size: usize,
    has_rows: bool,
    allows_empty: bool,
}

impl Blocks {
    /// The blocks of a text whose first record starts there.
    pub fn new(stream: Stream, first: usize, block_size: usize, allows_empty: bool) -> Self {
        let first = Some(first);
        Blocks { stream, first, carry: Vec::new(), block_size, has_rows: false, allows_empty }
    }

    /// The next block, in the memory of `buffer`, cut by those rules; None at the end.
    ///
    /// # Errors
    /// If it cannot be read, or has no end, or there was none.
    pub fn next(
        &mut self,
        buffer: &mut Vec<u8>,
        mut cut: impl FnMut(&[u8], bool) -> Cut,
    ) -> Result<Option<Block>, Error> {
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
                    let buffer = std::mem::take(buffer);
                    return Ok(Some(Block { has_quotes: cut.has_quotes, buffer, start, end }));
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

    /// Puts what is there already into the buffer; tells where it starts and ends.
    fn begin(&mut self, buffer: &mut Vec<u8>) -> (usize, usize) {
        if let Some(start) = self.first.take() {
            *buffer = std::mem::take(&mut self.stream.buffer);
            return (start, self.stream.filled);
        }
        grow(buffer, self.carry.len());
        buffer[..self.carry.len()].copy_from_slice(&self.carry);
        (0, self.carry.len())
    }

    /// The end of the text, which must have had rows.
    fn end(&self) -> Result<Option<Block>, Error> {
        if self.has_rows || self.allows_empty { Ok(None) } else { Err(no_rows(&self.stream.name)) }
    }

    /// Why no record ends in bytes that are all there are, or too many, and in which a
    /// quote is open from there on.
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

/// A quote that is open at the end of the input.
pub fn unclosed_quote(location: Location) -> Error {
    Error::new(Kind::Format, location, "the quote that opens here is never closed").with_hint(TWICE)
}

/// A record that does not fit in the memory meant for it.
pub fn too_long(location: Location) -> Error {
    Error::new(Kind::Limit, location, "the record is longer than 16 MiB").with_hint(IS_TEXT)
}

/// What may be the matter with text that is too long or too wide.
pub const IS_TEXT: &str = "is this a text file with one instance a line?";

/// A file without a row.
pub fn no_rows(file: &str) -> Error {
    Error::new(Kind::Empty, Location::file(file), "there are no rows")
}

/// How many line ends are in `bytes`: LF, CR LF or CR.
pub fn line_ends(bytes: &[u8]) -> u64 {
    let ends = memchr::memchr2_iter(b'\n', b'\r', bytes)
        .filter(|&at| !(bytes[at] == b'\n' && at > 0 && bytes[at - 1] == b'\r'))
        .count();
    ends as u64
}

/// The bytes of the line end at `at`: 2 for CR LF, 1 for either alone, else 0.
pub fn line_end(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at..) {
        Some([b'\r', b'\n', ..]) => 2,
        Some([b'\r' | b'\n', ..]) => 1,
        _ => 0,
    }
}

/// A byte order mark of UTF-8, which says nothing.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// Where the first record of a text starts: after a byte order mark and blank lines.
pub fn first_record(bytes: &[u8]) -> usize {
    first_line(bytes, if bytes.starts_with(BOM) { BOM.len() } else { 0 })
}

/// Where the first line from `start` on is that is not blank.
pub fn first_line(bytes: &[u8], mut start: usize) -> usize {
    while let length @ 1.. = line_end(bytes, start) {
        start += length;
    }
    start
}

/// Whether the start of a file has bytes that no text has.
pub fn is_binary(start: &[u8]) -> bool {
    let is_text = |&b: &u8| b >= b' ' || matches!(b, b'\t' | b'\n' | b'\r' | 0x0c);
    !start.iter().take(64).all(is_text)
}

/// The extension of a file's name, but for that of a compression.
pub fn extension(name: &str) -> &str {
    let compressed = [".gz", ".zst", ".bz2", ".xz"];
    let name = compressed.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}
