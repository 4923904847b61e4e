//! The results of whole files: a record per group, model and cost.

use super::options::{Output, Sort};
use super::writer::{Column, ColumnKind, Field, Writer, document};
use super::writers::writer;
use crate::cost::{Cost as _, Quadratic};
use crate::digits::{grouped, plural, significant};
use crate::results::{CostResult, Look, STATISTICS, TableColumn, Value, have_parts};
use crate::text::{escape, excerpt};

/// Returns the results in the format of `output`; nothing for [`Format::State`](super::Format::State),
/// which needs sums.
#[must_use]
pub fn summary(results: &[CostResult], output: &Output) -> Vec<u8> {
    summary_with_total(results, &[], output)
}

/// Returns the same. Formats for people add `total`, the results of all groups together, below.
pub fn summary_with_total(
    results: &[CostResult],
    total: &[CostResult],
    output: &Output,
) -> Vec<u8> {
    if let Some(parts) = Parts::new(results, output) {
        return [parts.begin(), parts.part(results, true), parts.end()].concat();
    }
    let Some(writer) = writer(output.format()) else { return Vec::new() };
    let shown = shown_columns(results);
    let texts = |results| -> Vec<Vec<String>> {
        let results = sorted(results, output.sort).into_iter();
        results.map(|result| texts(result, &shown, output.digits())).collect()
    };
    let (rows, total) = (texts(results), texts(total));
    let columns: Vec<Column> = shown.iter().map(|(column, _)| column.clone()).collect();
    let total: Vec<Vec<Field>> = total.iter().map(|texts| text_fields(texts)).collect();
    let records = rows.iter().map(|texts| text_fields(texts));
    let mut out = document(writer, &columns, records, &total, output);
    if let Some(counts) = counts(results) {
        writer.note(&counts, &mut out);
    }
    out.extend(clip_note(results, output));
    out
}

fn text_fields(texts: &[String]) -> Vec<Field<'_>> {
    texts.iter().map(|text| Field::Text(text)).collect()
}

/// Returns the results, sorted within each group and cost, the best model first; None leaves
/// them as they are.
pub fn sorted(results: &[CostResult], by: Option<Sort>) -> Vec<&CostResult> {
    let mut sorted: Vec<&CostResult> = results.iter().collect();
    let Some(by) = by else { return sorted };
    for group in sorted.chunk_by_mut(|one, other| one.groups == other.groups) {
        let reference = &group[0].model;
        let costs = group.iter().take_while(|result| result.model == *reference).count();
        let number = |result: &CostResult| match by {
            Sort::Mean => result.mean(),
            Sort::Skill => result.number("skill").map(|skill| -skill),
            // The reference does not differ from itself.
            Sort::Delta if result.model == *reference => Some(0.0),
            // A scale has no differences of its own, but the order of its cost.
            Sort::Delta => result.on(None).number("delta"),
        };
        // NaN comes after ∞, and adding 0 turns −0 into 0.
        let key = |result| number(result).map_or(f64::NAN, |number| number + 0.0);
        let results = group.iter().enumerate();
        let mut ranked: Vec<(usize, f64, &CostResult)> =
            results.map(|(index, &result)| (index % costs, key(result), result)).collect();
        ranked.sort_by(|(cost, one, _), (other_cost, other, _)| {
            cost.cmp(other_cost).then(one.total_cmp(other))
        });
        group.iter_mut().zip(ranked).for_each(|(place, (.., result))| *place = result);
    }
    sorted
}

/// Results in a machine format, which are written part by part.
pub struct Parts<'a> {
    writer: &'static dyn Writer,
    columns: Vec<Column>,
    /// The indices of the statistics that are shown.
    statistics: Vec<usize>,
    output: &'a Output,
}

impl<'a> Parts<'a> {
    /// Creates what writes parts like the first; None for people, whose formats need all
    /// results at once.
    pub fn new(first: &[CostResult], output: &'a Output) -> Option<Self> {
        let writer = writer(output.format()).filter(|writer| !writer.is_for_people())?;
        let statistics = first.first().map_or_else(Vec::new, CostResult::fields);
        Some(Parts { writer, columns: columns(first, &statistics), statistics, output })
    }

    /// Returns what comes before the first part.
    pub fn begin(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.writer.begin(&self.columns, self.output, &mut out);
        out
    }

