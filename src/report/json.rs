//! JSON: records as objects. There is no ∞ in JSON: it is `null`.

use super::Field;
use super::digits::shortest;
use crate::text::json_number_length;

/// Appends one record as an object, without a line end.
pub fn record<'a>(fields: impl IntoIterator<Item = (&'a str, Field<'a>)>, out: &mut Vec<u8>) {
    let mut separator = b'{';
    for (name, field) in fields {
        out.push(separator);
        separator = b',';
        string(name, out);
        out.push(b':');
        value(field, out);
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
        let fields = [
            ("y", Field::Cell(b"1")),
            ("id \"q\"", Field::Cell(b"01")),
            ("n", Field::Count(2)),
            ("mean", Field::Number(f64::INFINITY)),
            ("sum", Field::Number(9e-8)),
            ("skill", Field::Absent),
        ];
        let mut out = Vec::new();
        record(fields, &mut out);
        let expected = r#"{"y":1,"id \"q\"":"01","n":2,"mean":null,"sum":9e-8,"skill":null}"#;
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
