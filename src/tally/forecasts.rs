//! What an isotonic regression of labels on outputs takes: each distinct ŷ, with the weight
//! of its labels 0 and of its labels 1, exactly.
//!
//! A weight is kept as the f64 that add up to it: one of them wherever that is exact, as
//! of counts, and else a few, none of which overlaps another (J. R. Shewchuk, "Adaptive
//! precision floating-point arithmetic", 1997). So an entry takes 16 bytes, and neither the
//! order of instances nor their split decides a bit.

use std::ops::Range;

use super::dyadic::Dyadic;
use super::isotonic::{Step, steps};
use crate::float::{Double, LEAST_EXPONENT, power_of_two, scaled, split};

/// Entries that are added before they are put in order, at least.
const FEW: usize = 4096;

/// A distinct ŷ, with Σw of its labels 0 and of its labels 1.
pub type Sums = (f64, [Dyadic; 2]);

/// The outputs of one model, by their labels.
#[derive(Clone, Debug, Default)]
pub struct Forecasts {
    of_labels: [Weights; 2],
}

/// A forecast, and a part of the weight of its label.
#[derive(Clone, Copy, Debug)]
struct Entry {
    /// Finite, and never −0.
    yhat: f64,
    /// Not 0; below 0 only beside larger parts.
    weight: f64,
}

/// The weight at each distinct ŷ, for one label.
#[derive(Clone, Debug, Default)]
struct Weights {
    /// Those in order, and then those that were added since.
    entries: Vec<Entry>,
    /// How many are in order.
    ordered: usize,
}

impl Weights {
    fn add(&mut self, entry: Entry) {
        self.entries.push(entry);
        if self.entries.len() - self.ordered >= FEW.max(self.ordered) {
            self.settle();
        }
    }

    /// Puts all entries in order, and those of one ŷ together.
    fn settle(&mut self) {
        if self.ordered == self.entries.len() {
            return;
        }
        self.entries[self.ordered..].sort_unstable_by(|a, b| a.yhat.total_cmp(&b.yhat));
        // Of two runs in order, a stable sort makes one.
        self.entries.sort_by(|a, b| a.yhat.total_cmp(&b.yhat));
        let (mut kept, mut next) = (0, 0);
        while next < self.entries.len() {
            let yhat = self.entries[next].yhat;
            // The parts of this weight so far are those from here to `kept`.
            let start = kept;
            while next < self.entries.len() && self.entries[next].yhat == yhat {
                let weight = self.entries[next].weight;
                kept = grow(&mut self.entries, start..kept, Entry { yhat, weight });
                next += 1;
            }
        }
        self.entries.truncate(kept);
        self.ordered = kept;
    }

    /// The parts of the weight at each ŷ, in order.
    fn runs(&self) -> impl Iterator<Item = &[Entry]> {
        self.entries.chunk_by(|a, b| a.yhat == b.yhat)
    }

    /// Σw at each ŷ, in order.
    fn sums(&self) -> impl Iterator<Item = (f64, Dyadic)> {
        self.runs().map(|run| {
            let first = Dyadic::from(run[0].weight);
            let rest = run[1..].iter().map(|entry| Dyadic::from(entry.weight));
            (run[0].yhat, rest.fold(first, |sum, weight| sum.plus(&weight)))
        })
    }

    /// The same in units of 2^unit, of which they are all multiples.
    #[expect(clippy::cast_possible_truncation, reason = "they are integers below 2⁶²")]
    fn counts(&self, unit: i64) -> impl Iterator<Item = (f64, u64)> {
        self.runs().map(move |run| {
            let counts = run.iter().map(|entry| scaled(entry.weight, -unit) as i64);
            (run[0].yhat, counts.sum::<i64>().unsigned_abs())
        })
    }
}

/// Adds a weight to the parts of a sum; tells where the parts end then.
///
/// The parts never take more room than the weights that they are the sum of.
fn grow(entries: &mut [Entry], parts: Range<usize>, entry: Entry) -> usize {
    let Entry { yhat, mut weight } = entry;
    let mut end = parts.start;
    for index in parts {
        let part = entries[index].weight;
        let sum = Double::sum(weight, part);
        // What is beyond the largest number stays in two parts.
        let (sum, rest) = if sum.high.is_finite() { (sum.high, sum.low) } else { (weight, part) };
        weight = sum;
        if rest != 0.0 {
            entries[end].weight = rest;
            end += 1;
        }
    }
    entries[end] = Entry { yhat, weight };
    end + 1
}

