//! CSV and TSV: a header, then a record a line, quoted as RFC 4180 says. Words of our own
//! are made harmless for spreadsheets, which run some as formulas; cells of the input
//! pass as they are.

use super::options::Output;
use super::writer::{Column, ColumnKind, Field, Writer};
use crate::digits::shortest;
use crate::text::{append_quoted, needs_quotes};

/// Values separated by a byte.
pub struct Delimited(pub u8);

impl Writer for Delimited {
    fn begin(&self, columns: &[Column], _: &Output, out: &mut Vec<u8>) {
        // The name of a column of the input passes as its cells do.
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
        for (index, field) in fields.enumerate() {
            if index > 0 {
                out.push(self.0);
            }
            match field {
                Field::Cell(cell) => self.quoted(cell, out),
                Field::Text(text) if is_formula(text) => {
                    self.quoted(format!("'{text}").as_bytes(), out);
                }
                Field::Text(text) => self.quoted(text.as_bytes(), out),
                Field::Count(count) => out.extend_from_slice(count.to_string().as_bytes()),
                Field::Number(number) => shortest(number, out),
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

fn name(column: &Column) -> Field<'_> {
    match column.kind {
        ColumnKind::Input => Field::Cell(column.name.as_bytes()),
        _ => Field::Text(&column.name),
    }
}

/// Whether a spreadsheet would run the text as a formula: a number is none.
fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
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
    fn words_that_a_spreadsheet_would_run_are_none_after_a_quote() {
        for word in ["=1+1", "+x", "-x", "@sum(a1)", "\tx", "\r=x", "-", "-inf", "-1-1"] {
            assert!(is_formula(word), "{word:?}");
        }
        for word in ["", "a=b", "-1", "+0.5e3", "1-1", "'=x", " =x", "ŷ"] {
            assert!(!is_formula(word), "{word:?}");
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
