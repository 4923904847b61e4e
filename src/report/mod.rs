//! Results and instances as text, one small file per format.
//!
//! A record is a list of fields under a list of columns, and a format is a
//! `Writer` of records. `summary.rs`, `instances.rs` and `worst.rs` choose the columns, for
//! every format. `explain/` shows how the numbers of tables are computed.

mod delimited;
mod explain;
mod fit;
mod format;
mod instances;
mod json;
mod markdown;
mod options;
mod summary;
mod table;
mod value;
mod worst;
mod writer;
mod writers;

pub use format::Format;
pub use options::{Limit, Margin, Output, Sort, When};
pub use summary::summary;

pub(crate) use summary::{Parts, clip_note, summary_with_total};

pub(crate) use crate::digits::shortest_text;
pub(crate) use explain::{
    Basis, Block, EXPLAINED, Instance, ModelOutputs, explained_instances, explained_means,
    explained_results, working,
};
pub(crate) use instances::{Instances, Rows, cost_columns};
pub(crate) use worst::{Worst, worst};
pub(crate) use writers::is_for_people;
