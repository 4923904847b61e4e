//! Sorts rows of a batch by group.

/// Rows of a batch, group by group.
#[derive(Clone, Debug, Default)]
pub struct Partition {
    rows: Vec<usize>,
    sorted: Vec<usize>,
}

impl Partition {
    /// For fewer groups than this, a counting sort is fast.
    const FEW: usize = 64;

    /// Removes all rows.
    pub fn clear(&mut self) {
        self.rows.clear();
    }

    /// Adds a row, which comes after all others.
    pub fn push(&mut self, row: usize) {
        self.rows.push(row);
    }

    /// Returns each group of these rows with its rows in order. `groups` has the index of the
    /// group of each row of the batch.
    pub fn runs<'a>(
        &'a mut self,
        groups: &'a [usize],
    ) -> impl Iterator<Item = (usize, &'a [usize])> {
        let Partition { rows, sorted } = self;
        if rows.iter().all(|&row| groups[row] < Self::FEW) {
            let mut next = [0; Self::FEW];
            for &row in &*rows {
                next[groups[row]] += 1;
            }
            let mut start = 0;
            for count in &mut next {
                (start, *count) = (start + *count, start);
            }
            sorted.clear();
            sorted.resize(rows.len(), 0);
            for &row in &*rows {
                sorted[next[groups[row]]] = row;
                next[groups[row]] += 1;
            }
        } else {
            // Stable, so that rows stay in order.
            rows.sort_by_key(|&row| groups[row]);
            std::mem::swap(rows, sorted);
        }
        sorted.chunk_by(|&a, &b| groups[a] == groups[b]).map(|rows| (groups[rows[0]], rows))
    }
}
