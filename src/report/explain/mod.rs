//! `--explain`: how each value under a table is computed, with its numbers put in.
//!
//! | file | what it owns |
//! |---|---|
//! | `block.rs` | lines under a title, and how they are laid out |
//! | `formulas.rs` | the text of each formula, by what is given |
//! | `instances.rs` | the working of costs |
//! | `results.rs` | the working of statistics |

mod block;
mod formulas;
mod instances;
mod results;

pub use block::{Block, EXPLAINED, working};
pub use instances::{Instance, ModelOutputs, explained_instances};
pub use results::{Basis, explained_means, explained_results};
