//! A joined table in memory: its numbers by rows, and which row has which key.

use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use crate::error::{Error, Kind};
use crate::table::batch::{BATCH, Batch, Key, Keys, List, cells_of_key};
use crate::table::format::{Chunk, Chunks, Step};
use crate::table::labels::Seen;
use crate::table::number;
use crate::table::request::Request;
use crate::table::schema::Schema;
use crate::text::excerpt;

/// A key that rows are joined on, as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum On {
    /// A cell of up to seven bytes.
    Short(u64),
    /// Cells, each after its length in four bytes.
    Long(Vec<u8>),
}

impl On {
    /// The last so many cells of a key, trimmed.
    pub fn of(key: Key, cells: usize) -> Self {
        if let Key::Short(short) = key {
            let bytes = short.to_le_bytes();
            let length = usize::from(bytes[7]);
            if number::trim(&bytes[..length]).len() == length {
                return On::Short(short);
            }
        }
        let all = cells_of(key);
        let cells = all[all.len() - cells..].iter().map(|cell| number::trim(cell));
        On::of_cells(&cells.collect::<Vec<_>>())
    }

    fn of_cells(cells: &[&[u8]]) -> Self {
        if let [cell] = cells
            && (1..=7).contains(&cell.len())
        {
            let mut bytes = [0; 8];
            bytes[..cell.len()].copy_from_slice(cell);
            return On::Short(u64::from_le_bytes(bytes) | (cell.len() as u64) << 56);
        }
        let mut long = Vec::new();
        cells.iter().for_each(|cell| crate::table::batch::append_cell(cell, &mut long));
        On::Long(long)
    }

    /// It as a person reads it.
    pub fn text(&self) -> String {
        let key = match self {
            On::Short(short) => Key::Short(*short),
            On::Long(long) => Key::Long(long),
        };
        let cells = cells_of(key);
        cells.iter().map(|cell| excerpt(cell)).collect::<Vec<_>>().join(", ")
    }

    fn as_key(&self) -> Key<'_> {
        match self {
            On::Short(short) => Key::Short(*short),
            On::Long(long) => Key::Long(long),
        }
    }
}

/// The cells of a key.
pub fn cells_of(key: Key) -> Vec<Vec<u8>> {
    match key {
        Key::Short(short) => {
            let bytes = short.to_le_bytes();
            vec![bytes[..usize::from(bytes[7])].to_vec()]
        }
        Key::Long(long) => cells_of_key(long),
    }
}

/// A joined table.
pub struct Table {
    /// Its columns.
    pub schema: Arc<Schema>,
    /// The numbers of each slot, NaN in a row that lacks a value.
    pub columns: Vec<Vec<f64>>,
    /// The numbers of each list.
    pub lists: Vec<List>,
    /// The keys of each row that are not joined on.
    pub others: Keys,
    /// Rows that lack a value.
    pub skipped: u64,
    /// Which labels there are, if they are words of this table.
    pub seen: Option<Seen>,
    on: Keys,
    rows: usize,
    /// The row of each key, beside what tells it nearly: a short key, or the hash of a long one.
    index: HashTable<(u64, u32)>,
    hasher: RandomState,
    /// Runs of rows on lines that follow each other: the first row, and its line.
    runs: Vec<(usize, u64)>,
    /// Keys that are there twice: how many, and the first, with the lines of both.
    twice: (u64, Vec<(String, u64, u64)>),
}

/// A key that no row has.
pub const NONE: u32 = u32::MAX;

/// What marks the hash of a long key: a short key has its length there, up to seven.
const LONG: u64 = 0xff << 56;

fn is_short(tag: u64) -> bool {
    tag < LONG
}

/// Keys that a message names.
pub const SHOWN: usize = 3;

