//! A joined table in memory: its values, and an index of its keys.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::digits::{grouped, plural};
use crate::error::{Error, Kind, Location};
use crate::table::batch::{BATCH, Batch, Key, Keys, List};
use crate::table::format::{Chunk, Chunks, Step};
use crate::table::labels::Seen;
use crate::table::number;
use crate::table::request::Request;
use crate::table::schema::Schema;
use crate::threads::{lock, together};

use super::index::{Index, MOST_ROWS, NONE};
use super::on::{On, cells_of, lacks_key, text};

/// A joined table.
pub struct Table {
    /// Its columns.
    pub schema: Arc<Schema>,
    /// Its rows.
    pub rows: Rows,
    /// Which labels there are, if they are words in this table.
    pub seen: Option<Seen>,
    /// The row of each key.
    index: Index,
}

/// Rows in memory.
#[derive(Default)]
pub struct Rows {
    /// For each slot, a number per row: NaN in a row that lacks a value.
    pub columns: Vec<Vec<f64>>,
    /// For each column of lists, a list per row: empty in a row that lacks a value.
    pub lists: Vec<List>,
    /// For each row, the cells of its key that it is not joined on.
    pub others: Keys,
    /// The number of rows that lack a value.
    pub skipped: u64,
    /// The number of rows that lack a key; they are not stored.
    pub keyless: u64,
    /// For each row, the key that it is joined on.
    on: Keys,
    count: usize,
    /// Runs of rows on consecutive lines: the first row of each, and its line from 0.
    runs: Vec<(usize, u64)>,
}

/// The most keys that a message names.
pub const SHOWN: usize = 3;

impl Table {
    /// Reads a whole table. The last `on` cells of its keys are those to join on; 0 if rows
    /// are joined one by one.
    ///
    /// # Errors
    /// If a row cannot be used, or two rows have the same key.
    pub fn load(
        chunks: Box<dyn Chunks>,
        request: &Arc<Request>,
        on: usize,
        threads: usize,
    ) -> Result<Self, Error> {
        let schema = Arc::clone(chunks.schema());
        let loader = Loader {
            request,
            on,
            chunks: Mutex::new((0, Some(chunks))),
            loaded: Mutex::new(Loaded::new(&schema)),
            schema: Arc::clone(&schema),
        };
        together(threads, || loader.work());
        let whole = loader.loaded.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = whole.error {
            return Err(error);
        }
        let rows = whole.rows;
        let (index, twice) = Index::new(&rows.on, if on > 0 { rows.count } else { 0 }, threads);
        let table = Table { schema, rows, seen: whole.seen, index };
        if twice.is_empty() { Ok(table) } else { Err(table.twice(twice)) }
    }

    /// Returns the error of repeated keys, given as pairs of rows with the same key.
    fn twice(&self, mut twice: Vec<(u32, u32)>) -> Error {
        twice.sort_unstable_by_key(|(_, row)| *row);
        let place = |row: u32| {
            let line = self.line(row as usize);
            self.schema.unit.location(&self.schema.file, line).to_string()
        };
        let places = twice.iter().take(SHOWN).map(|&(first, row)| {
            format!("'{}' ({}, {})", self.key(row as usize), place(first), place(row))
        });
        let places: Vec<String> = places.collect();
        let more = if twice.len() > SHOWN { ", …" } else { "" };
        let rows = plural(twice.len() as u64, "row");
        let message =
            format!("{rows} with a key that an earlier row has: {}{more}", places.join(", "));
        Error::new(Kind::Value, Location::file(&self.schema.file), message)
            .with_hint("--on names the columns that tell rows apart")
    }

    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        self.rows.count
    }

    /// Returns the line of a row, or its number in a file without lines, from 1.
    pub fn line(&self, row: usize) -> u64 {
        let runs = &self.rows.runs;
        let (first, line) = runs[runs.partition_point(|(first, _)| *first <= row) - 1];
        line + (row - first) as u64 + 1
    }

    /// Replaces `rows` with the row of each key, or [`NONE`].
    ///
    /// Tables are often in the same order. As long as they are, the row after the previous match is
    /// tried first; `last` is the match before the first key. All keys are looked up in one loop,
    /// so that waits for memory overlap.
    pub fn find(&self, keys: &[On], last: usize, rows: &mut Vec<u32>) {
        rows.clear();
        let (mut next, mut is_in_order) = (last + 1, true);
        for key in keys {
            let follows =
                is_in_order && next < self.len() && self.rows.on.get(next) == key.as_key();
            let row = if follows {
                u32::try_from(next).expect("rows in memory are fewer than 2³²")
            } else {
                self.index.find(&self.rows.on, key.as_key())
            };
            rows.push(row);
            if row != NONE {
                is_in_order = row as usize == next;
                next = row as usize + 1;
            }
        }
    }

    /// Formats the key of a row for messages.
    pub fn key(&self, row: usize) -> String {
        text(self.rows.on.get(row))
    }
}

