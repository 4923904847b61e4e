//! What the user says of the input. It looks at no file.

/// A format of input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InputFormat {
    /// Delimited text.
    Csv,
    /// A JSON object a line.
    JsonLines,
    /// Parquet, which its first bytes tell anyway.
    Parquet,
}

/// Which columns of a file hold what, as the user said it. A column is named by
/// its header or by its position from 1.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// The format; None tells it by the file's name.
    pub input: Option<InputFormat>,
    /// The byte between cells; None finds it.
    pub delimiter: Option<u8>,
    /// Whether the first record is a header; None finds out.
    pub header: Option<bool>,
    /// The column of y.
    pub y: Option<String>,
    /// The columns of ŷ, one a model; none finds one.
    pub yhats: Vec<String>,
    /// The columns of z, one a model, in place of those of ŷ.
    pub zs: Vec<String>,
    /// The column of weights.
    pub weight: Option<String>,
    /// The columns to group by.
    pub by: Vec<String>,
    /// The label that counts as 1, every other as `negative`.
    pub positive: Option<String>,
    /// What labels count as that are not the positive one.
    pub negative: f64,
    /// Whether rows with a missing value are left out.
    pub skips_missing: bool,
    /// Whether a file without rows is no error.
    pub allows_empty: bool,
}
