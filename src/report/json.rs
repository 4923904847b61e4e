//! JSON: records as objects, in an array or one a line. ∞, which JSON lacks, is `null`.

use super::options::Output;
use super::writer::{Column, Field, Writer};
use crate::digits::shortest;
use crate::text::json_number_length;

/// An array of records.
pub struct Json;

/// One record a line.
pub struct Jsonl;

impl Writer for Json {
    fn begin(&self, _: &[Column], _: &Output, out: &mut Vec<u8>) {
        out.push(b'[');
    }

    fn record(&self, columns: &[Column], fields: &[Field], _: &Output, out: &mut Vec<u8>) {
        out.push(b'\n');
        object(columns, fields, out);
    }

    fn separator(&self) -> &'static [u8] {
        b","
    }

    fn end(&self, _: &[Column], _: &[u8], _: &[Vec<Field>], _: &Output, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\n]\n");
    }

    fn needs_distinct_names(&self) -> bool {
        true
    }
}

impl Writer for Jsonl {
    fn record(&self, columns: &[Column], fields: &[Field], _: &Output, out: &mut Vec<u8>) {
        object(columns, fields, out);
        out.push(b'\n');
    }

    fn needs_distinct_names(&self) -> bool {
        true
    }
}

/// Appends a record as an object.
fn object(columns: &[Column], fields: &[Field], out: &mut Vec<u8>) {
    let mut separator = b'{';
    for (column, field) in columns.iter().zip(fields) {
        out.push(separator);
        separator = b',';
        string(&column.name, out);
        out.push(b':');
        value(*field, out);
    }
    out.push(b'}');
}

fn value(field: Field<'_>, out: &mut Vec<u8>) {
    match field {
        Field::Cell(cell) if is_number(cell) => out.extend_from_slice(cell),
        Field::Cell(cell) => string(&String::from_utf8_lossy(cell), out),
        Field::Text(text) => string(text, out),
        Field::Count(count) => out.extend_from_slice(count.to_string().as_bytes()),
        Field::Number(number) if number.is_finite() => shortest(number, out),
        Field::Number(_) | Field::Absent => out.extend_from_slice(b"null"),
    }
}

fn string(text: &str, out: &mut Vec<u8>) {
    serde_json::to_writer(out, text).expect("a string in memory is always written");
}

/// Whether the cell is a number as RFC 8259 writes them.
fn is_number(cell: &[u8]) -> bool {
    json_number_length(cell) == Some(cell.len())
}

#[cfg(test)]
mod tests {
    use super::super::writer::{ColumnKind, document};
    use super::*;

    #[test]
    fn a_cell_is_a_number_where_json_says_so() {
        for cell in ["0", "-1", "0.50", "1e5", "1.5E-10", "123456789012345678901234567890"] {
            assert!(is_number(cell.as_bytes()), "{cell}");
            assert!(serde_json::from_str::<serde_json::Value>(cell).is_ok(), "{cell}");
        }
        for cell in ["", "+1", ".5", "1.", "01", "1e", "NaN", " 1", "0x1", "1,0", "-"] {
            assert!(!is_number(cell.as_bytes()), "{cell}");
        }
    }

    #[test]
    fn a_record_is_an_object_in_the_order_of_its_fields() {
        let names = ["y", "id \"q\"", "n", "mean", "sum", "skill"];
        let columns = names.map(|name| Column::new(name, ColumnKind::Number));
        let fields = [
            Field::Cell(b"1"),
            Field::Cell(b"01"),
            Field::Count(2),
            Field::Number(f64::INFINITY),
            Field::Number(9e-8),
            Field::Absent,
        ];
        let records = [fields.to_vec(), fields.to_vec()];
        let text = document(&Json, &columns, records.into_iter(), &[], &Output::default());
        let object = r#"{"y":1,"id \"q\"":"01","n":2,"mean":null,"sum":9e-8,"skill":null}"#;
        assert_eq!(String::from_utf8(text).unwrap(), format!("[\n{object},\n{object}\n]\n"));
        let text = document(&Json, &columns, std::iter::empty(), &[], &Output::default());
        assert_eq!(text, b"[\n]\n");
    }
}
