//! Integers of any size, of which those of a few limbs need no heap memory.
//!
//! Sums of small groups have some five limbs, and a statistic takes a dozen products of
//! them. To allocate memory for each would take longer than to read the rows.

use std::cmp::Ordering;

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer as _;
use num_traits::Zero;

use super::limbs::{carrying_add, limbs, multiply, subtract};

/// The most limbs of a short integer.
const MOST: usize = 10;

#[derive(Clone, Debug)]
pub enum Integer {
    /// Of up to [`MOST`] limbs.
    Short(Short),
    /// Of any number of limbs, few ones included.
    Long(BigInt),
}

/// A sign and a magnitude.
#[derive(Clone, Copy, Debug)]
pub struct Short {
    is_negative: bool,
    /// From the lowest to the highest, then zeros.
    limbs: [u64; MOST],
    /// The number of limbs up to the highest that is not 0.
    length: usize,
}

impl Short {
    const ZERO: Short = Short { is_negative: false, limbs: [0; MOST], length: 0 };

    /// Creates the integer of these limbs, of which only the lowest `most` may be other than 0.
    #[inline]
    fn new(is_negative: bool, limbs: [u64; MOST], most: usize) -> Self {
        let mut length = most.min(MOST);
        while length > 0 && limbs[length - 1] == 0 {
            length -= 1;
        }
        Short { is_negative: is_negative && length > 0, limbs, length }
    }

    fn limbs(&self) -> &[u64] {
        &self.limbs[..self.length]
    }

    fn bits(&self) -> usize {
        let top = self.limbs().last().map_or(0, |limb| limb.leading_zeros() as usize);
        64 * self.length - top
    }

    /// Compares the magnitudes.
    fn compare(&self, other: &Short) -> Ordering {
        let limbs = || self.limbs().iter().rev().cmp(other.limbs().iter().rev());
        self.length.cmp(&other.length).then_with(limbs)
    }

    /// Returns the product; None if it may be too long.
    fn times(&self, other: &Short) -> Option<Short> {
        if self.length + other.length > MOST {
            return None;
        }
        let mut product = [0; MOST];
        multiply(self.limbs(), other.limbs(), &mut product);
        Some(Short::new(self.is_negative != other.is_negative, product, self.length + other.length))
    }

    /// Returns the sum with the magnitude of another integer, which is given a sign; None if it is
    /// too long.
    fn plus(&self, other: &Short, is_negative: bool) -> Option<Short> {
        if self.is_negative != is_negative {
            let (larger, smaller, is_negative) = match self.compare(other) {
                Ordering::Less => (other, self, is_negative),
                _ => (self, other, self.is_negative),
            };
            let mut limbs = larger.limbs;
            subtract(&mut limbs, &smaller.limbs);
            return Some(Short::new(is_negative, limbs, larger.length));
        }
        let mut limbs = self.limbs;
        let mut carry = false;
        for (limb, &other) in limbs.iter_mut().zip(&other.limbs) {
            (*limb, carry) = carrying_add(*limb, other, carry);
        }
        let most = self.length.max(other.length) + 1;
        (!carry).then(|| Short::new(self.is_negative, limbs, most))
    }

    /// Returns the number times 2ᵏ; None if that is too long.
    fn shifted(&self, k: usize) -> Option<Short> {
        let (start, bits) = (k / 64, k % 64);
        if self.length == 0 || k == 0 {
            return Some(*self);
        }
        if self.bits() + k > 64 * MOST {
            return None;
        }
        let mut shifted = [0; MOST];
        let mut low = 0;
        for (index, limb) in shifted[start..].iter_mut().enumerate().take(self.length + 1) {
            let moved = u128::from(self.limbs.get(index).copied().unwrap_or(0)) << bits;
            let [this, next] = limbs(moved);
            (*limb, low) = (this | low, next);
        }
        Some(Short::new(self.is_negative, shifted, start + self.length + 1))
    }

