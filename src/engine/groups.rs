//! Groups of instances in order of first appearance, and the group of each row.

use std::borrow::Cow;
use std::hash::BuildHasher;
use std::hint::black_box;
use std::ops::Range;
use std::sync::{Arc, Mutex};

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use smallvec::SmallVec;

use crate::digits::grouped;
use crate::error::{Error, Kind, Location};
use crate::groups::{AllGroups, Group, add_counts};
use crate::scoring::Scoring;
use crate::table::batch::{Key, cells_of_key};
use crate::table::schema::Schema;
use crate::tally::{Compact, Shape, Size, Tally, counts};
use crate::text::escape;
use crate::threads::{in_parts, lock};

/// The first groups have tallies that take little time; those after them take little memory.
const FAST_GROUPS: usize = 32;

/// The size of the cache of short keys.
const RECENT: usize = 64;

/// The number of groups whose sums are fetched from memory at once: few enough for them to stay
/// in the nearest cache.
pub const FETCHED: usize = 128;

/// The least number of groups that are worth a thread.
const PART: usize = 1 << 13;

/// A position in the input: the index of a chunk, and how many of its rows come before.
pub type Position = (u64, u64);

/// After all positions of the input.
const NOWHERE: Position = (u64::MAX, u64::MAX);

/// The groups that one worker has found.
#[derive(Clone, Debug)]
pub struct Groups {
    limit: usize,
    /// The tag of each key and the index of its group. A key starts with the index of the file,
    /// if results are by file.
    indices: HashTable<(u64, u32)>,
    hasher: RandomState,
    /// A cache of short keys, each with the index of its group.
    recent: Box<[(u64, usize); RECENT]>,
    /// The file that the cache belongs to.
    recent_file: usize,
    all: Vec<Place>,
    /// The keys of all groups, one after the other.
    keys: Vec<u8>,
    /// The compact tallies of small groups, one after the other.
    words: Vec<u64>,
    /// The layout of a compact tally.
    compact: Option<Compact>,
    /// The tallies of the other groups.
    tallies: Vec<Tally>,
    /// The files in which groups first appear.
    files: Vec<Arc<File>>,
    shape: Shape,
    has_classes: bool,
    key: Vec<u8>,
}

/// What is kept of a file in which a group first appears.
#[derive(Debug)]
struct File {
    index: usize,
    /// Its name, if results are by file.
    name: Option<String>,
    models: Arc<[String]>,
    /// Whether the last cell of a key is that of the cluster.
    has_clusters: bool,
}

/// Where the parts of a group are stored.
#[derive(Clone, Copy, Debug)]
struct Place {
    first: Position,
    /// Where its key ends in `keys`.
    key: usize,
    /// The index of its file in `files`.
    file: u32,
    sums: Sums,
}

#[derive(Clone, Copy, Debug)]
enum Sums {
    /// In `words`, after so many other groups.
    Compact(u32),
    /// In `tallies`, at this index.
    Whole(u32),
}

impl Groups {
    /// Creates an empty collection of at most `limit` groups.
    pub fn new(limit: usize) -> Self {
        Groups {
            limit,
            indices: HashTable::new(),
            hasher: RandomState::default(),
            recent: Box::new([(0, 0); RECENT]),
            recent_file: 0,
            all: Vec::new(),
            keys: Vec::new(),
            words: Vec::new(),
            compact: None,
            tallies: Vec::new(),
            files: Vec::new(),
            shape: Shape::default(),
            has_classes: false,
            key: Vec::new(),
        }
    }

    /// Returns the index of the group of a key, which is added if it is new.
    ///
    /// # Errors
    /// If there are more groups than the limit.
    #[inline]
    pub fn index(
        &mut self,
        key: Key,
        schema: &Schema,
        scoring: &Scoring,
        position: Position,
    ) -> Result<usize, Error> {
        if let Key::Short(short) = key {
            let recent = self.recent[slot(short)];
            if recent.0 == short && self.recent_file == schema.index {
                return Ok(recent.1);
            }
        }
        self.look_up(key, schema, scoring, position)
    }

