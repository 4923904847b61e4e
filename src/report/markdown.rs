//! Markdown: a table for a pull request, with the columns, words and digits of tables for
//! people. Nothing is cut.

use super::options::Output;
use super::writer::{Column, ColumnKind, Field, Writer};
use crate::digits::significant;
use crate::text::escape;

/// A table for a pull request.
pub struct Markdown;

impl Writer for Markdown {
    /// Appends the header and the line under it; columns of numbers are aligned to the
    /// right.
    fn begin(&self, columns: &[Column], _: &Output, out: &mut Vec<u8>) {
        for column in columns {
            out.extend_from_slice(b"| ");
            text(column.header.as_bytes(), out);
            out.push(b' ');
        }
        out.extend_from_slice(b"|\n");
        for column in columns {
            let is_text = column.kind == ColumnKind::Text;
            out.extend_from_slice(if is_text { b"|---" } else { b"|---:" });
        }
        out.extend_from_slice(b"|\n");
    }

    fn record(&self, _: &[Column], fields: &[Field], output: &Output, out: &mut Vec<u8>) {
        for field in fields {
            out.extend_from_slice(b"| ");
            cell(*field, output, out);
            out.push(b' ');
        }
        out.extend_from_slice(b"|\n");
    }

    /// Appends the closing records, which start in bold.
    fn end(
        &self,
        columns: &[Column],
        _: &[u8],
        closing: &[Vec<Field>],
        output: &Output,
        out: &mut Vec<u8>,
    ) {
        for record in closing {
            let (first, others) = record.split_first().expect("a record has fields");
            out.extend_from_slice(b"| **");
            cell(*first, output, out);
            out.extend_from_slice(b"** ");
            self.record(columns, others, output, out);
        }
    }

    /// Appends a paragraph.
    fn note(&self, note: &str, out: &mut Vec<u8>) {
        out.push(b'\n');
        text(note.as_bytes(), out);
        out.push(b'\n');
    }

    /// Appends a block of code. No line of a working starts with a fence, which would end it.
    fn working(&self, lines: &[String], out: &mut Vec<u8>) {
        out.extend_from_slice(b"\n```text\n");
        for line in lines {
            out.extend_from_slice(format!("{line}\n").as_bytes());
        }
        out.extend_from_slice(b"```\n");
    }

    fn is_for_people(&self) -> bool {
        true
    }
}

fn cell(field: Field, output: &Output, out: &mut Vec<u8>) {
    match field {
        Field::Cell(cell) => text(cell, out),
        Field::Text(word) => text(word.as_bytes(), out),
        Field::Count(count) => out.extend_from_slice(count.to_string().as_bytes()),
        Field::Number(number) => {
            out.extend_from_slice(significant(number, output.digits()).as_bytes());
        }
        Field::Absent => {}
    }
}

/// A zero-width space, which breaks what would become a link or a mention. Backslashes do not
/// help there: links and mentions are found in the text as it is shown.
const BREAK: &[u8] = b"&#8203;";

/// Appends text that Markdown shows as it is, without links.
fn text(text: &[u8], out: &mut Vec<u8>) {
    let escaped = escape(text);
    for (index, c) in escaped.char_indices() {
        let (before, after) = (&escaped[..index], &escaped[index + c.len_utf8()..]);
        let is_after = |word: &str| {
            before
                .get(index.saturating_sub(word.len())..)
                .is_some_and(|end| end.eq_ignore_ascii_case(word))
        };
        match c {
            '<' => out.extend_from_slice(b"&lt;"),
            '&' => out.extend_from_slice(b"&amp;"),
            c => {
                if matches!(c, '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '#' | '>') {
                    out.push(b'\\');
                }
                if c == '.' && is_after("www") {
                    out.extend_from_slice(BREAK);
                }
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        let is_link = match c {
            '@' => true,
            // `#1`, and `!1` of GitLab.
            '#' | '!' => after.starts_with(|c: char| c.is_ascii_digit()),
            '-' => is_after("GH"),
            ':' => after.starts_with("//"),
            _ => false,
        };
        if is_link {
            out.extend_from_slice(BREAK);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::writer::document;
    use super::*;

    #[test]
    fn text_cannot_break_the_table_or_become_markup() {
        let columns = [("a|b", ColumnKind::Text), ("mean", ColumnKind::Value)];
        let columns = columns.map(|(name, kind)| Column::new(name, kind));
        let records = [vec![Field::Cell(b"<b>`x`\n|"), Field::Number(0.5)]];
        let out = document(&Markdown, &columns, records.into_iter(), &[], &Output::default());
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "| a\\|b | mean |\n|---|---:|\n| &lt;b\\>\\`x\\`\\\\n\\| | 0.5000 |\n"
        );
    }

    #[test]
    fn no_link_and_no_mention_is_live() {
        for (name, expected) in [
            ("https://evil.example/x", "https:&#8203;//evil.example/x"),
            ("WWW.evil.example", "WWW&#8203;.evil.example"),
            ("@org/team", "@&#8203;org/team"),
            ("a@evil.example", "a@&#8203;evil.example"),
            ("fixes #12, GH-12, !12", "fixes \\#&#8203;12, GH-&#8203;12, !&#8203;12"),
            ("a: b.c-d", "a: b.c-d"),
        ] {
            let mut out = Vec::new();
            text(name.as_bytes(), &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
