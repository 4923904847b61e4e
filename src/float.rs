//! The parts of an f64, and [`Double`], a number of two f64 with twice the digits.
//!
//! The sum and the product of two f64 are exact as a [`Double`] (D. E. Knuth, *The
//! Art of Computer Programming* 2, 4.2.2; T. J. Dekker, "A floating-point technique for
//! extending the available precision", 1971). The relative error of arithmetic with doubles is
//! some 2⁻¹⁰⁰, that of the exponential and the logarithm some 2⁻⁹⁵. This file knows nothing of
//! costs.

use std::ops::{Add, Div, Mul, Neg};

/// The exponent of the least f64 above 0, which is 2⁻¹⁰⁷⁴.
pub const LEAST_EXPONENT: i64 = -1074;

/// The number of exponents of finite numbers.
pub const EXPONENTS: usize = 2046;

/// The exponent 0, counted from [`LEAST_EXPONENT`].
pub const EXPONENT_OF_INTEGERS: usize = 1074;

/// Splits the magnitude of a finite number into an exponent, counted from [`LEAST_EXPONENT`],
/// and an integer significand below 2⁵³.
#[inline]
pub fn split(x: f64) -> (usize, u64) {
    let bits = x.to_bits() & !(1 << 63);
    let field = bits >> 52;
    let significand = (bits & ((1 << 52) - 1)) | (u64::from(field != 0) << 52);
    // Subnormal numbers have the exponent of the least normal ones.
    let exponent = field.max(1) as usize - 1;
    (exponent, significand)
}

/// Returns 2^exponent, for exponents from −1022 to 1023.
pub fn power_of_two(exponent: i32) -> f64 {
    let field = u64::try_from(exponent + 1023).expect("the exponent is at least −1022");
    f64::from_bits(field << 52)
}

/// Returns x·2^exponent. If that is subnormal and x ≥ 1, it is rounded only once.
#[expect(clippy::cast_possible_truncation, reason = "both are clamped")]
pub fn scaled(x: f64, exponent: i64) -> f64 {
    let half = (exponent / 2).clamp(-1022, 1023);
    let rest = (exponent - half).clamp(-1022, 1023);
    x * power_of_two(half as i32) * power_of_two(rest as i32)
}

/// A number as the sum of the nearest f64 and a rest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Double {
    pub high: f64,
    pub low: f64,
}

/// ln 2 in three parts. The first two times an integer below 2¹¹ are exact.
const LN_2: [f64; 3] = [0.6931471805598903, 5.49792301870721e-14, 1.1612227229362532e-26];

impl Double {
    pub const ONE: Double = Double { high: 1.0, low: 0.0 };

    /// Returns a + b, exactly.
    pub fn sum(a: f64, b: f64) -> Self {
        let high = a + b;
        let of_b = high - a;
        Double { high, low: (a - (high - of_b)) + (b - of_b) }
    }

    /// Returns a·b, exactly, if both are below 2⁹⁹⁶ and the product is far above the least
    /// normal numbers.
    pub fn product(a: f64, b: f64) -> Self {
        let ((a1, a2), (b1, b2)) = (halves(a), halves(b));
        let high = a * b;
        Double { high, low: a2 * b2 - (((high - a1 * b1) - a2 * b1) - a1 * b2) }
    }

    /// Returns the number times a power of two.
    pub fn scaled(self, power: f64) -> Self {
        Double { high: self.high * power, low: self.low * power }
    }

    /// Returns k·ln 2, for an integer k from −2047 to 2047.
    pub fn ln_2_times(k: f64) -> Self {
        Double::sum(k * LN_2[0], k * LN_2[1]) + Double::from(k * LN_2[2])
    }

    /// Returns eˣ, for |x| below 700.
    ///
    /// With x = k·ln 2 + 512·r, it is 2ᵏ times the 512th power of eʳ. eʳ − 1 is computed by the
    /// Taylor polynomial and squared nine times, without its 1 so that it keeps its digits.
    pub fn exp(x: f64) -> Self {
        let k = (x / LN_2[0]).round_ties_even();
        let r = (Double::from(x) + -Double::ln_2_times(k)).scaled(1.0 / 512.0);
        let far = r.high / 6.0 * (1.0 + r.high / 7.0 * (1.0 + r.high / 8.0));
        let near = (1..=5).rev().map(f64::from);
        let mut less_1 =
            near.fold(Double::from(far), |sum, n| r / Double::from(n) * (Double::ONE + sum));
        for _ in 0..9 {
            less_1 = less_1.scaled(2.0) + less_1 * less_1;
        }
        #[expect(clippy::cast_possible_truncation, reason = "an integer below 1,011")]
        (Double::ONE + less_1).scaled(power_of_two(k as i32))
    }

    /// Returns the natural logarithm of a number from 2⁻¹⁰⁰⁰ to 2¹⁰⁰⁰, by a step of Newton's
    /// method from the logarithm of the high part.
    pub fn ln(self) -> Self {
        let near = pxfm::f_log(self.high);
        let ratio = self * Double::exp(-near);
        let rest = (ratio + -Double::ONE).high;
        Double::sum(near, rest - rest * rest / 2.0)
    }
}

/// Splits a number into its upper 26 bits and the lower ones.
fn halves(x: f64) -> (f64, f64) {
    let c = 134_217_729.0 * x;
    let upper = c - (c - x);
    (upper, x - upper)
}

/// Returns a + b, exactly, for |a| ≥ |b|.
fn ordered_sum(a: f64, b: f64) -> Double {
    let high = a + b;
    Double { high, low: b - (high - a) }
}

impl From<f64> for Double {
    fn from(x: f64) -> Self {
        Double { high: x, low: 0.0 }
    }
}

impl Neg for Double {
    type Output = Double;

    fn neg(self) -> Double {
        Double { high: -self.high, low: -self.low }
    }
}

impl Add for Double {
    type Output = Double;

    fn add(self, other: Double) -> Double {
        let (high, low) = (Double::sum(self.high, other.high), Double::sum(self.low, other.low));
        let sum = ordered_sum(high.high, high.low + low.high);
        ordered_sum(sum.high, sum.low + low.low)
    }
}

impl Mul for Double {
    type Output = Double;

    fn mul(self, other: Double) -> Double {
        let product = Double::product(self.high, other.high);
        let cross = self.high * other.low + self.low * other.high;
        ordered_sum(product.high, product.low + cross)
    }
}

impl Div for Double {
    type Output = Double;

    fn div(self, other: Double) -> Double {
        let quotient = self.high / other.high;
        let rest = self + -(other * Double::from(quotient));
        ordered_sum(quotient, rest.high / other.high)
    }
}
