//! Markdown: a table for a pull request, with the digits of tables for people.

use super::{Field, significant};
use crate::text::escape;

/// Appends the header and the line under it; columns of numbers are aligned to
/// the right.
pub fn header<'a>(columns: impl IntoIterator<Item = (&'a str, bool)>, out: &mut Vec<u8>) {
    let mut rule = Vec::new();
    for (name, is_number) in columns {
        out.extend_from_slice(b"| ");
        text(name.as_bytes(), out);
        out.push(b' ');
        rule.extend_from_slice(if is_number { b"|---:" } else { b"|---" });
    }
    out.extend_from_slice(b"|\n");
    out.extend_from_slice(&rule);
    out.extend_from_slice(b"|\n");
}

/// Appends one row.
pub fn record<'a>(fields: impl IntoIterator<Item = Field<'a>>, digits: usize, out: &mut Vec<u8>) {
    for field in fields {
        out.extend_from_slice(b"| ");
        match field {
            Field::Cell(cell) => text(cell, out),
            Field::Text(word) => text(word.as_bytes(), out),
            Field::Count(count) => out.extend_from_slice(count.to_string().as_bytes()),
            Field::Number(number) => out.extend_from_slice(significant(number, digits).as_bytes()),
            Field::Absent => {}
        }
        out.push(b' ');
    }
    out.extend_from_slice(b"|\n");
}

/// Appends text that Markdown shows as it is.
fn text(text: &[u8], out: &mut Vec<u8>) {
    for c in escape(text).chars() {
        match c {
            '<' => out.extend_from_slice(b"&lt;"),
            '&' => out.extend_from_slice(b"&amp;"),
            c => {
                if matches!(c, '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '#' | '>') {
                    out.push(b'\\');
                }
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_break_the_table_or_become_markup() {
        let mut out = Vec::new();
        header([("a|b", false), ("mean", true)], &mut out);
        record([Field::Cell(b"<b>`x`\n|"), Field::Number(0.5)], 4, &mut out);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "| a\\|b | mean |\n|---|---:|\n| &lt;b\\>\\`x\\`\\\\n\\| | 0.5000 |\n"
        );
    }
}
