//! The numbers that a cost function accepts.

use std::ops::RangeInclusive;

use fearless_simd::{Level, dispatch};

/// The numbers that a cost function accepts for y, for ŷ or for z.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Domain {
    /// Any number, ±∞ included.
    Extended,
    /// Any finite number.
    Finite,
    /// A number from 0 to 1, both included.
    Unit,
    /// 0 or 1. A label must be one of these if `--calibration` recalibrates.
    Binary,
    /// A number from 0 to 1, both included, because `--gradient` needs it.
    UnitForGradient,
    /// A number from 0 to 1, or at most 10⁻⁵ outside. Sums of 32-bit numbers round that far, and
    /// clipping brings them back.
    NearUnit,
    /// A finite number of at least 0.
    NotNegative,
    /// A number of at most 0, or −∞: the logarithm of a probability.
    NotPositive,
    /// Only 0, which takes the place of labels where there are none.
    Zero,
    /// The weighted input of a class: any number but ∞, for which no softmax is defined.
    Logit,
    /// A label of tanh: a number from −1 to 1, both included, but not 0. A label 0 most likely
    /// means 0 of the labels 0 and 1.
    Signed,
}

/// The numbers that instances may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Domains {
    /// For y.
    pub y: Domain,
    /// For ŷ, or for z or a logarithm in its place.
    pub output: Domain,
}

impl Domain {
    /// Whether `x` lies in the domain. NaN lies in none.
    #[must_use]
    pub fn contains(self, x: f64) -> bool {
        match self {
            Domain::Extended => !x.is_nan(),
            Domain::Finite => x.is_finite(),
            Domain::Binary => x == 0.0 || x == 1.0,
            Domain::Unit | Domain::UnitForGradient => (0.0..=1.0).contains(&x),
            Domain::NearUnit => (-1e-5..=1.0 + 1e-5).contains(&x),
            Domain::NotNegative => (0.0..f64::INFINITY).contains(&x),
            Domain::NotPositive => x <= 0.0,
            Domain::Zero => x == 0.0,
            Domain::Logit => x < f64::INFINITY,
            Domain::Signed => (-1.0..=1.0).contains(&x) && x != 0.0,
        }
    }

    /// Returns the range from the least to the largest finite number of the domain.
    #[must_use]
    pub fn range(self) -> RangeInclusive<f64> {
        match self {
            Domain::Extended | Domain::Finite | Domain::Logit => f64::MIN..=f64::MAX,
            Domain::NotNegative => 0.0..=f64::MAX,
            Domain::NotPositive => f64::MIN..=0.0,
            Domain::Zero => 0.0..=0.0,
            Domain::Binary | Domain::Unit | Domain::UnitForGradient => 0.0..=1.0,
            Domain::NearUnit => -1e-5..=1.0 + 1e-5,
            Domain::Signed => -1.0..=1.0,
        }
    }

    /// Whether all numbers lie in the domain.
    #[must_use]
    pub fn contains_all(self, xs: &[f64]) -> bool {
        // There is no early end and no comparison, so that the loops are vectorized. The bits of
        // two numbers ≥ 0 compare as the numbers do, and the highest bit is the sign.
        const SIGN: u64 = 1 << 63;
        let bits = xs.iter().map(|x| x.to_bits());
        let outside = match self {
            Domain::Finite => dispatch!(Level::new(), _ => {
                bits.fold(0, |all, bits| all | ((bits & !SIGN) + (1 << 52)))
            }),
            Domain::Unit | Domain::UnitForGradient | Domain::NearUnit => {
                let one = 1.0f64.to_bits();
                dispatch!(Level::new(), _ => {
                    bits.fold(0, |all, bits| all | bits | one.wrapping_sub(bits))
                })
            }
            Domain::Extended
            | Domain::Binary
            | Domain::NotNegative
            | Domain::NotPositive
            | Domain::Zero
            | Domain::Logit
            | Domain::Signed => SIGN,
        };
        // The loops may take numbers of the domain for outside, such as −0, and they do not cover
        // every domain. Then each number is checked by itself.
        outside & SIGN == 0 || xs.iter().all(|&x| self.contains(x))
    }
}