impl Table {
    /// Reads a whole table, whose keys end with so many cells to join on; none if rows are
    /// joined one by one.
    ///
    /// # Errors
    /// The first row that cannot be used, and a key that is there twice.
    pub fn load(
        mut chunks: Box<dyn Chunks>,
        request: &Arc<Request>,
        on: usize,
    ) -> Result<Self, Error> {
        let schema = Arc::clone(chunks.schema());
        let mut table = Table {
            columns: vec![Vec::new(); schema.slots.len()],
            lists: vec![List::default(); schema.lists.len()],
            others: Keys::default(),
            skipped: 0,
            seen: None,
            on: Keys::default(),
            rows: 0,
            index: HashTable::new(),
            hasher: RandomState::default(),
            runs: Vec::new(),
            twice: (0, Vec::new()),
            schema,
        };
        let mut lines = table.schema.lines_before;
        let (mut buffer, mut batch) = (Vec::new(), Batch::default());
        loop {
            let next = chunks.next(&mut buffer).map_err(|mut error| {
                error.shift(lines);
                error
            })?;
            let Some(mut chunk) = next else { break };
            table.load_chunk(&mut *chunk, request, on, lines, &mut batch).map_err(
                |mut error| {
                    error.shift(lines);
                    error
                },
            )?;
            lines += chunk.lines();
            buffer = chunk.into_buffer();
        }
        if let (count, [(key, ..), ..]) = (table.twice.0, table.twice.1.as_slice()) {
            let places = table.twice.1.iter().map(|(key, one, other)| {
                let file = &table.schema.file;
                let place = |line: &u64| table.schema.unit.location(file, *line).to_string();
                format!("'{key}' ({}, {})", place(one), place(other))
            });
            let places: Vec<String> = places.collect();
            let more = if count > places.len() as u64 { ", …" } else { "" };
            let keys = crate::digits::plural(count, "row");
            let message =
                format!("{keys} with a key that is there already: {}{more}", places.join(", "));
            let _ = key;
            return Err(Error::new(
                Kind::Value,
                crate::error::Location::file(&table.schema.file),
                message,
            )
            .with_hint("--on names the columns that tell rows apart"));
        }
        Ok(table)
    }

    fn load_chunk(
        &mut self,
        chunk: &mut dyn Chunk,
        request: &Arc<Request>,
        on: usize,
        lines: u64,
        batch: &mut Batch,
    ) -> Result<(), Error> {
        let domains = request.scoring.domains(self.schema.header.given);
        loop {
            let step = chunk.fill(batch, BATCH);
            let is_good = |row: usize| {
                self.schema
                    .slots
                    .iter()
                    .zip(&batch.columns)
                    .all(|(slot, numbers)| number::is_of_role(numbers[row], slot.role, domains))
            };
            if let Some(row) = (0..batch.rows).find(|&row| !is_good(row)) {
                return Err(chunk.explain(batch, row, request));
            }
            self.add(batch, on, lines);
            match step {
                Step::More => {}
                Step::End => break,
                Step::BadRow => return Err(chunk.explain(batch, batch.rows, request)),
                Step::Failed(error) => return Err(error),
            }
        }
        if let Some(labels) = chunk.labels() {
            let seen = self.seen.get_or_insert_default();
            seen.positive |= labels.seen.positive;
            for (other, line) in labels.seen.others.iter().zip(&labels.lines) {
                if seen.add_other(other) {
                    let positive = request.options.positive.as_deref().unwrap_or_default();
                    let column = self.schema.slots[self.schema.label_slot()].column;
                    seen.check(positive)
                        .map_err(|(_, error)| error.at(self.schema.cell(line + 1, column)))?;
                }
            }
        }
        Ok(())
    }

    /// Adds the rows of a batch.
    fn add(&mut self, batch: &Batch, on: usize, lines: u64) {
        if on > 0 {
            // So that the memory of all keys is near when they are added, one after the other.
            let keys: Vec<On> =
                (0..batch.rows).map(|row| On::of(batch.keys.get(row), on)).collect();
            let mut found = Vec::new();
            self.find(&keys, self.rows, &mut found);
        }
        let mut left_out = batch.skipped.iter().enumerate().peekable();
        for row in 0..=batch.rows {
            while let Some((index, _)) = left_out.next_if(|(_, before)| **before == row) {
                // It has no line of its own in the batch: that of the row after it is near.
                self.skipped += 1;
                if on == 0 {
                    self.push_row(
                        batch,
                        None,
                        batch.line(row.min(batch.rows.saturating_sub(1))) + lines,
                    );
                } else {
                    let key = batch.skipped_keys.get(index);
                    let line = batch.line(row.min(batch.rows.saturating_sub(1))) + lines;
                    self.push_key(key, on, line);
                    self.push_row(batch, None, line);
                }
            }
            if row < batch.rows {
                let line = batch.line(row) + lines;
                if on > 0 {
                    self.push_key(batch.keys.get(row), on, line);
                }
                self.push_row(batch, Some(row), line);
            }
        }
    }