    fn look_up(
        &mut self,
        key: Key,
        schema: &Schema,
        scoring: &Scoring,
        position: Position,
    ) -> Result<usize, Error> {
        let mut with_file = std::mem::take(&mut self.key);
        let whole = if scoring.by_file {
            with_file.clear();
            with_file.extend_from_slice(&schema.index.to_le_bytes());
            key.append_to(&mut with_file);
            Key::of_bytes(&with_file)
        } else {
            key.shortened()
        };
        let is_full = self.all.len() >= self.limit;
        let found =
            if is_full { self.find(whole).map(|index| (index as usize, false)) } else { None };
        let (index, is_new) = match found {
            None if is_full => return Err(too_many(self.limit, schema.header.cluster.is_some())),
            None => self.find_or_add(whole, position),
            Some(found) => found,
        };
        self.key = with_file;
        if is_new {
            let file = self.file(schema, scoring);
            let sums = self.new_sums(index);
            self.all[index] = Place { file, sums, ..self.all[index] };
        }
        if let Key::Short(short) = key {
            if self.recent_file != schema.index {
                self.recent.fill((0, 0));
                self.recent_file = schema.index;
            }
            self.recent[slot(short)] = (short, index);
        }
        Ok(index)
    }

    fn find(&self, key: Key) -> Option<u32> {
        let tag = key.tag(&self.hasher);
        let is_key = |entry: &(u64, u32)| is_key(&self.all, &self.keys, *entry, (tag, key));
        self.indices.find(self.hasher.hash_one(tag), is_key).map(|&(_, index)| index)
    }

    /// Returns the index of the group of a key, and whether it is new. A new group has no sums
    /// yet.
    fn find_or_add(&mut self, key: Key, first: Position) -> (usize, bool) {
        let (all, keys, hasher) = (&self.all, &self.keys, &self.hasher);
        let tag = key.tag(hasher);
        let entry = self.indices.entry(
            hasher.hash_one(tag),
            |&entry| is_key(all, keys, entry, (tag, key)),
            |&(tag, _)| hasher.hash_one(tag),
        );
        match entry {
            Entry::Occupied(found) => (found.get().1 as usize, false),
            Entry::Vacant(free) => {
                let index = self.all.len();
                let number = u32::try_from(index).expect("2³² groups do not fit in memory");
                free.insert((tag, number));
                key.append_to(&mut self.keys);
                let key = self.keys.len();
                self.all.push(Place { first, key, file: 0, sums: Sums::Whole(0) });
                (index, true)
            }
        }
    }

    /// Adds empty sums for a new group, which has this index.
    fn new_sums(&mut self, index: usize) -> Sums {
        let Some(compact) = self.compact.filter(|_| index >= FAST_GROUPS) else {
            let size = if index < FAST_GROUPS { Size::Fast } else { Size::Small };
            let tally = Tally::new(Shape { size, ..self.shape });
            return self.whole(if self.has_classes { tally.of_classes() } else { tally });
        };
        let before = self.words.len() / compact.words();
        self.words.resize(self.words.len() + compact.words(), 0);
        Sums::Compact(u32::try_from(before).expect("groups are fewer"))
    }

    fn whole(&mut self, tally: Tally) -> Sums {
        self.tallies.push(tally);
        Sums::Whole(u32::try_from(self.tallies.len() - 1).expect("groups are fewer"))
    }

    /// Returns the index in `files` of a file, which is added if it is new.
    fn file(&mut self, schema: &Schema, scoring: &Scoring) -> u32 {
        if self.files.last().is_none_or(|file| file.index != schema.index) {
            let header = &schema.header;
            self.shape = scoring.shape(header.outputs(), header.weight.is_some());
            self.has_classes = header.given.has_classes();
            let has_more = self.has_classes || scoring.calibration;
            self.compact = Compact::of(self.shape).filter(|_| !has_more);
            self.files.push(Arc::new(File {
                index: schema.index,
                name: scoring.by_file.then(|| file_name(&schema.path)),
                models: header.models.as_slice().into(),
                has_clusters: header.cluster.is_some(),
            }));
        }
        u32::try_from(self.files.len() - 1).expect("files are fewer")
    }