    /// Returns the quotient of the magnitudes, which must be below 2⁶³, and whether there is a
    /// remainder. (D. E. Knuth, *The Art of Computer Programming* 2, 4.3.1, algorithm D, one
    /// digit.) None if an intermediate number is too long.
    fn quotient(&self, divisor: &Short) -> Option<(u64, bool)> {
        let top = divisor.length - 1;
        let shift = divisor.limbs[top].leading_zeros() as usize;
        let (mut rest, divisor) = (self.shifted(shift)?.limbs, divisor.shifted(shift)?);
        let above = rest.get(top + 1).copied().unwrap_or(0);
        let high = u128::from(above) << 64 | u128::from(rest[top]);
        // The quotient is below 2⁶³, so `above` is below the top limb of the divisor.
        let [mut quotient, _] = limbs(high / u128::from(divisor.limbs[top]));
        let mut product = [0; MOST];
        let mut carry = 0;
        for (limb, &of_divisor) in product.iter_mut().zip(&divisor.limbs) {
            let sum = u128::from(of_divisor) * u128::from(quotient) + u128::from(carry);
            [*limb, carry] = limbs(sum);
        }
        // The estimate is too large by at most 2.
        let mut product = Short::new(false, product, MOST);
        let divided = Short::new(false, rest, MOST);
        while carry > 0 || product.compare(&divided) == Ordering::Greater {
            quotient -= 1;
            carry -= u64::from(subtract(&mut product.limbs, &divisor.limbs));
            product = Short::new(false, product.limbs, MOST);
        }
        subtract(&mut rest, &product.limbs);
        Some((quotient, rest != [0; MOST]))
    }
}

impl Integer {
    /// Creates the integer of this sign and these limbs, from the lowest.
    pub fn of_limbs(is_negative: bool, limbs: &[u64]) -> Self {
        let used = limbs.len() - limbs.iter().rev().take_while(|&&limb| limb == 0).count();
        let limbs = &limbs[..used];
        if used <= MOST {
            let mut few = [0; MOST];
            few[..used].copy_from_slice(limbs);
            return Integer::Short(Short::new(is_negative, few, used));
        }
        let halves = limbs.iter().flat_map(|&limb| {
            let [low, high] = [limb & u64::from(u32::MAX), limb >> 32];
            [low, high].map(|half| u32::try_from(half).expect("half a limb"))
        });
        let sign = if is_negative { Sign::Minus } else { Sign::Plus };
        Integer::Long(BigInt::from_biguint(sign, BigUint::new(halves.collect())))
    }

    /// Returns the limbs of the magnitude, from the lowest.
    pub fn to_limbs(&self) -> Vec<u64> {
        match self {
            Integer::Short(short) => short.limbs().to_vec(),
            Integer::Long(long) => long.iter_u64_digits().collect(),
        }
    }

    pub fn to_long(&self) -> BigInt {
        match self {
            Integer::Short(short) => {
                let bytes: Vec<u8> =
                    short.limbs().iter().flat_map(|limb| limb.to_le_bytes()).collect();
                let sign = if short.is_negative { Sign::Minus } else { Sign::Plus };
                BigInt::from_biguint(sign, BigUint::from_bytes_le(&bytes))
            }
            Integer::Long(long) => long.clone(),
        }
    }

    pub fn is_zero(&self) -> bool {
        match self {
            Integer::Short(short) => short.length == 0,
            Integer::Long(long) => long.is_zero(),
        }
    }

    pub fn is_negative(&self) -> bool {
        match self {
            Integer::Short(short) => short.is_negative,
            Integer::Long(long) => long.sign() == Sign::Minus,
        }
    }

    pub fn is_positive(&self) -> bool {
        !self.is_zero() && !self.is_negative()
    }

    /// Returns the number of bits of the magnitude.
    pub fn bits(&self) -> i64 {
        match self {
            Integer::Short(short) => i64::try_from(short.bits()).expect("at most 640"),
            Integer::Long(long) => i64::try_from(long.bits()).expect("memory has fewer bits"),
        }
    }

    pub fn times(&self, other: &Integer) -> Self {
        self.apply(other, Short::times, |a, b| a * b)
    }

    pub fn plus(&self, other: &Integer) -> Self {
        self.apply(other, |a, b| a.plus(b, b.is_negative), |a, b| a + b)
    }

    pub fn minus(&self, other: &Integer) -> Self {
        self.apply(other, |a, b| a.plus(b, !b.is_negative), |a, b| a - b)
    }

    /// Returns the number times 2ᵏ.
    pub fn shifted(&self, k: u64) -> Self {
        let short = match (self, usize::try_from(k)) {
            (Integer::Short(short), Ok(k)) => short.shifted(k),
            _ => None,
        };
        short.map_or_else(|| Integer::Long(self.to_long() << k), Integer::Short)
    }

    /// Returns the quotient of the magnitudes, which must be below 2⁶³, and whether there is a
    /// remainder.
    pub fn quotient(&self, divisor: &Integer) -> (u64, bool) {
        if let (Integer::Short(a), Integer::Short(b)) = (self, divisor)
            && let Some(quotient) = a.quotient(b)
        {
            return quotient;
        }
        let (long, divisor) = (self.to_long(), divisor.to_long());
        let (quotient, rest) = long.magnitude().div_rem(divisor.magnitude());
        (quotient.iter_u64_digits().next().unwrap_or(0), !rest.is_zero())
    }

