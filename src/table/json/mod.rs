//! JSON: objects as rows, their fields as columns.

mod array;
mod fields;
mod lines;
mod nested;
mod objects;
mod pattern;

pub use array::JsonArray;
pub use lines::JsonLines;

/// Whether a text starts with the byte `first`, and goes on with one of `second`; a byte order
/// mark and blanks are skipped.
fn starts(text: &[u8], first: u8, second: &[u8]) -> bool {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text).trim_ascii_start();
    let rest = text.strip_prefix(&[first]).map(<[u8]>::trim_ascii_start);
    rest.and_then(<[u8]>::first).is_some_and(|byte| second.contains(byte))
}