    /// Brings the entries of keys into the cache. A processor fetches many places of memory at
    /// once if little is computed in between.
    pub fn fetch_keys<'k>(&self, keys: impl Iterator<Item = Key<'k>>) {
        /// So few groups are in the cache anyway.
        const FEW: usize = 4096;
        if self.all.len() > FEW {
            black_box(keys.fold(0, |fetched, key| fetched ^ self.find(key).unwrap_or(0)));
        }
    }

    /// Brings the compact tallies of groups into the cache, in the same way. Returns whether there
    /// can be any.
    pub fn fetch(&self, indices: &[usize]) -> bool {
        if self.words.is_empty() {
            return false;
        }
        let words = indices.iter().filter_map(|&index| self.words_of(index));
        black_box(words.fold(0, |fetched, words| fetched ^ fetch(words)));
        true
    }

    /// Adds an instance to the compact tally of a group, if there is one and the instance fits;
    /// returns whether it did.
    #[inline]
    pub fn add(&mut self, index: usize, y: f64, cost: impl Fn(usize) -> f64) -> bool {
        self.small(index).is_some_and(|(compact, words)| compact.add(words, y, cost))
    }

    /// Counts an instance that was left out of a group.
    pub fn skip(&mut self, index: usize) {
        if !self.small(index).is_some_and(|(_, words)| Compact::skip(words)) {
            self.tally(index).skip(1);
        }
    }

    /// Returns the compact tally of a small group.
    fn words_of(&self, index: usize) -> Option<&[u64]> {
        word_range(self.compact, self.all[index].sums).map(|range| &self.words[range])
    }

    /// Returns the compact tally of a small group, and its layout.
    fn small(&mut self, index: usize) -> Option<(Compact, &mut [u64])> {
        let range = word_range(self.compact, self.all[index].sums)?;
        Some((self.compact?, &mut self.words[range]))
    }

    /// Returns the tally of a group. A compact tally is made a whole one first.
    pub fn tally(&mut self, index: usize) -> &mut Tally {
        if let Some((compact, words)) = self.small(index) {
            let tally = compact.tally(words);
            self.all[index].sums = self.whole(tally);
        }
        match self.all[index].sums {
            Sums::Whole(tally) => &mut self.tallies[tally as usize],
            Sums::Compact(_) => unreachable!("it was made whole"),
        }
    }

    /// Adds the groups of another worker, even beyond the limit, on up to `threads` threads.
    pub fn merge(&mut self, other: Groups, threads: usize) {
        if self.all.is_empty() {
            let limit = self.limit;
            *self = Groups { limit, ..other };
            return;
        }
        let files = u32::try_from(self.files.len()).expect("files are few");
        self.files.extend(other.files.iter().cloned());
        let mine = self.indices_of(&other, threads);
        for (theirs, mine) in self.merge_small(&other, &mine, files, threads) {
            self.tally(mine).merge(&other.tally_of(theirs)).expect("rows can be counted");
        }
    }

    /// Returns the index here of each group of another worker. New groups get empty sums.
    fn indices_of(&mut self, other: &Groups, threads: usize) -> Vec<u32> {
        const NEW: u32 = u32::MAX;
        let key = |index| Key::of_bytes(&other.keys[key_range(&other.all, index)]);
        let find = |theirs: Range<usize>| {
            let mut found = Vec::with_capacity(theirs.len());
            for start in theirs.clone().step_by(FETCHED) {
                let block = start..theirs.end.min(start + FETCHED);
                self.fetch_keys(block.clone().map(key));
                found.extend(block.map(|theirs| self.find(key(theirs)).unwrap_or(NEW)));
            }
            found
        };
        let all = 0..other.all.len();
        let each = all.len().div_ceil(threads).max(PART);
        let mut indices = in_parts(all, each, find).concat();
        for (theirs, mine) in indices.iter_mut().enumerate().filter(|(_, mine)| **mine == NEW) {
            let (index, _) = self.find_or_add(key(theirs), NOWHERE);
            self.all[index].sums = self.new_sums(index.max(FAST_GROUPS));
            *mine = u32::try_from(index).expect("it has a number in the table");
        }
        indices
    }

    /// Merges the compact tallies of another worker, whose groups have these indices here, and
    /// their positions. Its first file is at `files`. Returns the groups that have no compact
    /// tally or whose sum has none.
    fn merge_small(&mut self, other: &Groups, mine: &[u32], files: u32, threads: usize) -> Pairs {
        let compact = self.compact;
        let each = self.all.len().div_ceil(threads).max(PART);
        let (mut rest, mut before) = (self.words.as_mut_slice(), 0);
        let parts = self.all.chunks_mut(each).enumerate().map(|(part, all)| {
            // Compact tallies are in the order of their groups.
            let last = all.iter().rev().find_map(|place| word_range(compact, place.sums));
            let end = last.map_or(before, |last| last.end);
            let words = rest.split_off_mut(..end - before).expect("they are among the words");
            let part = Part { compact, start: part * each, all, before, words };
            before = end;
            Mutex::new(part)
        });
        let parts: Vec<_> = parts.collect();
        let merge = |part: Range<usize>| lock(&parts[part.start]).merge(other, mine, files);
        in_parts(0..parts.len(), 1, merge).concat()
    }

    fn tally_of(&self, index: usize) -> Cow<'_, Tally> {
        match (self.compact.zip(self.words_of(index)), self.all[index].sums) {
            (Some((compact, words)), _) => Cow::Owned(compact.tally(words)),
            (None, Sums::Whole(tally) | Sums::Compact(tally)) => {
                Cow::Borrowed(&self.tallies[tally as usize])
            }
        }
    }

    /// Makes each tally small.
    pub fn shrink(&mut self) {
        self.tallies.iter_mut().for_each(Tally::shrink);
    }

    /// Prepares each tally to be read, on that many threads.
    pub fn settle(&mut self, threads: usize) {
        self.tallies.iter_mut().for_each(|tally| tally.settle(threads));
    }

    /// Returns all groups in order of first appearance, and the position of the first group
    /// beyond the limit.
    pub fn in_order(self) -> (InOrder, Option<Position>) {
        let mut order: Vec<_> = self.all.iter().map(|place| place.first).zip(0u32..).collect();
        // One wide number is compared without a branch.
        order.sort_unstable_by_key(|&((chunk, before), _)| {
            u128::from(chunk) << 64 | u128::from(before)
        });
        let too_many = order.get(self.limit).map(|&(first, _)| first);
        let order = order.into_iter().map(|(_, index)| index).collect();
        (InOrder { groups: self, order }, too_many)
    }

    /// Returns the number of instances of a group, and of those left out.
    fn counts(&self, index: usize) -> [u64; 2] {
        if let Some(words) = self.words_of(index) {
            let [n, _, skipped] = counts(words[0]);
            return [n, skipped];
        }
        let tally = self.tally_of(index);
        [tally.n(), tally.skipped()]
    }
}

