//! Chunks of the input, extended by the columns of the joined tables.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::digits::shortest_text;
use crate::error::{Error, Location};
use crate::table::batch::Batch;
use crate::table::format::{Chunk, Chunks, Notes, Step};
use crate::table::labels::LabelReader;
use crate::table::request::Request;
use crate::table::schema::Schema;

use super::index::NONE;
use super::on::{On, cells_of, text};
use super::state::{Join, Loaded};

/// The input, extended by the columns of the joined tables.
pub struct Table {
    inner: Box<dyn Chunks>,
    join: Arc<Join>,
    schema: Arc<Schema>,
}

impl Table {
    /// Extends an input whose own columns are already chosen.
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
        Ok(Some(Box::new(JoinedRows {
            inner,
            join: Arc::clone(&self.join),
            schema: Arc::clone(&self.schema),
            batch: Batch::default(),
            taken: Vec::new(),
            keys: Vec::new(),
            found: vec![Vec::new(); self.join.loaded().tables.len()],
            last: vec![0; self.join.loaded().tables.len()],
            met: Vec::new(),
            strays: Vec::new(),
        })))
    }
}

/// A chunk of the input, with its matches in the tables.
struct JoinedRows {
    inner: Box<dyn Chunk>,
    join: Arc<Join>,
    schema: Arc<Schema>,
    /// The rows of the input alone.
    batch: Batch,
    /// For each row of the last joined batch, its index in `batch`.
    taken: Vec<usize>,
    /// The keys of the rows of `batch`, and then of those that the input skipped.
    keys: Vec<On>,
    /// For each table, the row that each row of `batch` matches, or [`NONE`]; then the same of
    /// the rows that the input skipped.
    found: Vec<Vec<u32>>,
    /// For each table, the row that was matched last.
    last: Vec<usize>,
    /// The matches: the table, its row, and the line in the input.
    met: Vec<(u32, u32, u64)>,
    /// Rows without a match: the table, the key, and the line in the input.
    strays: Vec<(u32, String, u64)>,
}

impl JoinedRows {
    /// Finds the match of each row of `batch` in each table, and then of each row that the input
    /// skipped. `before` is the number of input rows before the first.
    fn find(&mut self, before: u64) {
        let join = Arc::clone(&self.join);
        let (on, rows) = (join.on, self.batch.rows);
        self.keys.clear();
        if on > 0 {
            let keys = (0..rows).map(|row| On::of(self.batch.keys.get(row), on));
            self.keys.extend(keys);
            let skipped = 0..self.batch.skipped.len();
            self.keys.extend(skipped.map(|row| On::of(self.batch.skipped_keys.get(row), on)));
        }
        for (index, table) in join.loaded().tables.iter().enumerate() {
            let found = &mut self.found[index];
            if on > 0 {
                table.find(&self.keys, self.last[index], found);
            } else {
                let within = |row: u64| if row < table.len() as u64 { number(row) } else { NONE };
                found.clear();
                found.extend((0..rows).map(|row| within(before + self.batch.position(row))));
                let skipped = self.batch.skipped.iter().enumerate();
                found.extend(skipped.map(|(row, it)| within(before + (it.before + row) as u64)));
            }
            if let Some(last) = found[..rows].iter().rfind(|row| **row != NONE) {
                self.last[index] = *last as usize;
            }
        }
    }

    /// Notes the matches of a row of `batch`, or of one that the input skipped; returns whether it
    /// has one in every table.
    fn note(&mut self, row: usize, line: u64) -> bool {
        let mut is_whole = true;
        for index in 0..self.found.len() {
            match self.found[index][row] {
                // A row that the input skipped needs a match only to be counted.
                NONE if row >= self.batch.rows && self.join.on > 0 => is_whole = false,
                NONE => {
                    let key = self.keys.get(row).map(|key| text(key.as_key())).unwrap_or_default();
                    self.strays.push((number(index as u64), key, line));
                    is_whole = false;
                }
                found => self.met.push((number(index as u64), found, line)),
            }
        }
        is_whole
    }

