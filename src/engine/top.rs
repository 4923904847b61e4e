//! The instances of highest cost.

use std::cmp::Ordering;

use crate::report::Worst;

/// Candidates for the K worst instances, of which there are never many more than K.
/// Which they are depends on the first cost of the first model; of equal ones the first in
/// the input counts.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    limit: usize,
    /// With as many as wanted among those seen: the least of their costs.
    threshold: Option<f64>,
    found: Vec<Worst>,
}

impl Candidates {
    /// For the so many worst.
    pub fn new(limit: usize) -> Self {
        Candidates { limit, ..Candidates::default() }
    }

    /// The rows of a batch that may be among the worst, in order, by their first costs.
    pub fn rows(&self, costs: &[f64]) -> Vec<usize> {
        if self.limit == 0 {
            return Vec::new();
        }
        let is_above = |&row: &usize| self.threshold.is_none_or(|threshold| costs[row] > threshold);
        let mut rows: Vec<usize> = (0..costs.len()).filter(is_above).collect();
        if rows.len() > self.limit {
            let order = |a: &usize, b: &usize| descending(costs[*a], costs[*b]).then(a.cmp(b));
            rows.select_nth_unstable_by(self.limit - 1, order);
            rows.truncate(self.limit);
            rows.sort_unstable();
        }
        rows
    }

    /// Adds candidates that come after all those that are here.
    pub fn extend(&mut self, candidates: impl IntoIterator<Item = Worst>) {
        self.found.extend(candidates);
        if self.found.len() >= 2 * self.limit {
            self.prune();
        }
    }

    /// Hands over those found so far; the threshold stays.
    pub fn take(&mut self) -> Vec<Worst> {
        self.prune();
        // In the order of the input again, so that later ones stay later.
        let mut found = std::mem::take(&mut self.found);
        found.sort_by_key(|worst| worst.line);
        found
    }

    /// The K worst.
    pub fn worst_first(mut self) -> Vec<Worst> {
        self.prune();
        self.found
    }

    fn prune(&mut self) {
        // Stable: of equal costs the first comes first.
        self.found.sort_by(|a, b| descending(a.costs[0], b.costs[0]));
        self.found.truncate(self.limit);
        if self.limit > 0 && self.found.len() == self.limit {
            let least = self.found[self.limit - 1].costs[0];
            self.threshold = Some(self.threshold.map_or(least, |threshold| threshold.max(least)));
        }
    }
}

fn descending(a: f64, b: f64) -> Ordering {
    b.total_cmp(&a)
}