impl Forecasts {
    /// Adds finite outputs whose labels are 0 or 1, and whose weights are finite and ≥ 0.
    /// Those of weight 0 are left out.
    pub fn extend(&mut self, y: &[f64], weights: Option<&[f64]>, outputs: &[f64]) {
        for (row, (&y, &yhat)) in y.iter().zip(outputs).enumerate() {
            let weight = weights.map_or(1.0, |weights| weights[row]);
            if weight > 0.0 {
                // There is no −0.
                let entry = Entry { yhat: yhat + 0.0, weight };
                self.of_labels[usize::from(y == 1.0)].add(entry);
            }
        }
    }

    /// Adds other forecasts.
    pub fn merge(&mut self, other: &Forecasts) {
        for (mine, theirs) in self.of_labels.iter_mut().zip(&other.of_labels) {
            theirs.entries.iter().for_each(|entry| mine.add(*entry));
        }
    }

    /// Puts all in order, as what reads them needs it.
    pub fn settle(&mut self) {
        self.of_labels.iter_mut().for_each(Weights::settle);
    }

    /// Each distinct ŷ in ascending order.
    pub fn sums(&self) -> impl Iterator<Item = Sums> {
        let none = || Dyadic::from(0u64);
        let [zeros, ones] = &self.of_labels;
        together(zeros.sums(), ones.sums())
            .map(move |(yhat, sums)| (yhat, sums.map(|sum| sum.unwrap_or_else(none))))
    }

    /// Adds the weights of a distinct ŷ, which are multiples of the least number above 0.
    pub fn add(&mut self, yhat: f64, sums: &[Dyadic; 2]) {
        // There is no −0.
        let yhat = yhat + 0.0;
        for (weights, sum) in self.of_labels.iter_mut().zip(sums) {
            let mut rest = sum.clone();
            while !rest.is_zero() {
                let weight = rest.to_f64().clamp(f64::MIN, f64::MAX);
                rest = rest.minus(&Dyadic::from(weight));
                weights.add(Entry { yhat, weight });
            }
        }
    }

    /// Whether all of them have that Σw and that Σwy.
    pub fn are_of(&self, w: &Dyadic, wy: &Dyadic) -> bool {
        let sum = |weights: &Weights| {
            let weights = weights.entries.iter().map(|entry| Dyadic::from(entry.weight));
            weights.fold(Dyadic::from(0u64), |sum, weight| sum.plus(&weight))
        };
        let [zeros, ones] = self.of_labels.each_ref().map(sum);
        ones.minus(wy).is_zero() && zeros.plus(&ones).minus(w).is_zero()
    }

    /// The isotonic regression of the labels on ŷ, after a function that never puts a larger
    /// ŷ before a smaller one: its steps, in ascending order.
    #[must_use]
    pub fn regression(&self, output: impl Fn(f64) -> f64) -> Vec<Step> {
        let [zeros, ones] = &self.of_labels;
        let Some(unit) = self.unit() else {
            return steps(self.sums().map(|(yhat, sums)| (output(yhat), sums)), Dyadic::clone);
        };
        let counts = together(zeros.counts(unit), ones.counts(unit));
        let counts =
            counts.map(|(yhat, counts)| (output(yhat), counts.map(Option::unwrap_or_default)));
        steps(counts, |&count| Dyadic::from(count).scaled(unit))
    }

    /// The exponent of a power of two of which all weights are multiples, if they are
    /// together less than 2⁶² times that; None else.
    fn unit(&self) -> Option<i64> {
        let weights = || self.of_labels.iter().flat_map(|it| &it.entries).map(|it| it.weight.abs());
        let least_bit = |weight| {
            let (exponent, significand) = split(weight);
            exponent as u64 + u64::from(significand.trailing_zeros())
        };
        let unit = weights().map(least_bit).min()?.cast_signed() + LEAST_EXPONENT;
        let total: f64 = weights().map(|weight| scaled(weight, -unit)).sum();
        (total < power_of_two(62)).then_some(unit)
    }
}

/// The entries of both, each ŷ once.
fn together<T>(
    zeros: impl Iterator<Item = (f64, T)>,
    ones: impl Iterator<Item = (f64, T)>,
) -> impl Iterator<Item = (f64, [Option<T>; 2])> {
    let (mut zeros, mut ones) = (zeros.peekable(), ones.peekable());
    std::iter::from_fn(move || {
        let next = [zeros.peek(), ones.peek()].into_iter().flatten().map(|(yhat, _)| *yhat);
        let yhat = next.min_by(f64::total_cmp)?;
        let zero = zeros.next_if(|(other, _)| *other == yhat);
        let one = ones.next_if(|(other, _)| *other == yhat);
        Some((yhat, [zero, one].map(|entry| entry.map(|(_, weight)| weight))))
    })
}
