//! Text of the input as a terminal may be shown it: no control characters, no
//! bidirectional overrides, no broken UTF-8; and numbers and CSV cells as text.

use std::fmt::Write as _;

/// The longest excerpt of the input in a message, in characters.
const EXCERPT: usize = 64;

/// The longest sentence of another library in a message, in characters.
const SENTENCE: usize = 240;

/// The text with every character escaped that would not show as itself.
///
/// ```
/// assert_eq!(costs::text::escape(b"a\x1b[31mb\xff"), "a\\x1b[31mb\\xff");
/// ```
#[must_use]
pub fn escape(text: &[u8]) -> String {
    let mut escaped = String::with_capacity(text.len());
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\n' => escaped.push_str("\\n"),
                '\r' => escaped.push_str("\\r"),
                '\t' => escaped.push_str("\\t"),
                c if c.is_ascii_control() => {
                    let _ = write!(escaped, "\\x{:02x}", u32::from(c));
                }
                c if c.is_control() || is_invisible(c) => {
                    let _ = write!(escaped, "\\u{{{:x}}}", u32::from(c));
                }
                c => escaped.push(c),
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(escaped, "\\x{byte:02x}");
        }
    }
    escaped
}

/// The text, escaped and cut to what fits in a message.
#[must_use]
pub fn excerpt(text: &[u8]) -> String {
    cut(text, EXCERPT)
}

/// What another library says of the input, parts of which it may quote.
#[must_use]
pub fn sentence(text: &str) -> String {
    cut(text.as_bytes(), SENTENCE)
}

/// The text, escaped and cut to so many characters.
fn cut(text: &[u8], most: usize) -> String {
    // No character takes more than four bytes.
    let short = escape(&text[..text.len().min(4 * most + 4)]);
    if short.chars().count() <= most {
        return short;
    }
    short.chars().take(most - 1).chain(['…']).collect()
}

/// Whether a CSV cell with that text has to stand within quotes.
#[must_use]
pub fn needs_quotes(text: &[u8], delimiter: u8) -> bool {
    text.iter().any(|&b| b == delimiter || matches!(b, b'"' | b'\n' | b'\r'))
}

/// Appends the text as a CSV cell within quotes, those in it doubled.
pub fn append_quoted(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for &byte in text {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}

/// Appends the shortest digits that read back as the same f64: `9e-8`, `0.5`,
/// `1`; `inf` for ∞.
pub fn shortest(number: f64, out: &mut Vec<u8>) {
    if number.is_infinite() {
        out.extend_from_slice(if number > 0.0 { b"inf" } else { b"-inf" });
        return;
    }
    let mut buffer = zmij::Buffer::new();
    let digits = buffer.format_finite(number);
    let digits = digits.strip_suffix(".0").unwrap_or(digits);
    if number.abs() < 1e15 {
        out.extend_from_slice(digits.as_bytes());
    } else {
        // The sign of an exponent says nothing if it is a plus.
        out.extend(digits.bytes().filter(|&b| b != b'+'));
    }
}

/// How long the JSON number is that the text starts with, if it starts with one.
#[must_use]
#[inline]
pub fn json_number_length(text: &[u8]) -> Option<usize> {
    let digits = |at: usize| {
        let rest = &text[at..];
        rest.iter().position(|b| !b.is_ascii_digit()).unwrap_or(rest.len())
    };
    let start = usize::from(text.first() == Some(&b'-'));
    let whole = digits(start);
    if whole == 0 || (whole > 1 && text[start] == b'0') {
        return None;
    }
    let mut at = start + whole;
    if text.get(at) == Some(&b'.') {
        let decimals = digits(at + 1);
        if decimals == 0 {
            return None;
        }
        at += 1 + decimals;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        at += 1 + usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        let exponent = digits(at);
        if exponent == 0 {
            return None;
        }
        at += exponent;
    }
    Some(at)
}

/// A whole number with its digits in groups of three.
///
/// ```
/// assert_eq!(costs::text::grouped(999), "999");
/// assert_eq!(costs::text::grouped(10_000_000), "10,000,000");
/// ```
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// So many of a thing: `1 row`, `2,000 rows`.
#[must_use]
pub fn plural(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// Characters that change how others are shown or show as nothing: the
/// bidirectional controls, zero-width characters, line separators and tags.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{a0}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_stays_as_it_is() {
        assert_eq!(escape("ŷ 0.5 \"q\" \\ 日本".as_bytes()), "ŷ 0.5 \"q\" \\ 日本");
    }

    #[test]
    fn what_would_steer_a_terminal_is_escaped() {
        assert_eq!(
            escape("\u{1b}]0;t\u{7}\u{9b}\u{202e}x\u{0}".as_bytes()),
            "\\x1b]0;t\\x07\\u{9b}\\u{202e}x\\x00"
        );
    }

    #[test]
    fn an_excerpt_has_at_most_64_characters() {
        assert_eq!(excerpt("ŷ".repeat(64).as_bytes()), "ŷ".repeat(64));
        assert_eq!(excerpt("ŷ".repeat(65).as_bytes()), "ŷ".repeat(63) + "…");
        assert_eq!(excerpt(&[0xff; 1000]).chars().count(), 64);
    }
}
