//! The results of whole files: a row per group, model and cost.

use super::table::{self, Column};
use super::{CostResult, Delta, Format, Style, shortest, significant};
use crate::text::{escape, grouped, plural};

/// The results in the format asked for; nothing as a state, which is made of sums.
#[must_use]
pub fn summary(results: &[CostResult], style: Style) -> Vec<u8> {
    match style.format {
        Format::Table => for_people(results, style).into_bytes(),
        Format::Value => {
            let mut out = Vec::new();
            for result in results {
                // A line each, even where there is no mean.
                if let Some(mean) = result.mean {
                    shortest(mean, &mut out);
                }
                out.push(b'\n');
            }
            out
        }
        Format::State => Vec::new(),
        _ => super::records(results.iter().map(CostResult::record), style),
    }
}

/// What stands in a column for a result.
type Cell = Box<dyn Fn(&CostResult) -> String>;

/// The results as a table, whose columns depend on what there is to tell.
fn for_people(results: &[CostResult], style: Style) -> String {
    let columns = columns(results, style);
    let rows = results.iter().map(|result| columns.iter().map(|(_, cell)| cell(result)).collect());
    let rows = rows.collect();
    let headers: Vec<Column> = columns.into_iter().map(|(column, _)| column).collect();
    let mut text = table::render(&headers, rows, None, style.color);
    text.push_str(&counts(results));
    text
}

/// The columns that have something to say, each with the cell of a result in it.
fn columns(results: &[CostResult], style: Style) -> Vec<(Column, Cell)> {
    let has = |tells: fn(&CostResult) -> bool| results.iter().any(tells);
    let show = move |number: Option<f64>| {
        number.map_or_else(nothing, |number| significant(number, style.digits))
    };
    let plus_minus = move |error: Option<f64>| {
        error.map_or_else(nothing, |error| format!("± {}", significant(error, style.digits)))
    };
    let mut columns: Vec<(Column, Cell)> = Vec::new();
    for (at, (name, _)) in results.first().into_iter().flat_map(|result| &result.groups).enumerate()
    {
        let value = move |result: &CostResult| escape(result.groups[at].1.as_bytes());
        columns.push((Column::text(&escape(name.as_bytes())), Box::new(value)));
    }
    if has(|result| !result.groups.is_empty()) {
        columns.push((Column::number("n"), Box::new(move |result| grouped(result.n))));
    }
    let has_models = has(|result| result.delta.is_some());
    if has_models {
        columns
            .push((Column::text("model"), Box::new(move |result| escape(result.model.as_bytes()))));
    }
    columns.push((Column::text("cost"), Box::new(move |result| result.cost.name().to_owned())));
    columns.push((Column::number("mean"), Box::new(move |result| show(result.mean))));
    columns.push((
        Column::number("± std. error"),
        Box::new(move |result| plus_minus(result.standard_error)),
    ));
    if has(|result| result.neurons.is_some_and(|neurons| neurons.gradient.is_some())) {
        let gradient = |result: &CostResult| result.neurons.and_then(|neurons| neurons.gradient?);
        columns
            .push((Column::number("mean |∂C/∂z|"), Box::new(move |result| show(gradient(result)))));
    }
    if has(|result| result.neurons.is_some()) {
        let wrong = |result: &CostResult| result.neurons.map(|neurons| neurons.saturated_wrong);
        columns.push((
            Column::number("saturated, wrong"),
            Box::new(move |result| wrong(result).map_or_else(nothing, grouped)),
        ));
    }
    if has_models {
        columns.push((
            Column::number("difference"),
            Box::new(move |result| show(result.delta.and_then(|delta| delta.mean))),
        ));
        columns.push((
            Column::number("95 % interval"),
            Box::new(move |result| interval(result.delta, style.digits)),
        ));
    }
    if has(|result| result.infinite > 0) {
        columns
            .push((Column::number("infinite"), Box::new(move |result| grouped(result.infinite))));
        columns.push((
            Column::number("mean of the rest"),
            Box::new(move |result| show(result.finite_mean)),
        ));
    }
    columns.push((Column::number("baseline"), Box::new(move |result| show(result.baseline))));
    columns.push((
        Column::number("skill"),
        Box::new(move |result| result.skill.map_or_else(nothing, percent)),
    ));
    columns
}

/// What the numbers are about: instances, weight, rows left out, and to what
/// differences are.
fn counts(results: &[CostResult]) -> String {
    let Some(first) = results.first() else { return String::new() };
    let mut counts = Vec::new();
    if first.groups.is_empty() {
        counts.push(plural(first.n, "instance"));
        counts
            .extend(first.weight.map(|weight| format!("total weight {}", significant(weight, 6))));
        if first.skipped > 0 {
            counts.push(format!("{} skipped", plural(first.skipped, "row")));
        }
    }
    if first.delta.is_some() {
        counts.push(format!("differences to {}", escape(first.model.as_bytes())));
    }
    if counts.is_empty() { String::new() } else { counts.join(", ") + "\n" }
}

/// The mean difference ± 1.96 standard errors.
fn interval(delta: Option<Delta>, digits: usize) -> String {
    /// The 97.5 % quantile of the standard normal distribution.
    const QUANTILE: f64 = 1.959963984540054;
    match delta {
        Some(Delta { mean: Some(mean), standard_error: Some(error) }) => format!(
            "{} to {}",
            significant(mean - QUANTILE * error, digits),
            significant(mean + QUANTILE * error, digits)
        ),
        _ => nothing(),
    }
}

fn nothing() -> String {
    "–".to_owned()
}

/// A fraction as a percentage with one decimal.
fn percent(fraction: f64) -> String {
    if fraction.is_infinite() {
        return "-∞".to_owned();
    }
    format!("{:.1} %", fraction * 100.0)
}
