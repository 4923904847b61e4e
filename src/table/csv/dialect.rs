//! The delimiter of a file, and what comes before its first record.

use std::ops::Range;

use crate::table::text::{extension, first_line, first_record};

/// Returns the delimiter of a file: by the extension of its name, else the first of comma, tab,
/// semicolon, bar and space that occurs in its first record outside quotes, else a comma.
pub fn delimiter(name: &str, text: &[u8]) -> u8 {
    let extension = extension(name);
    if extension.eq_ignore_ascii_case("tsv") || extension.eq_ignore_ascii_case("tab") {
        return b'\t';
    }
    let mut quoted = false;
    let is_outside = |b: &u8| {
        quoted ^= *b == b'"';
        !quoted
    };
    // A line end in a quoted cell does not end the line.
    let outside = text.iter().copied().filter(is_outside);
    let outside: Vec<u8> = outside.take_while(|&b| b != b'\n' && b != b'\r').collect();
    *b",\t;| ".iter().find(|b| outside.contains(b)).unwrap_or(&b',')
}

/// What comes before the first record.
pub struct Preamble {
    /// The delimiter that a first line such as `sep=;` names.
    pub delimiter: Option<u8>,
    /// The last line that starts with `#`, without the `#`.
    pub comment: Option<Range<usize>>,
    /// Where the first line that starts with `#` starts; `start`, if there is none.
    pub comments: usize,
    /// Where the first record starts.
    pub start: usize,
}

/// Finds what comes before the first record: a byte order mark, blank lines, comments and a line
/// that names the delimiter. Returns None if more of the file is needed.
pub fn preamble(bytes: &[u8], is_whole: bool) -> Option<Preamble> {
    let start = first_record(bytes);
    let mut preamble = Preamble { delimiter: None, comment: None, comments: 0, start };
    let line_stop = |start: usize| {
        let stop = memchr::memchr2(b'\n', b'\r', &bytes[start..]).map(|length| start + length);
        stop.or(is_whole.then_some(bytes.len()))
    };
    if bytes[preamble.start..].starts_with(b"sep=") {
        let stop = line_stop(preamble.start)?;
        if let &[delimiter] = &bytes[preamble.start + 4..stop] {
            preamble.delimiter = Some(delimiter);
            preamble.start = first_line(bytes, stop);
        }
    }
    preamble.comments = preamble.start;
    while bytes.get(preamble.start) == Some(&b'#') {
        let stop = line_stop(preamble.start)?;
        preamble.comment = Some(preamble.start + 1..stop);
        preamble.start = first_line(bytes, stop);
    }
    (preamble.start < bytes.len() || is_whole).then_some(preamble)
}
