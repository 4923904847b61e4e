//! Reads an object by the one before it, if the bytes between their values are the same.

use std::ops::Range;

use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, i8x16, u8x16};
use serde::de::IgnoredAny;

use crate::text::json_number_length;

use super::nested::WORDS;

/// The range of a value, and its column if it has one.
pub type Value = (Range<usize>, Option<usize>);

/// The bytes between the values of an object.
#[derive(Default)]
pub struct Pattern {
    /// What comes before each value, and the column of the value if it has one.
    parts: Vec<(Start, Option<usize>)>,
    /// What comes after the last.
    end: Start,
}

impl Pattern {
    /// Returns the pattern of an object, given its values.
    pub fn of(bytes: &[u8], object: Range<usize>, values: &[Value]) -> Self {
        let mut at = object.start;
        let mut parts = Vec::new();
        for (value, column) in values {
            parts.push((Start::of(&bytes[at..value.start]), *column));
            at = value.end;
        }
        Pattern { parts, end: Start::of(&bytes[at..object.end]) }
    }

    /// Reads an object of this pattern into `cells`. Returns false if it has another pattern, or
    /// a value that needs the full parser.
    pub fn read(
        &self,
        bytes: &[u8],
        object: Range<usize>,
        cells: &mut [Option<Range<usize>>],
    ) -> bool {
        let mut at = object.start;
        for (before, column) in &self.parts {
            if !before.is_at(bytes, at, object.end) {
                return false;
            }
            at += before.bytes.len();
            let Some(length) = length(bytes, at..object.end) else { return false };
            if let &Some(column) = column {
                cells[column] = Some(at..at + length);
            }
            at += length;
        }
        // Without values, this may be the pattern of no object yet.
        !self.parts.is_empty()
            && self.end.is_at(bytes, at, object.end)
            && at + self.end.bytes.len() == object.end
    }
}

/// The number of bytes that are compared as one number.
const WORD: usize = size_of::<u128>();

/// Bytes that a text must start with.
#[derive(Default)]
struct Start {
    bytes: Vec<u8>,
    /// The first bytes as a little-endian number, and a mask of those that count.
    word: u128,
    mask: u128,
}

impl Start {
    fn of(bytes: &[u8]) -> Self {
        let length = bytes.len().min(WORD);
        let (mut word, mut mask) = ([0; WORD], [0; WORD]);
        word[..length].copy_from_slice(&bytes[..length]);
        mask[..length].fill(0xff);
        Start {
            bytes: bytes.to_vec(),
            word: u128::from_le_bytes(word),
            mask: u128::from_le_bytes(mask),
        }
    }

    /// Whether these bytes are at `at`, and end before `end`.
    #[inline]
    fn is_at(&self, bytes: &[u8], at: usize, end: usize) -> bool {
        match bytes[at..].first_chunk() {
            Some(&word) if self.bytes.len() <= WORD => {
                u128::from_le_bytes(word) & self.mask == self.word && self.bytes.len() <= end - at
            }
            _ => bytes[at..end].starts_with(&self.bytes),
        }
    }
}

/// Returns the length of the JSON value that the range starts with; None if it is not a value,
/// or a string with escapes or characters beyond ASCII.
#[inline]
fn length(bytes: &[u8], range: Range<usize>) -> Option<usize> {
    // Numbers and strings are read many bytes at a time, which may go beyond the range.
    let beyond = &bytes[range.start..];
    let length = match beyond.first()? {
        b'-' | b'0'..=b'9' => match json_number_length(beyond) {
            Some(length) => length,
            // It may be −∞.
            None => return length_of_others(&bytes[range]),
        },
        b'"' => {
            let end = 1 + plain_bytes(&beyond[1..]);
            (beyond.get(end) == Some(&b'"')).then_some(end + 1)?
        }
        _ => return length_of_others(&bytes[range]),
    };
    (length <= range.len()).then_some(length)
}

/// Counts the bytes that a text starts with and that a string can hold as they are: ASCII, but no
/// quotes, backslashes or control characters.
#[inline]
fn plain_bytes(text: &[u8]) -> usize {
    let (sixteens, rest) = text.as_chunks::<16>();
    for (index, sixteen) in sixteens.iter().enumerate() {
        let others = dispatch!(Level::baseline(), simd => others(simd, sixteen));
        if others != 0 {
            return 16 * index + others.trailing_zeros() as usize;
        }
    }
    let is_plain = |b: &u8| (b' '..0x80).contains(b) && *b != b'"' && *b != b'\\';
    16 * sixteens.len() + rest.iter().take_while(|b| is_plain(b)).count()
}

/// Returns one bit for each byte: whether a string cannot hold it as it is.
#[inline(always)]
fn others<S: Simd>(simd: S, sixteen: &[u8; 16]) -> u64 {
    let sixteen = u8x16::from_slice(simd, sixteen);
    // Bytes beyond ASCII are below 0 here.
    let is_low = sixteen.bitcast::<i8x16<S>>().simd_lt(32);
    (is_low | sixteen.simd_eq(b'"') | sixteen.simd_eq(b'\\')).to_bitmask()
}

/// Returns the length of a value that is neither a number nor a string.
fn length_of_others(text: &[u8]) -> Option<usize> {
    match text.first()? {
        b'N' | b'I' | b'-' => {
            WORDS.iter().find(|word| text.starts_with(word)).map(|word| word.len())
        }
        b't' => text.starts_with(b"true").then_some(4),
        b'f' => text.starts_with(b"false").then_some(5),
        b'n' => text.starts_with(b"null").then_some(4),
        b'[' | b'{' => {
            let mut values = serde_json::Deserializer::from_slice(text).into_iter::<IgnoredAny>();
            values.next()?.ok()?;
            // The parser does not check ignored values for invalid UTF-8.
            str::from_utf8(&text[..values.byte_offset()]).ok().map(str::len)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn a_value_is_as_long_as_serde_json_finds(
            value in "-?[0-9]{0,3}(\\.[0-9]{0,3})?([eE][+-]?[0-9]{0,2})?|\"[a \\\\n\"\u{1}é]{0,4}\"?|true|nul|\\[1,?2?\\]|\\{\"a\":1\\}",
            after in "[,} \\]]",
        ) {
            let text = format!("{value}{after}");
            if let Some(length) = length(text.as_bytes(), 0..text.len()) {
                let mut values = serde_json::Deserializer::from_str(&text).into_iter::<IgnoredAny>();
                prop_assert!(values.next().is_some_and(|value| value.is_ok()), "{}", text);
                prop_assert_eq!(values.byte_offset(), length, "{}", text);
            }
        }
    }
}
