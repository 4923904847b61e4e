//! The instances of highest cost.

use super::options::Output;
use super::summary::percent;
use super::writer::{Column, ColumnKind, Field, document};
use super::writers::writer;

/// An instance of high cost.
#[derive(Clone, Debug)]
pub struct Worst {
    /// The file.
    pub file: String,
    /// The line or row of its record.
    pub line: u64,
    /// The cells of the input.
    pub cells: Vec<Vec<u8>>,
    /// Its costs, one per model and cost.
    pub costs: Vec<f64>,
    /// Its weight; 1 without weights.
    pub weight: f64,
}

/// The instances in the format asked for, each with its part of the sum of the first
/// cost. `input` and `costs` are the names of the columns of both.
#[must_use]
pub fn worst(
    instances: &[(Worst, Option<f64>)],
    input: &[String],
    costs: &[String],
    output: &Output,
) -> Vec<u8> {
    let Some(writer) = writer(output.format()) else { return Vec::new() };
    let of_input = input.iter().map(|name| Column::new(name, ColumnKind::Input));
    let numbers = costs.iter().map(|name| Column::new(name, ColumnKind::Number));
    let mut columns =
        vec![Column::new("file", ColumnKind::Text), Column::new("line", ColumnKind::Number)];
    columns.extend(of_input.chain(numbers));
    columns.push(Column::new("share", ColumnKind::Number));
    let shares: Vec<String> =
        instances.iter().map(|(_, share)| share.map_or_else(|| "–".to_owned(), percent)).collect();
    let records = instances.iter().zip(&shares).map(|((worst, share), text)| {
        // A short record lacks the cells before the costs; those beyond the header are empty.
        let missing = input.len().saturating_sub(worst.cells.len());
        let absent = if writer.is_for_people() { Field::Text("–") } else { Field::Absent };
        let cells = worst.cells.iter().take(input.len()).map(|cell| Field::Cell(cell));
        let mut fields = vec![Field::Text(&worst.file), Field::Count(worst.line)];
        fields.extend(cells.chain(std::iter::repeat_n(absent, missing)));
        fields.extend(worst.costs.iter().map(|&cost| Field::Number(cost)));
        fields.push(if writer.is_for_people() { Field::Text(text) } else { (*share).into() });
        fields
    });
    document(writer, &columns, records, output)
}
