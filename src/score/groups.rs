//! Groups of instances, in order of first appearance, and which row is in which.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::error::{Error, Fault, Place};
use crate::input::scan::{ShortCell, cells_of_key};
use crate::input::sheet::Sheet;
use crate::tally::{Shape, Size, Tally};

/// Groups whose tallies take little time; those after them take little memory.
const FAST_GROUPS: usize = 32;

/// Cells that are looked up without the map.
const RECENT: usize = 64;

impl ShortCell {
    fn slot(self) -> usize {
        let mixed = (self.bytes ^ self.length).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 32) as usize % RECENT
    }
}

/// Where a group is first met: a block, and a byte in it.
pub type Appearance = (u64, usize);

/// The tally of a group.
#[derive(Clone, Debug)]
pub struct Group {
    /// The file, if results are by file.
    pub file: Option<String>,
    /// What the group has in the columns that it is grouped by.
    pub values: Vec<String>,
    /// The names of the columns of ŷ or z.
    pub models: Vec<String>,
    /// Its costs.
    pub tally: Tally,
    first: Appearance,
}

impl Group {
    /// The group of a merged state.
    pub fn merged(
        file: Option<String>,
        values: Vec<String>,
        models: Vec<String>,
        tally: Tally,
    ) -> Self {
        Group { file, values, models, tally, first: (0, 0) }
    }

    /// The group of all values.
    pub fn of_values(shape: Shape, models: &[String]) -> Self {
        let tally = Tally::new(shape);
        Group { file: None, values: Vec::new(), models: models.to_vec(), tally, first: (0, 0) }
    }
}

/// The groups that one worker has met.
#[derive(Debug)]
pub struct Groups {
    shape: Shape,
    most: usize,
    by_file: bool,
    /// Where in `all` the group of a key is. A key starts with the index of the
    /// file, if results are by file.
    places: HashMap<Box<[u8]>, usize, RandomState>,
    /// Short cells that were met lately, each with the place of its group.
    recent: Box<[(ShortCell, usize); RECENT]>,
    all: Vec<Group>,
}

impl Groups {
    /// No groups yet, and room for so many.
    pub fn new(shape: Shape, most: usize, by_file: bool) -> Self {
        Groups {
            shape,
            most,
            by_file,
            places: HashMap::default(),
            recent: Box::new([(ShortCell::NONE, 0); RECENT]),
            all: Vec::new(),
        }
    }

    /// How a key of a file starts.
    pub fn start_key(&self, sheet: &Sheet, key: &mut Vec<u8>) {
        key.clear();
        if self.by_file {
            key.extend_from_slice(&sheet.index.to_le_bytes());
        }
    }

    /// The group of a key: where it is.
    ///
    /// # Errors
    /// If it is one too many.
    pub fn place(&mut self, key: &[u8], sheet: &Sheet, first: Appearance) -> Result<usize, Error> {
        match self.places.get(key) {
            Some(&place) => Ok(place),
            None => self.add(key, sheet, first),
        }
    }

    /// The group of a short cell, if it was met lately and is all that groups
    /// are by.
    #[inline]
    pub fn recall(&self, cell: ShortCell) -> Option<usize> {
        let (recent, place) = self.recent[cell.slot()];
        (recent == cell).then_some(place)
    }

    /// Has a short cell recalled.
    pub fn remember(&mut self, cell: ShortCell, place: usize) {
        self.recent[cell.slot()] = (cell, place);
    }

    /// Whether one cell tells the group: not if results are by file, too.
    pub fn are_by_cells_alone(&self) -> bool {
        !self.by_file
    }

    fn add(&mut self, key: &[u8], sheet: &Sheet, first: Appearance) -> Result<usize, Error> {
        let place = self.all.len();
        if place == self.most {
            return Err(Error::new(Place::CommandLine, Fault::TooManyGroups(self.most)));
        }
        let cells = if self.by_file { &key[size_of::<usize>()..] } else { key };
        let size = if place < FAST_GROUPS { Size::Fast } else { Size::Small };
        self.all.push(Group {
            file: self.by_file.then(|| sheet.file.clone()),
            values: cells_of_key(cells),
            models: sheet.models.clone(),
            tally: Tally::new(Shape { size, ..self.shape }),
            first,
        });
        self.places.insert(key.into(), place);
        Ok(place)
    }

    /// Notes that the group at a place was met, perhaps earlier than known.
    pub fn meet(&mut self, place: usize, first: Appearance) {
        let group = &mut self.all[place];
        group.first = group.first.min(first);
    }

    /// The tally of the group at a place.
    pub fn tally(&mut self, place: usize) -> &mut Tally {
        &mut self.all[place].tally
    }

    /// Adds the groups of another worker.
    ///
    /// # Errors
    /// If they are too many together.
    pub fn merge(&mut self, other: Groups) -> Result<(), Error> {
        let mut theirs: Vec<Option<Group>> = other.all.into_iter().map(Some).collect();
        for (key, place) in other.places {
            let Some(group) = theirs[place].take() else { continue };
            match self.places.get(&key) {
                Some(&mine) => {
                    let mine = &mut self.all[mine];
                    mine.tally.merge(&group.tally).expect("rows can be counted");
                    if group.first < mine.first {
                        (mine.first, mine.models) = (group.first, group.models);
                    }
                }
                None if self.all.len() == self.most => {
                    return Err(Error::new(Place::CommandLine, Fault::TooManyGroups(self.most)));
                }
                None => {
                    self.places.insert(key, self.all.len());
                    self.all.push(group);
                }
            }
        }
        Ok(())
    }

    /// All groups, in order of first appearance.
    pub fn in_order(mut self) -> Vec<Group> {
        self.all.sort_by_key(|group| group.first);
        self.all
    }
}

/// The rows of a batch, group by group.
#[derive(Debug, Default)]
pub struct Partition {
    /// The place of the group of each row.
    pub places: Vec<usize>,
    /// Rows, ordered by group.
    rows: Vec<usize>,
}

impl Partition {
    /// Groups whose rows are put in order by counting them.
    const FEW: usize = 64;

    /// The groups that are in the batch, each with its rows in order.
    pub fn groups(&mut self) -> impl Iterator<Item = (usize, &[usize])> {
        let places = &self.places;
        self.rows.clear();
        if places.iter().all(|&place| place < Self::FEW) {
            let mut next = [0; Self::FEW];
            for &place in places {
                next[place] += 1;
            }
            let mut start = 0;
            for count in &mut next {
                (start, *count) = (start + *count, start);
            }
            self.rows.resize(places.len(), 0);
            for (row, &place) in places.iter().enumerate() {
                self.rows[next[place]] = row;
                next[place] += 1;
            }
        } else {
            self.rows.extend(0..places.len());
            // Stable, so that rows stay in order.
            self.rows.sort_by_key(|&row| places[row]);
        }
        self.rows.chunk_by(|&a, &b| places[a] == places[b]).map(|rows| (places[rows[0]], rows))
    }
}
