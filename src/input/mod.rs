//! From bytes to instances: files, their tables, their blocks, their numbers.
//!
//! | file | what it owns |
//! |---|---|
//! | `source.rs` | opening files and standard input, decompressing them |
//! | `blocks.rs` | cutting them into blocks of whole records |
//! | `sniff.rs` | what the first bytes tell |
//! | `sheet.rs` | the header, and which columns matter |
//! | `record.rs` | the rules of CSV, for one record |
//! | `json_lines.rs` | JSON Lines as records |
//! | `separators.rs` | where cells end, 64 bytes at a time |
//! | `scan.rs` | from a block to columns of numbers |
//! | `number.rs` | decimal numbers |
//! | `rows.rs` | rows whose numbers are there already |
//! | `parquet/` | Parquet files, which are such rows |
//!
//! It does not know what is done with the numbers.

pub(crate) mod blocks;
mod json_lines;
pub(crate) mod number;
#[cfg_attr(not(feature = "parquet"), path = "no_parquet.rs")]
pub(crate) mod parquet;
pub(crate) mod record;
pub(crate) mod rows;
pub(crate) mod scan;
mod separators;
pub(crate) mod sheet;
mod sniff;
pub(crate) mod source;

pub use sheet::{Choice, InputFormat};
pub use source::Source;
