//! From bytes to instances: files, their tables, their blocks, their numbers.
//!
//! | file | what it owns |
//! |---|---|
//! | `source.rs` | opening files and standard input, decompressing them |
//! | `blocks.rs` | cutting them into blocks of whole records, one after the other |
//! | `block.rs`, `cut.rs` | such a block, and where to cut |
//! | `sniff.rs` | what the first bytes tell |
//! | `sheet.rs` | a file as a table: its header, and which columns matter |
//! | `choice.rs`, `columns.rs` | what the user chose, and the columns that it means |
//! | `record.rs` | the rules of CSV, for one record |
//! | `json_lines/` | JSON Lines as records |
//! | `separators.rs` | where cells end, 64 bytes at a time |
//! | `scan/` | from a block to columns of numbers, and keys of groups |
//! | `cell.rs`, `number.rs` | what a cell means, and decimal numbers |
//! | `rows.rs` | rows whose numbers are there already |
//! | `parquet/` | Parquet files, which are such rows; `no_parquet.rs` in a build without |
//!
//! It does not know what is done with the numbers.

pub(crate) mod block;
pub(crate) mod blocks;
pub(crate) mod cell;
mod choice;
mod columns;
mod cut;
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

pub use choice::{Choice, InputFormat};
pub use source::Source;
