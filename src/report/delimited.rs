//! CSV and TSV: a header, then a record a line, quoted as RFC 4180 says. Words of
//! our own are made harmless for spreadsheets, which run some as formulas; cells
//! of the input pass as they are.

use super::Field;
use super::digits::shortest;
use crate::text::{append_quoted, needs_quotes};

/// Appends one line of those fields.
pub fn record<'a>(fields: impl IntoIterator<Item = Field<'a>>, delimiter: u8, out: &mut Vec<u8>) {
    let mut is_first = true;
    for field in fields {
        if !is_first {
            out.push(delimiter);
        }
        is_first = false;
        match field {
            Field::Cell(cell) => quoted(cell, delimiter, out),
            Field::Text(text) if is_formula(text) => {
                quoted(format!("'{text}").as_bytes(), delimiter, out);
            }
            Field::Text(text) => quoted(text.as_bytes(), delimiter, out),
            Field::Count(count) => out.extend_from_slice(count.to_string().as_bytes()),
            Field::Number(number) => shortest(number, out),
            Field::Absent => {}
        }
    }
    out.push(b'\n');
}

/// Whether a spreadsheet would run the text as a formula: a number is none.
fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
        && !text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// Appends a cell, within quotes if it needs them.
fn quoted(cell: &[u8], delimiter: u8, out: &mut Vec<u8>) {
    if needs_quotes(cell, delimiter) {
        append_quoted(cell, out);
    } else {
        out.extend_from_slice(cell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_a_spreadsheet_would_run_are_none_after_a_quote() {
        for word in ["=1+1", "+x", "-x", "@sum(a1)", "\tx", "\r=x", "-", "-inf", "-1-1"] {
            assert!(is_formula(word), "{word:?}");
        }
        for word in ["", "a=b", "-1", "+0.5e3", "1-1", "'=x", " =x", "ŷ"] {
            assert!(!is_formula(word), "{word:?}");
        }
        let fields = [Field::Text("=a,b"), Field::Text("-1"), Field::Cell(b"=a")];
        let mut out = Vec::new();
        record(fields, b',', &mut out);
        assert_eq!(out, b"\"'=a,b\",-1,=a\n");
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
        let mut out = Vec::new();
        record(fields, b',', &mut out);
        assert_eq!(out, b"a b,\"a,b\",\"say \"\"y\"\"\",\"1\r\n2\",3,inf,\n");
    }
}
