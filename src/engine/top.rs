//! The instances of highest cost.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

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
        // From the end where costs are higher, so that few take the place of others.
        let mut rows = if costs.first() < costs.last() {
            self.highest(costs, (0..costs.len()).rev())
        } else {
            self.highest(costs, 0..costs.len())
        };
        rows.sort_unstable();
        rows
    }

    fn highest(&self, costs: &[f64], order: impl Iterator<Item = usize>) -> Vec<usize> {
        let mut rows = BinaryHeap::with_capacity(self.limit.min(costs.len()));
        let mut least = self.threshold.unwrap_or(0.0);
        for row in order {
            let cost = costs[row];
            if cost < least || self.threshold == Some(cost) {
                continue;
            }
            // The bits of numbers ≥ 0 are in their order.
            let candidate = Reverse((cost.to_bits(), Reverse(row)));
            if rows.len() < self.limit {
                rows.push(candidate);
            } else if let Some(mut worst) = rows.peek_mut()
                && candidate < *worst
            {
                *worst = candidate;
            }
            if rows.len() == self.limit {
                least = rows.peek().map_or(least, |Reverse((bits, _))| f64::from_bits(*bits));
            }
        }
        rows.into_iter().map(|Reverse((_, Reverse(row)))| row).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rows_are_those_of_the_highest_costs_the_first_of_equal_ones(
            costs in prop::collection::vec(prop_oneof![0..4u8, 0..200u8], 0..60),
            limit in 0..8usize,
            threshold in prop::option::of(0..100u8),
        ) {
            let costs: Vec<f64> = costs.into_iter().map(f64::from).collect();
            let threshold = threshold.map(f64::from);
            let mut wanted: Vec<usize> = (0..costs.len())
                .filter(|&row| threshold.is_none_or(|threshold| costs[row] > threshold))
                .collect();
            wanted.sort_by(|&a, &b| descending(costs[a], costs[b]));
            wanted.truncate(limit);
            wanted.sort_unstable();
            let candidates = Candidates { limit, threshold, found: Vec::new() };
            prop_assert_eq!(candidates.rows(&costs), wanted);
        }
    }
}
