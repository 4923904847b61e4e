//! An index from keys to rows.
//!
//! Keys are divided by their hashes into parts. Each part fits in the CPU cache while it is
//! built, and several are built at a time.

use std::hash::BuildHasher;
use std::ops::Range;

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use crate::table::batch::{Key, Keys};
use crate::threads::in_parts;

/// Stands for the row of a key that no row has.
pub const NONE: u32 = u32::MAX;

/// The most rows: each has a number below [`NONE`].
pub const MOST_ROWS: u64 = NONE as u64;

/// The average number of keys in a part: nearly as many as a table of 2¹⁴ buckets takes.
const PART: usize = 13_500;

/// The tag of each key, and its row.
type Entries = HashTable<(u64, u32)>;

/// The row of each key.
#[derive(Default)]
pub struct Index {
    parts: Vec<Entries>,
    hasher: RandomState,
}

impl Index {
    /// Indexes the keys of the first `rows` rows. Also returns the repeated keys, as pairs of
    /// the first row with the key and the row that repeats it.
    pub fn new(keys: &Keys, rows: usize, threads: usize) -> (Self, Vec<(u32, u32)>) {
        let hasher = RandomState::default();
        let parts = rows.div_ceil(PART).max(1);
        let part_of =
            |row: u32| part_of(hasher.hash_one(keys.get(row as usize).tag(&hasher)), parts);
        let rows = u32::try_from(rows).expect("rows in memory are fewer than 2³²");
        // A counting sort of the rows by their parts.
        let mut starts = vec![0usize; parts + 1];
        for row in 0..rows {
            starts[part_of(row) + 1] += 1;
        }
        for part in 0..parts {
            starts[part + 1] += starts[part];
        }
        let mut next = starts.clone();
        let mut sorted = vec![0u32; rows as usize];
        for row in 0..rows {
            let place = &mut next[part_of(row)];
            sorted[*place] = row;
            *place += 1;
        }
        let build_some = |parts: Range<usize>| {
            let mut twice = Vec::new();
            let rows = |part: usize| &sorted[starts[part]..starts[part + 1]];
            let entries: Vec<Entries> =
                parts.map(|part| build(keys, rows(part), &hasher, &mut twice)).collect();
            (entries, twice)
        };
        let each = parts.div_ceil(threads.max(1));
        let all = in_parts(0..parts, each, build_some);
        let (mut parts, mut twice) = (Vec::new(), Vec::new());
        for (more, again) in all {
            parts.extend(more);
            twice.extend(again);
        }
        (Index { parts, hasher }, twice)
    }

    /// Returns the row of a key, or [`NONE`]. `keys` are those that were indexed.
    pub fn find(&self, keys: &Keys, key: Key) -> u32 {
        let tag = key.tag(&self.hasher);
        let hash = self.hasher.hash_one(tag);
        let part = &self.parts[part_of(hash, self.parts.len())];
        let found = part.find(hash, |&(other, row)| other == tag && is_same(keys, row, key));
        found.map_or(NONE, |&(_, row)| row)
    }
}

/// Builds the part of some rows, and appends its repeated keys to `twice`.
fn build(keys: &Keys, rows: &[u32], hasher: &RandomState, twice: &mut Vec<(u32, u32)>) -> Entries {
    /// The number of keys that are fetched at once, so that waits for memory overlap.
    const FETCHED: usize = 128;
    let mut entries = Entries::with_capacity(rows.len());
    let mut fetched = Vec::with_capacity(FETCHED);
    for rows in rows.chunks(FETCHED) {
        fetched.clear();
        fetched.extend(rows.iter().map(|&row| {
            let key = keys.get(row as usize);
            (row, key, key.tag(hasher))
        }));
        for &(row, key, tag) in &fetched {
            let is_it = |&(other, row): &(u64, u32)| other == tag && is_same(keys, row, key);
            match entries.entry(hasher.hash_one(tag), is_it, |&(tag, _)| hasher.hash_one(tag)) {
                Entry::Occupied(entry) => twice.push((entry.get().1, row)),
                Entry::Vacant(entry) => {
                    entry.insert((tag, row));
                }
            }
        }
    }
    entries
}

/// Whether a row has this key, where their tags are equal.
fn is_same(keys: &Keys, row: u32, key: Key) -> bool {
    matches!(key, Key::Short(_)) || keys.get(row as usize) == key
}

/// Returns which of `parts` a hash belongs to, by its middle bits: the table of a part uses the
/// others.
fn part_of(hash: u64, parts: usize) -> usize {
    let high = u128::from(hash.rotate_left(32)) * parts as u128;
    usize::try_from(high >> 64).expect("it is below the number of parts")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_found_by_its_key_and_no_other() {
        let mut keys = Keys::default();
        let rows: usize = 60_000;
        let text = |row: usize| {
            if row.is_multiple_of(3) { format!("long key {row}") } else { row.to_string() }
        };
        for row in 0..rows {
            keys.push_cell(text(row).as_bytes(), 0, text(row).len());
        }
        keys.push_cell(b"long key 3", 0, 10);
        let (index, twice) = Index::new(&keys, rows + 1, 2);
        assert_eq!(twice, [(3, 60_000)]);
        for row in 0..rows {
            assert_eq!(index.find(&keys, keys.get(row)) as usize, row);
        }
        let mut other = Keys::default();
        other.push_cell(b"60001 and more", 0, 5);
        assert_eq!(index.find(&keys, other.get(0)), NONE);
    }
}
