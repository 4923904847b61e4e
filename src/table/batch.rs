//! Rows as columns of numbers: every format fills batches, and scoring reads nothing else.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;

/// The number of rows that are read and scored at once: few enough for their columns to stay in
/// the nearest cache.
pub const BATCH: usize = 1024;

/// Consecutive rows of a chunk.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// The number of rows.
    pub rows: usize,
    /// For each slot of the schema, the numbers of all rows.
    pub columns: Vec<Vec<f64>>,
    /// For each column of lists of the schema, the lists of all rows.
    pub lists: Vec<List>,
    /// The key of each row, if the schema has keys.
    pub keys: Keys,
    /// The rows that were left out because a value is missing.
    pub skipped: Vec<Skipped>,
    /// The key of each row that was left out, if the schema has keys.
    pub skipped_keys: Keys,
    /// Runs of rows on consecutive lines.
    runs: Vec<Run>,
}

/// A row that was left out.
#[derive(Clone, Copy, Debug)]
pub struct Skipped {
    /// The number of kept rows before it.
    pub before: usize,
    /// Its line or row in the chunk, from 0.
    pub line: u64,
}

/// Rows of one line each, on consecutive lines.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// The first row, as an index into the batch.
    pub row: usize,
    /// The line or row of that row in the chunk, from 0.
    pub line: u64,
    /// Where that row starts in the chunk's bytes; 0 if the chunk has none.
    pub start: usize,
}

impl Batch {
    /// Empties the batch, and prepares it for `rows` rows of `columns` columns and `lists` lists.
    pub fn clear(&mut self, columns: usize, lists: usize, rows: usize) {
        self.rows = 0;
        self.lists.resize_with(lists, List::default);
        self.columns.resize_with(columns, Vec::new);
        self.columns.iter_mut().for_each(|column| column.resize(rows, 0.0));
        self.lists.iter_mut().for_each(List::clear);
        self.keys.clear();
        self.skipped.clear();
        self.skipped_keys.clear();
        self.runs.clear();
    }

    /// Cuts the columns to the number of rows.
    pub fn finish(&mut self) {
        let rows = self.rows;
        self.columns.iter_mut().for_each(|column| column.truncate(rows));
    }

    /// Removes `row` and all rows after it.
    pub fn truncate(&mut self, row: usize) {
        self.rows = row;
        self.finish();
        self.skipped.retain(|skipped| skipped.before <= row);
    }

    /// Notes the line of the next row, and where it starts.
    #[inline]
    pub fn starts(&mut self, line: u64, start: usize) {
        let row = self.rows;
        let follows = |run: &Run| run.line + (row - run.row) as u64 == line;
        if !self.runs.last().is_some_and(follows) {
            self.runs.push(Run { row, line, start });
        }
    }

    /// Notes that the row of that line is left out.
    pub fn skip(&mut self, line: u64) {
        self.skipped.push(Skipped { before: self.rows, line });
    }

    /// Returns the run that holds a row, which may be the row that ended the batch.
    pub fn run(&self, row: usize) -> Run {
        let runs = self.runs.partition_point(|run| run.row <= row);
        self.runs[runs - 1]
    }

    /// Returns the number of rows before `row`, counting those that were left out.
    #[inline]
    pub fn position(&self, row: usize) -> u64 {
        let left_out = self.skipped.partition_point(|skipped| skipped.before <= row);
        (row + left_out) as u64
    }

    /// Returns the line or row of a row in the chunk, from 0.
    pub fn line(&self, row: usize) -> u64 {
        let run = self.run(row);
        run.line + (row - run.row) as u64
    }
}

/// A column of lists.
#[derive(Clone, Debug, Default)]
pub struct List {
    numbers: Vec<f64>,
    /// Where the list of each row ends in `numbers`.
    ends: Vec<usize>,
}

impl List {
    fn clear(&mut self) {
        self.numbers.clear();
        self.ends.clear();
    }

