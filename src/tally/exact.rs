//! Exact sums: Σx and Σx² of any f64s, with no rounding at all until a
//! statistic is read, and then with one.
//!
//! A finite f64 is m·2ᵉ with an integer m < 2⁵³ and one of 2,046 exponents. So
//! a [`PowerSums`] keeps one bucket per exponent, in which Σm and Σm² are plain
//! 128-bit integers: adding a number is one integer multiplication and two
//! integer additions, nothing is shifted, and no square can over- or underflow.
//! Before a bucket could overflow, its integers are folded into big ones.
//! Integer addition is associative, hence the same bits for any order and any
//! split. The idea of a bucket per exponent is that of the large
//! superaccumulator of R. M. Neal, "Fast exact summation using small and large
//! superaccumulators" (arXiv:1505.05571).

use num_bigint::{BigInt, BigUint};
use num_integer::Integer;
use num_traits::{Signed, Zero};

/// The exponent of the least bit of the least subnormal: 2⁻¹⁰⁷⁴.
const LEAST_EXPONENT: i64 = -1074;

/// Buckets in a bank: one for each value of the 11-bit exponent field. That of
/// the infinities counts them.
const BUCKETS: usize = 2048;
const INFINITE: usize = BUCKETS - 1;

/// Additions before the banks are folded. A square is below 2¹⁰⁶, so that a
/// bucket would hold twice as many.
const FOLD_EVERY: usize = 1 << 21;

/// Exact Σx, Σx² and the number of infinities of any number of f64s.
#[derive(Clone, Debug, Default)]
pub(super) struct PowerSums {
    /// Of the numbers ≥ 0 and of the numbers < 0, each by magnitude.
    banks: [Bank; 2],
    added_since_fold: usize,
}

impl PowerSums {
    /// Adds numbers, none of which is NaN.
    pub fn extend(&mut self, xs: &[f64]) {
        for chunk in xs.chunks(FOLD_EVERY) {
            if self.added_since_fold + chunk.len() > FOLD_EVERY {
                self.fold();
            }
            self.added_since_fold += chunk.len();
            let [positive, negative] = &mut self.banks;
            if chunk.iter().any(|x| x.is_sign_negative()) {
                for &x in chunk {
                    let bank = if x.is_sign_negative() { &mut *negative } else { &mut *positive };
                    bank.extend(&[x.abs()]);
                }
            } else {
                positive.extend(chunk);
            }
        }
    }

    /// Adds what another has summed.
    pub fn merge(&mut self, other: &PowerSums) {
        self.fold();
        let mut other = other.clone();
        other.fold();
        for (mine, theirs) in self.banks.iter_mut().zip(&other.banks) {
            mine.sum += &theirs.sum;
            mine.squares += &theirs.squares;
            mine.infinite += theirs.infinite;
        }
    }

    /// How many infinities were added. They are in no sum.
    pub fn infinite(&self) -> u64 {
        self.banks.iter().map(Bank::infinities).sum()
    }

    /// Σx over the finite numbers.
    pub fn sum(&self) -> Dyadic {
        let [positive, negative] = self.folded();
        Dyadic {
            integer: BigInt::from(positive.sum) - BigInt::from(negative.sum),
            exponent: LEAST_EXPONENT,
        }
    }

    /// Σx² over the finite numbers.
    pub fn sum_of_squares(&self) -> Dyadic {
        let [positive, negative] = self.folded();
        Dyadic {
            integer: BigInt::from(positive.squares + negative.squares),
            exponent: 2 * LEAST_EXPONENT,
        }
    }

    fn fold(&mut self) {
        self.banks.iter_mut().for_each(Bank::fold);
        self.added_since_fold = 0;
    }

    fn folded(&self) -> [Bank; 2] {
        let mut banks = self.banks.clone();
        banks.iter_mut().for_each(Bank::fold);
        banks
    }
}

impl From<f64> for PowerSums {
    fn from(x: f64) -> Self {
        let mut sums = PowerSums::default();
        sums.extend(&[x]);
        sums
    }
}

