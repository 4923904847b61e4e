//! What an isotonic regression of labels on outputs takes: each distinct ŷ, with the weight
//! of its labels 0 and of its labels 1, exactly.
//!
//! A weight is kept as the f64 that add up to it: one of them wherever that is exact, as
//! of counts, and else a few, none of which overlaps another (J. R. Shewchuk, "Adaptive
//! precision floating-point arithmetic", 1997). So an entry takes 16 bytes, and neither the
//! order of instances nor their split decides a bit. Many entries are parted by ŷ, so that
//! what is put in order at a time fits into a near cache, and threads can share it.

use std::ops::Range;
use std::sync::Mutex;

use super::dyadic::Dyadic;
use super::integer::Integer;
use super::isotonic::{Pool, Pools, Step, Weight};
use super::limbs::limbs;
use crate::float::{Double, LEAST_EXPONENT, power_of_two, split};
use crate::threads::{lock, together};

/// Entries that are added before they are put in order, at least.
const FEW: usize = 256;

/// Entries in one part, before there are more parts.
const MANY: usize = 1 << 16;

/// Parts that a thread reads at a time.
const EACH: usize = 16;

/// Parts of [0, 1/2), each 2⁻⁷ of a power of two, and as many of the rest: those near 0 and 1
/// are the narrowest.
const HALF: usize = 32 << 7;

/// A distinct ŷ, with Σw of its labels 0 and of its labels 1.
pub type Sums = (f64, [Dyadic; 2]);

/// The outputs of one model.
#[derive(Clone, Debug)]
pub struct Forecasts {
    /// One or many, in the order of ŷ; by labels.
    parts: Vec<[Weights; 2]>,
    /// The threads that read the parts, once all are in order.
    threads: usize,
}

impl Default for Forecasts {
    fn default() -> Self {
        Forecasts { parts: vec![<[Weights; 2]>::default()], threads: 1 }
    }
}

/// The part of a ŷ among many: never before that of a smaller one.
fn part(yhat: f64) -> usize {
    // By the exponent and 7 bits of the number, or of what it lacks to 1.
    let from_0 = |x: f64| {
        let bits = (x.clamp(0.0, 1.0).to_bits() >> 45) as usize;
        (bits + HALF).saturating_sub((0.5f64.to_bits() >> 45) as usize).min(HALF - 1)
    };
    if yhat < 0.5 { from_0(yhat) } else { 2 * HALF - 1 - from_0(1.0 - yhat) }
}

/// A forecast, and a part of the weight of its label.
#[derive(Clone, Copy, Debug)]
struct Entry {
    /// The finite ŷ, which is never −0, as an integer in the same order.
    key: i64,
    /// Not 0; below 0 only beside larger parts.
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

/// The bits of a number as an integer in the order of numbers, and the other way round: those
/// of a number below 0, but its sign, are turned.
fn in_order(bits: i64) -> i64 {
    bits ^ ((bits >> 63) & i64::MAX)
}

/// The weight at each distinct ŷ, for one label.
#[derive(Clone, Debug, Default)]
struct Weights {
    /// Those in order, and then those that were added since.
    entries: Vec<Entry>,
    /// How many are in order.
    ordered: usize,
    /// Whether hardly any were of one ŷ when they were put in order last.
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

