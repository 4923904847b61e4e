//! Text of the input made safe for a terminal: without control characters, bidirectional
//! overrides and invalid UTF-8. Also CSV cells and JSON numbers as text.

use std::fmt::Write as _;

use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, u8x32};

/// The longest excerpt of the input in a message, in characters.
const EXCERPT: usize = 64;

/// The longest quote from another library's error in a message, in characters.
const SENTENCE: usize = 240;

/// Escapes every character that would not show as itself, and invalid UTF-8.
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
                '\n' | '\r' | '\t' => escaped.extend(c.escape_default()),
                c if c.is_ascii_control() => {
                    let _ = write!(escaped, "\\x{:02x}", u32::from(c));
                }
                c if c.is_control() || is_invisible(c) => escaped.extend(c.escape_unicode()),
                c => escaped.push(c),
            }
        }
        escaped.extend(chunk.invalid().escape_ascii().map(char::from));
    }
    escaped
}

/// Returns the text escaped and cut to 64 characters, for messages.
#[must_use]
pub fn excerpt(text: &[u8]) -> String {
    cut(text, EXCERPT)
}

/// Returns the message of another library, which may quote the input, escaped and cut to 240
/// characters.
#[must_use]
pub fn sentence(text: &str) -> String {
    cut(text.as_bytes(), SENTENCE)
}

/// Returns a path escaped and cut to its last 64 characters: the end of a path says the most.
#[must_use]
pub fn path_excerpt(path: &str) -> String {
    let shown = escape(path.as_bytes());
    match shown.char_indices().nth_back(EXCERPT - 1) {
        None | Some((0, _)) => shown,
        Some((at, first)) => format!("…{}", &shown[at + first.len_utf8()..]),
    }
}

/// Returns the text as a name in results. Control characters, except tabs and line breaks, and
/// invalid UTF-8 are escaped; other text stays as it is. Different texts get different names.
///
/// ```
/// use costs::text::name;
/// assert_eq!([name(b"C:\\dir"), name(b"Z\xfcrich")], ["C:\\dir", "Z\\xfcrich"]);
/// assert_eq!(name(b"Z\\xfcrich"), "Z\\\\xfcrich");
/// ```
#[must_use]
pub fn name(text: &[u8]) -> String {
    let steers = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    // Text that already looks escaped is escaped too, to stay different from what it looks like.
    let looks_escaped = |text: &str| {
        text.contains('\\') && ["\\x", "\\u{"].iter().any(|escape| text.contains(escape))
    };
    let is_plain = |text: &&str| {
        // Most names are of letters and digits, and this tells fast.
        text.bytes().all(|b| b.is_ascii_alphanumeric())
            || !text.contains(steers) && !looks_escaped(text)
    };
    if let Some(plain) = std::str::from_utf8(text).ok().filter(is_plain) {
        return plain.to_owned();
    }
    let mut name = String::new();
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\\' => name.push_str("\\\\"),
                c if steers(c) => name.push_str(&escape(c.encode_utf8(&mut [0; 4]).as_bytes())),
                c => name.push(c),
            }
        }
        name.push_str(&escape(chunk.invalid()));
    }
    name
}

/// Lists names in quotes: the first 20, and the number of the others.
#[must_use]
pub fn list(names: &[String]) -> String {
    const SHOWN: usize = 20;
    let mut shown: Vec<String> =
        names.iter().take(SHOWN).map(|name| format!("'{}'", excerpt(name.as_bytes()))).collect();
    if names.len() > SHOWN {
        shown.push(format!("and {} more", names.len() - SHOWN));
    }
    shown.join(", ")
}

/// Returns the name whose form is most similar to `wanted`; of several the first, None if no
/// similarity is at least `least`, from 0 to 1.
pub fn nearest<N>(
    wanted: &str,
    names: impl IntoIterator<Item = N>,
    form: impl Fn(&N) -> String,
    least: f64,
) -> Option<N> {
    let nearness = |name: &N| strsim::normalized_damerau_levenshtein(wanted, &form(name));
    let names = names.into_iter().map(|name| (nearness(&name), name));
    let near = names.filter(|(nearness, _)| *nearness >= least);
    near.min_by(|(a, _), (b, _)| b.total_cmp(a)).map(|(_, name)| name)
}

/// Returns the text escaped and cut to `most` characters.
fn cut(text: &[u8], most: usize) -> String {
    // No character takes more than four bytes.
    let short = escape(&text[..text.len().min(4 * most + 4)]);
    if short.chars().count() <= most {
        return short;
    }
    short.chars().take(most - 1).chain(['…']).collect()
}

/// Whether a CSV cell with this text must be quoted.
#[must_use]
pub fn needs_quotes(text: &[u8], delimiter: u8) -> bool {
    text.iter().any(|&b| b == delimiter || matches!(b, b'"' | b'\n' | b'\r'))
}

/// Appends the text as a quoted CSV cell, with quotes in it doubled.
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

/// Returns the length of the JSON number that the text starts with, if there is one.
#[must_use]
#[inline]
pub fn json_number_length(text: &[u8]) -> Option<usize> {
    text.first_chunk().and_then(short_number_length).or_else(|| signed_number_length(text))
}