    fn push_row(&mut self, batch: &Batch, row: Option<usize>, line: u64) {
        for (column, numbers) in self.columns.iter_mut().zip(&batch.columns) {
            column.push(row.map_or(f64::NAN, |row| numbers[row]));
        }
        for (all, list) in self.lists.iter_mut().zip(&batch.lists) {
            all.push(row.map_or(&[], |row| list.get(row)));
        }
        let follows = |&(first, start): &(usize, u64)| start + (self.rows - first) as u64 == line;
        if !self.runs.last().is_some_and(follows) {
            self.runs.push((self.rows, line));
        }
        self.rows += 1;
    }

    /// Adds the key of the row that is next.
    fn push_key(&mut self, key: Key, on: usize, line: u64) {
        let joined = On::of(key, on);
        let own = self.schema.keys.len() - on;
        if own > 0 {
            let cells = cells_of(key);
            self.others.push(cells[..own].iter().map(Vec::as_slice));
        }
        let row = u32::try_from(self.rows).expect("rows in memory are fewer than 2³²");
        let tag = self.tag(&joined);
        let keys = &self.on;
        let is_same = |&(other, row): &(u64, u32)| {
            other == tag && (is_short(tag) || keys.get(row as usize) == joined.as_key())
        };
        let hasher = &self.hasher;
        let entry =
            self.index.entry(hasher.hash_one(tag), is_same, |&(tag, _)| hasher.hash_one(tag));
        match entry {
            Entry::Occupied(entry) => {
                let (_, other) = *entry.get();
                self.twice.0 += 1;
                if self.twice.1.len() < SHOWN {
                    let first = self.line(other as usize);
                    self.twice.1.push((joined.text(), first, line + 1));
                }
            }
            Entry::Vacant(entry) => {
                entry.insert((tag, row));
            }
        }
        self.on.push_key(joined.as_key());
    }

    /// What tells a key nearly.
    fn tag(&self, key: &On) -> u64 {
        match key {
            On::Short(short) => *short,
            On::Long(long) => self.hasher.hash_one(long.as_slice()) | LONG,
        }
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The line or row of a row, from 1.
    pub fn line(&self, row: usize) -> u64 {
        let at = self.runs.partition_point(|(first, _)| *first <= row) - 1;
        let (first, line) = self.runs[at];
        line + (row - first) as u64 + 1
    }

    /// The row of each key, or [`NONE`]. First the row after the one before is looked at, as
    /// tables are mostly in one order.
    ///
    /// All are looked up in one go, so that one need not wait for the memory of another.
    pub fn find(&self, keys: &[On], last: usize, rows: &mut Vec<u32>) {
        rows.clear();
        let mut next = last + 1;
        for key in keys {
            if next < self.rows && self.on.get(next) == key.as_key() {
                rows.push(u32::try_from(next).expect("rows in memory are fewer than 2³²"));
                next += 1;
                continue;
            }
            let tag = self.tag(key);
            let is_it = |&(other, row): &(u64, u32)| {
                other == tag && (is_short(tag) || self.on.get(row as usize) == key.as_key())
            };
            let found = self.index.find(self.hasher.hash_one(tag), is_it);
            let row = found.map_or(NONE, |&(_, row)| row);
            rows.push(row);
            if row != NONE {
                next = row as usize + 1;
            }
        }
    }

    /// The key of a row.
    pub fn key(&self, row: usize) -> String {
        match self.on.get(row) {
            Key::Short(short) => On::Short(short).text(),
            Key::Long(long) => On::Long(long.to_vec()).text(),
        }
    }
}
