//! Bare numbers, a line each.

use super::options::Output;
use super::writer::{Column, ColumnKind, Field, Writer};
use crate::digits::shortest;

/// The number that a script wants: a mean, or the costs of an instance.
pub struct Value;

impl Writer for Value {
    fn record(&self, columns: &[Column], fields: &[Field], _: &Output, out: &mut Vec<u8>) {
        let all = columns.iter().zip(fields);
        for (_, field) in all.filter(|(column, _)| column.kind == ColumnKind::Value) {
            // A missing number has an empty line.
            if let Field::Number(number) = field {
                shortest(*number, out);
            }
            out.push(b'\n');
        }
    }

    fn has_cells(&self) -> bool {
        false
    }
}
