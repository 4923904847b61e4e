//! The first two moments of labels, exactly, and the baselines that follow from them.

use super::dyadic::Dyadic;
use super::few::FewSums;
use crate::float::Double;

/// The exact sums behind the mean and the variance of labels. Their weights add up to more
/// than 0.
#[derive(Clone, Debug)]
pub struct Moments {
    /// Σw, above 0.
    w: Dyadic,
    /// Σwy.
    wy: Dyadic,
    /// Σwy².
    wy2: Dyadic,
}

impl Moments {
    /// Creates the moments of labels from Σw, Σwy and Σwy²; None if Σw is 0.
    pub(super) fn new(w: Dyadic, [wy, wy2]: [Dyadic; 2]) -> Option<Self> {
        w.is_positive().then_some(Moments { w, wy, wy2 })
    }

    /// Returns the number nearest to ȳ = Σwy/Σw.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.wy.over(&self.w)
    }

    /// Returns the number nearest to 1 − ȳ.
    #[must_use]
    pub fn complement(&self) -> f64 {
        self.w.minus(&self.wy).over(&self.w)
    }

    /// Returns the smaller of ȳ and 1 − ȳ, times 2ᵏ.
    pub(crate) fn smaller_share(&self, k: i64) -> Double {
        let complement = self.w.minus(&self.wy);
        let share = if self.wy.is_at_most(&complement) { &self.wy } else { &complement };
        share.scaled(k).over_twice(&self.w)
    }

    /// Returns the population variance of the labels, Σwy²/Σw − (Σwy/Σw)².
    #[must_use]
    pub fn variance(&self) -> Baseline {
        let scatter = self.w.times(&self.wy2).minus(&self.wy.times(&self.wy));
        Baseline::exact(scatter, self.w.times(&self.w))
    }

    /// Returns the moments of the labels (1 + y)/2, which maps [−1, 1] to [0, 1].
    #[must_use]
    pub fn of_signed_labels(&self) -> Self {
        let Moments { w, wy, wy2 } = self;
        let squares = w.plus(wy).plus(wy).plus(wy2);
        Moments { w: w.clone(), wy: w.plus(wy).scaled(-1), wy2: squares.scaled(-2) }
    }
}

/// A mean cost that [`skill`](super::Read::skill) compares others with.
///
/// ```
/// use costs::tally::Baseline;
/// assert_eq!(Baseline::from(0.25).to_f64(), 0.25);
/// ```
#[derive(Clone, Debug)]
pub struct Baseline {
    nearest: f64,
    /// Dividend and divisor of the exact value, if it is known.
    quotient: Option<(Dyadic, Dyadic)>,
}

impl Baseline {
    /// Creates the baseline dividend/divisor. The divisor must be above 0.
    pub(super) fn exact(dividend: Dyadic, divisor: Dyadic) -> Self {
        Baseline { nearest: dividend.over(&divisor), quotient: Some((dividend, divisor)) }
    }

    /// Returns the nearest number.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        self.nearest
    }

    /// Returns the baseline times a power of two, from 2⁻¹⁰²² to 2¹⁰²³.
    #[must_use]
    pub fn scaled(self, power: f64) -> Self {
        let scale =
            |(dividend, divisor): (Dyadic, _)| (dividend.times(&Dyadic::from(power)), divisor);
        match self.quotient.map(scale) {
            Some((dividend, divisor)) => Baseline::exact(dividend, divisor),
            None => Baseline::from(self.nearest * power),
        }
    }

    /// Whether it is above 0 and finite, so that a skill can be measured against it.
    pub(super) fn is_usable(&self) -> bool {
        match &self.quotient {
            Some((dividend, _)) => dividend.is_positive(),
            None => self.nearest > 0.0 && self.nearest < f64::INFINITY,
        }
    }

    /// Returns the skill 1 − (Σwc/Σw)/baseline, for a baseline that is usable: rounded once if
    /// it is exact, else computed from the numbers nearest to mean and baseline.
    pub(super) fn skill(&self, wc: &Dyadic, w: &Dyadic) -> f64 {
        match &self.quotient {
            Some((dividend, divisor)) => {
                let whole = dividend.times(w);
                whole.minus(&wc.times(divisor)).over(&whole)
            }
            None => self.skill_of_mean(wc.over(w)),
        }
    }

    /// Returns the same for Σc of n instances. None if it needs integers of more limbs.
    pub(super) fn skill_of_few(&self, sums: &FewSums, n: u64) -> Option<f64> {
        match &self.quotient {
            Some((dividend, divisor)) => sums.skill(n, dividend.limb()?, divisor.limb()?),
            None => Some(self.skill_of_mean(sums.mean(n))),
        }
    }

    fn skill_of_mean(&self, mean: f64) -> f64 {
        1.0 - mean / self.nearest
    }
}

impl From<f64> for Baseline {
    fn from(nearest: f64) -> Self {
        Baseline { nearest, quotient: None }
    }
}
