//! Groups of instances as sums, and how clusters of a group are put together.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::tally::{Shape, Size, Tally};

/// The instances of a group, or of one cluster of it, as sums.
#[derive(Clone, Debug)]
pub struct Group {
    /// The file, if results are by file.
    pub file: Option<String>,
    /// What the group has in the columns that it is grouped by.
    pub values: Vec<Vec<u8>>,
    /// What the cluster has in the column of clusters; None for a whole group.
    pub cluster: Option<Vec<u8>>,
    /// The names of the models.
    pub models: Vec<String>,
    /// The sums.
    pub tally: Tally,
}

/// Groups in order of first appearance.
pub trait AllGroups: Sync {
    /// How many there are.
    fn len(&self) -> usize;

    /// One of them.
    fn get(&self, index: usize) -> Cow<'_, Group>;

    /// Its instances, and those left out.
    fn counts(&self, index: usize) -> [u64; 2] {
        let group = self.get(index);
        [group.tally.n(), group.tally.skipped()]
    }

    /// Whether it has instances, and none of any weight.
    fn is_weightless(&self, index: usize) -> bool {
        let tally = &self.get(index).tally;
        tally.n() > 0 && tally.support() == 0
    }

    /// The instances of all groups, and those left out.
    fn all_counts(&self) -> [u64; 2] {
        let counts = (0..self.len()).map(|index| self.counts(index));
        counts.fold([0; 2], |[n, skipped], [more, left_out]| [n + more, skipped + left_out])
    }
}

impl AllGroups for Vec<Group> {
    fn len(&self) -> usize {
        self.as_slice().len()
    }

    fn get(&self, index: usize) -> Cow<'_, Group> {
        Cow::Borrowed(&self[index])
    }
}

/// The groups of those clusters, each with all its clusters.
pub fn of_clusters(clusters: &dyn AllGroups) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut indices = HashMap::new();
    for cluster in (0..clusters.len()).map(|index| clusters.get(index)) {
        let name = (cluster.file.clone(), cluster.values.clone());
        let index = *indices.entry(name).or_insert_with(|| {
            let tally = Tally::new(Shape { size: Size::Small, ..cluster.tally.shape() });
            groups.push(Group { cluster: None, tally, ..Group::clone(&cluster) });
            groups.len() - 1
        });
        groups[index].tally.add_cluster(&cluster.tally).expect("its rows were counted");
    }
    groups
}

/// The sums over all groups; None without any.
pub fn all_together(groups: &dyn AllGroups) -> Option<Tally> {
    let mut groups = (0..groups.len()).map(|index| groups.get(index));
    let mut all = groups.next()?.tally.clone();
    groups.try_for_each(|group| all.merge(&group.tally)).ok()?;
    Some(all)
}
