//! The formats of output.

/// A format of output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[non_exhaustive]
pub enum Format {
    /// A table for people
    #[default]
    Table,
    /// Comma-separated values with a header
    Csv,
    /// Tab-separated values with a header
    Tsv,
    /// An array of records
    Json,
    /// A record a line
    Jsonl,
    /// A table for a pull request
    Markdown,
    /// The bare number, a line each
    Value,
    /// Exact sums, for `costs merge`
    State,
}