/// Some groups, one after the other, which one thread merges with those of another worker.
struct Part<'a> {
    /// The layout of a compact tally.
    compact: Option<Compact>,
    /// The index of the first.
    start: usize,
    all: &'a mut [Place],
    /// How many words come before theirs.
    before: usize,
    words: &'a mut [u64],
}

impl Part<'_> {
    /// Does [`Groups::merge_small`] for these groups.
    fn merge(&mut self, other: &Groups, mine: &[u32], files: u32) -> Pairs {
        let (mut others, mut block) = (Pairs::new(), Pairs::with_capacity(FETCHED));
        let indices = self.start..self.start + self.all.len();
        let all = mine.iter().enumerate().map(|(theirs, &mine)| (theirs, mine as usize));
        let mut pairs = all.filter(|(_, mine)| indices.contains(mine));
        loop {
            block.clear();
            block.extend(pairs.by_ref().take(FETCHED));
            if block.is_empty() {
                return others;
            }
            let ranges = block.iter().filter_map(|&(_, mine)| self.range(mine));
            black_box(ranges.fold(0, |fetched, range| fetched ^ fetch(&self.words[range])));
            for &(theirs, mine) in &block {
                let place = &mut self.all[mine - self.start];
                let Place { first, file, .. } = other.all[theirs];
                if first < place.first {
                    *place = Place { first, file: files + file, ..*place };
                }
                let sums = self.compact.zip(self.range(mine)).zip(other.words_of(theirs));
                let fits = sums.is_some_and(|((compact, range), theirs)| {
                    compact.merge(&mut self.words[range], theirs)
                });
                if !fits {
                    others.push((theirs, mine));
                }
            }
        }
    }

    /// Returns where in `words` the compact tally of a group is; None if it has none.
    fn range(&self, index: usize) -> Option<Range<usize>> {
        let range = word_range(self.compact, self.all[index - self.start].sums)?;
        Some(range.start - self.before..range.end - self.before)
    }
}

