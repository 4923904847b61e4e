//! Exact arithmetic with numbers of the form integer·2ᵉ, and the one rounding at
//! the end. `exact.rs` reads and writes such numbers as text.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::integer::{Integer, Leading};
use crate::float::{Double, LEAST_EXPONENT, scaled, split};

/// An exact number of the form integer·2ᵉ.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Dyadic {
    integer: Integer,
    exponent: i64,
}

impl Dyadic {
    /// Creates the number integer·2^exponent.
    pub fn new(integer: Integer, exponent: i64) -> Self {
        Dyadic { integer, exponent }
    }

    pub fn integer(&self) -> &Integer {
        &self.integer
    }

    pub fn exponent(&self) -> i64 {
        self.exponent
    }

    /// Returns the same number with an odd integer, or 0·2⁰ for 0.
    pub fn in_lowest_terms(&self) -> Dyadic {
        let integer = self.integer.to_long();
        match integer.trailing_zeros() {
            Some(zeros) => {
                Dyadic::new((integer >> zeros).into(), self.exponent + zeros.cast_signed())
            }
            None => Dyadic::from(0u64),
        }
    }

    /// Returns the magnitude if it is an integer of one limb, in units of 1.
    pub fn limb(&self) -> Option<u64> {
        self.integer.limb().filter(|_| self.exponent == 0)
    }

    pub fn is_positive(&self) -> bool {
        self.integer.is_positive()
    }

    pub fn is_negative(&self) -> bool {
        self.integer.is_negative()
    }

    pub fn is_zero(&self) -> bool {
        self.integer.is_zero()
    }

    /// Whether it is a whole number.
    pub fn is_whole(&self) -> bool {
        self.in_lowest_terms().exponent >= 0
    }

    /// Returns the nearest f64, ties to even; ±∞ beyond the largest.
    pub fn to_f64(&self) -> f64 {
        self.over(&Dyadic::from(1u64))
    }

    /// Returns the f64 nearest to the quotient, ties to even.
    ///
    /// # Panics
    /// If the divisor is not positive.
    pub fn over(&self, divisor: &Dyadic) -> f64 {
        self.over_scaled(divisor, 0)
    }

    /// Returns the f64 nearest to the quotient times 2ᵏ.
    fn over_scaled(&self, divisor: &Dyadic, k: i64) -> f64 {
        assert!(divisor.integer.is_positive(), "a statistic divides by a positive number");
        let exponent = self.exponent - divisor.exponent + k;
        let magnitude = round_quotient(&self.integer, &divisor.integer, exponent);
        if self.integer.is_negative() { -magnitude } else { magnitude }
    }

    /// Returns the quotient as the nearest f64 and the f64 nearest to what that leaves.
    ///
    /// # Panics
    /// If the divisor is not positive.
    pub fn over_twice(&self, divisor: &Dyadic) -> Double {
        let high = self.over(divisor);
        if high.is_infinite() {
            return Double::from(high);
        }
        let low = self.minus(&Dyadic::from(high).times(divisor)).over(divisor);
        Double { high, low }
    }

    /// Returns the square root of the quotient. The quotient is rounded once, to 53 bits,
    /// before the root, and neither over- nor underflows.
    ///
    /// # Panics
    /// If the divisor is not positive.
    pub fn over_then_root(&self, divisor: &Dyadic) -> f64 {
        let magnitude = |number: &Dyadic| number.integer.bits() + number.exponent;
        // √(q·4ᵏ) = √q·2ᵏ, with q near 1.
        let k = (magnitude(self) - magnitude(divisor)) / 2;
        scaled(self.over_scaled(divisor, -2 * k).sqrt(), k)
    }

    pub fn times(&self, other: &Dyadic) -> Dyadic {
        Dyadic {
            integer: self.integer.times(&other.integer),
            exponent: self.exponent + other.exponent,
        }
    }

    pub fn plus(&self, other: &Dyadic) -> Dyadic {
        self.joined(other, Integer::plus)
    }

    pub fn minus(&self, other: &Dyadic) -> Dyadic {
        self.joined(other, Integer::minus)
    }

    /// Applies an operation to two integers in the same unit, and returns the result in it.
    fn joined(&self, other: &Dyadic, apply: fn(&Integer, &Integer) -> Integer) -> Dyadic {
        let exponent = self.exponent.min(other.exponent);
        let integer = apply(&self.scaled_to(exponent), &other.scaled_to(exponent));
        Dyadic { integer, exponent }
    }

    /// Returns the number times 2ᵏ.
    pub fn scaled(&self, k: i64) -> Dyadic {
        Dyadic { integer: self.integer.clone(), exponent: self.exponent + k }
    }

    /// Whether it is less than or equal to another.
    pub fn is_at_most(&self, other: &Dyadic) -> bool {
        !self.minus(other).is_positive()
    }

    /// Returns the number as an integer in units of 2^exponent. That must be no larger than its
    /// own exponent.
    fn scaled_to(&self, exponent: i64) -> Cow<'_, Integer> {
        match u64::try_from(self.exponent - exponent).expect("scaled to a finer unit") {
            0 => Cow::Borrowed(&self.integer),
            shift => Cow::Owned(self.integer.shifted(shift)),
        }
    }
}

impl From<f64> for Dyadic {
    /// Converts a finite number, exactly.
    fn from(x: f64) -> Self {
        let (exponent, significand) = split(x.abs());
        let integer = Integer::of_limbs(x < 0.0, &[significand]);
        Dyadic { integer, exponent: exponent.cast_signed() as i64 + LEAST_EXPONENT }
    }
}

