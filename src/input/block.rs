//! A run of whole records of one file, in memory that is used again. It does not know
//! what they mean.

use std::ops::Range;
use std::sync::Arc;

use memchr::memchr;

use super::json_lines::{self, Appended};
use super::parquet::Part;
use super::rows::Rows;
use super::separators::WINDOW;
use super::sheet::Sheet;

/// Bytes after a block that can be read, but mean nothing.
pub const PADDING: usize = WINDOW;

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
    /// Lines, or rows, that come before its first record in what it was made of.
    pub before: u64,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

impl Block {
    /// A block of the records in that range of `buffer`.
    pub fn of_records(
        index: u64,
        sheet: Arc<Sheet>,
        has_quotes: bool,
        buffer: Vec<u8>,
        range: Range<usize>,
    ) -> Self {
        let Range { start, end } = range;
        Block { index, sheet, has_quotes, rows: None, part: None, before: 0, buffer, start, end }
    }

    /// A block whose records are still to be decoded.
    pub fn of_part(index: u64, part: Part, buffer: Vec<u8>) -> Self {
        let sheet = Arc::clone(part.sheet());
        Block { part: Some(part), ..Block::of_records(index, sheet, false, buffer, 0..0) }
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
        let records = Block::of_records(index, sheet, has_quotes, buffer, 0..end);
        Block { before, rows: Some(rows), ..records }
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

    /// Reads its JSON Lines from byte `at` on, after `before` lines, into a block of CSV
    /// records, in the memory of `buffer`. It stops after some megabytes of them; the
    /// second part tells how far it came.
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
        let records = Block::of_records(self.index, sheet, has_quotes, buffer, 0..end);
        (Block { before, ..records }, appended)
    }

    /// Gives its memory back, for a block to come.
    pub fn into_buffer(self) -> Vec<u8> {
        self.buffer
    }
}

/// Makes room for that many bytes, and for what follows a block.
pub fn grow(buffer: &mut Vec<u8>, length: usize) {
    if buffer.len() < length + PADDING {
        buffer.resize(length + PADDING, 0);
    }
}
