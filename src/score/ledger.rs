//! What has an order in the input: blocks enter here as they are done, and take
//! effect in their turn.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::error::{Error, Place};
use crate::input::sheet::Sheet;

use super::printer::Printer;
use super::worst::{Candidates, Worst};
use super::{Plan, Sink};

/// Places of infinite costs that are remembered.
pub const INFINITE_SHOWN: usize = 5;

/// Instances of infinite cost.
#[derive(Debug, Default)]
pub struct Infinite {
    /// How many.
    pub count: u64,
    /// Where the first are.
    pub first: Vec<Place>,
}

/// What a worker has to say about a block.
#[derive(Default)]
pub struct Entry {
    /// The table it belongs to; none for an error before there is one.
    pub sheet: Option<Arc<Sheet>>,
    /// Physical lines in the block.
    pub lines: u64,
    /// Lines of rows of infinite cost, from the start of the block.
    pub infinite: Vec<u64>,
    pub infinite_count: u64,
    /// Candidates for the worst instances, in the order of the input.
    pub worst: Vec<Worst>,
    /// Rows to print.
    pub output: Vec<u8>,
    /// An error whose line counts from the start of the block.
    pub error: Option<Error>,
}

/// Enters blocks in the order of the input.
pub struct Ledger<'a> {
    /// The block that is entered next.
    pub next: u64,
    /// Blocks that came before their turn.
    waiting: BTreeMap<u64, Entry>,
    /// The file of the last block, and its physical lines so far.
    file_index: Option<usize>,
    pub lines: u64,
    pub infinite: Infinite,
    pub worst: Candidates,
    pub printer: Printer<'a>,
    pub error: Option<Error>,
    /// Whether a worker panicked: its block will never be entered.
    pub is_abandoned: bool,
}

impl<'a> Ledger<'a> {
    pub fn new(plan: &'a Plan, sink: Sink<'a>) -> Self {
        Ledger {
            next: 0,
            waiting: BTreeMap::new(),
            file_index: None,
            lines: 0,
            infinite: Infinite::default(),
            worst: Candidates::new(plan.worst),
            printer: Printer::new(plan, sink),
            error: None,
            is_abandoned: false,
        }
    }

    pub fn enter(&mut self, index: u64, entry: Entry) {
        self.waiting.insert(index, entry);
        while let Some(entry) = self.waiting.remove(&self.next) {
            self.next += 1;
            if self.error.is_none() {
                self.error = self.enter_next(entry).err();
            }
        }
    }

    fn enter_next(&mut self, entry: Entry) -> Result<(), Error> {
        let file_index = entry.sheet.as_ref().map(|sheet| sheet.index);
        if self.file_index != file_index || file_index.is_none() {
            self.file_index = file_index;
            self.lines = entry.sheet.as_ref().map_or(0, |sheet| sheet.lines_before);
        }
        if let Some(sheet) = entry.sheet {
            self.infinite.count += entry.infinite_count;
            for line in entry.infinite {
                if self.infinite.first.len() < INFINITE_SHOWN {
                    let line = self.lines + line;
                    self.infinite.first.push(sheet.place(line));
                }
            }
            let lines = self.lines;
            self.worst.extend(entry.worst.into_iter().map(|worst| Worst {
                file: sheet.file.clone(),
                line: lines + worst.line,
                ..worst
            }));
            self.printer.print(&entry.output, &sheet.names, &sheet.models)?;
        }
        if let Some(mut error) = entry.error {
            if let Some(line) = error.place.line_mut() {
                *line += self.lines;
            }
            return Err(error);
        }
        self.lines += entry.lines;
        Ok(())
    }
}
