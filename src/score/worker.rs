//! One of the workers: a block in, an entry of the ledger out, and tallies of its own.
//! It knows no order.

use std::sync::{Arc, PoisonError};
use std::thread;

use crate::error::{Error, Fault};
use crate::input::block::Block;
use crate::input::blocks::Next;
use crate::input::cell;
use crate::input::parquet::{Decoder, Part};
use crate::input::record;
use crate::input::rows::Texts;
use crate::input::scan::{BATCH, Batch, Record, Scanner, Step};
use crate::input::sheet::Sheet;

use super::groups::Groups;
use super::ledger::{Entry, INFINITE_SHOWN};
use super::scorer::{self, Scorer};
use super::worst::Candidates;
use super::{Shared, lock};

/// Blocks per worker that may wait for an earlier one to be entered.
const AHEAD: u64 = 4;

/// Takes blocks, and keeps tallies of its own.
pub struct Worker<'s, 'a> {
    shared: &'s Shared<'a>,
    scorer: Scorer<'a>,
    groups: Groups,
    candidates: Candidates,
    batch: Batch,
    /// Memory for records that are made of other lines.
    text: Vec<u8>,
    decoder: Decoder,
}

impl<'s, 'a> Worker<'s, 'a> {
    pub fn new(shared: &'s Shared<'a>) -> Self {
        let plan = shared.plan;
        let shows_rows = plan.instances.is_some();
        let keeps_records = shows_rows || plan.grouped || plan.worst > 0;
        Worker {
            shared,
            scorer: Scorer::new(plan),
            groups: plan.groups(),
            candidates: Candidates::new(plan.worst),
            batch: Batch::new(keeps_records, shows_rows),
            text: Vec::new(),
            decoder: Decoder::default(),
        }
    }

    /// Works until there are no more blocks.
    pub fn work(mut self) -> Groups {
        let shared = self.shared;
        let mut buffer = Vec::new();
        loop {
            let next = lock(&shared.feed).next(shared.plan, buffer);
            let (index, entry) = match next {
                Next::End => return std::mem::replace(&mut self.groups, shared.plan.groups()),
                Next::Error { index, sheet, error } => {
                    buffer = Vec::new();
                    (index, Entry { sheet, error: Some(error), ..Entry::default() })
                }
                Next::Block(block) => {
                    let entry = self.block(&block);
                    let index = block.index;
                    buffer = block.into_buffer();
                    (index, entry)
                }
            };
            let mut ledger = lock(&shared.ledger);
            let failed = entry.error.is_some();
            ledger.enter(index, entry);
            shared.entered.notify_all();
            let ahead = AHEAD * shared.plan.threads as u64;
            while ledger.error.is_none() && !ledger.is_abandoned && index >= ledger.next + ahead {
                ledger = shared.entered.wait(ledger).unwrap_or_else(PoisonError::into_inner);
            }
            let failed = failed || ledger.error.is_some();
            drop(ledger);
            if failed {
                // What comes after an error is of no interest.
                lock(&shared.feed).end();
            }
        }
    }

    /// Scores the rows of a block.
    fn block(&mut self, block: &Block) -> Entry {
        let mut entry = Entry { sheet: Some(Arc::clone(&block.sheet)), ..Entry::default() };
        let scanned = match &block.part {
            Some(part) => self.part(part, block.index, &mut entry),
            None if block.sheet.is_json_lines => self.objects(block, &mut entry),
            None => self.scan(block, &mut entry),
        };
        match scanned {
            Ok(lines) => entry.lines = lines,
            Err(Stop::Because(error)) => entry.error = Some(error),
            Err(Stop::At(record)) => {
                entry.error =
                    Some(match block.part.as_ref().map(|part| part.record(record.lines)) {
                        None => self.explain(record, &block.bytes()[record.start..], &block.sheet),
                        Some(Ok(text)) => self.explain(record, &text, &block.sheet),
                        Some(Err(error)) => error,
                    });
            }
        }
        entry.worst = self.candidates.take();
        entry
    }