/// Sums of magnitudes.
#[derive(Clone, Debug, Default)]
struct Bank {
    /// None until there is a number to add; then two of each, taken in turn, so
    /// that an addition need not wait for the one before it.
    buckets: Vec<Bucket>,
    /// Σ over all that was folded, in units of 2⁻¹⁰⁷⁴.
    sum: BigUint,
    /// Likewise Σ of squares, in units of 2⁻²¹⁴⁸.
    squares: BigUint,
    infinite: u64,
}

/// Σm and Σm² of the numbers m·2ᵉ of one exponent e.
#[derive(Clone, Copy, Debug, Default)]
struct Bucket {
    sum: u128,
    squares: u128,
}

impl Bank {
    /// Adds at most [`FOLD_EVERY`] numbers ≥ 0 since the last fold.
    #[inline]
    fn extend(&mut self, xs: &[f64]) {
        if self.buckets.is_empty() {
            self.buckets = vec![Bucket::default(); 2 * BUCKETS];
        }
        let (evens, odds) = self.buckets.split_at_mut(BUCKETS);
        let evens: &mut [Bucket; BUCKETS] = evens.try_into().expect("a bank has all its buckets");
        let odds: &mut [Bucket; BUCKETS] = odds.try_into().expect("a bank has all its buckets");
        let mut pairs = xs.chunks_exact(2);
        for pair in &mut pairs {
            add(evens, pair[0]);
            add(odds, pair[1]);
        }
        for x in pairs.remainder() {
            add(evens, *x);
        }
    }

    fn infinities(&self) -> u64 {
        let halves = self.buckets.chunks(BUCKETS);
        self.infinite + halves.map(|half| infinities(&half[INFINITE])).sum::<u64>()
    }

    /// Moves what is in the buckets into the big integers.
    fn fold(&mut self) {
        self.infinite = self.infinities();
        for half in self.buckets.chunks_mut(BUCKETS) {
            half[INFINITE] = Bucket::default();
            for (field, bucket) in half.iter_mut().enumerate().filter(|(_, bucket)| bucket.sum != 0)
            {
                // Subnormals share the exponent of the least normal numbers.
                let shift = field.max(1) - 1;
                self.sum += BigUint::from(bucket.sum) << shift;
                self.squares += BigUint::from(bucket.squares) << (2 * shift);
                *bucket = Bucket::default();
            }
        }
    }
}

/// Adds a number ≥ 0 to its bucket.
#[inline]
fn add(buckets: &mut [Bucket; BUCKETS], x: f64) {
    let (exponent, m) = split(x);
    let bucket = &mut buckets[exponent % BUCKETS];
    bucket.sum += u128::from(m);
    bucket.squares += u128::from(m) * u128::from(m);
}

/// The infinities in the bucket of [`INFINITE`]: each added 2⁵² to its sum.
fn infinities(bucket: &Bucket) -> u64 {
    u64::try_from(bucket.sum >> 52).expect("a bucket is folded before it counts to 2⁶⁴")
}

/// The exponent field and the integer significand of a number ≥ 0.
#[inline]
fn split(x: f64) -> (usize, u64) {
    let bits = x.to_bits();
    let field = bits >> 52;
    let significand = (bits & ((1 << 52) - 1)) | (u64::from(field != 0) << 52);
    (usize::try_from(field).unwrap_or(INFINITE), significand)
}

/// An exact number of the form integer·2ᵉ.
#[derive(Clone, Debug)]
pub(super) struct Dyadic {
    integer: BigInt,
    exponent: i64,
}

impl Dyadic {
    /// The number nearest to it, ties to even; ±∞ beyond the largest.
    pub fn to_f64(&self) -> f64 {
        self.over(&Dyadic::from(1))
    }

    /// The number nearest to the quotient, ties to even.
    ///
    /// # Panics
    /// If the divisor is not positive.
    pub fn over(&self, divisor: &Dyadic) -> f64 {
        assert!(divisor.integer.is_positive(), "a statistic divides by a positive number");
        let magnitude = round_quotient(
            self.integer.magnitude(),
            divisor.integer.magnitude(),
            self.exponent - divisor.exponent,
        );
        if self.integer.is_negative() { -magnitude } else { magnitude }
    }

