//! Results and instances as text, one small file per format.
//!
//! Machine formats share one schema: a record is a list of fields under a
//! list of names. Tables for people have layouts of their own. Nothing here
//! knows where the numbers come from.

mod delimited;
mod digits;
mod instances;
mod json;
mod markdown;
mod summary;
mod table;
mod worst;

use crate::cost::Cost;

pub(crate) use digits::{shortest_text, significant};
pub(crate) use instances::{Instances, ROW_END, cost_columns};
pub use summary::summary;
pub(crate) use worst::{WorstInstance, worst};

use digits::shortest;

/// A format of output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// A table for people.
    Table,
    /// Comma-separated values with a header.
    Csv,
    /// Tab-separated values with a header.
    Tsv,
    /// An array of records.
    Json,
    /// A record a line.
    Jsonl,
    /// A table for a pull request.
    Markdown,
    /// The bare number, a line each.
    Value,
    /// Exact sums, to be merged.
    State,
}

impl Format {
    /// The byte between cells, in a format that has one.
    fn delimiter(self) -> Option<u8> {
        match self {
            Format::Csv => Some(b','),
            Format::Tsv => Some(b'\t'),
            _ => None,
        }
    }
}

/// How to write.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// The format.
    pub format: Format,
    /// Significant digits in tables.
    pub digits: usize,
    /// Whether tables may be coloured.
    pub color: bool,
}

impl Default for Style {
    /// A table of four digits, without colour.
    fn default() -> Self {
        Style { format: Format::Table, digits: 4, color: false }
    }
}

/// One field of a record in a machine format.
#[derive(Clone, Copy, Debug)]
enum Field<'a> {
    /// A cell of the input, as its bytes.
    Cell(&'a [u8]),
    /// A word of our own.
    Text(&'a str),
    /// A whole number.
    Count(u64),
    /// A number, which may be ∞.
    Number(f64),
    /// Nothing.
    Absent,
}

impl From<Option<f64>> for Field<'_> {
    fn from(number: Option<f64>) -> Self {
        number.map_or(Field::Absent, Field::Number)
    }
}

/// The statistics of one model by one cost over one group of instances.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CostResult {
    /// The columns that it is grouped by, or `file`, each with its value.
    pub groups: Vec<(String, String)>,
    /// The name of the column of ŷ or z.
    pub model: String,
    /// The cost function.
    pub cost: &'static dyn Cost,
    /// The number of instances.
    pub n: u64,
    /// Σw, if there are weights.
    pub weight: Option<f64>,
    /// The mean cost.
    pub mean: Option<f64>,
    /// Its standard error.
    pub standard_error: Option<f64>,
    /// The sum of the costs.
    pub sum: f64,
    /// The mean cost of always predicting the mean label.
    pub baseline: Option<f64>,
    /// 1 − mean/baseline.
    pub skill: Option<f64>,
    /// How many instances cost ∞.
    pub infinite: u64,
    /// The mean over the others.
    pub finite_mean: Option<f64>,
    /// How many rows were left out for a missing value.
    pub skipped: u64,
    /// Where neurons are of interest: whether they learn.
    pub neurons: Option<Neurons>,
    /// With several models: the mean difference to the first, and its standard
    /// error.
    pub delta: Option<Delta>,
}

/// Whether the neurons of a model learn.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Neurons {
    /// How many are saturated on the side that is not their label's.
    pub saturated_wrong: u64,
    /// The mean of |∂C/∂z|, if gradients are asked for.
    pub gradient: Option<Option<f64>>,
}

/// The paired difference of a model's costs to the first model's.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Delta {
    /// Its mean; None for the first model, and where both means are ∞.
    pub mean: Option<f64>,
    /// The standard error of the mean.
    pub standard_error: Option<f64>,
}

impl CostResult {
    /// The names of all fields that there may be, but for those of groups.
    pub(crate) const FIELDS: [&str; 17] = [
        "file",
        "model",
        "cost",
        "n",
        "weight",
        "mean",
        "standard_error",
        "sum",
        "baseline",
        "skill",
        "infinite",
        "finite_mean",
        "skipped",
        "mean_abs_gradient",
        "saturated_wrong",
        "delta",
        "delta_standard_error",
    ];

