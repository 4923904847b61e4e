//! CSV and TSV: a header, then one record a line, quoted as RFC 4180 says. Cells of the input
//! are passed on unchanged. Other text is made harmless for spreadsheets, which run some of it
//! as formulas.

use std::borrow::Cow;

use super::options::Output;
use super::writer::{Column, ColumnKind, Field, Writer};
use crate::digits::{shortest, whole};
use crate::text::{append_quoted, needs_quotes};

/// Values separated by a byte.
pub struct Delimited(pub u8);

impl Writer for Delimited {
    fn begin(&self, columns: &[Column], _: &Output, out: &mut Vec<u8>) {
        self.line(columns.iter().map(name), out);
    }

    fn record(&self, _: &[Column], fields: &[Field], _: &Output, out: &mut Vec<u8>) {
        self.line(fields.iter().copied(), out);
    }

    fn delimiter(&self) -> Option<u8> {
        Some(self.0)
    }
}

impl Delimited {
    fn line<'a>(&self, fields: impl Iterator<Item = Field<'a>>, out: &mut Vec<u8>) {
        let mut written = Written::default();
        for (index, field) in fields.enumerate() {
            if index > 0 {
                out.push(self.0);
            }
            match field {
                Field::Cell(cell) => self.quoted(cell, out),
                Field::Text(text) if is_plain(text) => out.extend_from_slice(text.as_bytes()),
                Field::Text(text) => self.quoted(harmless(text).as_bytes(), out),
                Field::Count(count) => whole(count, out),
                Field::Number(number) => written.append(number, out),
                Field::Absent => {}
            }
        }
        out.push(b'\n');
    }

    /// Appends a cell, within quotes if it needs them.
    fn quoted(&self, cell: &[u8], out: &mut Vec<u8>) {
        if needs_quotes(cell, self.0) {
            append_quoted(cell, out);
        } else {
            out.extend_from_slice(cell);
        }
    }
}

/// The first numbers of a record, and where their digits are. A mean that is also the mean of the
/// rest, for example, is copied, as it takes long to find its digits.
#[derive(Default)]
struct Written {
    /// The bits of each number, and where its digits start and end.
    numbers: [(u64, usize, usize); 8],
    count: usize,
}

impl Written {
    fn append(&mut self, number: f64, out: &mut Vec<u8>) {
        let bits = number.to_bits();
        let mut known = self.numbers.iter().take(self.count);
        if let Some(&(_, start, end)) = known.find(|written| written.0 == bits) {
            return out.extend_from_within(start..end);
        }
        let start = out.len();
        shortest(number, out);
        if let Some(next) = self.numbers.get_mut(self.count) {
            *next = (bits, start, out.len());
            self.count += 1;
        }
    }
}

/// Whether a text is written as it is. Most texts are, and this tells fast.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.'))
}

/// Returns the name of a column, which is treated like its cells.
fn name(column: &Column) -> Field<'_> {
    match column.kind {
        ColumnKind::Input => Field::Cell(&column.bytes),
        _ => Field::Text(&column.name),
    }
}

/// The characters at which a spreadsheet may end a cell, depending on how it reads a file.
const ENDS: [char; 6] = [',', ';', '|', '\t', '\r', '\n'];

/// Returns the text with `'` before each part that a spreadsheet would run as a formula. A
/// formula after `'` gets another one, so that different texts stay different.
fn harmless(text: &str) -> Cow<'_, str> {
    let may_harm = |b: u8| !b.is_ascii() || b"=+-@'\t\r\n".contains(&b);
    if !text.bytes().any(may_harm) {
        return Cow::Borrowed(text);
    }
    let starts_blank = text.trim_start_matches('\'').starts_with(['\t', '\r', '\n']);
    let mut harmless = if starts_blank { "'".to_owned() } else { String::new() };
    for part in text.split_inclusive(ENDS) {
        if is_formula(part.trim_end_matches(ENDS)) {
            harmless.push('\'');
        }
        harmless.push_str(part);
    }
    Cow::Owned(harmless)
}

/// Whether a spreadsheet would run the text as a formula, after blanks and quotes that it may
/// drop. A number is no formula.
fn is_formula(text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '\'' | '"'));
    text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
        && !text.parse::<f64>().is_ok_and(f64::is_finite)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is_written(fields: &[Field], expected: &[u8]) {
        let mut out = Vec::new();
        Delimited(b',').record(&[], fields, &Output::default(), &mut out);
        assert_eq!(out, expected);
    }

    #[test]
    fn formulas_get_a_quote_and_other_words_none() {
        for (word, expected) in [
            ("=1+1", "'=1+1"),
            ("+x", "'+x"),
            ("@sum(a1)", "'@sum(a1)"),
            ("-", "'-"),
            ("-inf", "'-inf"),
            ("-1-1", "'-1-1"),
            ("\tx", "'\tx"),
            ("\r=x", "'\r'=x"),
            ("\n=x", "'\n'=x"),
            ("＝1", "'＝1"),
            (" =x", "' =x"),
            ("\"=x", "'\"=x"),
            ("'=x", "''=x"),
            ("'\n", "''\n"),
            ("a;=x,@y", "a;'=x,'@y"),
            ("x\n+y", "x\n'+y"),
        ] {
            assert_eq!(harmless(word), expected);
        }
        for word in ["", "a=b", "-1", "'-1", "+0.5e3", "1-1", "a - b", "a;-5", "'x", "ŷ"] {
            assert_eq!(harmless(word), word);
        }
        let fields = [Field::Text("=a,b"), Field::Text("-1"), Field::Cell(b"=a")];
        is_written(&fields, b"\"'=a,b\",-1,=a\n");
    }

    #[test]
    fn cells_are_quoted_only_where_they_must_be() {
        let fields = [
            Field::Cell(b"a b"),
            Field::Cell(b"a,b"),
            Field::Text("say \"y\""),
            Field::Cell(b"1\r\n2"),
            Field::Count(3),
            Field::Number(f64::INFINITY),
            Field::Absent,
        ];
        is_written(&fields, b"a b,\"a,b\",\"say \"\"y\"\"\",\"1\r\n2\",3,inf,\n");
    }
}
