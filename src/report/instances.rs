//! Instances one by one: the cells of the input, then a column per model and cost.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::options::Output;
use super::writer::{Column, ColumnKind, Field, Writer};
use super::writers::writer;
use crate::cost::Measure;
use crate::digits::shortest;
use crate::neuron::{Activation, Condition, Given, SATURATION};
use crate::scoring::Scoring;
use crate::table::request::Request;
use crate::table::schema::{Header, Schema, Unit};
use crate::text;

/// How instances are written.
pub struct Instances {
    writer: &'static dyn Writer,
    output: Output,
    request: Arc<Request>,
    /// Whether a row has the condition of a saturated neuron.
    has_saturated: AtomicBool,
}

/// The columns of the instances of one table.
#[derive(Clone, Debug)]
pub struct Rows {
    columns: Vec<Column>,
    /// How many of them come from the input.
    input: usize,
    /// Whether the output of a neuron comes next.
    has_output: bool,
    /// Whether the condition of each neuron comes last.
    has_conditions: bool,
}

impl Rows {
    /// Whether a column stands between the input's and those of the costs.
    pub fn has_output(&self) -> bool {
        self.has_output
    }
}

impl Instances {
    /// Creates what writes instances in the format of `output`; None for a state.
    #[must_use]
    pub fn new(output: &Output, request: &Arc<Request>) -> Option<Self> {
        let writer = writer(output.format())?;
        let has_saturated = AtomicBool::new(false);
        Some(Instances {
            writer,
            output: output.clone(),
            request: Arc::clone(request),
            has_saturated,
        })
    }

    /// Whether no two columns may have the same name.
    pub fn needs_distinct_names(&self) -> bool {
        self.writer.needs_distinct_names()
    }

    /// Whether rows show the cells of the input.
    pub fn has_cells(&self) -> bool {
        self.writer.has_cells()
    }

    /// Whether all rows must be there before the first is written.
    pub fn needs_all(&self) -> bool {
        self.writer.needs_all()
    }

    /// Returns the bytes between two parts.
    pub fn separator(&self) -> &'static [u8] {
        self.writer.separator()
    }

    /// Returns the columns for the instances of a table.
    pub fn rows(&self, schema: &Schema) -> Rows {
        let (scoring, header) = (&self.request.scoring, &schema.header);
        let for_people = self.writer.is_for_people();
        let mut columns: Vec<Column> =
            if self.has_cells() { input_columns(header).collect() } else { Vec::new() };
        for (column, name) in columns.iter_mut().zip(&schema.names) {
            if std::str::from_utf8(name).is_err() {
                column.bytes.clone_from(name);
            }
        }
        let input = columns.len();
        let output = output_name(schema, scoring);
        let rank = Some(RANK_OF_OUTPUT);
        columns.extend(output.map(|name| Column { rank, ..Column::new(name, ColumnKind::Number) }));
        if for_people && matches!(schema.unit, Unit::Value(_)) {
            // People get the letter instead of its name.
            for column in &mut columns {
                column.header = column.header.replace("yhat", "ŷ");
            }
        }
        let costs = ranked_cost_columns(&header.models, scoring, ColumnKind::Value);
        let headers = column_names(&header.models, &cost_headers(scoring));
        columns.extend(costs.zip(headers).map(|(column, header)| Column { header, ..column }));
        let has_conditions = for_people && scoring.shows_neurons(header.given);
        if has_conditions {
            let names = column_names(&header.models, &["neuron".to_owned()]);
            let rank = Some(RANK_OF_CONDITION);
            let column = |name| Column { rank, ..Column::new(name, ColumnKind::Number) };
            columns.extend(names.iter().map(|name| column(name)));
        }
        Rows { columns, input, has_output: output.is_some(), has_conditions }
    }

    /// Returns what comes before the first row.
    pub fn begin(&self, rows: &Rows) -> Vec<u8> {
        let mut out = Vec::new();
        self.writer.begin(&rows.columns, &self.output, &mut out);
        out
    }

    /// Returns the byte between cells if a record of the input can be passed on unchanged.
    pub fn delimiter(&self) -> Option<u8> {
        self.writer.delimiter()
    }

    /// Appends a row that starts with a record of the input, unchanged.
    pub fn passed_row(
        record: &[u8],
        delimiter: u8,
        costs: impl Iterator<Item = f64>,
        out: &mut Vec<u8>,
    ) {
        out.extend_from_slice(record);
        for cost in costs {
            out.push(delimiter);
            shortest(cost, out);
        }
        out.push(b'\n');
    }

    /// Appends a row. `cells` is empty if the format has none; `output` is the number in the
    /// first model's column.
    pub fn row(
        &self,
        rows: &Rows,
        cells: &[Cow<'_, [u8]>],
        output: f64,
        costs: impl Iterator<Item = f64>,
        conditions: impl Iterator<Item = Condition>,
        out: &mut Vec<u8>,
    ) {
        let mut fields: Vec<Field> = cells.iter().map(|cell| Field::Cell(cell)).collect();
        if cells.is_empty() {
            fields.resize(rows.input, Field::Absent);
        }
        if rows.has_output {
            let activation = self.request.scoring.activation();
            fields.push(Field::Number(activation.output(output)));
        }
        fields.extend(costs.map(Field::Number));
        if rows.has_conditions {
            fields.extend(conditions.map(|condition| {
                if condition != Condition::Open {
                    self.has_saturated.store(true, Ordering::Relaxed);
                }
                Field::Text(condition_text(condition))
            }));
        }
        if !out.is_empty() {
            out.extend_from_slice(self.writer.separator());
        }
        self.writer.record(&rows.columns, &fields, &self.output, out);
    }

    /// Returns what comes after the last row. A table is laid out here, from its rows and with
    /// a closing row of means, if there are any.
    pub fn end(&self, rows: &Rows, records: &[u8], means: Option<&[Option<f64>]>) -> Vec<u8> {
        let closing: Vec<Vec<Field>> =
            means.map(|means| self.closing(rows, means)).into_iter().collect();
        let mut out = Vec::new();
        self.writer.end(&rows.columns, records, &closing, &self.output, &mut out);
        if self.has_saturated.load(Ordering::Relaxed) {
            let note = format!(
                "saturated: the slope of the activation is below {} % of its steepest",
                100.0 * SATURATION
            );
            self.writer.note(&note, &mut out);
        }
        out
    }

    fn closing(&self, rows: &Rows, means: &[Option<f64>]) -> Vec<Field<'static>> {
        let mut closing = vec![Field::Text("mean")];
        closing.resize(rows.input + usize::from(rows.has_output), Field::Absent);
        for mean in means {
            closing.push((*mean).into());
            // The mean of gradients of both signs would say little.
            closing.extend(self.request.scoring.gradient.then_some(Field::Absent));
        }
        closing.resize(rows.columns.len(), Field::Absent);
        closing
    }
}

