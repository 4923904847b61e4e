//! Sorts the rows of a batch by group.

/// The rows of a batch, group by group.
#[derive(Clone, Debug, Default)]
pub struct Partition {
    /// The index of the group of each row.
    pub groups: Vec<usize>,
    /// Rows, ordered by group.
    rows: Vec<usize>,
}

impl Partition {
    /// For fewer groups than this, a counting sort is fast.
    const FEW: usize = 64;

    /// Returns each group of the batch with its rows in order.
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
