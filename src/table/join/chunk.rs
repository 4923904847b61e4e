//! Chunks of the input, with the columns of all tables.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::digits::shortest_text;
use crate::error::{Error, Location};
use crate::table::batch::{Batch, List};
use crate::table::format::{Chunk, Chunks, Notes, Step};
use crate::table::labels::LabelReader;
use crate::table::request::Request;
use crate::table::schema::Schema;

use super::Join;
use super::table::{On, cells_of};

/// The input, with the columns of all tables.
pub struct Table {
    inner: Box<dyn Chunks>,
    join: Arc<Join>,
    schema: Arc<Schema>,
}

impl Table {
    /// The chunks of the input, whose own columns are chosen.
    pub fn new(inner: Box<dyn Chunks>, join: Arc<Join>) -> Self {
        let (own, whole) = (inner.schema(), &join.loaded().joined.whole);
        let schema = Schema {
            file: own.file.clone(),
            path: own.path.clone(),
            index: own.index,
            unit: own.unit,
            lines_before: own.lines_before,
            ..whole.clone()
        };
        Table { inner, join, schema: schema.shared() }
    }
}

impl Chunks for Table {
    fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    fn set_schema(&mut self, schema: Schema) -> Result<(), Error> {
        self.inner.set_schema(schema)
    }

    fn next(&mut self, buffer: &mut Vec<u8>) -> Result<Option<Box<dyn Chunk>>, Error> {
        let Some(inner) = self.inner.next(buffer)? else { return Ok(None) };
        Ok(Some(Box::new(Rows {
            inner,
            join: Arc::clone(&self.join),
            schema: Arc::clone(&self.schema),
            batch: Batch::default(),
            rows: Vec::new(),
            found: Vec::new(),
            last: vec![0; self.join.loaded().tables.len()],
            met: Vec::new(),
            strays: Vec::new(),
        })))
    }
}

/// A chunk of the input.
struct Rows {
    inner: Box<dyn Chunk>,
    join: Arc<Join>,
    schema: Arc<Schema>,
    /// The rows of the input alone.
    batch: Batch,
    /// For each row of the last batch, that of the input.
    rows: Vec<usize>,
    /// For each row of the last batch and table, the row of the table.
    found: Vec<usize>,
    /// The row of each table that was found last.
    last: Vec<usize>,
    /// The rows of each table that were met, one after the other, each with its line.
    met: Vec<(u32, u32, u64)>,
    /// Keys that a table lacks, each with its line.
    strays: Vec<(u32, String, u64)>,
}

impl Rows {
    /// Finds the row of each table; false if one has none.
    fn find(&mut self, key: Option<&On>, row: u64, line: u64) -> bool {
        let join = Arc::clone(&self.join);
        let tables = &join.loaded().tables;
        let start = self.found.len();
        for (index, table) in tables.iter().enumerate() {
            let found = match key {
                Some(key) => table.find(key, self.last[index]),
                None => usize::try_from(row).ok().filter(|&row| row < table.rows()),
            };
            let number = u32::try_from(index).expect("tables are few");
            match found {
                Some(row) => {
                    self.last[index] = row;
                    self.found.push(row);
                    self.met.push((number, u32::try_from(row).expect("rows are fewer"), line));
                }
                None => self.strays.push((number, key.map(On::text).unwrap_or_default(), line)),
            }
        }
        let is_whole = self.found.len() - start == tables.len();
        if !is_whole {
            self.found.truncate(start);
        }
        is_whole
    }