impl From<u64> for Dyadic {
    fn from(n: u64) -> Self {
        Dyadic { integer: Integer::from(n), exponent: 0 }
    }
}

/// Returns the f64 nearest to |p|/q·2ᵉ, ties to even, over the whole range: subnormals below
/// 2⁻¹⁰²², ∞ beyond the largest number.
fn round_quotient(p: &Integer, q: &Integer, exponent: i64) -> f64 {
    if p.is_zero() {
        return 0.0;
    }
    if let (Some(leading), Some(divisor)) = (p.leading(), q.limb())
        && let Some(rounded) = round_leading(leading, divisor, exponent)
    {
        return rounded;
    }
    // The quotient is below 2^top and at least 2^(top − 2).
    let top = p.bits() - q.bits() + exponent + 1;
    if top > 1030 {
        return f64::INFINITY;
    }
    if top < LEAST_EXPONENT - 2 {
        return 0.0;
    }
    // In units of 2^unit the quotient has 54 or 55 bits: a full significand
    // and one or two bits more. Subnormals have fewer.
    let unit = (top - 55).max(LEAST_EXPONENT - 1);
    let shift = (exponent - unit).unsigned_abs();
    let (quotient, has_rest) =
        if exponent >= unit { p.shifted(shift).quotient(q) } else { p.quotient(&q.shifted(shift)) };
    // A sticky bit stands for the rest, so that rounding to 53 bits and then, by the power of
    // two, to the fewer bits of a subnormal gives the same as rounding once.
    let sticky = u64::from(has_rest);
    #[expect(clippy::cast_precision_loss, reason = "the one rounding")]
    scaled((quotient << 1 | sticky) as f64, unit - 1)
}

/// Returns the f64 nearest to an integer of these leading bits, over a divisor above 0, times
/// 2^exponent; None close to the ends of the range.
#[inline]
pub fn round_leading(leading: Leading, divisor: u64, exponent: i64) -> Option<f64> {
    /// What a divisor that is a power of two is shifted to.
    const POWER: u64 = 1 << 63;
    let shift = divisor.leading_zeros();
    let divisor = divisor << shift;
    let exponent = exponent + leading.exponent + i64::from(shift);
    if !(-1080..900).contains(&exponent) {
        return None;
    }
    // The integer part of the quotient has 63 or 64 bits. A sticky bit stands for the rest.
    let (quotient, rest) = if divisor == POWER {
        (leading.bits >> 63, leading.bits % u128::from(POWER))
    } else {
        let quotient = leading.bits / u128::from(divisor);
        (quotient, leading.bits - quotient * u128::from(divisor))
    };
    let sticky = u64::from(leading.has_others || rest != 0);
    let quotient = u64::try_from(quotient).expect("the divisor has all 64 bits") | sticky;
    #[expect(clippy::cast_precision_loss, reason = "the one rounding")]
    Some(scaled(quotient as f64, exponent))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::float::power_of_two;
    use proptest::prelude::*;

    /// Any finite number, with every bit pattern as likely as any other.
    fn finite() -> impl Strategy<Value = f64> {
        any::<u64>().prop_map(f64::from_bits).prop_filter("finite", |x| x.is_finite())
    }

    proptest! {
        #[test]
        fn a_number_reads_back_as_itself(x in finite()) {
            prop_assert_eq!(Dyadic::from(x).to_f64(), x);
        }

        #[test]
        fn a_quotient_is_rounded_as_ieee_division_rounds(x in finite(), y in finite()) {
            prop_assume!(y > 0.0);
            prop_assert_eq!(Dyadic::from(x).over(&Dyadic::from(y)), x / y);
        }

        #[test]
        fn a_sum_is_rounded_as_ieee_addition_rounds(x in finite(), y in finite()) {
            prop_assert_eq!(Dyadic::from(x).plus(&Dyadic::from(y)).to_f64(), x + y);
            prop_assert_eq!(Dyadic::from(x).minus(&Dyadic::from(y)).to_f64(), x - y);
        }

        #[test]
        fn a_product_is_rounded_as_ieee_multiplication_rounds(x in finite(), y in finite()) {
            prop_assert_eq!(Dyadic::from(x).times(&Dyadic::from(y)).to_f64(), x * y);
        }
    }

    #[test]
    fn a_low_bit_decides_what_would_be_a_tie() {
        let power = |exponent| Dyadic::from(power_of_two(exponent));
        for low in [-54, -62, -70, -100, -126, -127, -128, -300] {
            let sum = power(0).plus(&power(-53)).plus(&power(low));
            for divisor in [1u64, 4, 3, 10] {
                let divisor = Dyadic::from(divisor);
                assert_eq!(sum.times(&divisor).over(&divisor), 1.0 + f64::EPSILON, "2^{low}");
            }
            assert_eq!(sum.minus(&power(low)).minus(&power(low)).to_f64(), 1.0);
        }
    }

    #[test]
    fn a_root_neither_overflows_nor_underflows() {
        for x in [1.5f64, 1e200, 3e-200, 1e-300, 1.7e308] {
            let square = Dyadic::from(x).times(&Dyadic::from(x));
            assert_eq!(square.over_then_root(&Dyadic::from(1u64)), x);
        }
        assert_eq!(Dyadic::from(2u64).over_then_root(&Dyadic::from(1u64)), 2f64.sqrt());
    }
}