impl Rows {
    /// Creates an empty table with the columns of a schema.
    fn new(schema: &Schema) -> Self {
        Rows {
            columns: vec![Vec::new(); schema.slots.len()],
            lists: vec![List::default(); schema.lists.len()],
            ..Rows::default()
        }
    }

    /// Adds the rows of a batch. Each of its keys is `others` cells, then `on` to join on.
    fn add(&mut self, batch: &Batch, on: usize, others: usize) {
        let mut left_out = batch.skipped.iter().enumerate().peekable();
        for row in 0..=batch.rows {
            while let Some((index, skipped)) = left_out.next_if(|(_, it)| it.before == row) {
                if on > 0 && lacks_key(batch.skipped_keys.get(index), on) {
                    self.keyless += 1;
                    continue;
                }
                self.skipped += 1;
                if on + others > 0 {
                    self.push_key(batch.skipped_keys.get(index), on, others);
                }
                self.push_row(batch, None, skipped.line);
            }
            if row < batch.rows {
                if on + others > 0 {
                    self.push_key(batch.keys.get(row), on, others);
                }
                self.push_row(batch, Some(row), batch.line(row));
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
        let follows = |&(first, start): &(usize, u64)| start + (self.count - first) as u64 == line;
        if !self.runs.last().is_some_and(follows) {
            self.runs.push((self.count, line));
        }
        self.count += 1;
    }

    /// Adds the key of the next row to be pushed.
    fn push_key(&mut self, key: Key, on: usize, others: usize) {
        if others > 0 {
            self.others.push(cells_of(key)[..others].iter().map(Vec::as_slice));
        }
        if on > 0 {
            self.on.push_key(On::of(key, on).as_key());
        }
    }

    /// Appends the rows of a part that has `lines` lines before it.
    fn append(&mut self, part: &Rows, lines: u64) {
        for (column, more) in self.columns.iter_mut().zip(&part.columns) {
            column.extend_from_slice(more);
        }
        for (all, list) in self.lists.iter_mut().zip(&part.lists) {
            (0..part.count).for_each(|row| all.push(list.get(row)));
        }
        self.on.append(&part.on);
        self.others.append(&part.others);
        self.skipped += part.skipped;
        self.keyless += part.keyless;
        for &(first, line) in &part.runs {
            let (row, line) = (self.count + first, line + lines);
            let follows = |&(first, start): &(usize, u64)| start + (row - first) as u64 == line;
            if !self.runs.last().is_some_and(follows) {
                self.runs.push((row, line));
            }
        }
        self.count += part.count;
    }
}

/// Reads a table on several threads.
struct Loader<'a> {
    request: &'a Arc<Request>,
    on: usize,
    schema: Arc<Schema>,
    /// The number of the next chunk, and where it comes from; None if there are no more.
    chunks: Mutex<(u64, Option<Box<dyn Chunks>>)>,
    loaded: Mutex<Loaded>,
}

/// The rows of one chunk.
struct Part {
    rows: Rows,
    lines: u64,
    labels: Option<(Seen, Vec<u64>)>,
    error: Option<Error>,
}

/// The parts that are put together so far, in their order.
struct Loaded {
    next: u64,
    /// Parts that arrived before their turn.
    waiting: BTreeMap<u64, Part>,
    rows: Rows,
    lines: u64,
    seen: Option<Seen>,
    error: Option<Error>,
}

impl Loaded {
    fn new(schema: &Schema) -> Self {
        Loaded {
            next: 0,
            waiting: BTreeMap::new(),
            rows: Rows::new(schema),
            lines: schema.lines_before,
            seen: None,
            error: None,
        }
    }

