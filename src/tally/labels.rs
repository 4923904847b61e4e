//! The sums of labels.

use super::dyadic::Dyadic;
use super::sums::{Buckets, Fixed, Size, limbs, three_limbs, wide};
use crate::float::split;

/// Σwy and Σwy²; w is 1 without weights.
#[derive(Clone, Debug)]
pub struct Labels {
    size: Size,
    /// Labels of 1, without weights.
    ones: u64,
    /// Σw over the labels of 1, with weights.
    weight_of_ones: Option<Buckets<2>>,
    /// The labels that are neither 0 nor 1.
    others: Option<Box<Others>>,
}

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
        Labels { size, ones: 0, weight_of_ones: None, others: None }
    }

    /// Labels of which only Σwy and Σwy² are known.
    pub fn of_sums(sum: &Dyadic, squares: Fixed) -> Self {
        let zero = Dyadic::from(0u64);
        let (positive, negative) =
            if sum.is_positive() { (sum, zero) } else { (&zero.clone(), zero.minus(sum)) };
        let others = Others {
            positive: Buckets::of_sum(2, Fixed::from(positive)),
            negative: Buckets::of_sum(2, Fixed::from(&negative)),
            squares: Buckets::of_sum(3, squares),
        };
        Labels { others: Some(Box::new(others)), ..Labels::new(Size::Small) }
    }

    /// Adds finite labels, of those weights if there are any.
    pub fn extend(&mut self, y: &[f64], weights: Option<&[f64]>) {
        let count = |label: f64| y.iter().filter(|&&y| y == label).count();
        let ones = count(1.0);
        match weights {
            None => self.ones += ones as u64,
            Some(weights) => {
                let sum = self.weight_of_ones.get_or_insert_with(|| Buckets::new(1, self.size));
                for (&y, &w) in y.iter().zip(weights) {
                    // Without a branch: labels change from row to row.
                    let (exponent, m) = split(w);
                    sum.add(exponent, [if y == 1.0 { m } else { 0 }, 0]);
                }
            }
        }
        if ones + count(0.0) < y.len() {
            self.extend_others(y, weights);
        }
    }

    fn extend_others(&mut self, y: &[f64], weights: Option<&[f64]>) {
        let others = self.others.get_or_insert_with(|| Box::new(Others::new(self.size)));
        for (row, &y) in y.iter().enumerate().filter(|&(_, &y)| y != 0.0 && y != 1.0) {
            let ((ey, my), (ew, mw)) = (split(y.abs()), split(weights.map_or(1.0, |w| w[row])));
            let m = wide(mw, my);
            let sum = if y > 0.0 { &mut others.positive } else { &mut others.negative };
            sum.add(ew + ey, limbs(m));
            others.squares.add(ew + 2 * ey, three_limbs(m, my));
        }
    }

    pub fn fold(&mut self) {
        if let Some(sum) = &mut self.weight_of_ones {
            sum.fold();
        }
        if let Some(others) = &mut self.others {
            others.positive.fold();
            others.negative.fold();
            others.squares.fold();
        }
    }

    /// Adds the labels of another.
    pub fn merge(&mut self, other: &Labels) {
        self.ones += other.ones;
        if let Some(theirs) = &other.weight_of_ones {
            self.weight_of_ones.get_or_insert_with(|| Buckets::new(1, self.size)).merge(theirs);
        }
        if let Some(theirs) = &other.others {
            let mine = self.others.get_or_insert_with(|| Box::new(Others::new(self.size)));
            mine.positive.merge(&theirs.positive);
            mine.negative.merge(&theirs.negative);
            mine.squares.merge(&theirs.squares);
        }
    }

    /// Σwy.
    pub fn sum(&self) -> Dyadic {
        match &self.others {
            None => self.sum_of_ones(),
            Some(others) => {
                let positive = self.sum_of_ones().plus(&others.positive.sum().to_dyadic());
                positive.minus(&others.negative.sum().to_dyadic())
            }
        }
    }

    /// Σwy².
    pub fn sum_of_squares(&self) -> Dyadic {
        match &self.others {
            None => self.sum_of_ones(),
            Some(others) => self.sum_of_ones().plus(&others.squares.sum().to_dyadic()),
        }
    }

    fn sum_of_ones(&self) -> Dyadic {
        let weights = self.weight_of_ones.as_ref().map(|sum| sum.sum().to_dyadic());
        weights.unwrap_or_else(|| Dyadic::from(self.ones))
    }
}

impl Others {
    fn new(size: Size) -> Self {
        Others {
            positive: Buckets::new(2, size),
            negative: Buckets::new(2, size),
            squares: Buckets::new(3, size),
        }
    }
}