    /// The square root of the quotient, which is rounded to 53 bits once before
    /// the root, whatever its exponent: neither over- nor underflows.
    ///
    /// # Panics
    /// If the divisor is not positive.
    pub fn over_then_root(&self, divisor: &Dyadic) -> f64 {
        let magnitude = |number: &Dyadic| number.integer.bits().cast_signed() + number.exponent;
        // √(q·4ᵏ) = √q·2ᵏ, with q near 1.
        let k = (magnitude(self) - magnitude(divisor)) / 2;
        let scaled = Dyadic { integer: self.integer.clone(), exponent: self.exponent - 2 * k };
        let root = scaled.over(divisor).sqrt();
        let root = PowerSums::from(root).sum();
        Dyadic { exponent: root.exponent + k, ..root }.to_f64()
    }

    pub fn times(&self, other: &Dyadic) -> Dyadic {
        Dyadic { integer: &self.integer * &other.integer, exponent: self.exponent + other.exponent }
    }

    pub fn plus(&self, other: &Dyadic) -> Dyadic {
        let exponent = self.exponent.min(other.exponent);
        Dyadic { integer: self.scaled_to(exponent) + other.scaled_to(exponent), exponent }
    }

    pub fn minus(&self, other: &Dyadic) -> Dyadic {
        self.plus(&Dyadic { integer: -&other.integer, exponent: other.exponent })
    }

    /// The integer that it is in units of 2ᵉ, for e no larger than its own.
    fn scaled_to(&self, exponent: i64) -> BigInt {
        let shift = u64::try_from(self.exponent - exponent).expect("scaled to a finer unit");
        &self.integer << shift
    }
}

impl From<u64> for Dyadic {
    fn from(n: u64) -> Self {
        Dyadic { integer: BigInt::from(n), exponent: 0 }
    }
}

/// The f64 nearest to p/q·2ᵉ, ties to even, over the whole range: subnormals
/// below 2⁻¹⁰²², ∞ beyond the largest number.
fn round_quotient(p: &BigUint, q: &BigUint, exponent: i64) -> f64 {
    if p.is_zero() {
        return 0.0;
    }
    // The quotient is below 2^top and at least 2^(top − 2).
    let top = i64::try_from(p.bits()).unwrap_or(i64::MAX / 2)
        - i64::try_from(q.bits()).unwrap_or(i64::MAX / 2)
        + exponent
        + 1;
    if top > 1030 {
        return f64::INFINITY;
    }
    if top < LEAST_EXPONENT - 2 {
        return 0.0;
    }
    // In units of 2^unit the quotient has 54 or 55 bits: a whole significand
    // and one or two bits beyond. Subnormals have fewer.
    let unit = (top - 55).max(LEAST_EXPONENT - 1);
    let shift = exponent - unit;
    let (p, q) = if shift >= 0 { (p << shift, q.clone()) } else { (p.clone(), q << -shift) };
    let (quotient, remainder) = p.div_rem(&q);
    let quotient = quotient.iter_u64_digits().next().unwrap_or(0);
    // A sticky bit stands for all that is below, so that the one rounding is
    // right.
    let sticky = u64::from(!remainder.is_zero());
    scale(quotient << 1 | sticky, unit - 1)
}

