//! Reads an object by the one before it, if the bytes between their values are the same.

use std::ops::Range;

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
        let text = &bytes[..object.end];
        let mut at = object.start;
        for (before, column) in &self.parts {
            if !before.is_at(bytes, at, object.end) {
                return false;
            }
            at += before.bytes.len();
            let Some(length) = value_length(&text[at..]) else { return false };
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

/// Returns the length of the JSON value that the text starts with; None if it is not a value,
/// or a string with escapes or characters beyond ASCII.
fn value_length(text: &[u8]) -> Option<usize> {
    match text.first()? {
        b'"' => {
            let end = text[1..]
                .iter()
                .position(|&b| b == b'"' || b == b'\\' || !(b' '..0x80).contains(&b))?;
            (text[end + 1] == b'"').then_some(end + 2)
        }
        b'N' | b'I' => WORDS.iter().find(|word| text.starts_with(word)).map(|word| word.len()),
        b'-' if text.starts_with(WORDS[2]) => Some(WORDS[2].len()),
        b'-' | b'0'..=b'9' => json_number_length(text),
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
            if let Some(length) = value_length(text.as_bytes()) {
                let mut values = serde_json::Deserializer::from_str(&text).into_iter::<IgnoredAny>();
                prop_assert!(values.next().is_some_and(|value| value.is_ok()), "{}", text);
                prop_assert_eq!(values.byte_offset(), length, "{}", text);
            }
        }
    }
}
