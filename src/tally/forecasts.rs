//! The input of an isotonic regression of labels on outputs: each distinct ŷ, with the exact
//! total weights of its labels 0 and of its labels 1.
//!
//! A total weight is kept as a sum of f64: usually one, which is exact for counts, else a few
//! that do not overlap (J. R. Shewchuk, "Adaptive precision floating-point arithmetic", 1997).
//! Each takes an entry of 16 bytes, and no bit of a result depends on the order or the split of
//! the instances. Many entries are divided by ŷ into parts, so that a part is sorted within a
//! near cache, and threads can share the work.

use std::ops::Range;
use std::sync::Mutex;

use super::dyadic::Dyadic;
use super::integer::Integer;
use super::isotonic::{Pool, Pools, Step, Weight};
use super::limbs::limbs;
use crate::float::{Double, LEAST_EXPONENT, power_of_two, split};
use crate::threads::{lock, together};

/// The least number of new entries to sort.
const FEW: usize = 256;

/// The most entries in a single part, before they are divided.
const MANY: usize = 1 << 16;

/// The number of parts that a thread reads at a time.
const EACH: usize = 16;

/// The number of parts of [0, 1/2), of which each power of two has 2⁷. [1/2, 1] has as many,
/// in mirror image, so that the parts near 0 and near 1 are the narrowest.
const HALF: usize = 32 << 7;

/// A distinct ŷ, with Σw of its labels 0 and of its labels 1.
pub type Sums = (f64, [Dyadic; 2]);

/// The outputs of one model, with the weights of their labels.
#[derive(Clone, Debug)]
pub struct Forecasts {
    /// One part, or `2 * HALF` in the order of ŷ; each for the labels 0 and the labels 1.
    parts: Vec<[Weights; 2]>,
    /// The number of threads that read the parts.
    threads: usize,
}

impl Default for Forecasts {
    fn default() -> Self {
        Forecasts { parts: vec![<[Weights; 2]>::default()], threads: 1 }
    }
}

/// Returns the index of the part that a ŷ belongs to, which never falls as ŷ rises.
fn part(yhat: f64) -> usize {
    // By the exponent and 7 bits of ŷ, or of 1 − ŷ.
    let from_0 = |x: f64| {
        let bits = (x.clamp(0.0, 1.0).to_bits() >> 45) as usize;
        (bits + HALF).saturating_sub((0.5f64.to_bits() >> 45) as usize).min(HALF - 1)
    };
    if yhat < 0.5 { from_0(yhat) } else { 2 * HALF - 1 - from_0(1.0 - yhat) }
}

/// A ŷ, and a summand of the total weight of one of its labels.
#[derive(Clone, Copy, Debug)]
struct Entry {
    /// The finite ŷ, which is never −0, as an integer that sorts alike.
    key: i64,
    /// Not 0. It is negative only beside a larger positive summand.
    weight: f64,
}

impl Entry {
    fn new(yhat: f64, weight: f64) -> Self {
        Entry { key: in_order(yhat.to_bits().cast_signed()), weight }
    }

    fn yhat(&self) -> f64 {
        f64::from_bits(in_order(self.key).cast_unsigned())
    }
}

/// Converts the bits of a number to an integer that sorts alike, and back: inverts all bits of a
/// negative number except the sign.
fn in_order(bits: i64) -> i64 {
    bits ^ ((bits >> 63) & i64::MAX)
}

/// The total weight at each distinct ŷ, for one label.
#[derive(Clone, Debug, Default)]
struct Weights {
    /// First the sorted entries, then those that were added since.
    entries: Vec<Entry>,
    /// The number of sorted entries.
    ordered: usize,
    /// Whether the last sort found nearly all ŷ to be distinct.
    are_distinct: bool,
}

impl Weights {
    fn add(&mut self, entry: Entry) {
        self.entries.push(entry);
        let most = if self.are_distinct { 4 * self.ordered } else { self.ordered };
        if self.entries.len() - self.ordered >= FEW.max(most) {
            self.settle();
        }
    }