    fn take(&mut self, part: Part, schema: &Schema, positive: &str) -> Result<(), Error> {
        if self.rows.count as u64 + part.rows.count as u64 > MOST_ROWS {
            return Err(too_many(&schema.file));
        }
        self.rows.append(&part.rows, self.lines);
        if let Some((labels, lines)) = part.labels {
            let seen = self.seen.get_or_insert_default();
            seen.positive |= labels.positive;
            for (other, line) in labels.others.iter().zip(lines) {
                if seen.add_other(other) {
                    let column = schema.slots[schema.label_slot()].column;
                    let location = schema.cell(self.lines + line + 1, column);
                    seen.check(positive).map_err(|(_, error)| error.at(location))?;
                }
            }
        }
        if let Some(mut error) = part.error {
            error.shift(self.lines);
            return Err(error);
        }
        self.lines += part.lines;
        Ok(())
    }
}

impl Loader<'_> {
    /// Reads chunks until there are no more.
    fn work(&self) {
        let (mut buffer, mut batch) = (Vec::new(), Batch::default());
        loop {
            let (number, next) = {
                let mut chunks = lock(&self.chunks);
                let (next, open) = &mut *chunks;
                let Some(open) = open else { return };
                *next += 1;
                (*next - 1, open.next(&mut buffer))
            };
            let part = match next {
                Ok(None) => {
                    lock(&self.chunks).1 = None;
                    return;
                }
                Ok(Some(mut chunk)) => {
                    let mut rows = Rows::new(&self.schema);
                    let error = self.read(&mut *chunk, &mut rows, &mut batch).err();
                    let labels = chunk.labels();
                    let labels = labels.map(|labels| (labels.seen.clone(), labels.lines.clone()));
                    let lines = chunk.lines();
                    buffer = chunk.into_buffer();
                    Part { rows, lines, labels, error }
                }
                Err(error) => {
                    let rows = Rows::new(&self.schema);
                    Part { rows, lines: 0, labels: None, error: Some(error) }
                }
            };
            if self.put(number, part) {
                lock(&self.chunks).1 = None;
            }
        }
    }

    /// Adds a part once those before it are added; returns whether there was an error.
    fn put(&self, number: u64, part: Part) -> bool {
        let positive = self.request.options.positive.as_deref().unwrap_or_default();
        let mut loaded = lock(&self.loaded);
        loaded.waiting.insert(number, part);
        while loaded.error.is_none() {
            let next = loaded.next;
            let Some(part) = loaded.waiting.remove(&next) else { break };
            loaded.next += 1;
            loaded.error = loaded.take(part, &self.schema, positive).err();
        }
        loaded.error.is_some()
    }

    fn read(&self, chunk: &mut dyn Chunk, rows: &mut Rows, batch: &mut Batch) -> Result<(), Error> {
        let domains = self.request.scoring.domains(self.schema.header.given);
        let others = self.schema.keys.len() - self.on;
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
                return Err(chunk.explain(batch, row, self.request));
            }
            rows.add(batch, self.on, others);
            match step {
                Step::More => {}
                Step::End => return Ok(()),
                Step::BadRow => return Err(chunk.explain(batch, batch.rows, self.request)),
                Step::Failed(error) => return Err(error),
            }
        }
    }
}

/// Returns the error of a table of more than [`MOST_ROWS`] rows.
fn too_many(file: &str) -> Error {
    let message = format!("there are more than {} rows in a joined file", grouped(MOST_ROWS));
    Error::new(Kind::Limit, Location::file(file), message)
        .with_hint("the file that is not joined may have any number of rows")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_more_rows_than_can_be_indexed_is_refused() {
        let schema = Schema { file: "big.csv".to_owned(), ..Schema::default() };
        let mut loaded = Loaded::new(&schema);
        let mut take = |count: u64| {
            let rows = Rows { count: usize::try_from(count).unwrap(), ..Rows::default() };
            loaded.take(Part { rows, lines: count, labels: None, error: None }, &schema, "")
        };
        assert!(take(MOST_ROWS).is_ok());
        let error = take(1).unwrap_err();
        assert_eq!(error.kind(), Kind::Limit);
        let expected = "big.csv: there are more than 4,294,967,295 rows in a joined file";
        assert_eq!(error.to_string(), expected);
    }
}
