//! One record of a CSV file, cell by cell: RFC 4180 with any delimiter.
//!
//! The rules, which [`super::scan`] and [`super::cut`] follow too:
//! - A line feed, a carriage return, or a carriage return and a line feed ends a record.
//! - A cell that starts with `"` is quoted up to the next `"` that is not one of two in a row; the
//!   text from there to the delimiter belongs to the cell as it is.
//! - Elsewhere a `"` is a character like any other.
//! - Where the delimiter is a space, a run of spaces is one delimiter, and an empty cell is
//!   written `""`.

use std::borrow::Cow;

use memchr::memchr;

use crate::table::text::line_end;

/// Returns the cells of the record at the start of `bytes`, unquoted, up to its line end or the
/// end of the bytes.
pub fn cells(bytes: &[u8], delimiter: u8) -> Vec<Cow<'_, [u8]>> {
    let mut cells = Vec::new();
    let mut at = 0;
    loop {
        let end = cell_end(bytes, at, delimiter);
        if end > at || delimiter != SPACE {
            cells.push(unquote(&bytes[at..end]));
        }
        if bytes.get(end) != Some(&delimiter) {
            return cells;
        }
        at = end + 1;
    }
}

/// The delimiter of which several in a row count as one.
pub const SPACE: u8 = b' ';

/// Returns the length of `bytes` without the blank lines at their end.
pub fn without_blank_lines(bytes: &[u8], delimiter: u8) -> usize {
    let is_blank = |byte: u8| matches!(byte, b'\n' | b'\r') || [byte, delimiter] == [SPACE; 2];
    let Some(last) = bytes.iter().rposition(|&byte| !is_blank(byte)) else { return 0 };
    let end = last + 1 + bytes[last + 1..].iter().take_while(|&&byte| byte == SPACE).count();
    end + line_end(bytes, end)
}

/// Returns how many cells the record at the start of `bytes` has.
pub fn count(bytes: &[u8], delimiter: u8) -> usize {
    let (mut count, mut at) = (0, 0);
    loop {
        let end = cell_end(bytes, at, delimiter);
        count += usize::from(end > at || delimiter != SPACE);
        if bytes.get(end) != Some(&delimiter) {
            return count;
        }
        at = end + 1;
    }
}

/// Returns where the cell that starts at `at` ends: at its delimiter, at its line end, or with the
/// bytes.
pub fn cell_end(bytes: &[u8], at: usize, delimiter: u8) -> usize {
    let outside = if bytes.get(at) == Some(&b'"') {
        closing_quote(bytes, at).map_or(bytes.len(), |quote| quote + 1)
    } else {
        at
    };
    bytes[outside..]
        .iter()
        .position(|&b| b == delimiter || b == b'\n' || b == b'\r')
        .map_or(bytes.len(), |length| outside + length)
}

/// Returns where the quote that opens at `at` is closed.
pub fn closing_quote(bytes: &[u8], at: usize) -> Option<usize> {
    let mut at = at + 1;
    loop {
        let quote = at + memchr(b'"', &bytes[at..])?;
        if bytes.get(quote + 1) != Some(&b'"') {
            return Some(quote);
        }
        at = quote + 2;
    }
}

/// Why a record has no end.
pub enum Incomplete {
    /// The bytes end without a line end.
    Record,
    /// The bytes end within quotes, which open at this offset.
    Quote(usize),
}

/// Returns where the record that starts at `at` ends, before its line end.
///
/// # Errors
/// If the bytes end first.
pub fn end(bytes: &[u8], at: usize, delimiter: u8) -> Result<usize, Incomplete> {
    let mut at = at;
    loop {
        if bytes.get(at) == Some(&b'"') && closing_quote(bytes, at).is_none() {
            return Err(Incomplete::Quote(at));
        }
        at = cell_end(bytes, at, delimiter);
        match bytes.get(at) {
            None => return Err(Incomplete::Record),
            Some(&b) if b == delimiter => at += 1,
            Some(_) => return Ok(at),
        }
    }
}

/// Returns the text of a cell, without the quotes around it.
pub fn unquote(cell: &[u8]) -> Cow<'_, [u8]> {
    let Some(rest) = cell.strip_prefix(b"\"") else { return Cow::Borrowed(cell) };
    let close = closing_quote(cell, 0).map_or(rest.len(), |quote| quote - 1);
    let (quoted, after) = (&rest[..close], rest.get(close + 1..).unwrap_or_default());
    if after.is_empty() && memchr(b'"', quoted).is_none() {
        return Cow::Borrowed(quoted);
    }
    let mut text = Vec::with_capacity(cell.len());
    let mut parts = quoted;
    while let Some(quote) = memchr(b'"', parts) {
        text.extend_from_slice(&parts[..=quote]);
        parts = &parts[quote + 2..];
    }
    text.extend_from_slice(parts);
    text.extend_from_slice(after);
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Reads the first record with csv-core, an independent reader of the same rules.
    fn by_csv_core(bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut reader = csv_core::Reader::new();
        let (mut output, mut ends) = (vec![0; 4 * bytes.len() + 8], vec![0; bytes.len() + 2]);
        let (mut read, mut written, mut filled) = (0, 0, 0);
        loop {
            let (result, r, w, e) =
                reader.read_record(&bytes[read..], &mut output[written..], &mut ends[filled..]);
            (read, written, filled) = (read + r, written + w, filled + e);
            match result {
                csv_core::ReadRecordResult::Record | csv_core::ReadRecordResult::End => break,
                _ => {}
            }
        }
        let starts = std::iter::once(0).chain(ends[..filled].iter().copied());
        starts.zip(&ends[..filled]).map(|(start, &end)| output[start..end].to_vec()).collect()
    }

    #[test]
    fn lines_of_spaces_are_blank_where_spaces_delimit() {
        for (text, of_commas, of_spaces) in [
            ("1 2\n\n", 4, 4),
            ("1 2 \r\n \r\n\r\n", 9, 6),
            ("1 2\r\r\r", 4, 4),
            ("1 2 ", 4, 4),
            ("\n\n", 0, 0),
        ] {
            let lengths = [b',', SPACE].map(|by| without_blank_lines(text.as_bytes(), by));
            assert_eq!(lengths, [of_commas, of_spaces], "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_record_is_read_as_csv_core_reads_it(text in "[a\", ]{1,3}[a1\",\n\r ]{0,30}") {
            let read: Vec<Vec<u8>> = cells(text.as_bytes(), b',').into_iter().map(Cow::into_owned).collect();
            prop_assert_eq!(count(text.as_bytes(), b','), read.len(), "{:?}", text);
            prop_assert_eq!(read, by_csv_core(text.as_bytes()), "{:?}", text);
        }
    }
}