    /// Sorts all entries, and adds up those of the same ŷ.
    fn settle(&mut self) {
        if self.ordered == self.entries.len() {
            return;
        }
        self.entries[self.ordered..].sort_unstable_by_key(|entry| entry.key);
        if self.ordered > 0 {
            // The stable sort finds the two sorted runs and only merges them.
            self.entries.sort_by_key(|entry| entry.key);
        }
        let (mut kept, mut next) = (0, 0);
        while next < self.entries.len() {
            let key = self.entries[next].key;
            // The summands of this weight so far are those from here to `kept`.
            let start = kept;
            while next < self.entries.len() && self.entries[next].key == key {
                let weight = self.entries[next].weight;
                kept = grow(&mut self.entries, start..kept, Entry { key, weight });
                next += 1;
            }
        }
        self.are_distinct = kept > self.entries.len() / 8 * 7;
        self.entries.truncate(kept);
        self.ordered = kept;
    }

    /// Returns for each ŷ, in ascending order, the summands of its weight.
    fn runs(&self) -> impl Iterator<Item = &[Entry]> {
        self.entries.chunk_by(|a, b| a.key == b.key)
    }
}

/// Returns the sum of the weights of entries.
fn sum(summands: &[Entry]) -> Dyadic {
    let weights = summands.iter().map(|entry| Dyadic::from(entry.weight));
    weights.reduce(|sum, weight| sum.plus(&weight)).unwrap_or(Dyadic::from(0u64))
}

/// A power of two of which all weights are multiples.
struct Unit {
    exponent: i64,
    /// 2^−exponent.
    inverse: f64,
    /// The total of all weights in this unit, rounded.
    total: f64,
}

impl Unit {
    /// Returns the sum of weights in this unit; it must be below 2⁶².
    #[expect(clippy::cast_possible_truncation, reason = "they are integers")]
    fn count(&self, summands: &[Entry]) -> u64 {
        let counts = summands.iter().map(|entry| (entry.weight * self.inverse) as i64);
        counts.sum::<i64>().unsigned_abs()
    }

    /// Returns the sum of weights in this unit; it must be below 2¹¹⁰.
    #[expect(clippy::cast_possible_truncation, reason = "they are integers")]
    fn long_count(&self, summands: &[Entry]) -> u128 {
        let counts = summands.iter().map(|entry| (entry.weight * self.inverse) as i128);
        counts.sum::<i128>().unsigned_abs()
    }
}

/// Adds the weight of an entry to a sum, and returns the new end of its summands.
///
/// There are never more summands than weights that were added.
fn grow(entries: &mut [Entry], summands: Range<usize>, entry: Entry) -> usize {
    let Entry { key, mut weight } = entry;
    let mut end = summands.start;
    for index in summands {
        let other = entries[index].weight;
        let sum = Double::sum(weight, other);
        // A sum beyond the largest number stays two summands.
        let (sum, rest) = if sum.high.is_finite() { (sum.high, sum.low) } else { (weight, other) };
        weight = sum;
        if rest != 0.0 {
            entries[end].weight = rest;
            end += 1;
        }
    }
    entries[end] = Entry { key, weight };
    end + 1
}

impl Forecasts {
    /// Adds finite outputs with labels 0 or 1 and with weights that are finite and ≥ 0.
    /// Outputs of weight 0 are ignored.
    pub fn extend(&mut self, y: &[f64], weights: Option<&[f64]>, outputs: &[f64]) {
        for (row, (&y, &yhat)) in y.iter().zip(outputs).enumerate() {
            let weight = weights.map_or(1.0, |weights| weights[row]);
            if weight > 0.0 {
                self.add_entry(usize::from(y == 1.0), yhat, weight);
            }
        }
        self.split();
    }

    fn add_entry(&mut self, label: usize, yhat: f64, weight: f64) {
        // −0 becomes 0, as its bits would not sort beside those of 0.
        let yhat = yhat + 0.0;
        let part = if self.parts.len() == 1 { 0 } else { part(yhat) };
        self.parts[part][label].add(Entry::new(yhat, weight));
    }