    /// Takes a row of the input, if all tables have it and no value is missing.
    fn take(&mut self, row: usize, position: u64, batch: &mut Batch) {
        let join = Arc::clone(&self.join);
        let (on, loaded) = (join.on, join.loaded());
        let line = self.batch.line(row);
        let key = (on > 0).then(|| On::of(self.batch.keys.get(row), on));
        let start = self.found.len();
        let is_whole = self.find(key.as_ref(), position, line + 1);
        let tables = &loaded.tables;
        let number = |&(side, slot): &(usize, usize)| match side {
            0 => self.batch.columns[slot][row],
            side => tables[side - 1].columns[slot][self.found[start + side - 1]],
        };
        let own =
            if self.schema.keys.is_empty() { Vec::new() } else { cells_of_row(&self.batch, row) };
        let mut lacks = !is_whole;
        if is_whole {
            for (column, place) in batch.columns.iter_mut().zip(&loaded.joined.slots) {
                let number = number(place);
                lacks |= number.is_nan();
                column.push(number);
            }
            let list = |&(side, list): &(usize, usize)| match side {
                0 => self.batch.lists[list].get(row),
                side => tables[side - 1].lists[list].get(self.found[start + side - 1]),
            };
            lacks |= loaded.joined.lists.iter().any(|place| list(place).is_empty());
            if lacks {
                batch.columns.iter_mut().for_each(|column| column.truncate(batch.rows));
            } else {
                batch.lists.resize_with(loaded.joined.lists.len(), List::default);
                for (all, place) in batch.lists.iter_mut().zip(&loaded.joined.lists) {
                    all.push(list(place));
                }
            }
        }
        if !loaded.joined.keys.is_empty() {
            let cells = loaded.joined.keys.iter().map(|&(side, key)| match side {
                0 => own.get(key).cloned().unwrap_or_default(),
                side if is_whole => {
                    let row = self.found[start + side - 1];
                    cells_of(tables[side - 1].others.get(row)).swap_remove(key)
                }
                _ => Vec::new(),
            });
            let cells: Vec<Vec<u8>> = cells.collect();
            let keys = if lacks { &mut batch.skipped_keys } else { &mut batch.keys };
            keys.push(cells.iter().map(Vec::as_slice));
        }
        if lacks {
            self.found.truncate(start);
            batch.skipped.push(batch.rows);
            return;
        }
        batch.starts(line, 0);
        self.rows.push(row);
        batch.rows += 1;
    }
}

/// The cells of the key of a row.
fn cells_of_row(batch: &Batch, row: usize) -> Vec<Vec<u8>> {
    cells_of(batch.keys.get(row))
}

impl Chunk for Rows {
    fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    fn fill(&mut self, batch: &mut Batch, most: usize) -> Step {
        let step = self.inner.fill(&mut self.batch, most);
        batch.clear(self.schema.slots.len(), 0);
        self.rows.clear();
        self.found.clear();
        let join = Arc::clone(&self.join);
        let all = self.batch.rows + self.batch.skipped.len();
        let before = join.next_row.fetch_add(all as u64, Ordering::Relaxed);
        let skipped = std::mem::take(&mut self.batch.skipped);
        let mut left_out = skipped.iter().enumerate().peekable();
        let mut position = before;
        for row in 0..=self.batch.rows {
            while let Some((index, _)) = left_out.next_if(|(_, before)| **before == row) {
                let key =
                    (join.on > 0).then(|| On::of(self.batch.skipped_keys.get(index), join.on));
                let line = if self.batch.rows > 0 || step_is_bad(&step) {
                    self.batch.line(row.min(self.batch.rows.saturating_sub(1)))
                } else {
                    0
                };
                // It is left out in any case, but its key was met.
                let (strays, found) = (self.strays.len(), self.found.len());
                self.find(key.as_ref(), position, line + 1);
                self.strays.truncate(strays);
                self.found.truncate(found);
                if !join.loaded().joined.keys.is_empty() {
                    let own = cells_of(self.batch.skipped_keys.get(index));
                    let cells = join.loaded().joined.keys.iter().map(|&(side, key)| {
                        if side == 0 {
                            own.get(key).cloned().unwrap_or_default()
                        } else {
                            Vec::new()
                        }
                    });
                    let cells: Vec<Vec<u8>> = cells.collect();
                    batch.skipped_keys.push(cells.iter().map(Vec::as_slice));
                }
                batch.skipped.push(batch.rows);
                position += 1;
            }
            if row < self.batch.rows {
                self.take(row, position, batch);
                position += 1;
            }
        }
        self.batch.skipped = skipped;
        if step_is_bad(&step) {
            batch.starts(self.batch.line(self.batch.rows), 0);
        } else if batch.rows == 0 {
            batch.starts(0, 0);
        }
        step
    }

