//! The results of whole files: a row per group, model and cost.

use super::table::{self, Column};
use super::{
    CostResult, Field, Format, Style, delimited, grouped, json, markdown, shortest, significant,
};
use crate::text::escape;

/// The results in the format asked for.
#[must_use]
pub fn summary(results: &[CostResult], style: Style) -> Vec<u8> {
    let mut out = Vec::new();
    let records: Vec<_> = results.iter().map(CostResult::record).collect();
    let names = || records.first().into_iter().flatten().map(|&(name, _)| name);
    match style.format {
        Format::Table => out.extend_from_slice(for_people(results, style).as_bytes()),
        Format::Csv | Format::Tsv => {
            let delimiter = if style.format == Format::Csv { b',' } else { b'\t' };
            delimited::record(names().map(Field::Text), delimiter, &mut out);
            for record in records {
                delimited::record(record.into_iter().map(|(_, field)| field), delimiter, &mut out);
            }
        }
        Format::Json => {
            let mut separator = "[\n";
            for record in records {
                out.extend_from_slice(separator.as_bytes());
                separator = ",\n";
                json::record(record, &mut out);
            }
            out.extend_from_slice(b"\n]\n");
        }
        Format::Jsonl => {
            for record in records {
                json::record(record, &mut out);
                out.push(b'\n');
            }
        }
        Format::Markdown => {
            let is_number = |name: &str| !["file", "model", "cost"].contains(&name);
            markdown::header(names().map(|name| (name, is_number(name))), &mut out);
            for record in records {
                let fields = record.into_iter().map(|(_, field)| field);
                markdown::record(fields, style.digits, &mut out);
            }
        }
        Format::Value => {
            for mean in results.iter().filter_map(|result| result.mean) {
                shortest(mean, &mut out);
                out.push(b'\n');
            }
        }
    }
    out
}

fn for_people(results: &[CostResult], style: Style) -> String {
    let show = |number: Option<f64>| {
        number.map_or_else(|| "–".to_owned(), |number| significant(number, style.digits))
    };
    let by_file = results.iter().any(|result| result.file.is_some());
    let any_infinite = results.iter().any(|result| result.infinite > 0);
    let mut columns =
        vec![Column::text("cost"), Column::number("mean"), Column::number("± std. error")];
    if any_infinite {
        columns.extend([Column::number("infinite"), Column::number("mean of the rest")]);
    }
    columns.extend([Column::number("baseline"), Column::number("skill")]);
    if by_file {
        columns.insert(0, Column::text("file"));
        columns.insert(1, Column::number("n"));
    }
    let row = |result: &CostResult| {
        let mut row = vec![
            result.cost.name().to_owned(),
            show(result.mean),
            result.standard_error.map_or_else(
                || "–".to_owned(),
                |error| format!("± {}", significant(error, style.digits)),
            ),
        ];
        if any_infinite {
            row.extend([grouped(result.infinite), show(result.finite_mean)]);
        }
        row.extend([show(result.baseline), result.skill.map_or_else(|| "–".to_owned(), percent)]);
        if let Some(file) = &result.file {
            row.insert(0, escape(file.as_bytes()));
            row.insert(1, grouped(result.n));
        }
        row
    };
    let mut text = table::render(&columns, results.iter().map(row).collect(), None, style.color);
    if let (Some(result), false) = (results.first(), by_file) {
        let noun = if result.n == 1 { "instance" } else { "instances" };
        text.extend([&grouped(result.n), " ", noun, "\n"]);
    }
    text
}

/// A fraction as a percentage with one decimal.
fn percent(fraction: f64) -> String {
    if fraction.is_infinite() {
        return "-∞".to_owned();
    }
    format!("{:.1} %", fraction * 100.0)
}