    /// Puts all entries in order, and those of one ŷ together.
    fn settle(&mut self) {
        if self.ordered == self.entries.len() {
            return;
        }
        self.entries[self.ordered..].sort_unstable_by_key(|entry| entry.key);
        if self.ordered > 0 {
            // Of two runs in order, a stable sort makes one.
            self.entries.sort_by_key(|entry| entry.key);
        }
        let (mut kept, mut next) = (0, 0);
        while next < self.entries.len() {
            let key = self.entries[next].key;
            // The parts of this weight so far are those from here to `kept`.
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

    /// The parts of the weight at each ŷ, in order.
    fn runs(&self) -> impl Iterator<Item = &[Entry]> {
        self.entries.chunk_by(|a, b| a.key == b.key)
    }
}

/// The weight that those parts are.
fn sum(parts: &[Entry]) -> Dyadic {
    let weights = parts.iter().map(|entry| Dyadic::from(entry.weight));
    weights.reduce(|sum, weight| sum.plus(&weight)).unwrap_or(Dyadic::from(0u64))
}

/// What divides all weights: a power of two.
struct Unit {
    exponent: i64,
    /// 2^−exponent.
    inverse: f64,
    /// How often it is in all weights together, nearly.
    total: f64,
}

impl Unit {
    /// The weight that those parts are, below 2⁶².
    #[expect(clippy::cast_possible_truncation, reason = "they are integers")]
    fn count(&self, parts: &[Entry]) -> u64 {
        parts.iter().map(|part| (part.weight * self.inverse) as i64).sum::<i64>().unsigned_abs()
    }

    /// The weight that those parts are, below 2¹¹⁰.
    #[expect(clippy::cast_possible_truncation, reason = "they are integers")]
    fn long_count(&self, parts: &[Entry]) -> u128 {
        parts.iter().map(|part| (part.weight * self.inverse) as i128).sum::<i128>().unsigned_abs()
    }
}

/// Adds a weight to the parts of a sum; tells where the parts end then.
///
/// The parts never take more room than the weights that they are the sum of.
fn grow(entries: &mut [Entry], parts: Range<usize>, entry: Entry) -> usize {
    let Entry { key, mut weight } = entry;
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
    entries[end] = Entry { key, weight };
    end + 1
}

impl Forecasts {
    /// Adds finite outputs whose labels are 0 or 1, and whose weights are finite and ≥ 0.
    /// Those of weight 0 are left out.
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
        // There is no −0, whose bits are those of no number near 0.
        let yhat = yhat + 0.0;
        let part = if self.parts.len() == 1 { 0 } else { part(yhat) };
        self.parts[part][label].add(Entry::new(yhat, weight));
    }

    /// Makes one part many, if it has become large.
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

    /// Adds other forecasts.
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

    /// Puts all in order if most entries are in none.
    fn settle_if_many(&mut self) {
        let weights = || self.parts.iter().flatten();
        let ordered = weights().map(|weights| weights.ordered).sum::<usize>();
        if weights().map(|weights| weights.entries.len()).sum::<usize>()
            > 64 * ordered.max(MANY / 64)
        {
            self.settle(1);
        }
    }

    /// Puts all in order, as what reads them needs it, on so many threads.
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

    /// Each distinct ŷ in ascending order, if all are in order.
    pub fn sums(&self) -> impl Iterator<Item = Sums> {
        self.parts
            .iter()
            .flat_map(|[zeros, ones]| side_by_side(zeros.runs(), ones.runs()))
            .map(|(yhat, parts)| (yhat, parts.map(sum)))
    }

    /// Adds the weights of a distinct ŷ, which are multiples of the least number above 0.
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

    /// Whether all of them have that Σw and that Σwy.
    pub fn are_of(&self, w: &Dyadic, wy: &Dyadic) -> bool {
        let sum_of = |label: usize| {
            let sums = self.parts.iter().map(|part| sum(&part[label].entries));
            sums.fold(Dyadic::from(0u64), |total, sum| total.plus(&sum))
        };
        let [zeros, ones] = [0, 1].map(sum_of);
        ones.minus(wy).is_zero() && zeros.plus(&ones).minus(w).is_zero()
    }

    /// The isotonic regression of the labels on ŷ, each as a function makes it, if there is
    /// one, which never puts a larger one before a smaller one: its steps, in ascending order.
    #[must_use]
    pub fn regression(&self, output: Option<&(dyn Fn(f64) -> f64 + Sync)>) -> Vec<Step> {
        if !self.is_settled() {
            let mut settled = self.clone();
            settled.settle(1);
            return settled.regression(output);
        }
        match self.unit() {
            Some(unit) if unit.total < power_of_two(62) => {
                let pools = self.pools(output, |parts| unit.count(parts));
                pools.steps(|&count| Dyadic::from(count).scaled(unit.exponent))
            }
            Some(unit) if unit.total < power_of_two(110) => {
                let pools = self.pools(output, |parts| unit.long_count(parts));
                let integer = |&count: &u128| Integer::of_limbs(false, &limbs(count));
                pools.steps(|count| Dyadic::new(integer(count), unit.exponent))
            }
            _ => self.pools(output, sum).steps(Dyadic::clone),
        }
    }

    /// The pools of the regression, of weights as a function makes them of their parts.
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
        // Outputs that become one must be together before they are pooled with others.
        let all = if output.is_some() { vec![pools(&self.parts)] } else { self.read(pools) };
        all.into_iter().reduce(Pools::append).unwrap_or_else(Pools::new)
    }

    /// What all weights are multiples of; None if there are none, or it is far from 1.
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

    /// Reads some parts at a time, on all threads; gives what they come to, in their order.
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

/// The entries of both, each ŷ once; of the one that lacks it, none.
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
