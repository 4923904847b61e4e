//! The difference between an output and a soft label so close to it that nearly all digits
//! cancel: computed in fixed point, with as many digits as it takes.

use num_bigint::BigInt;
use num_traits::{ToPrimitive, Zero};

use crate::float::{Double, LEAST_EXPONENT, scaled, split};

/// Returns e⁻ˣ/(1 + e⁻ˣ) − p, for x above 0 and below 1,000 and p from 0 to 1. It starts with
/// `bits` bits and doubles them until enough are left.
///
/// It ends, as the difference is never 0: e to the power of a rational number other than 0 is
/// irrational (J. H. Lambert, 1761).
pub fn of_tail(x: f64, p: Double, bits: u64) -> f64 {
    let one = BigInt::from(1) << bits;
    let part = fixed(p.high, bits) + fixed(p.low, bits);
    let e = exp_of_minus(&fixed(x, bits), bits);
    let difference = (((&one - &part) * &e) >> bits) - part;
    // All rounding errors together are below 2³⁰ units of the last bit.
    if difference.bits() < 96 {
        return of_tail(x, p, 2 * bits);
    }
    let quotient = (difference << bits) / (one + e);
    let dropped = quotient.bits() - 64;
    let digits = (quotient >> dropped).to_f64().expect("it has 64 bits");
    scaled(digits, dropped.cast_signed() - bits.cast_signed())
}

/// Converts a finite number to units of 2^−bits, rounded down.
fn fixed(x: f64, bits: u64) -> BigInt {
    let (exponent, significand) = split(x);
    let integer = BigInt::from(significand) * if x < 0.0 { -1 } else { 1 };
    let shift = exponent.cast_signed() as i64 + LEAST_EXPONENT + bits.cast_signed();
    if shift < 0 { integer >> -shift } else { integer << shift }
}

/// Returns e⁻ˣ: halves x until it is small, computes the Taylor polynomial, and squares it as
/// often as x was halved.
fn exp_of_minus(x: &BigInt, bits: u64) -> BigInt {
    let halvings = (x.bits() + 8).saturating_sub(bits);
    let part = x >> halvings;
    let mut term = BigInt::from(1) << bits;
    let mut sum = term.clone();
    for n in 1u32.. {
        term = ((term * &part) >> bits) / n;
        if term.is_zero() {
            break;
        }
        if n % 2 == 1 { sum -= &term } else { sum += &term }
    }
    for _ in 0..halvings {
        sum = (&sum * &sum) >> bits;
    }
    sum
}
