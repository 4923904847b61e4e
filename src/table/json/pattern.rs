//! Reads an object by the one before it, if what stands between the values is the same.

use std::ops::Range;

use serde::de::IgnoredAny;

use crate::text::json_number_length;

use super::nested::WORDS;

/// A value, by where it is, and its column if it has one.
pub type Value = (Range<usize>, Option<usize>);

/// What stands between the values of an object.
#[derive(Default)]
pub struct Pattern {
    /// What comes before each value, and the column of the value if it has one.
    parts: Vec<(Vec<u8>, Option<usize>)>,
    /// What comes after the last.
    end: Vec<u8>,
}

impl Pattern {
    /// That of an object with those values.
    pub fn of(bytes: &[u8], object: Range<usize>, values: &[Value]) -> Self {
        let mut at = object.start;
        let mut parts = Vec::new();
        for (value, column) in values {
            parts.push((bytes[at..value.start].to_vec(), *column));
            at = value.end;
        }
        Pattern { parts, end: bytes[at..object.end].to_vec() }
    }

    /// Reads an object with the same between its values into the cells of its columns;
    /// false if it has not, or if it takes more care.
    pub fn read(
        &self,
        bytes: &[u8],
        object: Range<usize>,
        cells: &mut [Option<Range<usize>>],
    ) -> bool {
        let text = &bytes[..object.end];
        let mut at = object.start;
        for (before, column) in &self.parts {
            if !text[at..].starts_with(before) {
                return false;
            }
            at += before.len();
            let Some(length) = value_length(&text[at..]) else { return false };
            if let &Some(column) = column {
                cells[column] = Some(at..at + length);
            }
            at += length;
        }
        // Without a value there is no pattern yet.
        !self.parts.is_empty() && text[at..] == self.end
    }
}

/// How long the JSON value is that the text starts with; None if it is none, or one
/// with escapes or letters beyond ASCII.
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
            // What is passed over is not looked into for what is no text.
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