    /// Returns the text of a part.
    pub fn part(&self, results: &[CostResult], is_first: bool) -> Vec<u8> {
        let (mut out, mut fields) = (Vec::new(), Vec::new());
        for (index, result) in sorted(results, self.output.sort).into_iter().enumerate() {
            if index > 0 || !is_first {
                out.extend_from_slice(self.writer.separator());
            }
            fields.clear();
            append_fields(result, &self.statistics, &mut fields);
            self.writer.record(&self.columns, &fields, self.output, &mut out);
        }
        out
    }

    /// Returns what comes after the last part.
    pub fn end(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.writer.end(&self.columns, &[], &[], self.output, &mut out);
        out
    }
}

/// Returns the columns of a machine format that shows these statistics.
fn columns(results: &[CostResult], statistics: &[usize]) -> Vec<Column> {
    let Some(first) = results.first() else { return Vec::new() };
    let groups = first.groups.iter().map(|(name, _)| Column::new(name, ColumnKind::Text));
    let names = ["model", "cost"].map(|name| Column::new(name, ColumnKind::Text));
    let statistics = statistics.iter().map(|&index| {
        let name = STATISTICS[index].name;
        let kind = if name == "mean" { ColumnKind::Value } else { ColumnKind::Number };
        Column::new(name, kind)
    });
    groups.chain(names).chain(statistics).collect()
}

/// Appends the fields of a machine format that shows these statistics.
fn append_fields<'a>(result: &'a CostResult, statistics: &[usize], fields: &mut Vec<Field<'a>>) {
    fields.extend(result.groups.iter().map(|(_, value)| Field::Text(value)));
    fields.extend([Field::Text(&result.model), Field::Text(result.measure.field())]);
    fields.extend(statistics.iter().map(|&index| match result.value_at(index) {
        Some(Value::Number(number)) => Field::Number(number),
        Some(Value::Count(count)) => Field::Count(count),
        Some(Value::Clip(_)) => Field::Text(&result.run().clip),
        _ => Field::Absent,
    }));
}

/// Where a column for people gets its values.
enum Source {
    /// The column of groups at this index.
    Group(usize),
    Model,
    Cost,
    Statistic(usize, TableColumn),
}

/// Returns the columns for people that have something to show.
fn shown_columns(results: &[CostResult]) -> Vec<(Column, Source)> {
    let Some(first) = results.first() else { return Vec::new() };
    let mut statistics: Vec<(usize, TableColumn)> = STATISTICS
        .iter()
        .enumerate()
        .filter_map(|(index, statistic)| Some((index, statistic.table?)))
        .filter(|(index, table)| {
            results.iter().any(|result| result.value_at(*index).is_some())
                && (table.is_shown)(results)
        })
        .collect();
    statistics.sort_by_key(|(_, table)| table.order);
    let column = |(index, table): (usize, TableColumn)| {
        let column = Column { rank: table.rank, ..Column::new(table.header, ColumnKind::Number) };
        (column, Source::Statistic(index, table))
    };
    // The number of instances stands beside the group.
    let is_first = |(_, table): &(usize, TableColumn)| table.order == 0;
    let (beside, others): (Vec<_>, Vec<_>) = statistics.into_iter().partition(is_first);
    let text = |name: &str, source| (Column::new(name, ColumnKind::Text), source);
    let groups = first.groups.iter().enumerate();
    let groups = groups.map(|(index, (name, _))| text(name, Source::Group(index)));
    let has_models = first.value("delta").is_some();
    groups
        .chain(beside.into_iter().map(column))
        .chain(has_models.then(|| text("model", Source::Model)))
        .chain([text("cost", Source::Cost)])
        .chain(others.into_iter().map(column))
        .collect()
}

/// Returns the cells of a result in those columns.
fn texts(result: &CostResult, columns: &[(Column, Source)], digits: usize) -> Vec<String> {
    let text = |(_, source): &(Column, Source)| match source {
        Source::Group(index) => match result.groups.get(*index) {
            Some((_, value)) => value.clone(),
            // The total has no group.
            None => if *index == 0 { "all" } else { "" }.to_owned(),
        },
        Source::Model => result.model.to_string(),
        Source::Cost => result.measure.name().to_owned(),
        Source::Statistic(index, table) => {
            value_text(result.value_at(*index).unwrap_or(Value::Null), table.look, digits)
        }
    };
    columns.iter().map(text).collect()
}

