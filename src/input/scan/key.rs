//! What a record is grouped by: its cells as one key, or a short cell as a number.

use std::ops::Range;

use super::Scanner;
use crate::input::record;

impl Scanner<'_> {
    /// Appends the cells that the record is grouped by, each after its length;
    /// false if the record lacks one. A column after the selected ones is found
    /// faster from the tail of the row.
    pub fn append_key(
        &self,
        record: &Range<usize>,
        tail: Option<usize>,
        key: &mut Vec<u8>,
    ) -> bool {
        let (bytes, delimiter) = (self.bytes, self.sheet.delimiter);
        if !self.is_plain() {
            let cells = record::cells(&bytes[record.clone()], delimiter);
            return self.sheet.by.iter().all(|&column| {
                cells.get(column).is_some_and(|cell| {
                    append_cell(cell, key);
                    true
                })
            });
        }
        self.sheet.by.iter().all(|&column| {
            self.plain_cell(record, tail, column).is_some_and(|cell| {
                append_cell(&bytes[cell], key);
                true
            })
        })
    }

    /// Where the cell of a column is in a record of a plain block.
    #[inline]
    fn plain_cell(
        &self,
        record: &Range<usize>,
        tail: Option<usize>,
        column: usize,
    ) -> Option<Range<usize>> {
        let (bytes, delimiter) = (self.bytes, self.sheet.delimiter);
        let last = self.sheet.selected.last().map_or(0, |selected| selected.column);
        let start = match tail {
            Some(tail) if column > last => pass(bytes, tail, delimiter, column - last),
            _ => pass(bytes, record.start, delimiter, column),
        }?;
        Some(start..plain_cell_end(bytes, start, delimiter))
    }

    /// The one cell that the record is grouped by, if it is short and plain.
    #[inline]
    pub fn short_cell(&self, record: &Range<usize>, tail: Option<usize>) -> Option<ShortCell> {
        let &[column] = self.sheet.by.as_slice() else { return None };
        if !self.is_plain() {
            return None;
        }
        let cell = self.plain_cell(record, tail, column)?;
        let length @ 1..=8 = cell.len() else { return None };
        let eight = self.bytes.get(cell.start..cell.start + 8)?.try_into().ok()?;
        let bytes = u64::from_le_bytes(eight) & (u64::MAX >> (64 - 8 * length));
        Some(ShortCell { bytes, length: length as u64 })
    }

    /// Whether no cell is quoted and every line ends in a line feed.
    #[inline]
    fn is_plain(&self) -> bool {
        !self.has_quotes && self.has_usual_ends
    }
}

/// A cell of up to eight bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShortCell {
    /// Its bytes, the first the lowest, and zeros.
    pub bytes: u64,
    /// How many bytes.
    pub length: u64,
}

impl ShortCell {
    /// No cell is like this.
    pub const NONE: ShortCell = ShortCell { bytes: 0, length: 0 };
}

/// Appends a cell after its length, so that keys of several cells stay apart.
#[inline]
fn append_cell(cell: &[u8], key: &mut Vec<u8>) {
    let length = u32::try_from(cell.len()).expect("a record is shorter than 16 MiB");
    key.extend_from_slice(&length.to_le_bytes());
    key.extend_from_slice(cell);
}

/// The cells of a key, as [`Scanner::append_key`] wrote it.
pub fn cells_of_key(mut key: &[u8]) -> Vec<String> {
    let mut cells = Vec::new();
    while let Some((length, rest)) = key.split_first_chunk() {
        let (cell, rest) = rest.split_at(u32::from_le_bytes(*length) as usize);
        cells.push(String::from_utf8_lossy(cell).into_owned());
        key = rest;
    }
    cells
}

/// The start of the cell that is so many delimiters after `at`; None if the
/// line has fewer.
#[inline(always)]
fn pass(bytes: &[u8], mut at: usize, delimiter: u8, delimiters: usize) -> Option<usize> {
    for _ in 0..delimiters {
        at = find_either(bytes, at, delimiter, b'\n');
        if bytes[at] != delimiter {
            return None;
        }
        at += 1;
    }
    Some(at)
}

/// Where the cell at `start` ends in a plain block: a carriage return before the
/// line feed is none of it.
#[inline(always)]
fn plain_cell_end(bytes: &[u8], start: usize, delimiter: u8) -> usize {
    let end = find_either(bytes, start, delimiter, b'\n');
    let is_crlf = bytes[end] == b'\n' && end > start && bytes[end - 1] == b'\r';
    end - usize::from(is_crlf)
}

/// Where the first of two bytes is from `at` on; one of them is there.
#[inline(always)]
fn find_either(bytes: &[u8], at: usize, one: u8, other: u8) -> usize {
    /// Eights of bytes before the search is worth a call.
    const SHORT: usize = 4;
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const TOPS: u64 = u64::from_le_bytes([0x80; 8]);
    let (ones, others) = (ONES * u64::from(one), ONES * u64::from(other));
    let mut at = at;
    for _ in 0..SHORT {
        let Some(Ok(eight)) = bytes.get(at..at + 8).map(<[u8; 8]>::try_from) else { break };
        let eight = u64::from_le_bytes(eight);
        let (x, y) = (eight ^ ones, eight ^ others);
        // The lowest set bit is in the first byte that is zero in x or in y.
        let zeros = ((x.wrapping_sub(ONES) & !x) | (y.wrapping_sub(ONES) & !y)) & TOPS;
        if zeros != 0 {
            return at + (zeros.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    at + memchr::memchr2(one, other, &bytes[at..]).expect("a line feed follows the block")
}
