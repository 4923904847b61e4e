//! The statistics of a small group, from integers of a fixed number of limbs.
//!
//! They are the same numbers, to the bit, that `statistics.rs` computes from integers of any
//! size. There may be a million groups.

use super::dyadic::round_leading;
use super::integer::leading;
use super::limbs::{multiply, subtract};
use super::sums::{Fixed, Powers};

/// The bits after the binary point of Σc.
pub const FRACTION: usize = 128;

/// The limbs of Σc, and of Σc² or Σcc′.
pub const SUM: usize = 3;
pub const PRODUCTS: usize = 5;

/// Statistics of fewer instances than this are computed here, as then (n − 1)·n² has one limb.
const MANY: u64 = 1 << 21;

/// The exponent of the unit of a sum of costs. That of products is twice as much.
const UNIT: i64 = -(FRACTION.cast_signed() as i64);

/// Σc in units of 2⁻¹²⁸ and Σc² in units of 2⁻²⁵⁶, from the lowest limb.
#[derive(Clone, Copy, Debug)]
pub struct FewSums {
    pub sum: [u64; SUM],
    pub squares: [u64; PRODUCTS],
}

impl FewSums {
    /// Returns Σc and Σc².
    pub fn fixed(&self) -> [Fixed; 2] {
        [fixed(&self.sum, 1), fixed(&self.squares, 2)]
    }

    /// Returns the same sums, which others can be added to.
    pub fn powers(&self) -> Powers {
        Powers::of_sums(self.fixed())
    }

    /// Whether the statistics of n instances can be computed here.
    pub fn can_be_read(n: u64) -> bool {
        (1..MANY).contains(&n)
    }

    /// Returns the number nearest to Σc/n; n is at least 1, and Σc itself is that of 1.
    pub fn mean(&self, n: u64) -> f64 {
        nearest(&self.sum, n, UNIT)
    }

    /// Returns the standard error of the mean of n instances, of which there are at least 2:
    /// √((n·Σc² − (Σc)²) / ((n − 1)·n²)).
    pub fn standard_error(&self, n: u64) -> f64 {
        let (mut scatter, mut square) = ([0; 2 * SUM], [0; 2 * SUM]);
        multiply(&self.squares, &[n], &mut scatter);
        multiply(&self.sum, &self.sum, &mut square);
        subtract(&mut scatter, &square);
        nearest(&scatter, (n - 1) * n * n, 2 * UNIT).sqrt()
    }

    /// Returns the skill 1 − (Σc/n)/(dividend/divisor), rounded once. None if it needs integers
    /// of more limbs.
    pub fn skill(&self, n: u64, dividend: u64, divisor: u64) -> Option<f64> {
        let whole = dividend.checked_mul(n)?;
        // (whole − Σc·divisor)/whole, with both in units of 2⁻¹²⁸.
        let (minuend, mut subtrahend) = ([0, 0, whole, 0], [0; SUM + 1]);
        multiply(&self.sum, &[divisor], &mut subtrahend);
        let mut difference = minuend;
        if !subtract(&mut difference, &subtrahend) {
            return Some(nearest(&difference, whole, UNIT));
        }
        difference = subtrahend;
        subtract(&mut difference, &minuend);
        Some(-nearest(&difference, whole, UNIT))
    }
}

/// Converts limbs in units of (2⁻¹²⁸)^power to a number.
pub fn fixed(limbs: &[u64], power: i64) -> Fixed {
    let zeros = limbs.iter().take_while(|&&limb| limb == 0).count();
    let used = limbs.iter().rposition(|&limb| limb != 0).map_or(zeros, |last| last + 1);
    Fixed::of_limbs(&limbs[zeros..used], zeros.cast_signed() as i64 - 2 * power)
}

/// Returns the f64 nearest to the integer of these limbs times 2^exponent, over the divisor.
#[inline]
fn nearest<const L: usize>(integer: &[u64; L], divisor: u64, exponent: i64) -> f64 {
    let used = integer.iter().rposition(|&limb| limb != 0).map_or(0, |last| last + 1);
    leading(&integer[..used]).map_or(0.0, |leading| {
        round_leading(leading, divisor, exponent).expect("it is far from the ends of the range")
    })
}