fn value_text(value: Value, look: Look, digits: usize) -> String {
    match (value, look) {
        (Value::Null, _) => "–".to_owned(),
        (Value::Clip(clip), _) => clip.to_string(),
        (Value::Count(count), _) => grouped(count),
        (Value::Number(number), Look::Digits) => significant(number, digits),
        (Value::Number(number), Look::PlusMinus) => format!("± {}", significant(number, digits)),
        (Value::Number(fraction), Look::Percent) => percent(fraction),
        (Value::Interval(low, high), _) => {
            format!("{} to {}", significant(low, digits), significant(high, digits))
        }
    }
}

/// Returns a fraction as a percentage with one decimal.
pub fn percent(fraction: f64) -> String {
    if fraction.is_infinite() {
        return "-∞".to_owned();
    }
    if fraction.abs() < 1e6 {
        let rounded = format!("{:.1} %", fraction * 100.0);
        return if rounded == "-0.0 %" { "0.0 %".to_owned() } else { rounded };
    }
    let scientific = format!("{fraction:.3e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    format!("{digits}e{} %", exponent.parse().unwrap_or(0) + 2)
}

/// Returns the line under a table that says how many costs are clipped; nothing without
/// `--clip`, or in formats for machines.
pub fn clip_note(results: &[CostResult], output: &Output) -> Vec<u8> {
    let mut out = Vec::new();
    let clip = |result: &CostResult| match result.value("clip") {
        Some(Value::Clip(clip)) => Some((clip, result.count("clipped"), result.count("n"))),
        _ => None,
    };
    // A cost that is shown on several scales counts once.
    let is_first = |result: &&CostResult| {
        let is_same = |other: &&CostResult| other.measure.cost.name() == result.measure.cost.name();
        results.iter().find(is_same).is_some_and(|first| first.measure == result.measure)
    };
    let clips: Vec<_> = results.iter().filter(is_first).filter_map(clip).collect();
    let Some((clip, ..)) = clips.first() else { return out };
    let clipped: u64 = clips.iter().map(|(_, clipped, _)| clipped).sum();
    let n: u64 = clips.iter().map(|(.., n)| n).sum();
    let note = format!("{} of {} clipped ({clip})", grouped(clipped), plural(n, "cost"));
    if let Some(writer) = writer(output.format()) {
        writer.note(&note, &mut out);
    }
    out
}

/// Returns the number of classes, and the names of the first.
fn classes_text(classes: &[String]) -> String {
    /// Names that are shown.
    const SHOWN: usize = 6;
    let names = classes.iter().take(SHOWN).map(|name| excerpt(name.as_bytes()));
    let names: Vec<String> = names.collect();
    match (names.as_slice(), classes.len() > SHOWN) {
        ([], _) => "classes numbered from 0".to_owned(),
        (names, is_cut) => {
            let rest = if is_cut { ", …" } else { "" };
            format!("{} classes ({}{rest})", grouped(classes.len() as u64), names.join(", "))
        }
    }
}

/// Returns the line under a table: the instances, their weight, the rows left out, the model
/// that others are compared with, and so on.
fn counts(results: &[CostResult]) -> Option<String> {
    let first = results.first()?;
    let mut counts = Vec::new();
    if first.groups.is_empty() {
        counts.push(plural(first.count("n"), "instance"));
        counts.extend(
            first.number("weight").map(|weight| format!("total weight {}", significant(weight, 6))),
        );
        counts.extend(first.value("clusters").map(|_| {
            let clusters = plural(first.count("clusters"), "cluster");
            if first.count("clusters") == 1 { clusters + " without an interval" } else { clusters }
        }));
        let skipped = first.count("skipped");
        if skipped > 0 {
            counts.push(format!("{} skipped", plural(skipped, "row")));
        }
    }
    if first.value("delta").is_some() {
        counts.push(format!("differences to {}", escape(first.model.as_bytes())));
    }
    if have_parts(results) {
        counts.push("mean = miscalibration − discrimination + baseline".to_owned());
    }
    let run = first.run();
    counts
        .extend(run.baseline.as_ref().map(|name| format!("baseline {}", escape(name.as_bytes()))));
    if run.has_classes {
        let is_quadratic = |result: &CostResult| result.measure.field() == Quadratic.field();
        let range = if results.iter().any(is_quadratic) {
            "; the quadratic cost is from 0 to 2"
        } else {
            ""
        };
        counts.push(classes_text(&run.classes) + range);
    }
    (!counts.is_empty()).then(|| counts.join(", "))
}
