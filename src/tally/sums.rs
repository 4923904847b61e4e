//! Exact sums of numbers, of their squares and of their products, with no
//! rounding at all until a statistic is read.
//!
//! A finite f64 is m·2ᵉ with an integer m < 2⁵³ and one of 2,046 exponents. A
//! product of such numbers is an integer of a few 64-bit limbs, times a power of
//! two whose exponent is the sum of theirs. So [`Buckets`] keeps one integer per exponent:
//! an addition is a carry over a few limbs, nothing is shifted, and no product
//! can over- or underflow. Before a bucket could overflow, all are folded into
//! one [`Fixed`] number. Integer addition is associative, hence the same bits
//! for any order and any split. The idea of a bucket per exponent is that of the
//! large superaccumulator of R. M. Neal, "Fast exact summation using small and
//! large superaccumulators" (arXiv:1505.05571). Most numbers are first
//! added up in blocks, each of which adds to two buckets: see `block.rs`.

use std::borrow::Cow;

use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch};
use smallvec::SmallVec;

use super::block::{self, BLOCK, DIGITS, Scale};
use super::dyadic::Dyadic;
use super::integer::Integer;
use super::limbs::{carrying_add, limbs, wide};
use crate::float::{EXPONENTS, LEAST_EXPONENT, split};

/// The number of additions before buckets must be folded. Each has at least 22 bits to spare.
pub const FOLD_EVERY: usize = 1 << 21;

/// An exact sum of products of L factors each. A product is an integer of L limbs, times a
/// power of two.
#[derive(Clone, Debug)]
pub struct Buckets<const L: usize> {
    /// Sums by exponent, not yet folded; empty in a small sum.
    by_exponent: Vec<[u64; L]>,
    total: Fixed,
}

impl<const L: usize> Buckets<L> {
    pub fn new(size: Size) -> Self {
        let buckets = if size == Size::Fast { L * EXPONENTS } else { 0 };
        Buckets { by_exponent: vec![[0; L]; buckets], total: Fixed::default() }
    }

    /// Adds an integer times a power of two. The exponent is counted from the least exponent of
    /// a product of L factors.
    #[inline]
    pub fn add(&mut self, exponent: usize, value: [u64; L]) {
        match self.by_exponent.get_mut(exponent) {
            Some(bucket) => *bucket = add(*bucket, value),
            None => self.total.add(&value, product_exponent::<L>(exponent)),
        }
    }

    pub fn merge(&mut self, sum: &Fixed) {
        self.total.merge(sum);
    }

    pub fn sum(&self) -> Fixed {
        let mut total = self.total.clone();
        for (exponent, bucket) in self.by_exponent.iter().enumerate() {
            // Most buckets are empty.
            if *bucket != [0; L] {
                total.add(bucket, product_exponent::<L>(exponent));
            }
        }
        total
    }
}

impl Buckets<2> {
    /// Adds the products of numbers from 0 to ∞, except where one is ∞.
    pub fn extend(&mut self, xs: &[f64], ys: &[f64]) {
        for (xs, ys) in xs.chunks(BLOCK).zip(ys.chunks(BLOCK)) {
            dispatch!(Level::new(), simd => self.add_block(simd, xs, ys));
        }
    }

    /// Does the same for one block.
    #[inline(always)]
    fn add_block<S: Simd>(&mut self, simd: S, xs: &[f64], ys: &[f64]) {
        let mut add = |row: usize| {
            if xs[row] < f64::INFINITY && ys[row] < f64::INFINITY {
                let ((x, mx), (y, my)) = (split(xs[row]), split(ys[row]));
                self.add(x + y, limbs(wide(mx, my)));
            }
        };
        let (Some(x), Some(y)) = (Scale::of(simd, xs), Scale::of(simd, ys)) else {
            return (0..xs.len()).for_each(add);
        };
        let [lower, upper] = block::products(simd, [xs, ys], [x, y], &mut add);
        let exponent = x.exponent + y.exponent;
        self.add(exponent, limbs(lower));
        self.add(exponent + DIGITS, limbs(upper));
    }
}

