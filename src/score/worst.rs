//! The instances of highest cost.

use std::borrow::Cow;

use super::scorer::Scorer;

/// An instance of high cost.
#[derive(Clone, Debug)]
pub struct Worst {
    /// The file.
    pub file: String,
    /// The physical line, counted from the start of the block while it is a
    /// candidate.
    pub line: u64,
    /// The cells of the input.
    pub cells: Vec<Vec<u8>>,
    /// Its costs, one per model and cost.
    pub costs: Vec<f64>,
    /// Its weight; 1 without weights.
    pub weight: f64,
}

/// Candidates for the K worst instances, of which there are never many more
/// than K. Which they are depends on the first cost of the first model; of equal
/// ones the first in the input counts.
#[derive(Debug, Default)]
pub struct Candidates {
    most: usize,
    /// With as many as wanted among those seen: the least of their costs.
    threshold: Option<f64>,
    found: Vec<Worst>,
}

impl Candidates {
    /// For the so many worst.
    pub fn new(most: usize) -> Self {
        Candidates { most, ..Candidates::default() }
    }

    /// Takes those rows of a batch that may be among the worst. `describe` gives
    /// the line and the cells of a row.
    pub fn consider<'b>(
        &mut self,
        scorer: &Scorer,
        weights: Option<&[f64]>,
        describe: impl Fn(usize) -> (u64, Vec<Cow<'b, [u8]>>),
    ) {
        if self.most == 0 {
            return;
        }
        for (row, &cost) in scorer.costs()[0].iter().enumerate() {
            if self.threshold.is_some_and(|threshold| cost <= threshold) {
                continue;
            }
            let (line, cells) = describe(row);
            let cells = cells.into_iter().map(Cow::into_owned).collect();
            let weight = weights.map_or(1.0, |weights| weights[row]);
            let costs = scorer.costs_of(row).collect();
            self.found.push(Worst { file: String::new(), line, cells, costs, weight });
            if self.found.len() >= 2 * self.most {
                self.prune();
            }
        }
    }

    /// Adds candidates that come after all those that are here.
    pub fn extend(&mut self, candidates: impl IntoIterator<Item = Worst>) {
        self.found.extend(candidates);
        if self.found.len() >= 2 * self.most {
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
        self.found.sort_by(|a, b| b.costs[0].total_cmp(&a.costs[0]));
        self.found.truncate(self.most);
        if self.most > 0 && self.found.len() == self.most {
            let least = self.found[self.most - 1].costs[0];
            self.threshold = Some(self.threshold.map_or(least, |threshold| threshold.max(least)));
        }
    }
}
