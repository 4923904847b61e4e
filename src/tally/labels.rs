//! The sums of labels.

use fearless_simd::{Level, dispatch};

use super::classes::Classes;
use super::dyadic::Dyadic;
use super::limbs::{limbs, three_limbs, wide};
use super::sums::{Buckets, Fixed, Size};
use crate::float::{EXPONENT_OF_INTEGERS, split};

/// Σwy and Σwy²; w is 1 without weights.
#[derive(Clone, Debug)]
pub struct Labels {
    size: Size,
    /// The number of labels 1, if there are no weights.
    ones: u64,
    /// Σw over the labels 1, if there are weights.
    weight_of_ones: Option<Buckets<2>>,
    others: Option<Box<Others>>,
    /// The sums that were merged, in the order of [`merge_sums`](Labels::merge_sums).
    merged: Option<Box<[Fixed; 3]>>,
    /// If labels are indices of classes, these sums take the place of all others.
    classes: Option<Box<Classes>>,
}

/// The sums of labels that are neither 0 nor 1.
#[derive(Clone, Debug)]
struct Others {
    /// Σwy of the positive labels.
    positive: Buckets<2>,
    /// −Σwy of the negative labels.
    negative: Buckets<2>,
    /// Σwy².
    squares: Buckets<3>,
}

impl Labels {
    pub fn new(size: Size) -> Self {
        Labels { size, ones: 0, weight_of_ones: None, others: None, merged: None, classes: None }
    }

    /// Returns the sums of labels that are indices of classes, and creates them if needed.
    pub fn classes_mut(&mut self) -> &mut Classes {
        self.classes.get_or_insert_default()
    }

    /// Returns Σw of each class that has any; None if labels are no indices of classes.
    pub fn classes(&self) -> Option<Vec<(u32, Dyadic)>> {
        self.classes.as_ref().map(|classes| classes.sums())
    }

    /// Adds finite labels, with their weights if there are any.
    pub fn extend(&mut self, y: &[f64], weights: Option<&[f64]>) {
        if let Some(classes) = &mut self.classes {
            return classes.extend(y, weights, self.size);
        }
        let count =
            |label: f64| dispatch!(Level::new(), _ => y.iter().filter(|&&y| y == label).count());
        let ones = count(1.0);
        match weights {
            None => self.ones += ones as u64,
            Some(weights) => {
                let sum = self.weight_of_ones.get_or_insert_with(|| Buckets::new(self.size));
                for (&y, &w) in y.iter().zip(weights) {
                    // Without a branch: labels change from row to row.
                    let (exponent, m) = split(w);
                    sum.add(exponent + EXPONENT_OF_INTEGERS, [if y == 1.0 { m } else { 0 }, 0]);
                }
            }
        }
        if ones + count(0.0) < y.len() {
            self.extend_others(y, weights);
        }
    }

    fn extend_others(&mut self, y: &[f64], weights: Option<&[f64]>) {
        let size = self.size;
        let Others { positive, negative, squares } = &mut **self.others.get_or_insert_with(|| {
            let (positive, negative) = (Buckets::new(size), Buckets::new(size));
            Box::new(Others { positive, negative, squares: Buckets::new(size) })
        });
        for (row, &y) in y.iter().enumerate().filter(|&(_, &y)| y != 0.0 && y != 1.0) {
            let ((ey, my), (ew, mw)) = (split(y.abs()), split(weights.map_or(1.0, |w| w[row])));
            let m = wide(mw, my);
            let sum = if y > 0.0 { &mut *positive } else { &mut *negative };
            sum.add(ew + ey, limbs(m));
            squares.add(ew + 2 * ey, three_limbs(m, my));
        }
    }

    /// Adds a number of labels 1 without weights.
    pub fn count_ones(&mut self, ones: u64) {
        self.ones += ones;
    }

    /// Returns the number of labels 1; None if there are weights or labels other than 0 and 1.
    pub fn ones(&self) -> Option<u64> {
        let has_more = self.others.is_some()
            || self.weight_of_ones.is_some()
            || self.classes.is_some()
            || self.merged.as_ref().is_some_and(|sums| !sums.iter().all(Fixed::is_zero));
        (!has_more).then_some(self.ones)
    }

    /// Adds the sums of other labels.
    pub fn merge(&mut self, other: &Labels) {
        if let Some(classes) = other.classes() {
            return self.classes_mut().merge(&classes);
        }
        self.ones += other.ones;
        self.merge_sums(&other.sums());
    }

    /// Adds labels by three sums: Σwy of the positive ones, −Σwy of the negative ones,
    /// and Σwy² of both.
    pub fn merge_sums(&mut self, sums: &[Fixed; 3]) {
        for (mine, theirs) in self.merged.get_or_insert_default().iter_mut().zip(sums) {
            mine.merge(theirs);
        }
    }

    /// Returns the sums of [`merge_sums`](Labels::merge_sums), without the labels in `ones`.
    fn sums(&self) -> [Fixed; 3] {
        let [mut positive, mut negative, mut squares] =
            self.merged.as_deref().cloned().unwrap_or_default();
        if let Some(ones) = self.weight_of_ones.as_ref().map(Buckets::sum) {
            positive.merge(&ones);
            squares.merge(&ones);
        }
        if let Some(others) = &self.others {
            positive.merge(&others.positive.sum());
            negative.merge(&others.negative.sum());
            squares.merge(&others.squares.sum());
        }
        [positive, negative, squares]
    }

    /// Returns Σwy and Σwy².
    pub fn moments(&self) -> [Dyadic; 2] {
        let ones = Dyadic::from(self.ones);
        let [positive, negative, squares] = self.sums().map(Dyadic::from);
        [positive.plus(&ones).minus(&negative), squares.plus(&ones)]
    }
}
