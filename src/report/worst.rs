//! The instances of highest cost.

use super::explain::Instance;
use super::instances::{input_columns, ranked_cost_columns};
use super::options::Output;
use super::summary::percent;
use super::writer::{Column, ColumnKind, Field, document};
use super::writers::writer;
use crate::scoring::Scoring;
use crate::table::schema::Header;

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
    /// Its numbers, if they are to be explained.
    pub instance: Option<Instance>,
}

/// Returns the instances in the format of `output`, each with its share of the sum of the
/// first cost.
#[must_use]
pub fn worst(
    instances: &[(Worst, Option<f64>)],
    header: &Header,
    scoring: &Scoring,
    output: &Output,
) -> Vec<u8> {
    let Some(writer) = writer(output.format()) else { return Vec::new() };
    let input = &header.names;
    // Where a table is too wide, the input's other cells go first, then the share, then the file.
    let ranked = |name, kind, rank| Column { rank: Some(rank), ..Column::new(name, kind) };
    let mut columns =
        vec![ranked("file", ColumnKind::Text, 2), Column::new("line", ColumnKind::Number)];
    columns.extend(input_columns(header));
    columns.extend(ranked_cost_columns(&header.models, scoring, ColumnKind::Number));
    columns.push(ranked("share", ColumnKind::Number, 1));
    let shares: Vec<String> =
        instances.iter().map(|(_, share)| share.map_or_else(|| "–".to_owned(), percent)).collect();
    let records = instances.iter().zip(&shares).map(|((worst, share), text)| {
        // A short record is filled up to the costs; cells beyond the header are empty.
        let missing = input.len().saturating_sub(worst.cells.len());
        let absent = if writer.is_for_people() { Field::Text("–") } else { Field::Absent };
        let cells = worst.cells.iter().take(input.len()).map(|cell| Field::Cell(cell));
        let mut fields = vec![Field::Text(&worst.file), Field::Count(worst.line)];
        fields.extend(cells.chain(std::iter::repeat_n(absent, missing)));
        let costs: Vec<Vec<f64>> = worst.costs.iter().map(|&cost| vec![cost]).collect();
        fields.extend(scoring.shown(&costs).iter().map(|cost| Field::Number(cost[0])));
        fields.push(if writer.is_for_people() { Field::Text(text) } else { (*share).into() });
        fields
    });
    document(writer, &columns, records, &[], output)
}