/// Indices of groups of another worker, each with that of the same group here.
type Pairs = Vec<(usize, usize)>;

/// Reads each line of the cache that the words are in.
fn fetch(words: &[u64]) -> u64 {
    /// The words of a line of the cache.
    const LINE: usize = 8;
    words.iter().step_by(LINE).fold(0, |fetched, word| fetched ^ word)
}

/// Returns where the key of a group is in `keys`.
fn key_range(all: &[Place], index: usize) -> Range<usize> {
    index.checked_sub(1).map_or(0, |before| all[before].key)..all[index].key
}

/// Whether an entry of the table is that of a key with a tag. A short key is its tag.
fn is_key(all: &[Place], keys: &[u8], entry: (u64, u32), (tag, key): (u64, Key)) -> bool {
    entry.0 == tag
        && match key {
            Key::Short(_) => true,
            Key::Long(key) => keys[key_range(all, entry.1 as usize)] == *key,
        }
}

/// Returns where the sums of a group are in `words`; None if they are not compact.
fn word_range(compact: Option<Compact>, sums: Sums) -> Option<Range<usize>> {
    match (compact, sums) {
        (Some(compact), Sums::Compact(before)) => {
            let start = before as usize * compact.words();
            Some(start..start + compact.words())
        }
        _ => None,
    }
}

/// Groups in order of first appearance.
pub struct InOrder {
    groups: Groups,
    order: Vec<u32>,
}

impl AllGroups for InOrder {
    fn len(&self) -> usize {
        self.order.len()
    }

    fn get(&self, index: usize) -> Group<'_> {
        let (groups, index) = (&self.groups, self.order[index] as usize);
        let file = &groups.files[groups.all[index].file as usize];
        let prefix = file.name.as_ref().map_or(0, |_| size_of::<usize>());
        let key = &groups.keys[key_range(&groups.all, index)][prefix..];
        let mut values: SmallVec<_> = cells_of_key(key).map(Cow::Borrowed).collect();
        let cluster = if file.has_clusters { values.pop() } else { None };
        Group {
            file: file.name.as_deref().map(Cow::Borrowed),
            values,
            cluster,
            models: Cow::Borrowed(&file.models),
            tally: groups.tally_of(index),
        }
    }

    fn is_weightless(&self, index: usize) -> bool {
        if !self.groups.shape.weighted {
            return false;
        }
        let tally = self.groups.tally_of(self.order[index] as usize);
        tally.n() > 0 && tally.support() == 0
    }

    fn counts(&self, index: usize) -> [u64; 2] {
        self.groups.counts(self.order[index] as usize)
    }

    fn all_counts(&self) -> [u64; 2] {
        // In the order of memory, which is much faster.
        add_counts((0..self.groups.all.len()).map(|index| self.groups.counts(index)))
    }
}

/// Returns a path as text that no other path has: a backslash that is no separator is
/// doubled, because a single one starts an escape.
fn file_name(path: &[u8]) -> String {
    if cfg!(windows) {
        return escape(path);
    }
    path.split(|&byte| byte == b'\\').map(escape).collect::<Vec<_>>().join("\\\\")
}

/// Returns the error that there are more groups, or clusters of all groups, than allowed.
pub fn too_many(limit: usize, has_clusters: bool) -> Error {
    let what = if has_clusters { "clusters" } else { "groups" };
    let message = format!("there are more than {} {what}", grouped(limit as u64));
    Error::new(Kind::Limit, Location::Job, message)
        .with_hint("--max-groups N allows more; each takes memory")
}

fn slot(short: u64) -> usize {
    let mixed = (short ^ short >> 56).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 32) as usize % RECENT
}
