//! Results and instances as text, one small file per format.
//!
//! Machine formats share one schema: a record is a list of [`Field`]s under a
//! list of names. Tables for people have layouts of their own. Nothing here
//! knows where the numbers come from.

mod delimited;
mod digits;
mod instances;
mod json;
mod markdown;
mod summary;
mod table;

use crate::cost::Cost;

pub use digits::{grouped, shortest, significant};
pub use instances::Instances;
pub use summary::summary;

/// A format of output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// One field of a record in a machine format.
#[derive(Clone, Copy, Debug)]
pub enum Field<'a> {
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
pub struct CostResult {
    /// The file, if results are by file.
    pub file: Option<String>,
    /// The name of the column of ŷ.
    pub model: String,
    /// The cost function.
    pub cost: &'static dyn Cost,
    /// The number of instances.
    pub n: u64,
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
}

impl CostResult {
    /// Its record: each field with its name.
    fn record(&self) -> Vec<(&'static str, Field<'_>)> {
        let mut record = Vec::new();
        if let Some(file) = &self.file {
            record.push(("file", Field::Text(file)));
        }
        record.extend([
            ("model", Field::Text(&self.model)),
            ("cost", Field::Text(self.cost.field())),
            ("n", Field::Count(self.n)),
            ("mean", self.mean.into()),
            ("standard_error", self.standard_error.into()),
            ("sum", Field::Number(self.sum)),
            ("baseline", self.baseline.into()),
            ("skill", self.skill.into()),
            ("infinite", Field::Count(self.infinite)),
            ("finite_mean", self.finite_mean.into()),
        ]);
        record
    }
}

impl std::fmt::Debug for dyn Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