    /// Divides a single part into many if it is large.
    fn split(&mut self) {
        let entries = |part: &[Weights; 2]| part.iter().map(|it| it.entries.len()).sum::<usize>();
        if let [one] = self.parts.as_slice()
            && entries(one) > MANY
        {
            let one = std::mem::take(self);
            self.parts.resize_with(2 * HALF, Default::default);
            self.merge(&one);
        }
    }

    pub fn merge(&mut self, other: &Forecasts) {
        if self.parts.len() > 1 && self.parts.len() == other.parts.len() {
            let mine = self.parts.iter_mut().flatten();
            for (mine, theirs) in mine.zip(other.parts.iter().flatten()) {
                mine.entries.extend_from_slice(&theirs.entries);
            }
            return self.settle_if_many();
        }
        for (label, weights) in other.parts.iter().flat_map(|part| part.iter().enumerate()) {
            for entry in &weights.entries {
                self.add_entry(label, entry.yhat(), entry.weight);
            }
        }
        self.split();
    }

    /// Sorts all entries if only few of them are sorted.
    fn settle_if_many(&mut self) {
        let weights = || self.parts.iter().flatten();
        let ordered = weights().map(|weights| weights.ordered).sum::<usize>();
        if weights().map(|weights| weights.entries.len()).sum::<usize>()
            > 64 * ordered.max(MANY / 64)
        {
            self.settle(1);
        }
    }

    /// Sorts all entries, on up to `threads` threads, and lets as many read them later.
    pub fn settle(&mut self, threads: usize) {
        self.threads = if self.parts.len() == 1 { 1 } else { threads };
        let parts = Mutex::new(self.parts.iter_mut());
        let next = || lock(&parts).next();
        together(self.threads, || {
            while let Some(part) = next() {
                part.iter_mut().for_each(Weights::settle);
            }
        });
    }

    fn is_settled(&self) -> bool {
        self.parts.iter().flatten().all(|weights| weights.ordered == weights.entries.len())
    }

    /// Returns the distinct ŷ in ascending order. The forecasts must be settled.
    pub fn sums(&self) -> impl Iterator<Item = Sums> {
        self.parts
            .iter()
            .flat_map(|[zeros, ones]| side_by_side(zeros.runs(), ones.runs()))
            .map(|(yhat, parts)| (yhat, parts.map(sum)))
    }

    /// Adds the total weights at one ŷ, which must be multiples of the least f64 above 0.
    pub fn add(&mut self, yhat: f64, sums: &[Dyadic; 2]) {
        for (label, sum) in sums.iter().enumerate() {
            let mut rest = sum.clone();
            while !rest.is_zero() {
                let weight = rest.to_f64().clamp(f64::MIN, f64::MAX);
                rest = rest.minus(&Dyadic::from(weight));
                self.add_entry(label, yhat, weight);
            }
        }
        self.split();
    }

    /// Whether the forecasts add up to this Σw and Σwy.
    pub fn are_of(&self, w: &Dyadic, wy: &Dyadic) -> bool {
        let sum_of = |label: usize| {
            let sums = self.parts.iter().map(|part| sum(&part[label].entries));
            sums.fold(Dyadic::from(0u64), |total, sum| total.plus(&sum))
        };
        let [zeros, ones] = [0, 1].map(sum_of);
        ones.minus(wy).is_zero() && zeros.plus(&ones).minus(w).is_zero()
    }

    /// Returns the steps of the isotonic regression of the labels on ŷ, in ascending order.
    /// Each ŷ is first mapped by `output`, which must never fall as ŷ rises.
    #[must_use]
    pub fn regression(&self, output: Option<&(dyn Fn(f64) -> f64 + Sync)>) -> Vec<Step> {
        if !self.is_settled() {
            let mut settled = self.clone();
            settled.settle(1);
            return settled.regression(output);
        }
        match self.unit() {
            Some(unit) if unit.total < power_of_two(62) => {
                let pools = self.pools(output, |summands| unit.count(summands));
                pools.steps(|&count| Dyadic::from(count).scaled(unit.exponent))
            }
            Some(unit) if unit.total < power_of_two(110) => {
                let pools = self.pools(output, |summands| unit.long_count(summands));
                let integer = |&count: &u128| Integer::of_limbs(false, &limbs(count));
                pools.steps(|count| Dyadic::new(integer(count), unit.exponent))
            }
            _ => self.pools(output, sum).steps(Dyadic::clone),
        }
    }