// The ranks of columns of instances; the lowest are left out first. The first column, which
// identifies rows, y, the first model's output and its first cost have no rank.
const RANK_OF_OTHERS: u8 = 0;
const RANK_OF_CONDITION: u8 = 1;
const RANK_OF_OUTPUT: u8 = 2;
const RANK_OF_GRADIENT: u8 = 3;
const RANK_OF_FURTHER_OUTPUT: u8 = 4;
const RANK_OF_FURTHER_COST: u8 = 5;
const RANK_OF_SECOND_COST: u8 = 6;

/// Returns the columns of the input.
pub fn input_columns(header: &Header) -> impl Iterator<Item = Column> {
    let models = &header.models;
    // The column of a class is named after the class, or after the class and a model.
    let is_of_class = |name: &str, class: &String| {
        let rest = name.strip_suffix(class).or(name.strip_prefix(class));
        let is_of = |rest: &str, model: &String| rest.starts_with(model) || rest.ends_with(model);
        rest.is_some_and(|rest| rest.is_empty() || models.iter().any(|model| is_of(rest, model)))
    };
    let rank = move |index: usize, name: &String| match models.iter().position(|it| it == name) {
        _ if index == 0 || *name == header.y => None,
        Some(0) => None,
        None if !header.classes.iter().any(|class| is_of_class(name, class)) => {
            Some(RANK_OF_OTHERS)
        }
        _ => Some(RANK_OF_FURTHER_OUTPUT),
    };
    let column = move |(index, name)| Column {
        rank: rank(index, name),
        ..Column::new(name, ColumnKind::Input)
    };
    header.names.iter().enumerate().map(column)
}

fn condition_text(condition: Condition) -> &'static str {
    match condition {
        Condition::Open => "",
        Condition::Saturated => "saturated",
        Condition::SaturatedWrong => "saturated, wrong",
    }
}

/// Returns the name of the column of a neuron's output, which is shown beside values of z.
fn output_name(schema: &Schema, scoring: &Scoring) -> Option<&'static str> {
    let is_value = matches!(schema.unit, Unit::Value(_));
    (is_value && schema.header.given == Given::Z).then(|| match scoring.activation() {
        Activation::Sigmoid => "yhat",
        Activation::Tanh => "a",
    })
}

/// Returns the columns of costs, with their names in machine formats.
pub fn ranked_cost_columns(
    models: &[String],
    scoring: &Scoring,
    kind: ColumnKind,
) -> impl Iterator<Item = Column> {
    let of_one = scoring.measures_of_instances().len() * scoring.columns_per_cost();
    let has_gradients = scoring.gradient;
    let rank = move |index: usize| match index {
        _ if has_gradients && index % 2 == 1 => Some(RANK_OF_GRADIENT),
        0 => None,
        _ if index < of_one => Some(RANK_OF_SECOND_COST),
        _ => Some(RANK_OF_FURTHER_COST),
    };
    let names = cost_columns(models, scoring).into_iter().enumerate();
    names.map(move |(index, name)| Column { rank: rank(index), ..Column::new(&name, kind) })
}

/// Returns the names of the columns of costs in machine formats: one per model and cost, each
/// followed by that of its gradient if there are gradients.
pub fn cost_columns(models: &[String], scoring: &Scoring) -> Vec<String> {
    let fields = per_cost(
        scoring,
        |measure| measure.field().to_owned(),
        |measure| format!("{}_gradient", measure.field()),
    );
    column_names(models, &fields)
}

/// Returns the same names for people, for one model.
fn cost_headers(scoring: &Scoring) -> Vec<String> {
    per_cost(scoring, |measure| measure.name().to_owned(), |_| "∂C/∂z".to_owned())
}

fn per_cost(
    scoring: &Scoring,
    name: fn(Measure) -> String,
    gradient: fn(Measure) -> String,
) -> Vec<String> {
    let names = |measure: Measure| {
        std::iter::once(name(measure)).chain(scoring.gradient.then(|| gradient(measure)))
    };
    scoring.measures_of_instances().into_iter().flat_map(names).collect()
}

/// Returns the costs' names; with several models, each after the model's name and a dot.
fn column_names(models: &[String], costs: &[String]) -> Vec<String> {
    let is_alone = models.len() == 1;
    let named = |model: &String| {
        let model = text::name(model.as_bytes());
        let named = |cost: &String| {
            if is_alone { cost.clone() } else { format!("{model}.{cost}") }
        };
        costs.iter().map(named).collect::<Vec<_>>()
    };
    models.iter().flat_map(named).collect()
}
