//! The instances of highest cost.

use super::table::{self, Column};
use super::{Field, Format, Style, records, significant};
use crate::text::escape;

/// An instance of high cost.
#[derive(Clone, Debug)]
pub struct WorstInstance {
    /// The file.
    pub file: String,
    /// The physical line on which its record starts.
    pub line: u64,
    /// The cells of the input.
    pub cells: Vec<Vec<u8>>,
    /// Its costs.
    pub costs: Vec<f64>,
    /// Its part of the sum of the first cost; None where that is ∞/∞.
    pub share: Option<f64>,
}

/// The instances in the format asked for. `names` are those of the input's
/// columns and of the costs.
#[must_use]
pub fn worst(instances: &[WorstInstance], names: &[String], style: Style) -> Vec<u8> {
    let record = |instance| fields(instance, names);
    if style.format != Format::Table {
        return records(instances.iter().map(record), style);
    }
    let all: Vec<Vec<(&str, Field)>> = instances.iter().map(record).collect();
    let is_text = |name: &str| name == "file";
    let columns: Vec<Column> = all
        .iter()
        .take(1)
        .flatten()
        .map(|&(name, _)| {
            if is_text(name) {
                Column::text(name)
            } else {
                Column::number(&escape(name.as_bytes()))
            }
        })
        .collect();
    let shown = |(name, field): &(&str, Field)| match field {
        Field::Number(share) if *name == "share" => format!("{:.1} %", share * 100.0),
        Field::Cell(cell) => escape(cell),
        Field::Text(text) => escape(text.as_bytes()),
        Field::Count(count) => count.to_string(),
        Field::Number(number) => significant(*number, style.digits),
        Field::Absent => "–".to_owned(),
    };
    let rows = all.iter().map(|record| record.iter().map(shown).collect()).collect();
    table::render(&columns, rows, None, style.color).into_bytes()
}

fn fields<'a>(instance: &'a WorstInstance, names: &'a [String]) -> Vec<(&'a str, Field<'a>)> {
    // Those beyond the header are empty.
    let columns = names.len() - instance.costs.len();
    let cells = instance.cells.iter().take(columns).map(|cell| Field::Cell(cell));
    let costs = instance.costs.iter().map(|&cost| Field::Number(cost));
    // A short record lacks the cells before the costs.
    let missing = columns.saturating_sub(instance.cells.len());
    let cells = cells.chain(std::iter::repeat_n(Field::Absent, missing)).chain(costs);
    let mut fields =
        vec![("file", Field::Text(&instance.file)), ("line", Field::Count(instance.line))];
    fields.extend(names.iter().map(String::as_str).zip(cells));
    fields.push(("share", instance.share.into()));
    fields
}
