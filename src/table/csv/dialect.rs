//! What separates the cells of a file.

use crate::table::text::extension;

/// The delimiter of a file: by the extension of its name, else the first of comma, tab,
/// semicolon, bar and space that occurs in its first line outside quotes, else a comma.
pub fn delimiter(name: &str, text: &[u8]) -> u8 {
    let extension = extension(name);
    if extension.eq_ignore_ascii_case("tsv") || extension.eq_ignore_ascii_case("tab") {
        return b'\t';
    }
    let first_line = text.split(|&b| b == b'\n' || b == b'\r').next().unwrap_or_default();
    let mut quoted = false;
    let outside: Vec<u8> = first_line
        .iter()
        .copied()
        .filter(|&b| {
            quoted ^= b == b'"';
            !quoted
        })
        .collect();
    *b",\t;| ".iter().find(|b| outside.contains(b)).unwrap_or(&b',')
}
