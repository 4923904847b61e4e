//! How far an output is from a soft label that is so close that nearly all digits cancel:
//! with as many as it takes, in fixed point.

use num_bigint::BigInt;
use num_traits::{ToPrimitive, Zero};

use crate::float::{Double, LEAST_EXPONENT, scaled, split};

/// e⁻ˣ/(1 + e⁻ˣ) − p, computed from that many bits on, for an x other than 0 below
/// 1,000, and a p from 0 to 1.
///
/// It ends: a power of e with a rational exponent is no rational number, unless that is 0
/// (J. H. Lambert, 1761), so the two differ.
pub fn of_tail(x: f64, p: Double, bits: u64) -> f64 {
    let one = BigInt::from(1) << bits;
    let part = fixed(p.high, bits) + fixed(p.low, bits);
    let e = exp_of_minus(&fixed(x, bits), bits);
    let difference = (((&one - &part) * &e) >> bits) - part;
    // All errors together are below 2³⁰.
    if difference.bits() < 96 {
        return of_tail(x, p, 2 * bits);
    }
    let quotient = (difference << bits) / (one + e);
    let dropped = quotient.bits() - 64;
    let digits = (quotient >> dropped).to_f64().expect("it has 64 bits");
    scaled(digits, dropped.cast_signed() - bits.cast_signed())
}

/// A finite number in units of 2^−bits, rounded down.
fn fixed(x: f64, bits: u64) -> BigInt {
    let (exponent, significand) = split(x);
    let integer = BigInt::from(significand) * if x < 0.0 { -1 } else { 1 };
    let shift = exponent.cast_signed() as i64 + LEAST_EXPONENT + bits.cast_signed();
    if shift < 0 { integer >> -shift } else { integer << shift }
}

/// e⁻ˣ, from the Taylor polynomial of a small part of x, squared as often as x was halved.
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
