//! Instances one by one: the input's own columns, then a column per cost.

use std::borrow::Cow;
use std::fmt::Write;

use super::table::{self, Column};
use super::{
    Field, Format, Style, delimited, json, markdown, shortest, shortest_text, significant,
};
use crate::cost::Cost;
use crate::neuron::{Condition, SATURATION};
use crate::text::escape;

/// A writer of instances. Rows are appended to chunks, which may be written by
/// several threads; [`join`](Instances::join) puts them together in order.
#[derive(Clone, Debug)]
pub struct Instances {
    style: Style,
    costs: Vec<&'static dyn Cost>,
    /// Whether the gradient of each cost comes after it.
    gradients: bool,
}

/// What ends a cell of a table that is still to be laid out. Escaped text has none.
const CELL_END: char = '\x1f';

/// What ends a row of such a table.
pub const ROW_END: char = '\x1e';

impl Instances {
    /// A writer of instances with those costs.
    #[must_use]
    pub fn new(style: Style, costs: Vec<&'static dyn Cost>, gradients: bool) -> Self {
        Instances { style, costs, gradients }
    }

    /// The byte between cells, if a record of the input can pass as it is where
    /// it has the same.
    #[must_use]
    pub fn delimiter(&self) -> Option<u8> {
        self.style.format.delimiter()
    }

    /// Whether rows show the input's cells.
    #[must_use]
    pub fn shows_cells(&self) -> bool {
        self.style.format != Format::Value
    }

    /// Whether no two columns may have the same name.
    #[must_use]
    pub fn needs_distinct_names(&self) -> bool {
        matches!(self.style.format, Format::Json | Format::Jsonl)
    }

    /// Whether the whole table has to be there before the first line is.
    #[must_use]
    pub fn is_laid_out_at_the_end(&self) -> bool {
        self.style.format == Format::Table
    }

    /// The names of all columns: the input's, then one per model and cost, each with
    /// its gradient.
    #[must_use]
    pub fn names(&self, input: &[String], models: &[String]) -> Vec<String> {
        [input, &cost_columns(models, &self.costs, self.gradients)].concat()
    }

    /// The same for people, with the condition of each model's neuron if it is shown.
    fn shown_names(&self, input: &[String], models: &[String], shows_neurons: bool) -> Vec<String> {
        let names = self.costs.iter().flat_map(|cost| {
            let gradient = self.gradients.then_some("∂C/∂z");
            std::iter::once(cost.name()).chain(gradient)
        });
        let costs = column_names(models, names);
        let neurons = shows_neurons.then(|| column_names(models, std::iter::once("neuron")));
        input.iter().cloned().chain(costs).chain(neurons.into_iter().flatten()).collect()
    }

    /// What comes before the first row.
    #[must_use]
    pub fn header(&self, input: &[String], models: &[String]) -> Vec<u8> {
        let mut out = Vec::new();
        match self.style.format {
            Format::Csv | Format::Tsv => {
                let costs = cost_columns(models, &self.costs, self.gradients);
                let cells = input.iter().map(|name| Field::Cell(name.as_bytes()));
                let fields = cells.chain(costs.iter().map(|name| Field::Text(name)));
                delimited::record(fields, self.delimiter().unwrap_or(b','), &mut out);
            }
            Format::Markdown => {
                let names = self.shown_names(input, models, false);
                markdown::header(names.iter().map(|name| (name.as_str(), true)), &mut out);
            }
            Format::Json => out.extend_from_slice(b"[\n"),
            Format::Table | Format::Jsonl | Format::Value | Format::State => {}
        }
        out
    }

    /// A computed number, written as costs are.
    #[must_use]
    pub fn number(&self, x: f64) -> String {
        match self.style.format {
            Format::Table | Format::Markdown => significant(x, self.style.digits),
            _ => shortest_text(x),
        }
    }

    /// Appends a row whose cells are written as the record of the input is.
    pub fn passed_row(&self, record: &[u8], costs: impl Iterator<Item = f64>, out: &mut Vec<u8>) {
        let delimiter = self.delimiter().unwrap_or(b',');
        out.extend_from_slice(record);
        for cost in costs {
            out.push(delimiter);
            shortest(cost, out);
        }
        out.push(b'\n');
    }