    /// Whether a row of `batch` matches a row of a table that lacks a value.
    fn lacks_value(&self, row: usize) -> bool {
        let Loaded { joined, tables } = self.join.loaded();
        if tables.iter().all(|table| table.rows.skipped == 0) {
            return false;
        }
        let row_of = |side: usize| self.found[side - 1][row] as usize;
        let of_tables = |place: &&(usize, usize)| place.0 > 0;
        let lacks_number = |&(side, slot): &(usize, usize)| {
            tables[side - 1].rows.columns[slot][row_of(side)].is_nan()
        };
        let lacks_list = |&(side, list): &(usize, usize)| {
            tables[side - 1].rows.lists[list].get(row_of(side)).is_empty()
        };
        joined.slots.iter().filter(of_tables).any(lacks_number)
            || joined.lists.iter().filter(of_tables).any(lacks_list)
    }

    /// Fills the columns and lists of a joined batch with the values of the rows `taken`.
    fn gather(&self, batch: &mut Batch) {
        let Loaded { joined, tables } = self.join.loaded();
        for (column, &(side, slot)) in batch.columns.iter_mut().zip(&joined.slots) {
            column.clear();
            if side == 0 {
                let own = &self.batch.columns[slot];
                column.extend(self.taken.iter().map(|&row| own[row]));
            } else {
                let (theirs, found) = (&tables[side - 1].rows.columns[slot], &self.found[side - 1]);
                column.extend(self.taken.iter().map(|&row| theirs[found[row] as usize]));
            }
        }
        for (all, &(side, list)) in batch.lists.iter_mut().zip(&joined.lists) {
            for &row in &self.taken {
                all.push(match side {
                    0 => self.batch.lists[list].get(row),
                    side => {
                        tables[side - 1].rows.lists[list].get(self.found[side - 1][row] as usize)
                    }
                });
            }
        }
    }

    /// Returns the cells that a row of `batch`, or one that the input skipped, is grouped by; those
    /// of tables without a match are empty.
    fn key(&self, row: usize) -> Vec<Vec<u8>> {
        let Loaded { joined, tables } = self.join.loaded();
        let own = || match row.checked_sub(self.batch.rows) {
            None => self.batch.keys.get(row),
            Some(skipped) => self.batch.skipped_keys.get(skipped),
        };
        // The input may have no keys.
        let has_own = joined.keys.iter().any(|&(side, _)| side == 0);
        let own = if has_own { cells_of(own()) } else { Vec::new() };
        let cell = |&(side, key): &(usize, usize)| match side.checked_sub(1) {
            None => own[key].clone(),
            Some(table) => match self.found[table][row] {
                NONE => Vec::new(),
                found => cells_of(tables[table].rows.others.get(found as usize)).swap_remove(key),
            },
        };
        joined.keys.iter().map(cell).collect()
    }

    /// Counts a row as skipped, for the group of its key.
    fn skip(&self, row: usize, line: u64, batch: &mut Batch) {
        if !self.schema.keys.is_empty() {
            batch.skipped_keys.push(self.key(row).iter().map(Vec::as_slice));
        }
        batch.skip(line);
    }
}

/// Converts the index of a row or a table.
fn number(row: u64) -> u32 {
    u32::try_from(row).expect("rows in memory are fewer than 2³²")
}

