//! Rows on their way out.

use crate::error::{Error, Fault, Place};
use crate::report::ROW_END;

use super::{Plan, Sink};

/// Prints rows, chunk by chunk, or keeps those of a table.
pub struct Printer<'a> {
    plan: &'a Plan,
    sink: Sink<'a>,
    has_begun: bool,
    is_joined: bool,
    table: Vec<u8>,
    table_rows: usize,
}

/// Rows of a table that a person might still read.
const TABLE_ROWS: usize = 100_000;

impl<'a> Printer<'a> {
    pub fn new(plan: &'a Plan, sink: Sink<'a>) -> Self {
        Printer { plan, sink, has_begun: false, is_joined: false, table: Vec::new(), table_rows: 0 }
    }

    pub fn print(&mut self, rows: &[u8], names: &[String], models: &[String]) -> Result<(), Error> {
        let Some(instances) = &self.plan.instances else { return Ok(()) };
        if rows.is_empty() {
            return Ok(());
        }
        if instances.is_laid_out_at_the_end() {
            self.table_rows += memchr::memchr_iter(ROW_END as u8, rows).count();
            if self.table_rows > TABLE_ROWS {
                let place = Place::Option("--format table");
                return Err(Error::new(place, Fault::TableTooLong(TABLE_ROWS)));
            }
            self.table.extend_from_slice(rows);
            return Ok(());
        }
        self.begin(names, models)?;
        if self.is_joined {
            (self.sink)(instances.join())?;
        }
        self.is_joined = true;
        (self.sink)(rows)
    }

    fn begin(&mut self, names: &[String], models: &[String]) -> Result<(), Error> {
        if self.has_begun {
            return Ok(());
        }
        self.has_begun = true;
        match &self.plan.instances {
            Some(instances) => (self.sink)(&instances.header(names, models)),
            None => Ok(()),
        }
    }

    /// Begins, if nothing else did, and gives the rows of a table.
    pub fn finish(mut self, names: &[String], models: &[String]) -> Result<Vec<u8>, Error> {
        self.begin(names, models)?;
        Ok(self.table)
    }
}