    /// Scores the JSON objects of a block; tells how many lines it has.
    fn objects(&mut self, block: &Block, entry: &mut Entry) -> Result<u64, Stop> {
        let is_strict = self.shared.plan.texts() == Texts::All;
        let (mut at, mut lines) = (0, 0);
        while at < block.bytes().len() {
            let text = std::mem::take(&mut self.text);
            let (records, appended) = block.records_of_objects(at, lines, is_strict, text);
            at += appended.length;
            lines = self.scan(&records, entry).map_err(|stop| match stop {
                Stop::At(record) => {
                    let bytes = &records.bytes()[record.start..];
                    Stop::Because(self.explain(record, bytes, &block.sheet))
                }
                Stop::Because(error) => Stop::Because(error),
            })?;
            if let Some(fault) = appended.fault {
                return Err(Error::new(block.sheet.place(lines + 1), fault).into());
            }
            self.text = records.into_buffer();
        }
        Ok(lines)
    }

    /// Decodes a part of a file, and scores its rows; tells how many they are.
    fn part(&mut self, part: &Part, index: u64, entry: &mut Entry) -> Result<u64, Stop> {
        let mut rows = 0;
        while rows < part.rows() {
            let block = self.decoder.block(part, rows, index)?;
            rows = self.scan(&block, entry)?;
            self.decoder.reuse(block);
        }
        Ok(rows)
    }

    /// Scores the rows that are in a block; tells how many lines it has.
    fn scan(&mut self, block: &Block, entry: &mut Entry) -> Result<u64, Stop> {
        let mut scanner = Scanner::new(block);
        loop {
            let before = scanner;
            let step = scanner.fill(&mut self.batch, BATCH);
            self.batch(before, block, entry)?;
            match step {
                Step::More => {}
                Step::End => return Ok(scanner.lines()),
                Step::Fault => return Err(Stop::At(scanner.record())),
            }
        }
    }

    /// Scores a batch, which the scanner filled from where it was `before`.
    fn batch(&mut self, before: Scanner, block: &Block, entry: &mut Entry) -> Result<(), Stop> {
        let sheet = &*block.sheet;
        let columns = &self.batch.columns;
        let y = columns[sheet.y].as_slice();
        let outputs: Vec<&[f64]> =
            sheet.outputs.iter().map(|&place| columns[place].as_slice()).collect();
        let weights = sheet.weight.map(|place| columns[place].as_slice());
        if let Some(row) =
            scorer::first_outside(self.shared.plan.domains(sheet.given), y, &outputs, weights)
        {
            return Err(Stop::At(locate(before, row)));
        }
        self.scorer.score(y, &outputs, sheet.given);
        if let Some(histogram) = &self.shared.plan.histogram {
            histogram.add(&self.scorer.costs()[0]);
        }
        if self.shared.plan.grouped {
            self.scorer.tally_groups(&self.batch, before, block, &mut self.groups)?;
        } else {
            self.scorer.tally(&self.batch, block, &mut self.groups)?;
        }
        for row in self.scorer.infinite_rows(weights) {
            entry.infinite_count += 1;
            if entry.infinite.len() < INFINITE_SHOWN {
                entry.infinite.push(locate(before, row).lines + 1);
            }
        }
        if let Some(records) = &self.batch.records {
            let bytes = block.bytes();
            if let Some(instances) = &self.shared.plan.instances {
                self.scorer.write(instances, records, bytes, sheet, &mut entry.output);
            }
            self.candidates.consider(&self.scorer, weights, |row| {
                let record = &bytes[records[row].clone()];
                (locate(before, row).lines + 1, record::cells(record, sheet.delimiter))
            });
        }
        Ok(())
    }

    /// The error of a record at the start of `bytes` that is known to have one.
    fn explain(&self, record: Record, bytes: &[u8], sheet: &Sheet) -> Error {
        let line = record.lines + 1;
        cell::explain(bytes, sheet, self.shared.plan.domains(sheet.given), line).unwrap_or_else(
            || {
                let found = record::cells(bytes, sheet.delimiter).len();
                Error::new(sheet.place(line), Fault::Ragged { found, wanted: sheet.names.len() })
            },
        )
    }
}

/// Why a block is not scored to its end.
pub enum Stop {
    /// A record that the costs do not take.
    At(Record),
    /// Anything else.
    Because(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Stop::Because(error)
    }
}

impl Drop for Worker<'_, '_> {
    fn drop(&mut self) {
        if thread::panicking() {
            lock(&self.shared.ledger).is_abandoned = true;
            self.shared.entered.notify_all();
        }
    }
}

/// Where the row of a batch is that was filled from `before`.
pub fn locate(before: Scanner, row: usize) -> Record {
    // Scanned again: few batches need it, and lines of every row would cost each of them.
    let mut scanner = before;
    scanner.fill(&mut Batch::default(), row + 1);
    scanner.record()
}