/// The f64 nearest to m·2ᵉ for m < 2⁵⁷, ties to even.
fn scale(m: u64, exponent: i64) -> f64 {
    let width = 64 - i64::from(m.leading_zeros());
    // The unit in the last place of the result.
    let unit = (exponent + width - 53).max(LEAST_EXPONENT);
    let dropped = unit - exponent;
    let significand = if dropped <= 0 {
        m << -dropped
    } else if dropped > 63 {
        0
    } else {
        let kept = m >> dropped;
        let rest = m & ((1 << dropped) - 1);
        let half = 1 << (dropped - 1);
        kept + u64::from(rest > half || (rest == half && kept & 1 == 1))
    };
    // A significand of exactly 2⁵³ carries into the exponent field by itself.
    let field = unit - LEAST_EXPONENT;
    if significand < 1 << 52 {
        return f64::from_bits(significand);
    }
    let bits = (u64::try_from(field).expect("no unit is finer than the least") << 52) + significand;
    if bits >= f64::INFINITY.to_bits() { f64::INFINITY } else { f64::from_bits(bits) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_root_neither_overflows_nor_underflows() {
        for x in [1.5f64, 1e200, 3e-200, 1e-300, 1.7e308] {
            let square = exactly(&[x]).sum_of_squares();
            assert_eq!(square.over_then_root(&Dyadic::from(1)), x);
        }
        assert_eq!(exactly(&[2.0]).sum().over_then_root(&Dyadic::from(1)), 2f64.sqrt());
    }

    fn exactly(xs: &[f64]) -> PowerSums {
        let mut sums = PowerSums::default();
        sums.extend(xs);
        sums
    }

    /// Any finite number, with every bit pattern as likely as any other.
    fn finite() -> impl Strategy<Value = f64> {
        any::<u64>().prop_map(f64::from_bits).prop_filter("finite", |x| x.is_finite())
    }

    proptest! {
        #[test]
        fn one_number_reads_back_as_itself(x in finite()) {
            prop_assert_eq!(exactly(&[x]).sum().to_f64(), x);
        }

        #[test]
        fn a_quotient_is_rounded_as_ieee_division_rounds(x in finite(), y in finite()) {
            prop_assume!(y > 0.0);
            prop_assert_eq!(exactly(&[x]).sum().over(&exactly(&[y]).sum()), x / y);
        }

        #[test]
        fn two_numbers_sum_as_ieee_addition_rounds(x in finite(), y in finite()) {
            prop_assert_eq!(exactly(&[x, y]).sum().to_f64(), x + y);
        }

        #[test]
        fn a_square_is_rounded_as_ieee_multiplication_rounds(x in finite()) {
            prop_assert_eq!(exactly(&[x]).sum_of_squares().to_f64(), x * x);
        }

        #[test]
        fn a_product_is_rounded_as_ieee_multiplication_rounds(x in finite(), y in finite()) {
            prop_assert_eq!(exactly(&[x]).sum().times(&exactly(&[y]).sum()).to_f64(), x * y);
        }

        #[test]
        fn merging_parts_is_adding_all(xs in prop::collection::vec(finite(), 0..40), at in 0usize..40) {
            let (left, right) = xs.split_at(at.min(xs.len()));
            let mut merged = exactly(left);
            merged.merge(&exactly(right));
            let whole = exactly(&xs);
            prop_assert_eq!(merged.sum().integer, whole.sum().integer);
            prop_assert_eq!(merged.sum_of_squares().integer, whole.sum_of_squares().integer);
        }
    }

    #[test]
    fn huge_numbers_cancel_to_the_small_one_between_them() {
        assert_eq!(
            exactly(&[1e100, 0.5, 1e308, -1e100, 1e308, -1e308, -1e308]).sum().to_f64(),
            0.5
        );
    }

    #[test]
    fn infinities_are_counted_and_not_summed() {
        let sums = exactly(&[1.0, f64::INFINITY, 2.0, f64::INFINITY]);
        assert_eq!((sums.infinite(), sums.sum().to_f64()), (2, 3.0));
    }

    #[test]
    fn a_bucket_is_folded_before_it_overflows() {
        let largest = f64::from_bits(1.0f64.to_bits() - 1); // m = 2⁵³ − 1
        let mut sums = PowerSums::default();
        for _ in 0..5 {
            sums.extend(&vec![largest; FOLD_EVERY]);
        }
        let n = Dyadic::from(5 * FOLD_EVERY as u64);
        assert_eq!(sums.sum().over(&n), largest);
        assert_eq!(sums.sum_of_squares().over(&n), largest * largest);
    }
}