    /// Returns the pools of the regression. `weight` adds up the summands of a weight.
    fn pools<T: Weight + Send>(
        &self,
        output: Option<&(dyn Fn(f64) -> f64 + Sync)>,
        weight: impl Fn(&[Entry]) -> T + Sync,
    ) -> Pools<T> {
        let pools = |parts: &[[Weights; 2]]| {
            let (mut pools, mut next): (_, Option<Pool<T>>) = (Pools::new(), None);
            for [zeros, ones] in parts {
                for (yhat, weights) in side_by_side(zeros.runs(), ones.runs()) {
                    let yhat = output.map_or(yhat, |output| output(yhat));
                    let pool = Pool::new(yhat, weights.map(&weight));
                    match &mut next {
                        Some(next) if next.has_same_output(&pool) => next.add(&pool),
                        _ => {
                            if let Some(last) = next.replace(pool) {
                                pools.push(last);
                            }
                        }
                    }
                }
            }
            if let Some(last) = next {
                pools.push(last);
            }
            pools
        };
        // `output` may map the ŷ of two parts to the same number. These must be added up before
        // they are pooled with others, so no part may be pooled alone.
        let all = if output.is_some() { vec![pools(&self.parts)] } else { self.read(pools) };
        all.into_iter().reduce(Pools::append).unwrap_or_else(Pools::new)
    }

    /// Returns the largest common unit of all weights; None without any, or if it is extreme.
    fn unit(&self) -> Option<Unit> {
        let weights = |parts: &[[Weights; 2]]| {
            let entries = parts.iter().flatten().flat_map(|weights| &weights.entries);
            let least = |(least, total): (u64, f64), entry: &Entry| {
                let weight = entry.weight.abs();
                let (exponent, significand) = split(weight);
                let bit = exponent as u64 + u64::from(significand.trailing_zeros());
                (least.min(bit), total + weight)
            };
            entries.fold((u64::MAX, 0.0), least)
        };
        let both = |(a, b): (u64, f64), (c, d): (u64, f64)| (a.min(c), b + d);
        let (least, total) = self.read(weights).into_iter().reduce(both)?;
        let exponent = i64::try_from(least).ok()? + LEAST_EXPONENT;
        let inverse = power_of_two(i32::try_from(-exponent).ok().filter(|e| e.abs() < 1000)?);
        Some(Unit { exponent, inverse, total: total * inverse })
    }

    /// Applies a function to the parts on all threads, and returns the results in their order.
    fn read<T: Send>(&self, work: impl Fn(&[[Weights; 2]]) -> T + Sync) -> Vec<T> {
        let parts = Mutex::new(self.parts.chunks(EACH).enumerate());
        let next = || lock(&parts).next();
        let read = || {
            let mut found = Vec::new();
            while let Some((index, parts)) = next() {
                found.push((index, work(parts)));
            }
            found
        };
        let mut all: Vec<(usize, T)> = together(self.threads, read).into_iter().flatten().collect();
        all.sort_unstable_by_key(|(index, _)| *index);
        all.into_iter().map(|(_, found)| found).collect()
    }
}

/// Joins the runs of both labels by ŷ. Where one label lacks a ŷ, its run is empty.
fn side_by_side<'a>(
    zeros: impl Iterator<Item = &'a [Entry]>,
    ones: impl Iterator<Item = &'a [Entry]>,
) -> impl Iterator<Item = (f64, [&'a [Entry]; 2])> {
    let (mut zeros, mut ones) = (zeros.peekable(), ones.peekable());
    std::iter::from_fn(move || {
        let first = |run: Option<&&[Entry]>| run.map_or(i64::MAX, |run| run[0].key);
        let [zero, one] = [first(zeros.peek()), first(ones.peek())];
        let key = zero.min(one);
        let zero = if zero == key { zeros.next() } else { None };
        let one = if one == key { ones.next() } else { None };
        let run = zero.or(one)?;
        Some((run[0].yhat(), [zero.unwrap_or_default(), one.unwrap_or_default()]))
    })
}