    /// Appends the list of the next row.
    pub fn push(&mut self, numbers: &[f64]) {
        self.numbers.extend_from_slice(numbers);
        self.ends.push(self.numbers.len());
    }

    /// Returns the list of a row.
    pub fn get(&self, row: usize) -> &[f64] {
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.numbers[start..self.ends[row]]
    }

    /// Returns the numbers of all lists, one list after the other.
    pub fn all(&self) -> &[f64] {
        &self.numbers
    }
}

/// The key of a row: the cells that it is grouped or joined by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key<'a> {
    /// One cell of 1 to 7 bytes, packed: its bytes, the first the lowest, and its length in the
    /// highest byte.
    Short(u64),
    /// Any cells, each after its length in four bytes, the lowest first.
    Long(&'a [u8]),
}

/// Marks a tag, or an index in [`Keys::rows`], as that of a long key: a short key has its length
/// there, at most seven.
const LONG: u64 = 0xff << 56;

impl<'a> Key<'a> {
    /// Returns the key that is in memory as a long one.
    pub fn of_bytes(key: &'a [u8]) -> Self {
        match key.split_first_chunk() {
            Some((length, cell))
                if (1..8).contains(&cell.len())
                    && u32::from_le_bytes(*length) as usize == cell.len() =>
            {
                let mut short = [0; 8];
                short[..cell.len()].copy_from_slice(cell);
                Key::Short(u64::from_le_bytes(short) | (cell.len() as u64) << 56)
            }
            _ => Key::Long(key),
        }
    }

    /// Returns a long key that could be short as a short one, any other key as it is.
    pub fn shortened(self) -> Self {
        match self {
            Key::Short(_) => self,
            Key::Long(key) => Key::of_bytes(key),
        }
    }

    /// Appends the key as a long one.
    pub fn append_to(self, bytes: &mut Vec<u8>) {
        match self {
            Key::Short(short) => append_cell(&short.to_le_bytes()[..(short >> 56) as usize], bytes),
            Key::Long(key) => bytes.extend_from_slice(key),
        }
    }

    /// Returns a short key as it is, or the hash of a long one, marked by [`LONG`].
    pub fn tag(self, hasher: &RandomState) -> u64 {
        match self {
            Key::Short(short) => short,
            Key::Long(long) => hasher.hash_one(long) | LONG,
        }
    }
}

/// The keys of rows.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    /// For each row, a short key, or [`LONG`] plus an index into `ends`.
    rows: Vec<u64>,
    /// Where each long key ends in `bytes`.
    ends: Vec<usize>,
    bytes: Vec<u8>,
}

impl Keys {
    fn clear(&mut self) {
        self.rows.clear();
        self.ends.clear();
        self.bytes.clear();
    }

    /// Returns the key of a row.
    #[inline]
    pub fn get(&self, row: usize) -> Key<'_> {
        match self.rows[row] {
            key if key < LONG => Key::Short(key),
            key => {
                let index = usize::try_from(key - LONG).expect("a batch has few rows");
                let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
                Key::Long(&self.bytes[start..self.ends[index]])
            }
        }
    }

    /// Adds a key of one cell, `bytes[start..end]`. The bytes after the cell are ignored.
    #[inline]
    pub fn push_cell(&mut self, bytes: &[u8], start: usize, end: usize) {
        let length = end - start;
        match bytes.get(start..start + 8).map(<[u8; 8]>::try_from) {
            Some(Ok(eight)) if (1..=7).contains(&length) => {
                let cell = u64::from_le_bytes(eight) & (u64::MAX >> (64 - 8 * length));
                self.rows.push(cell | (length as u64) << 56);
            }
            _ => self.push([&bytes[start..end]]),
        }
    }

    /// Appends the keys of `other`.
    pub fn append(&mut self, other: &Keys) {
        let (ends, bytes) = (self.ends.len() as u64, self.bytes.len());
        let moved = |&key: &u64| if key < LONG { key } else { key + ends };
        self.rows.extend(other.rows.iter().map(moved));
        self.ends.extend(other.ends.iter().map(|end| end + bytes));
        self.bytes.extend_from_slice(&other.bytes);
    }

    /// Adds a key, short or long.
    pub fn push_key(&mut self, key: Key) {
        match key {
            Key::Short(short) => self.rows.push(short),
            Key::Long(long) => {
                self.bytes.extend_from_slice(long);
                self.rows.push(LONG + self.ends.len() as u64);
                self.ends.push(self.bytes.len());
            }
        }
    }

    /// Adds the key that consists of these cells.
    pub fn push<'a>(&mut self, cells: impl IntoIterator<Item = &'a [u8]>) {
        for cell in cells {
            append_cell(cell, &mut self.bytes);
        }
        self.rows.push(LONG + self.ends.len() as u64);
        self.ends.push(self.bytes.len());
    }
}