/// Converts the exponent of a product of L factors, counted from the least, to a plain exponent.
fn product_exponent<const L: usize>(exponent: usize) -> i64 {
    exponent.cast_signed() as i64 + L.cast_signed() as i64 * LEAST_EXPONENT
}

/// Exact Σx and Σx² of numbers ≥ 0, computed in one pass.
#[derive(Clone, Debug)]
pub struct Powers {
    /// Sums by exponent, not yet folded; empty in a small sum.
    by_exponent: Vec<Power>,
    sums: [Fixed; 2],
}

/// Σm and Σm² of the numbers of one exponent. A plain array, since the system hands out zeros of
/// that kind without a write.
type Power = [u128; 2];

/// The number of buckets: a power of two, so that an index is reduced to the range cheaply.
const BUCKETS: usize = EXPONENTS.next_power_of_two();

impl Powers {
    pub fn new(size: Size) -> Self {
        let buckets = if size == Size::Fast { BUCKETS } else { 0 };
        Powers { by_exponent: vec![[0; 2]; buckets], sums: Default::default() }
    }

    /// Adds finite numbers ≥ 0.
    pub fn extend(&mut self, xs: &[f64]) {
        match <&mut [Power; BUCKETS]>::try_from(self.by_exponent.as_mut_slice()) {
            Ok(buckets) => xs.chunks(BLOCK).for_each(|xs| {
                dispatch!(Level::new(), simd => add_block(simd, xs, buckets));
            }),
            Err(_) => xs.iter().for_each(|&x| self.add_small(x)),
        }
    }

    fn add_small(&mut self, x: f64) {
        let (exponent, m) = split(x);
        add_power(&[u128::from(m), wide(m, m)], &mut self.sums, exponent);
    }

    /// Adds Σx and Σx² of other numbers.
    pub fn merge(&mut self, sum: &Fixed, squares: &Fixed) {
        self.sums[0].merge(sum);
        self.sums[1].merge(squares);
    }

    /// Creates small sums from Σx and Σx².
    pub fn of_sums(sums: [Fixed; 2]) -> Self {
        Powers { by_exponent: Vec::new(), sums }
    }

    /// Returns Σx and Σx².
    pub fn sums(&self) -> Cow<'_, [Fixed; 2]> {
        if self.by_exponent.is_empty() {
            return Cow::Borrowed(&self.sums);
        }
        let mut sums = self.sums.clone();
        for (exponent, power) in self.by_exponent.iter().enumerate() {
            // Most buckets are empty.
            if *power != [0; 2] {
                add_power(power, &mut sums, exponent);
            }
        }
        Cow::Owned(sums)
    }
}

/// Adds a block of finite numbers ≥ 0 to the buckets.
#[inline(always)]
fn add_block<S: Simd>(simd: S, xs: &[f64], buckets: &mut [Power; BUCKETS]) {
    let mut add = |x: f64| {
        let (exponent, m) = split(x);
        let [sum, squares] = &mut buckets[exponent % BUCKETS];
        *sum += u128::from(m);
        *squares += wide(m, m);
    };
    let Some(scale) = Scale::of(simd, xs) else { return xs.iter().for_each(|&x| add(x)) };
    let (sum, [lower, upper]) = block::powers(simd, xs, scale, |row| add(xs[row]));
    buckets[scale.exponent][0] += sum;
    buckets[scale.exponent][1] += lower;
    // The exponent of a square is twice that of the number.
    buckets[scale.exponent + DIGITS / 2][1] += upper;
}

/// Adds the bucket of an exponent, counted from the least, to exact Σx and Σx².
fn add_power(&[sum, squares]: &Power, sums: &mut [Fixed; 2], exponent: usize) {
    let exponent = product_exponent::<1>(exponent);
    sums[0].add(&limbs(sum), exponent);
    sums[1].add(&limbs(squares), 2 * exponent);
}

/// Whether a sum saves time or memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Takes a few nanoseconds per addition, and some ten KiB.
    Fast,
    /// Takes some ten nanoseconds per addition, and some hundred bytes.
    Small,
}

