//! The numbers that a cost function takes.

use std::ops::RangeInclusive;

/// The numbers that a cost function takes for y, for ŷ or for z.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Domain {
    /// Any number, ±∞ included.
    Extended,
    /// Any finite number.
    Finite,
    /// A number from 0 to 1, both included.
    Unit,
    /// 0 or 1, where a recalibration asks for it.
    Binary,
    /// A number from 0 to 1, where a gradient asks for it.
    UnitForGradient,
    /// A number at most 10⁻⁵ outside of that, as 32-bit sums round, which clipping mends.
    NearUnit,
    /// A finite number from 0 on.
    NotNegative,
    /// A number up to 0, or −∞, as the logarithm of a probability is.
    NotPositive,
    /// 0 alone, which stands for a label where there is none.
    Zero,
    /// The weighted input of a class: any number but ∞, of which a softmax makes nothing.
    Logit,
    /// A label of tanh: a number from −1 to 1, both included, but not 0, which is
    /// none of its labels and hardly ever a soft one.
    Signed,
}

/// The numbers that instances may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Domains {
    /// For y.
    pub y: Domain,
    /// For ŷ, or for what is in its place.
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

    /// The least and the largest finite number of the domain.
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

    /// Whether all of them do.
    #[must_use]
    pub fn contains_all(self, xs: &[f64]) -> bool {
        // Without an early end or a comparison, so that it takes several at a time:
        // the bits of numbers are in their order, and the highest is the sign.
        const SIGN: u64 = 1 << 63;
        let bits = xs.iter().map(|x| x.to_bits());
        let outside = match self {
            Domain::Finite => bits.fold(0, |all, bits| all | ((bits & !SIGN) + (1 << 52))),
            Domain::Unit | Domain::UnitForGradient | Domain::NearUnit => {
                let one = 1.0f64.to_bits();
                bits.fold(0, |all, bits| all | bits | one.wrapping_sub(bits))
            }
            Domain::Extended
            | Domain::Binary
            | Domain::NotNegative
            | Domain::NotPositive
            | Domain::Zero
            | Domain::Logit
            | Domain::Signed => SIGN,
        };
        // A −0 in the unit looks outside, and so does what is near it; others are not looked at.
        outside & SIGN == 0 || xs.iter().all(|&x| self.contains(x))
    }
}