    /// Its record: each field with its name.
    fn record(&self) -> Vec<(&str, Field<'_>)> {
        let groups = self.groups.iter();
        let mut record: Vec<(&str, Field)> =
            groups.map(|(name, value)| (name.as_str(), Field::Text(value))).collect();
        record.extend([
            ("model", Field::Text(&self.model)),
            ("cost", Field::Text(self.cost.field())),
            ("n", Field::Count(self.n)),
        ]);
        record.extend(self.weight.map(|weight| ("weight", Field::Number(weight))));
        record.extend([
            ("mean", self.mean.into()),
            ("standard_error", self.standard_error.into()),
            ("sum", Field::Number(self.sum)),
            ("baseline", self.baseline.into()),
            ("skill", self.skill.into()),
            ("infinite", Field::Count(self.infinite)),
            ("finite_mean", self.finite_mean.into()),
            ("skipped", Field::Count(self.skipped)),
        ]);
        if let Some(Neurons { saturated_wrong, gradient: Some(gradient) }) = self.neurons {
            record.extend([
                ("mean_abs_gradient", gradient.into()),
                ("saturated_wrong", Field::Count(saturated_wrong)),
            ]);
        }
        if let Some(delta) = self.delta {
            record.extend([
                ("delta", delta.mean.into()),
                ("delta_standard_error", delta.standard_error.into()),
            ]);
        }
        record
    }
}

/// Records of the same fields in a machine format, made one at a time.
fn records<'a>(records: impl Iterator<Item = Vec<(&'a str, Field<'a>)>>, style: Style) -> Vec<u8> {
    let mut out = Vec::new();
    let mut records = records.peekable();
    let delimiter = style.format.delimiter().unwrap_or(b',');
    let names = records.peek().map(Vec::as_slice).unwrap_or_default().iter();
    match style.format {
        Format::Csv | Format::Tsv => {
            // The name of a column of the input passes as its cells do.
            let name = |&(name, field): &(&'a str, Field<'a>)| match field {
                Field::Cell(_) | Field::Absent => Field::Cell(name.as_bytes()),
                _ => Field::Text(name),
            };
            delimited::record(names.map(name), delimiter, &mut out);
        }
        Format::Markdown | Format::Table | Format::Value | Format::State => {
            let is_number = |field| !matches!(field, Field::Text(_));
            markdown::header(names.map(|&(name, field)| (name, is_number(field))), &mut out);
        }
        Format::Json | Format::Jsonl => {}
    }
    for (at, record) in records.enumerate() {
        let fields = record.iter().map(|&(_, field)| field);
        match style.format {
            Format::Csv | Format::Tsv => delimited::record(fields, delimiter, &mut out),
            Format::Markdown | Format::Table | Format::Value | Format::State => {
                markdown::record(fields, style.digits, &mut out);
            }
            Format::Json => {
                out.extend_from_slice(if at == 0 { b"[\n" } else { b",\n" });
                json::record(record, &mut out);
            }
            Format::Jsonl => {
                json::record(record, &mut out);
                out.push(b'\n');
            }
        }
    }
    if style.format == Format::Json {
        out.extend_from_slice(if out.is_empty() { b"[]\n" } else { b"\n]\n" });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::Quadratic;

    #[test]
    fn every_field_of_a_record_is_listed() {
        let all = CostResult {
            groups: Vec::new(),
            model: "yhat".to_owned(),
            cost: &Quadratic,
            n: 1,
            weight: Some(1.0),
            mean: Some(0.25),
            standard_error: Some(0.0),
            sum: 0.25,
            baseline: Some(0.0),
            skill: None,
            infinite: 0,
            finite_mean: Some(0.25),
            skipped: 0,
            neurons: Some(Neurons { saturated_wrong: 0, gradient: Some(None) }),
            delta: Some(Delta { mean: None, standard_error: None }),
        };
        let names: Vec<&str> = all.record().into_iter().map(|(name, _)| name).collect();
        // Of groups by file there is one more.
        assert_eq!(names, CostResult::FIELDS[1..]);
    }
}