    /// Appends a row of those cells; `names` are those of all columns. Tables show
    /// the condition of each model's neuron, where there is one.
    pub fn row(
        &self,
        names: &[String],
        cells: &[Cow<'_, [u8]>],
        costs: impl Iterator<Item = f64> + Clone,
        conditions: impl Iterator<Item = Condition>,
        out: &mut Vec<u8>,
    ) {
        let fields =
            cells.iter().map(|cell| Field::Cell(cell)).chain(costs.clone().map(Field::Number));
        match self.style.format {
            Format::Csv | Format::Tsv => {
                delimited::record(fields, self.delimiter().unwrap_or(b','), out);
            }
            Format::Markdown => markdown::record(fields, self.style.digits, out),
            Format::Json | Format::Jsonl => {
                let names = names.iter().map(String::as_str);
                if self.style.format == Format::Json {
                    if !out.is_empty() {
                        out.extend_from_slice(b",\n");
                    }
                    json::record(names.zip(fields), out);
                } else {
                    json::record(names.zip(fields), out);
                    out.push(b'\n');
                }
            }
            Format::Table => {
                let cells = cells.iter().map(|cell| escape(cell));
                let costs = costs.map(|cost| significant(cost, self.style.digits));
                let conditions = conditions.map(condition_text);
                for cell in cells.chain(costs).chain(conditions) {
                    out.extend_from_slice(cell.as_bytes());
                    out.push(CELL_END as u8);
                }
                out.push(ROW_END as u8);
            }
            // Instances have no state.
            Format::State => {}
            Format::Value => {
                for cost in costs {
                    shortest(cost, out);
                    out.push(b'\n');
                }
            }
        }
    }

    /// What comes between two chunks.
    #[must_use]
    pub fn join(&self) -> &'static [u8] {
        if self.style.format == Format::Json { b",\n" } else { b"" }
    }

    /// What comes after the last row. A table is all laid out here, from its
    /// rows and with a closing row of means.
    #[must_use]
    pub fn footer(
        &self,
        input: &[String],
        models: &[String],
        rows: &[u8],
        means: &[Option<f64>],
        shows_neurons: bool,
    ) -> Vec<u8> {
        match self.style.format {
            Format::Json => b"\n]\n".to_vec(),
            Format::Table => {
                let mut closing = vec![String::new(); input.len()];
                if let Some(first) = closing.first_mut() {
                    "mean".clone_into(first);
                }
                let digits = self.style.digits;
                let mean = |mean: &Option<f64>| {
                    mean.map_or_else(String::new, |mean| significant(mean, digits))
                };
                for cost in means {
                    closing.push(mean(cost));
                    // Gradients have signs, so their mean would say little.
                    closing.extend(self.gradients.then(String::new));
                }
                let names = self.shown_names(input, models, shows_neurons);
                closing.resize(names.len(), String::new());
                let mut text = self.laid_out(&names, rows, closing);
                if shows_neurons && text.contains(SATURATED) {
                    let _ = writeln!(
                        text,
                        "{SATURATED}: the slope of the activation is below {} % of its steepest",
                        100.0 * SATURATION
                    );
                }
                text.into_bytes()
            }
            _ => Vec::new(),
        }
    }

    fn laid_out(&self, names: &[String], rows: &[u8], closing: Vec<String>) -> String {
        let rows = String::from_utf8_lossy(rows);
        let rows: Vec<Vec<String>> = rows
            .split_terminator(ROW_END)
            .map(|row| row.split_terminator(CELL_END).map(str::to_owned).collect())
            .collect();
        let columns: Vec<Column> =
            names.iter().map(|name| Column::number(&escape(name.as_bytes()))).collect();
        table::render(&columns, rows, Some(closing), self.style.color)
    }
}

const SATURATED: &str = "saturated";

fn condition_text(condition: Condition) -> String {
    match condition {
        Condition::Open => String::new(),
        Condition::Saturated => SATURATED.to_owned(),
        Condition::SaturatedWrong => format!("{SATURATED}, wrong"),
    }
}

/// The names of the columns of costs in machine formats: one per model and cost,
/// and one for its gradient if there is one.
#[must_use]
pub fn cost_columns(
    models: &[String],
    costs: &[&'static dyn Cost],
    gradients: bool,
) -> Vec<String> {
    let fields: Vec<String> = costs
        .iter()
        .flat_map(|cost| {
            let gradient = gradients.then(|| format!("{}_gradient", cost.field()));
            std::iter::once(cost.field().to_owned()).chain(gradient)
        })
        .collect();
    column_names(models, fields.iter().map(String::as_str)).collect()
}

/// The costs' names; with several models, each after the model's.
fn column_names<'a>(
    models: &'a [String],
    costs: impl Iterator<Item = &'a str> + Clone + 'a,
) -> impl Iterator<Item = String> + 'a {
    models.iter().flat_map(move |model| {
        costs.clone().map(move |cost| {
            if models.len() == 1 { cost.to_owned() } else { format!("{model}.{cost}") }
        })
    })
}
