//! Tables that are joined to the input, one row to one row: by keys, or row by row.
//!
//! The joined tables are held in memory, and the input streams past them. Each of its chunks
//! adds the columns of the tables, and notes which of their rows it matched. Notes are
//! processed in the order of the input, so that results do not depend on the number of
//! threads.
//!
//! | file | what it owns |
//! |---|---|
//! | `state.rs` | which tables are joined, and which of their rows were matched |
//! | `table.rs` | a joined table in memory |
//! | `on.rs`, `index.rs` | keys as they are compared, and an index from keys to rows |
//! | `chunk.rs` | chunks of the input, extended by the columns of the joined tables |

mod chunk;
mod index;
mod on;
mod state;
mod table;

use std::sync::Arc;

use crate::error::{Error, Location};
use crate::io::Source;

use super::columns;
use super::format::Chunks;
use super::request::Request;
use super::schema::Schema;
use table::Table;

pub use state::Join;

/// Extends an input by the columns of the joined tables, which the first call reads.
///
/// # Errors
/// If a column is not found, or a table cannot be read.
pub fn wrap(
    join: &Arc<Join>,
    mut first: Box<dyn Chunks>,
    request: &Arc<Request>,
    open: impl FnMut(&Source) -> Result<Box<dyn Chunks>, Error>,
) -> Result<Box<dyn Chunks>, Error> {
    if !join.is_loaded() {
        let others = join.sources.iter().map(open).collect::<Result<Vec<_>, Error>>()?;
        let all = std::iter::once(&first).chain(&others);
        let all: Vec<Schema> = all.map(|table| Schema::clone(table.schema())).collect();
        let joined = columns::join(&state::labels(&all), &request.options);
        let joined = joined.map_err(|error| match error.location() {
            Location::Job => error.at(Location::file(&all[0].file)),
            _ => error,
        })?;
        let mut tables = Vec::new();
        for (mut table, schema) in others.into_iter().zip(&joined.sides[1..]) {
            table.set_schema(schema.clone())?;
            tables.push(Table::load(table, request, join.on, join.threads)?);
        }
        join.set_loaded(joined, tables);
    }
    let own = columns::like_joined(
        &join.loaded().joined.sides[0],
        first.schema(),
        request.reads_all_columns(),
    )?;
    first.set_schema(own)?;
    Ok(Box::new(chunk::Table::new(first, Arc::clone(join))))
}
