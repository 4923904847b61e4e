//! The instances of highest cost.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use crate::report::Worst;

/// Candidates for the K worst instances by the first cost of the first model. Of equal costs,
/// the earlier in the input is the worse. Hardly more than 2 K are kept at a time.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    /// K.
    limit: usize,
    /// The lowest cost of the K worst so far, once there are K.
    threshold: Option<f64>,
    found: Vec<Worst>,
}

impl Candidates {
    /// Creates an empty list for the `limit` worst.
    pub fn new(limit: usize) -> Self {
        Candidates { limit, ..Candidates::default() }
    }

    /// Returns the rows of a batch that may be among the worst, in order. `costs` has the
    /// first cost of each row.
    pub fn rows(&self, costs: &[f64]) -> Vec<usize> {
        if self.limit == 0 {
            return Vec::new();
        }
        // Begins at the end with higher costs, so that few rows replace others.
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
            // Numbers ≥ 0 and their bits have the same order.
            let candidate = Reverse((cost.to_bits(), Reverse(row)));
            if rows.len() < self.limit {
                rows.push(candidate);
            } else if let Some(mut lowest) = rows.peek_mut()
                && candidate < *lowest
            {
                *lowest = candidate;
            }
            if rows.len() == self.limit {
                least = rows.peek().map_or(least, |Reverse((bits, _))| f64::from_bits(*bits));
            }
        }
        rows.into_iter().map(|Reverse((_, Reverse(row)))| row).collect()
    }

    /// Adds candidates that come later in the input than all those here.
    pub fn extend(&mut self, candidates: impl IntoIterator<Item = Worst>) {
        self.found.extend(candidates);
        if self.found.len() >= 2 * self.limit {
            self.prune();
        }
    }

    /// Removes and returns the worst so far, in the order of the input. The threshold stays.
    pub fn take(&mut self) -> Vec<Worst> {
        self.prune();
        let mut found = std::mem::take(&mut self.found);
        found.sort_by_key(|worst| worst.line);
        found
    }

    /// Returns the K worst, the worst first.
    pub fn worst_first(mut self) -> Vec<Worst> {
        self.prune();
        self.found
    }

    fn prune(&mut self) {
        // Stable, so that equal costs stay in the order of the input.
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