impl Chunk for JoinedRows {
    fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    fn fill(&mut self, batch: &mut Batch, most: usize) -> Step {
        let step = self.inner.fill(&mut self.batch, most);
        batch.clear(self.schema.slots.len(), self.schema.lists.len(), 0);
        self.taken.clear();
        let all = self.batch.rows + self.batch.skipped.len();
        let before = self.join.next_row.fetch_add(all as u64, Ordering::Relaxed);
        self.find(before);
        let is_bad = matches!(step, Step::BadRow);
        let skipped = std::mem::take(&mut self.batch.skipped);
        let mut left_out = skipped.iter().enumerate().peekable();
        for row in 0..=self.batch.rows {
            while let Some((index, skipped)) = left_out.next_if(|(_, it)| it.before == row) {
                let row = self.batch.rows + index;
                self.note(row, skipped.line + 1);
                self.skip(row, skipped.line, batch);
            }
            if row == self.batch.rows {
                break;
            }
            let line = self.batch.line(row);
            if !self.note(row, line + 1) || self.lacks_value(row) {
                self.skip(row, line, batch);
                continue;
            }
            if !self.schema.keys.is_empty() {
                batch.keys.push(self.key(row).iter().map(Vec::as_slice));
            }
            batch.starts(line, 0);
            self.taken.push(row);
            batch.rows += 1;
        }
        self.batch.skipped = skipped;
        self.gather(batch);
        if is_bad {
            batch.starts(self.batch.line(self.batch.rows), 0);
        } else if batch.rows == 0 {
            batch.starts(0, 0);
        }
        step
    }

    fn cells(&mut self, batch: &Batch, row: usize) -> Result<Vec<Cow<'_, [u8]>>, Error> {
        let join = Arc::clone(&self.join);
        let loaded = join.loaded();
        let own = self.taken[row];
        let found = |side: usize| self.found[side - 1][own] as usize;
        let inner = Arc::clone(self.inner.schema());
        let mut all = self.inner.cells(&self.batch, own)?;
        // Matched by name, as nested fields may be read for keys alone.
        let names = &self.schema.header.names[..self.schema.shown];
        let mut cells: Vec<Cow<[u8]>> = Vec::with_capacity(self.schema.width());
        for (column, name) in names.iter().enumerate() {
            let is_it = |at: &usize| inner.header.names.get(*at).is_some_and(|other| other == name);
            let at = Some(column).filter(is_it).or_else(|| (0..all.len()).find(is_it));
            let cell = at.and_then(|at| all.get_mut(at)).map(std::mem::take);
            cells.push(cell.unwrap_or_default());
        }
        for column in self.schema.shown..self.schema.width() {
            let text = |(side, key): (usize, usize)| {
                cells_of(loaded.tables[side - 1].rows.others.get(found(side))).swap_remove(key)
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

    fn explain(&mut self, _: &Batch, row: usize, request: &Request) -> Error {
        let own = self.taken.get(row).copied().unwrap_or(self.batch.rows);
        self.inner.explain(&self.batch, own, request)
    }

    fn labels(&self) -> Option<&LabelReader> {
        self.inner.labels()
    }

    fn drop_notes(&mut self, line: u64) {
        self.met.retain(|&(_, _, other)| other < line);
        self.strays.retain(|&(_, _, other)| other < line);
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

/// The matches and missing matches of a chunk.
struct MetRows {
    join: Arc<Join>,
    met: Vec<(u32, u32, u64)>,
    strays: Vec<(u32, String, u64)>,
}

impl Notes for MetRows {
    fn take(&mut self, location: &dyn Fn(u64) -> Location) {
        let tables = &self.join.loaded().tables;
        let mut met = self.join.met();
        met.chunks += 1;
        let chunk = met.chunks;
        let mut repeated = None;
        for &(table, row, line) in &self.met {
            let (table, row) = (table as usize, row as usize);
            met.has_common[table] = true;
            // A row counts once, in however many tables its key is met again.
            if met.note(table, row) && repeated.replace(line) != Some(line) {
                let key = || tables[table].key(row);
                met.twice.add((chunk, line), key, || location(line).to_string());
            }
        }
        for (table, key, line) in self.strays.drain(..) {
            if met.lacking[table as usize].count == 0 {
                met.examples[table as usize].clone_from(&key);
            }
            met.lacking[table as usize].add((chunk, line), || key, || location(line).to_string());
        }
    }
}
