//! How to read: what the user says of files, their columns and their cells.

use std::path::PathBuf;

use crate::neuron::Given;

/// How to read tables. A column is named by its header, or by its position from 1.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[cfg_attr(feature = "cli", command(next_help_heading = "Columns"))]
#[non_exhaustive]
#[expect(clippy::doc_markdown, reason = "a terminal shows it as it stands")]
pub struct InputOptions {
    /// The column of y, by name or position [default: y, y_true, label, target, truth, actual or
    /// outcome; 1 without a header]
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN", allow_negative_numbers = true))]
    pub y_col: Option<String>,
    /// The columns of ŷ, one a model, by name or position; `p_*` is one model of several classes
    /// [default: yhat, p, prob, y_prob, score …, after z's names also y_pred, prediction …; 2
    /// without a header]
    #[cfg_attr(
        feature = "cli",
        arg(long, value_name = "COLUMN,…", value_delimiter = ',', allow_negative_numbers = true)
    )]
    pub yhat_col: Vec<String>,
    /// The columns of z, in place of those of ŷ [default: z, logit or logits, if no
    /// column is named like a probability]
    #[cfg_attr(
        feature = "cli",
        arg(
            long,
            value_name = "COLUMN,…",
            value_delimiter = ',',
            allow_negative_numbers = true,
            conflicts_with = "yhat_col"
        )
    )]
    pub z_col: Vec<String>,
    /// The columns of log-probabilities, one a model, in place of those of y and ŷ: the natural
    /// logarithm of the probability that the model gave to what happened
    #[cfg_attr(
        feature = "cli",
        arg(long, value_name = "COLUMN,…", value_delimiter = ',', allow_negative_numbers = true)
    )]
    pub logp_col: Vec<String>,
    /// The names of the classes, in the order of the columns or of the elements of lists where these
    /// have no names; without --yhat-col, the columns of these names
    #[cfg_attr(
        feature = "cli",
        arg(long, value_name = "CLASS,…", value_delimiter = ',', allow_hyphen_values = true)
    )]
    pub classes: Vec<String>,
    /// A file whose rows are joined to those of the input; each one with a column of ŷ is a model
    #[cfg_attr(feature = "cli", arg(long, value_name = "FILE"))]
    pub join: Vec<PathBuf>,
    /// The columns that rows are joined on, which are equal in both [default: row by row]
    #[cfg_attr(
        feature = "cli",
        arg(
            long,
            value_name = "COLUMN,…",
            value_delimiter = ',',
            requires = "join",
            allow_negative_numbers = true
        )
    )]
    pub on: Vec<String>,
    /// The first line holds the names of the columns [default: found out]
    #[cfg_attr(feature = "cli", arg(long, overrides_with = "no_header"))]
    pub header: bool,
    /// The first line is data
    #[cfg_attr(feature = "cli", arg(long))]
    pub no_header: bool,
    /// The format of the input [default: by its first bytes, jsonl by its name, else csv]
    #[cfg_attr(feature = "cli", arg(long, value_name = "FORMAT"))]
    pub input: Option<String>,
    /// The byte between cells, or `tab` [default: found out]
    #[cfg_attr(
        feature = "cli",
        arg(short, long, value_name = "BYTE", value_parser = delimiter, allow_hyphen_values = true)
    )]
    pub delimiter: Option<u8>,
    /// The column of weights
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN", allow_negative_numbers = true))]
    pub weight_col: Option<String>,
    /// The column that says which rows belong together, such as the answers of one user: errors
    /// and intervals treat them as one
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN", allow_negative_numbers = true))]
    pub cluster_col: Option<String>,
    /// The column of predictions that skill is measured against [default: the mean label]
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN", allow_negative_numbers = true))]
    pub baseline_col: Option<String>,
    /// One result per value of these columns
    #[cfg_attr(
        feature = "cli",
        arg(long, value_name = "COLUMN,…", value_delimiter = ',', allow_negative_numbers = true)
    )]
    pub by: Vec<String>,
    /// The label that counts as 1; the one other label counts as 0
    #[cfg_attr(
        feature = "cli",
        arg(long, value_name = "LABEL", allow_hyphen_values = true, help_heading = crate::arguments::DATA)
    )]
    pub positive: Option<String>,
    /// The labels that count as 0: then any other is an error; '*' is every other
    #[cfg_attr(
        feature = "cli",
        arg(
            long,
            value_name = "LABEL,…",
            value_delimiter = ',',
            allow_hyphen_values = true,
            help_heading = crate::arguments::DATA
        )
    )]
    pub negative: Vec<String>,
    /// What to do with a row that lacks a value
    #[cfg_attr(
        feature = "cli",
        arg(long, value_enum, default_value_t, value_name = "WHAT", help_heading = crate::arguments::DATA)
    )]
    pub missing: Missing,
}

/// What to do with a row that lacks a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[non_exhaustive]
pub enum Missing {
    /// It is an error.
    #[default]
    Error,
    /// The row is left out, and counted.
    Skip,
}

impl InputOptions {
    /// Returns what models give, and the columns of it that the user chose. There are none if the
    /// default columns are used.
    #[must_use]
    pub fn outputs(&self) -> (Given, &[String]) {
        match (self.z_col.as_slice(), self.logp_col.as_slice()) {
            ([], []) => (Given::Yhat, &self.yhat_col),
            ([], logp) => (Given::Logp, logp),
            (z, _) => (Given::Z, z),
        }
    }

    /// Returns whether the first record is a header; None if the user did not say.
    pub(crate) fn has_header(&self) -> Option<bool> {
        match (self.header, self.no_header) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        }
    }
}

/// Reads the byte between cells.
///
/// # Errors
/// If the text is not a byte that can stand between cells.
#[cfg(feature = "cli")]
pub(crate) fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [b'"' | b'\n' | b'\r' | b'.' | b'+' | b'-'] => {
            Err("it cannot be a quote, a line end, or part of a number".to_owned())
        }
        [byte] if byte.is_ascii_alphanumeric() => {
            Err("it cannot be a letter or a digit".to_owned())
        }
        &[byte] => Ok(byte),
        _ => Err("it is one byte, or the word tab".to_owned()),
    }
}
