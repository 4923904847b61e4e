//! Tables: files of any format as batches of numbers.
//!
//! | file | what it owns |
//! |---|---|
//! | `options.rs`, `request.rs` | how the user describes the input, and what a reader is asked for |
//! | `schema.rs`, `role.rs`, `columns/` | what the columns are, and how they are found |
//! | `batch.rs` | rows as columns of numbers |
//! | `format.rs`, `formats.rs` | what a format is, and the list of all formats |
//! | `tables.rs` | the input files, in order |
//! | `cell.rs`, `labels.rs`, `list.rs`, `number.rs` | what a cell means, words as labels, lists, decimal numbers |
//! | `text.rs`, `foreign.rs` | text files as blocks, and files that are not text |
//! | `csv/`, `json/`, `parquet/` | one format each |
//! | `join/` | tables that are joined to the input |
//! | `values.rs`, `typed.rs` | numbers from a program, and values typed as options, as a table |
//!
//! Nothing here knows what is done with the numbers.

pub(crate) mod batch;
pub(crate) mod cell;
mod columns;
pub(crate) mod csv;
mod foreign;
pub(crate) mod format;
pub(crate) mod formats;
pub(crate) mod join;
pub(crate) mod json;
pub(crate) mod labels;
pub(crate) mod list;
pub(crate) mod number;
pub(crate) mod options;
#[cfg(feature = "parquet")]
mod parquet;
pub(crate) mod request;
pub(crate) mod role;
pub(crate) mod schema;
pub(crate) mod tables;
mod text;
pub(crate) mod typed;
pub(crate) mod values;