/// Returns the sum of two integers of L limbs. It must not overflow.
#[inline]
fn add<const L: usize>(a: [u64; L], b: [u64; L]) -> [u64; L] {
    let mut sum = [0; L];
    let mut carry = false;
    for ((sum, a), b) in sum.iter_mut().zip(a).zip(b) {
        (*sum, carry) = carrying_add(a, b, carry);
    }
    sum
}

/// An exact number ≥ 0 in fixed point, which grows as wide as the numbers added to it.
#[derive(Clone, Debug, Default)]
pub struct Fixed {
    /// From the lowest to the highest. The sums of small groups need no heap memory.
    limbs: SmallVec<[u64; 5]>,
    /// The lowest limb counts units of 2^(64·unit).
    unit: i64,
}

impl From<&Dyadic> for Fixed {
    /// Converts the magnitude of a number.
    fn from(number: &Dyadic) -> Self {
        let mut fixed = Fixed::default();
        fixed.add(&number.integer().to_limbs(), number.exponent());
        fixed
    }
}

impl Fixed {
    /// Creates a number from its limbs, from the lowest, in units of 2^(64·unit).
    pub fn of_limbs(limbs: &[u64], unit: i64) -> Self {
        Fixed { limbs: SmallVec::from_slice(limbs), unit }
    }

    /// Adds an integer, as limbs from the lowest, times 2^exponent.
    pub fn add(&mut self, value: &[u64], exponent: i64) {
        let Some(last) = value.iter().rposition(|&limb| limb != 0) else { return };
        let (unit, shift) = (exponent.div_euclid(64), exponent.rem_euclid(64));
        if self.limbs.is_empty() {
            self.unit = unit;
        }
        let below = usize::try_from(self.unit - unit).unwrap_or(0);
        if below > 0 {
            self.limbs.insert_many(0, std::iter::repeat_n(0, below));
            self.unit = unit;
        }
        let start = usize::try_from(unit - self.unit).expect("the unit is no larger now");
        // The shift may move bits out of the last limb.
        let end = start + last + 2;
        if self.limbs.len() < end {
            self.limbs.resize(end, 0);
        }
        let (mut carry, mut low) = (false, 0);
        let value = value[..=last].iter().chain(&[0]);
        for (sum, &limb) in self.limbs[start..end].iter_mut().zip(value) {
            // The bits that the shift moves out of a limb go to the next one.
            let [this, next] = limbs(u128::from(limb) << shift);
            (*sum, carry) = carrying_add(*sum, this | low, carry);
            low = next;
        }
        let mut index = end;
        while carry {
            if index == self.limbs.len() {
                self.limbs.push(0);
            }
            (self.limbs[index], carry) = carrying_add(self.limbs[index], 0, carry);
            index += 1;
        }
    }

    pub fn is_zero(&self) -> bool {
        self.limbs.iter().all(|&limb| limb == 0)
    }

    /// Adds a finite number ≥ 0.
    pub fn add_number(&mut self, x: f64) {
        let (exponent, m) = split(x);
        self.add(&[m], product_exponent::<1>(exponent));
    }

    pub fn merge(&mut self, other: &Fixed) {
        self.add(&other.limbs, 64 * other.unit);
    }
}

impl From<&Fixed> for Dyadic {
    fn from(Fixed { limbs, unit }: &Fixed) -> Dyadic {
        Dyadic::new(Integer::of_limbs(false, limbs), 64 * unit)
    }
}

impl From<Fixed> for Dyadic {
    fn from(fixed: Fixed) -> Dyadic {
        Dyadic::from(&fixed)
    }
}

/// Returns the f64 nearest to the sum of finite numbers ≥ 0.
pub fn exact_sum(xs: &[f64]) -> f64 {
    let mut sum = Fixed::default();
    for &x in xs {
        sum.add_number(x);
    }
    Dyadic::from(&sum).to_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_carry_goes_on_through_full_limbs() {
        let full = u64::MAX;
        assert_eq!(add([full, full, 0], [1, 0, 0]), [0, 0, 1]);
        assert_eq!(add([full, full, 7], [full, full, 0]), [full - 1, full, 8]);
    }
}
