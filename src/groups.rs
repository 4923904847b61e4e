//! Groups of instances as sums, and how the clusters of a group are merged into it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use smallvec::SmallVec;

use crate::tally::{Shape, Size, Tally};
use crate::threads::in_parts;

/// The sums of a group of instances, or of one cluster of it.
#[derive(Clone, Debug)]
pub struct Group<'a> {
    /// The file, if results are by file.
    pub file: Option<Cow<'a, str>>,
    /// The values of the grouping columns.
    pub values: SmallVec<[Cow<'a, [u8]>; 1]>,
    /// The value of the cluster column; None for a whole group.
    pub cluster: Option<Cow<'a, [u8]>>,
    /// The names of the models.
    pub models: Cow<'a, Arc<[String]>>,
    pub tally: Cow<'a, Tally>,
}

impl Group<'_> {
    /// Returns the same group, borrowed.
    fn borrowed(&self) -> Group<'_> {
        Group {
            file: self.file.as_deref().map(Cow::Borrowed),
            values: self.values.iter().map(|value| Cow::Borrowed(&**value)).collect(),
            cluster: self.cluster.as_deref().map(Cow::Borrowed),
            models: Cow::Borrowed(&self.models),
            tally: Cow::Borrowed(&self.tally),
        }
    }

    fn into_owned(self) -> Group<'static> {
        Group {
            file: self.file.map(|file| Cow::Owned(file.into_owned())),
            values: self.values.into_iter().map(|value| Cow::Owned(value.into_owned())).collect(),
            cluster: self.cluster.map(|cluster| Cow::Owned(cluster.into_owned())),
            models: Cow::Owned(self.models.into_owned()),
            tally: Cow::Owned(self.tally.into_owned()),
        }
    }
}

/// Groups, or clusters of groups, in the order of first appearance.
pub trait AllGroups: Sync {
    fn len(&self) -> usize;

    fn get(&self, index: usize) -> Group<'_>;

    /// Returns the number of instances of a group, and of those left out.
    fn counts(&self, index: usize) -> [u64; 2] {
        let group = self.get(index);
        [group.tally.n(), group.tally.skipped()]
    }

    /// Whether a group has instances, but none of a weight above 0.
    fn is_weightless(&self, index: usize) -> bool {
        let tally = &self.get(index).tally;
        tally.n() > 0 && tally.support() == 0
    }

    /// Returns the number of instances of all groups, and of those left out.
    fn all_counts(&self) -> [u64; 2] {
        add_counts((0..self.len()).map(|index| self.counts(index)))
    }
}

/// Adds up the counts of groups.
pub fn add_counts(counts: impl Iterator<Item = [u64; 2]>) -> [u64; 2] {
    counts.fold([0; 2], |[n, skipped], [more, left_out]| [n + more, skipped + left_out])
}

impl AllGroups for Vec<Group<'_>> {
    fn len(&self) -> usize {
        self.as_slice().len()
    }

    fn get(&self, index: usize) -> Group<'_> {
        self[index].borrowed()
    }
}

/// Groups that are built from their clusters, in the order of first appearance.
#[derive(Default)]
struct Union {
    groups: Vec<Group<'static>>,
    /// The index of each group by its file and its values.
    indices: HashMap<(Option<String>, Vec<Vec<u8>>), usize>,
}

impl Union {
    /// Returns the tally of the group that a part, such as a cluster, belongs to, and creates the
    /// group at its first part.
    fn tally(&mut self, part: &Group) -> &mut Tally {
        let values = part.values.iter().map(|value| value.to_vec()).collect();
        let name = (part.file.as_deref().map(str::to_owned), values);
        let index = *self.indices.entry(name).or_insert_with(|| {
            let tally = Tally::new(Shape { size: Size::Small, ..part.tally.shape() });
            let group = Group { cluster: None, tally: Cow::Owned(tally), ..part.borrowed() };
            self.groups.push(group.into_owned());
            self.groups.len() - 1
        });
        self.groups[index].tally.to_mut()
    }
}

/// Merges clusters into the groups that they belong to, on up to `threads` threads.
pub fn of_clusters(clusters: &dyn AllGroups, threads: usize) -> Vec<Group<'static>> {
    const COUNTED: &str = "a u64 counted all rows before";
    let united = |indices: Range<usize>| {
        let mut union = Union::default();
        for cluster in indices.map(|index| clusters.get(index)) {
            union.tally(&cluster).add_cluster(&cluster.tally).expect(COUNTED);
        }
        union
    };
    let (all, each) = (clusters.len(), clusters.len().div_ceil(threads).max(PART));
    let mut unions = in_parts(0..all, each, united).into_iter();
    let mut union = unions.next().unwrap_or_default();
    for part in unions.flat_map(|other| other.groups) {
        union.tally(&part).merge(&part.tally).expect(COUNTED);
    }
    for group in &mut union.groups {
        group.tally.to_mut().settle(threads);
    }
    union.groups
}

/// Merges all groups, or clusters, into one group without a name. Clusters of the same name in
/// different groups become one. None without groups.
pub fn total(parts: &dyn AllGroups) -> Option<Group<'_>> {
    let name = |index: usize| parts.get(index).cluster.clone();
    let first = (parts.len() > 0).then(|| parts.get(0))?;
    let mut tally = if first.cluster.is_none() {
        all_together(parts)?
    } else {
        let mut order: Vec<_> = (0..parts.len()).map(|index| (name(index), index)).collect();
        order.sort_unstable();
        let mut all = Tally::new(Shape { size: Size::Small, ..first.tally.shape() });
        for cluster in order.chunk_by(|(one, _), (other, _)| one == other) {
            let mut parts = cluster.iter().map(|&(_, index)| parts.get(index));
            let mut united = parts.next()?.tally.into_owned();
            parts.try_for_each(|part| united.merge(&part.tally)).ok()?;
            all.add_cluster(&united).ok()?;
        }
        all
    };
    tally.settle(1);
    Some(Group {
        file: None,
        values: SmallVec::new(),
        cluster: None,
        tally: Cow::Owned(tally),
        ..first
    })
}

/// The least number of clusters that are worth a thread.
const PART: usize = 1024;

/// Returns the sums over all groups; None without groups.
pub fn all_together(groups: &dyn AllGroups) -> Option<Tally> {
    let mut groups = (0..groups.len()).map(|index| groups.get(index));
    let mut all = groups.next()?.tally.into_owned();
    groups.try_for_each(|group| all.merge(&group.tally)).ok()?;
    Some(all)
}
