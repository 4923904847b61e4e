//! The one queue of blocks; it refuses files that cannot stand under one header, and
//! scores nothing.

use std::collections::HashSet;
use std::sync::Arc;

use crate::error::{Error, Fault, Place};
use crate::input::blocks::{Blocks, Next};
use crate::input::sheet::Sheet;
use crate::report::Instances;

use super::Plan;

/// Where the blocks come from.
pub struct Feed {
    /// What is still to be read.
    pub blocks: Blocks,
    /// The first file's table.
    pub first_sheet: Option<Arc<Sheet>>,
    last_sheet: Option<usize>,
    is_over: bool,
}

impl Feed {
    pub fn new(blocks: Blocks) -> Self {
        Feed { blocks, first_sheet: None, last_sheet: None, is_over: false }
    }

    /// Gives no more blocks.
    pub fn end(&mut self) {
        self.is_over = true;
    }

    /// The next block, in the memory of `buffer`.
    pub fn next(&mut self, plan: &Plan, buffer: Vec<u8>) -> Next {
        if self.is_over {
            return Next::End;
        }
        let next = self.blocks.next(buffer);
        match next {
            Next::Block(block) => match self.admit(plan, &block.sheet) {
                Ok(()) => Next::Block(block),
                Err(error) => {
                    self.is_over = true;
                    Next::Error { index: block.index, sheet: None, error }
                }
            },
            Next::Error { .. } | Next::End => {
                self.is_over = true;
                next
            }
        }
    }

    /// Sees to it that instances of all files can stand under one header.
    fn admit(&mut self, plan: &Plan, sheet: &Arc<Sheet>) -> Result<(), Error> {
        if self.last_sheet.replace(sheet.index) == Some(sheet.index) {
            return Ok(());
        }
        let first = self.first_sheet.get_or_insert_with(|| Arc::clone(sheet));
        let refuse = |fault| Err(Error::new(Place::File(sheet.file.clone()), fault));
        if let Some(fault) = plan.misfit(sheet, first) {
            return refuse(fault);
        }
        let shows_cells = plan.instances.is_some() || plan.worst > 0;
        if shows_cells && sheet.index != first.index && sheet.names != first.names {
            let (columns, wanted) = (sheet.names.clone(), first.names.clone());
            return refuse(Fault::OtherColumns { first: first.file.clone(), columns, wanted });
        }
        let mut names = HashSet::new();
        let twice = sheet.names.iter().find(|name| !names.insert(name.as_str()));
        let needs_distinct_names =
            plan.instances.as_ref().is_some_and(Instances::needs_distinct_names);
        if let Some(name) = twice.filter(|_| needs_distinct_names || plan.worst > 0) {
            return refuse(Fault::NameTwice(name.clone()));
        }
        if plan.grouped {
            names = sheet.by.iter().map(|&column| sheet.names[column].as_str()).collect();
        }
        match plan.own_columns(sheet).into_iter().find(|name| names.contains(name.as_str())) {
            Some(name) => refuse(Fault::ColumnTaken(name)),
            None => Ok(()),
        }
    }
}