/// Returns the same, for a number that may have a sign.
fn signed_number_length(text: &[u8]) -> Option<usize> {
    let sign = usize::from(text.first() == Some(&b'-'));
    let unsigned = &text[sign..];
    let short = unsigned.first_chunk().and_then(short_number_length);
    Some(sign + short.or_else(|| any_number_length(unsigned))?)
}

/// Returns the length of digits with or without a point in them that a text starts with, if they
/// are a JSON number that ends before its last bytes.
#[inline]
fn short_number_length(text: &[u8; 32]) -> Option<usize> {
    // Choosing among levels would take as long as what they save here.
    let others = dispatch!(Level::baseline(), simd => others(simd, text));
    let whole = others.trailing_zeros() as usize;
    let after_first = others & others.wrapping_sub(1);
    let has_point = *text.get(whole)? == b'.';
    let end = if has_point { after_first.trailing_zeros() as usize } else { whole };
    let is_number = whole > 0 && (whole == 1 || text[0] != b'0') && end != whole + 1;
    (is_number && !matches!(text.get(end)?, b'e' | b'E')).then_some(end)
}

/// Returns one bit for each byte, in the order of the text: whether it is no digit.
#[inline(always)]
fn others<S: Simd>(simd: S, text: &[u8; 32]) -> u32 {
    let less_zero = u8x32::from_slice(simd, text) - b'0';
    #[expect(clippy::cast_possible_truncation, reason = "it has a bit for each of 32 bytes")]
    let others = less_zero.simd_gt(9).to_bitmask() as u32;
    others
}

/// Returns the length of the unsigned JSON number that a text starts with.
fn any_number_length(text: &[u8]) -> Option<usize> {
    let digits = |at: usize| text[at..].iter().take_while(|b| b.is_ascii_digit()).count();
    let whole = digits(0);
    if whole == 0 || (whole > 1 && text[0] == b'0') {
        return None;
    }
    let mut at = whole;
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
    use proptest::prelude::*;
    use serde::de::IgnoredAny;

    proptest! {
        #[test]
        fn a_number_has_one_length_short_or_long(
            number in "-?[0-9]{0,3}[.]?[0-9]{0,33}[eE]?[-+]?[0-9.]{0,2}",
            after in "[ ,}x0-9.]{0,40}",
        ) {
            let text = [number, after].concat();
            let is_number = |end: &usize| {
                let is_of_number = |b: u8| b.is_ascii_digit() || b"+-.eE".contains(&b);
                let part = &text[..*end];
                part.bytes().all(is_of_number) && serde_json::from_str::<IgnoredAny>(part).is_ok()
            };
            let longest = (1..=text.len()).rev().find(is_number);
            // After a longest number, what follows may make it no number at all: `1.x`.
            let found = json_number_length(text.as_bytes());
            prop_assert!(found.is_none() || found == longest, "{text}: {found:?} {longest:?}");
            let sign = usize::from(text.starts_with('-'));
            let slow = any_number_length(&text.as_bytes()[sign..]).map(|length| sign + length);
            prop_assert_eq!(found, slow, "{}", text);
        }
    }

    #[test]
    fn plain_text_stays_as_it_is() {
        assert_eq!(escape("ŷ 0.5 \"q\" \\ 日本".as_bytes()), "ŷ 0.5 \"q\" \\ 日本");
    }

    #[test]
    fn characters_that_control_a_terminal_are_escaped() {
        assert_eq!(
            escape("\u{1b}]0;t\u{7}\u{9b}\u{202e}x\u{0}".as_bytes()),
            "\\x1b]0;t\\x07\\u{9b}\\u{202e}x\\x00"
        );
    }

    #[test]
    fn the_end_of_a_long_path_is_shown() {
        assert_eq!(path_excerpt(&"ŷ".repeat(64)), "ŷ".repeat(64));
        assert_eq!(path_excerpt(&format!("b{}", "ŷ".repeat(64))), format!("…{}", "ŷ".repeat(63)));
    }

    #[test]
    fn names_that_differ_stay_different() {
        let texts: [&[u8]; 10] = [
            b"\x1b",
            b"\\x1b",
            b"\\\\x1b",
            b"\xe9",
            b"\\xe9",
            b"\xc3\xa9",
            "\u{9b}".as_bytes(),
            b"\\u{9b}",
            b"\x7f\\",
            b"\\",
        ];
        let mut names = texts.map(name);
        assert!(names.iter().all(|name| !name.contains(char::is_control)));
        names.sort();
        assert!(names.windows(2).all(|two| two[0] != two[1]), "{names:?}");
        assert_eq!(name(b"two\r\n\tlines"), "two\r\n\tlines");
    }

    #[test]
    fn an_excerpt_has_at_most_64_characters() {
        assert_eq!(excerpt("ŷ".repeat(64).as_bytes()), "ŷ".repeat(64));
        assert_eq!(excerpt("ŷ".repeat(65).as_bytes()), "ŷ".repeat(63) + "…");
        assert_eq!(excerpt(&[0xff; 1000]).chars().count(), 64);
    }
}