/// Appends a cell to a long key.
pub fn append_cell(cell: &[u8], key: &mut Vec<u8>) {
    let length = u32::try_from(cell.len()).expect("a record is shorter than 4 GiB");
    key.extend_from_slice(&length.to_le_bytes());
    key.extend_from_slice(cell);
}

/// Returns the cells of a long key.
pub fn cells_of_key(mut key: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (length, rest) = key.split_first_chunk()?;
        let cell;
        (cell, key) = rest.split_at(u32::from_le_bytes(*length) as usize);
        Some(cell)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long(keys: &Keys, row: usize) -> Vec<u8> {
        let mut key = Vec::new();
        keys.get(row).append_to(&mut key);
        key
    }

    #[test]
    fn a_key_has_one_tag_short_or_long() {
        let hasher = RandomState::default();
        let cells: [&[u8]; 5] = [b"", b"a", b"\0", b"seven77", b"eight888"];
        for cell in cells {
            let mut keys = Keys::default();
            keys.push_cell(&[cell, b" and more after it"].concat(), 0, cell.len());
            keys.push([cell]);
            keys.push([cell, b""]);
            let all = [0, 1, 2].map(|row| long(&keys, row));
            let [one, same, other] = all.each_ref().map(|key| Key::of_bytes(key).tag(&hasher));
            assert_eq!(one, same, "{cell:?}");
            assert_ne!(one, other, "{cell:?}");
            let is_short = matches!(Key::of_bytes(&all[1]), Key::Short(_));
            assert_eq!(is_short, (1..8).contains(&cell.len()), "{cell:?}");
        }
    }

    #[test]
    fn a_key_has_the_same_cells_short_or_long() {
        let cells: [&[u8]; 6] = [b"", b"a", b"\0", b"seven77", b"eight888", b"more than eight"];
        let mut keys = Keys::default();
        for cell in cells {
            let padded = [b"x,", cell, b",after it more"].concat();
            keys.push_cell(&padded, 2, 2 + cell.len());
            keys.push_cell(cell, 0, cell.len());
            keys.push([cell, cell]);
        }
        for (index, cell) in cells.into_iter().enumerate() {
            assert_eq!(cells_of_key(&long(&keys, 3 * index)).collect::<Vec<_>>(), [cell]);
            assert_eq!(cells_of_key(&long(&keys, 3 * index + 1)).collect::<Vec<_>>(), [cell]);
            assert_eq!(cells_of_key(&long(&keys, 3 * index + 2)).collect::<Vec<_>>(), [cell, cell]);
        }
    }

    #[test]
    fn a_row_is_on_the_line_that_it_was_noted_on() {
        let mut batch = Batch::default();
        batch.clear(1, 0, 4);
        for (line, start) in [(3, 0), (4, 10), (7, 20), (8, 30)] {
            batch.starts(line, start);
            batch.rows += 1;
        }
        assert_eq!([0, 1, 2, 3].map(|row| batch.line(row)), [3, 4, 7, 8]);
        assert_eq!([0, 1, 2, 3].map(|row| batch.run(row).start), [0, 0, 20, 20]);
    }
}