    /// Returns the [`leading`] bits of the magnitude; None for 0 and for a long integer.
    pub fn leading(&self) -> Option<Leading> {
        let Integer::Short(short) = self else { return None };
        leading(short.limbs())
    }

    /// Returns the magnitude if it has one limb.
    pub fn limb(&self) -> Option<u64> {
        match self {
            Integer::Short(short) if short.length == 1 => Some(short.limbs[0]),
            _ => None,
        }
    }

    /// Applies an operation to short integers if the result is short, else to long ones.
    fn apply(
        &self,
        other: &Integer,
        short: impl FnOnce(&Short, &Short) -> Option<Short>,
        long: impl FnOnce(BigInt, BigInt) -> BigInt,
    ) -> Self {
        if let (Integer::Short(a), Integer::Short(b)) = (self, other)
            && let Some(result) = short(a, b)
        {
            return Integer::Short(result);
        }
        Integer::Long(long(self.to_long(), other.to_long()))
    }
}

/// The leading bits of an integer above 0, which is about bits·2^exponent.
#[derive(Clone, Copy, Debug)]
pub struct Leading {
    /// From 2¹²⁶, and below 2¹²⁷.
    pub bits: u128,
    pub exponent: i64,
    /// Whether any lower bit of the integer is set.
    pub has_others: bool,
}

/// Returns the leading bits of an integer whose last limb, the highest, is not 0; None without
/// limbs.
#[inline]
pub fn leading(limbs: &[u64]) -> Option<Leading> {
    let limb = |from_top: usize| {
        limbs.len().checked_sub(from_top).map_or(0, |index| u128::from(limbs[index]))
    };
    let shift = limbs.last()?.leading_zeros();
    let top = limb(1) << 64 | limb(2);
    let leading = top << shift | limb(3) << shift >> 64;
    let dropped = limb(3) << shift << 64 >> 64 | leading & 1;
    let has_others = dropped != 0 || limbs.iter().rev().skip(3).any(|&limb| limb != 0);
    let bits = 64 * limbs.len() - shift as usize;
    Some(Leading { bits: leading >> 1, exponent: bits.cast_signed() as i64 - 127, has_others })
}

impl From<BigInt> for Integer {
    fn from(long: BigInt) -> Self {
        Integer::of_limbs(long.sign() == Sign::Minus, &long.iter_u64_digits().collect::<Vec<_>>())
    }
}

impl From<u64> for Integer {
    fn from(number: u64) -> Self {
        let mut short = Short::ZERO;
        (short.limbs[0], short.length) = (number, usize::from(number > 0));
        Integer::Short(short)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn integer() -> impl Strategy<Value = BigInt> {
        let limb = prop_oneof![any::<u64>(), Just(0), Just(u64::MAX), Just(1), Just(1 << 63)];
        (any::<bool>(), prop::collection::vec(limb, 0..13))
            .prop_map(|(is_negative, limbs)| Integer::of_limbs(is_negative, &limbs).to_long())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn short_and_long_integers_are_alike(a in integer(), b in integer(), k in 0..700u64) {
            let (x, y) = (Integer::from(a.clone()), Integer::from(b.clone()));
            prop_assert_eq!(x.times(&y).to_long(), &a * &b);
            prop_assert_eq!(x.plus(&y).to_long(), &a + &b);
            prop_assert_eq!(x.minus(&y).to_long(), &a - &b);
            prop_assert_eq!(x.shifted(k).to_long(), &a << k);
            prop_assert_eq!(x.bits(), i64::try_from(a.bits()).unwrap());
            prop_assert_eq!(x.is_negative(), a < BigInt::zero());
            prop_assert_eq!(x.is_positive(), a > BigInt::zero());
            prop_assert_eq!(Integer::of_limbs(false, &x.to_limbs()).to_long(), a.magnitude().clone().into());
        }

        #[test]
        fn a_quotient_and_its_rest_are_exact(
            divisor in integer().prop_filter("a divisor", |divisor| !divisor.is_zero()),
            quotient in prop_oneof![0..1u64 << 63, Just((1 << 63) - 1), Just(1 << 55)],
            rest in integer(),
            is_less_by_one in any::<bool>(),
        ) {
            let magnitude: BigInt = divisor.magnitude().clone().into();
            let rest: BigInt = if is_less_by_one {
                &magnitude - 1
            } else {
                (rest.magnitude() % divisor.magnitude()).into()
            };
            let dividend = &magnitude * quotient + &rest;
            let found = Integer::from(dividend).quotient(&Integer::from(divisor));
            prop_assert_eq!(found, (quotient, !rest.is_zero()));
        }
    }
}