    fn cells(&mut self, batch: &Batch, row: usize) -> Result<Vec<Cow<'_, [u8]>>, Error> {
        let join = Arc::clone(&self.join);
        let loaded = join.loaded();
        let (own, found) = (self.rows[row], &self.found);
        let tables = loaded.tables.len();
        let mut cells = self.inner.cells(&self.batch, own)?;
        cells.truncate(loaded.joined.sides[0].width());
        let first = cells.len();
        for column in first..self.schema.width() {
            let text = |(side, key): (usize, usize)| {
                cells_of(loaded.tables[side - 1].others.get(found[row * tables + side - 1]))
                    .swap_remove(key)
            };
            let key = self.schema.keys.iter().position(|&key| key == column);
            let list = self.schema.lists.iter().position(|&list| list == column);
            let slot = self.schema.slots.iter().position(|slot| slot.column == column);
            cells.push(Cow::Owned(match (slot, list, key) {
                (Some(slot), ..)
                    if self.schema.y == Some(slot) && self.schema.classes.is_some() =>
                {
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "a label is the index of a class"
                    )]
                    let class = batch.columns[slot][row] as usize;
                    let name = self.schema.header.classes.get(class).cloned();
                    name.unwrap_or_else(|| class.to_string()).into_bytes()
                }
                (Some(slot), ..) => shortest_text(batch.columns[slot][row]).into_bytes(),
                (None, Some(list), _) => {
                    let numbers = batch.lists[list].get(row).iter().map(|&x| shortest_text(x));
                    format!("[{}]", numbers.collect::<Vec<_>>().join(",")).into_bytes()
                }
                (None, None, Some(key)) => text(loaded.joined.keys[key]),
                (None, None, None) => Vec::new(),
            }));
        }
        Ok(cells)
    }

    fn explain(&mut self, batch: &Batch, row: usize, request: &Request) -> Error {
        let own = self.rows.get(row).copied().unwrap_or(self.batch.rows);
        let _ = batch;
        self.inner.explain(&self.batch, own, request)
    }

    fn labels(&self) -> Option<&LabelReader> {
        self.inner.labels()
    }

    fn notes(&mut self) -> Option<Box<dyn Notes>> {
        Some(Box::new(MetRows {
            join: Arc::clone(&self.join),
            met: std::mem::take(&mut self.met),
            strays: std::mem::take(&mut self.strays),
        }))
    }

    fn lines(&self) -> u64 {
        self.inner.lines()
    }

    fn into_buffer(self: Box<Self>) -> Vec<u8> {
        self.inner.into_buffer()
    }
}

fn step_is_bad(step: &Step) -> bool {
    matches!(step, Step::BadRow)
}

/// What a chunk has met.
struct MetRows {
    join: Arc<Join>,
    met: Vec<(u32, u32, u64)>,
    strays: Vec<(u32, String, u64)>,
}

impl Notes for MetRows {
    fn take(&mut self, location: &dyn Fn(u64) -> Location) {
        let tables = &self.join.loaded().tables;
        let mut met = self.join.met();
        for &(table, row, line) in &self.met {
            met.has_common = true;
            let is_first = std::mem::replace(&mut met.rows[table as usize][row as usize], 1) == 0;
            if !is_first && table == 0 {
                let key = || tables[0].key(row as usize);
                met.twice.add(key, || location(line).to_string());
            }
        }
        for (table, key, line) in self.strays.drain(..) {
            if met.example.is_none() {
                met.example = Some(key.clone());
            }
            met.lacking[table as usize].add(|| key, || location(line).to_string());
        }
    }
}
