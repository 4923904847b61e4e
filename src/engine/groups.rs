//! Groups of instances, in order of first appearance, and which row is in which.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::digits::grouped;
use crate::error::{Error, Kind, Location};
use crate::results::Group;
use crate::scoring::Scoring;
use crate::table::batch::{Key, append_short, cells_of_key};
use crate::table::schema::Schema;
use crate::tally::{Shape, Size, Tally};
use crate::text::escape;

/// Groups whose tallies take little time; those after them take little memory.
const FAST_GROUPS: usize = 32;

/// Short keys that are looked up without the map.
const RECENT: usize = 64;

/// Where something is in the input: a chunk, and the order within it.
pub type Position = (u64, u64);

/// The groups that one worker has met.
#[derive(Clone, Debug)]
pub struct Groups {
    limit: usize,
    /// The index of the group of a key. A key starts with the index of the file, if
    /// results are by file.
    indices: HashMap<Box<[u8]>, usize, RandomState>,
    /// Short keys that were met lately, each with the index of its group.
    recent: Box<[(u64, usize); RECENT]>,
    /// The file that they are of.
    recent_file: usize,
    all: Vec<(Group, Position)>,
    key: Vec<u8>,
}

impl Groups {
    /// No groups yet, and as many as that at most.
    pub fn new(limit: usize) -> Self {
        Groups {
            limit,
            indices: HashMap::default(),
            recent: Box::new([(0, 0); RECENT]),
            recent_file: 0,
            all: Vec::new(),
            key: Vec::new(),
        }
    }

    /// The index of the group of a key.
    ///
    /// # Errors
    /// If it is one too many.
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
        self.key.clear();
        if scoring.by_file {
            self.key.extend_from_slice(&schema.index.to_le_bytes());
        }
        match key {
            Key::Short(short) => append_short(short, &mut self.key),
            Key::Long(cells) => self.key.extend_from_slice(cells),
        }
        let index = match self.indices.get(self.key.as_slice()) {
            Some(&index) => index,
            None => self.add(schema, scoring, position)?,
        };
        if let Key::Short(short) = key {
            if self.recent_file != schema.index {
                self.recent.fill((0, 0));
                self.recent_file = schema.index;
            }
            self.recent[slot(short)] = (short, index);
        }
        Ok(index)
    }

    fn add(
        &mut self,
        schema: &Schema,
        scoring: &Scoring,
        position: Position,
    ) -> Result<usize, Error> {
        let index = self.all.len();
        if index == self.limit {
            return Err(too_many(self.limit));
        }
        let cells = if scoring.by_file { &self.key[size_of::<usize>()..] } else { &self.key };
        let size = if index < FAST_GROUPS { Size::Fast } else { Size::Small };
        let header = &schema.header;
        let shape = scoring.shape(header.models.len(), header.weight.is_some());
        let group = Group {
            file: scoring.by_file.then(|| file_name(&schema.path)),
            values: cells_of_key(cells),
            models: header.models.clone(),
            tally: Tally::new(Shape { size, ..shape }),
        };
        self.all.push((group, position));
        self.indices.insert(self.key.as_slice().into(), index);
        Ok(index)
    }

    /// The tally of a group.
    pub fn tally(&mut self, index: usize) -> &mut Tally {
        &mut self.all[index].0.tally
    }

    /// Adds the groups of another worker, as many as they are.
    pub fn merge(&mut self, other: Groups) {
        let mut theirs: Vec<Option<(Group, Position)>> = other.all.into_iter().map(Some).collect();
        for (key, index) in other.indices {
            let Some((group, first)) = theirs[index].take() else { continue };
            if let Some(&mine) = self.indices.get(&key) {
                let (mine, mine_first) = &mut self.all[mine];
                mine.tally.merge(&group.tally).expect("rows can be counted");
                if first < *mine_first {
                    (*mine_first, mine.models) = (first, group.models);
                }
            } else {
                self.indices.insert(key, self.all.len());
                self.all.push((group, first));
            }
        }
    }

    /// All groups, in order of first appearance; and where the first one is that is too
    /// many.
    pub fn in_order(mut self) -> (Vec<Group>, Option<Position>) {
        self.all.sort_by_key(|(_, first)| *first);
        let too_many = self.all.get(self.limit).map(|(_, first)| *first);
        (self.all.into_iter().map(|(group, _)| group).collect(), too_many)
    }
}

/// A path as it is shown, of which no two are shown alike: a backslash that is no separator
/// is doubled, as others start escapes.
fn file_name(path: &[u8]) -> String {
    if cfg!(windows) {
        return escape(path);
    }
    path.split(|&byte| byte == b'\\').map(escape).collect::<Vec<_>>().join("\\\\")
}

/// More groups than are allowed.
pub fn too_many(limit: usize) -> Error {
    let message = format!("there are more than {} groups", grouped(limit as u64));
    Error::new(Kind::Limit, Location::Job, message)
        .with_hint("--max-groups N allows more; each takes memory")
}

fn slot(short: u64) -> usize {
    let mixed = (short ^ short >> 56).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 32) as usize % RECENT
}

/// The rows of a batch, group by group.
#[derive(Clone, Debug, Default)]
pub struct Partition {
    /// The index of the group of each row.
    pub groups: Vec<usize>,
    /// Rows, ordered by group.
    rows: Vec<usize>,
}

impl Partition {
    /// Groups whose rows are put in order by counting them.
    const FEW: usize = 64;

    /// The groups that are in the batch, each with its rows in order.
    pub fn runs(&mut self) -> impl Iterator<Item = (usize, &[usize])> {
        let groups = &self.groups;
        self.rows.clear();
        if groups.iter().all(|&group| group < Self::FEW) {
            let mut next = [0; Self::FEW];
            for &group in groups {
                next[group] += 1;
            }
            let mut start = 0;
            for count in &mut next {
                (start, *count) = (start + *count, start);
            }
            self.rows.resize(groups.len(), 0);
            for (row, &group) in groups.iter().enumerate() {
                self.rows[next[group]] = row;
                next[group] += 1;
            }
        } else {
            self.rows.extend(0..groups.len());
            // Stable, so that rows stay in order.
            self.rows.sort_by_key(|&row| groups[row]);
        }
        self.rows.chunk_by(|&a, &b| groups[a] == groups[b]).map(|rows| (groups[rows[0]], rows))
    }
}
