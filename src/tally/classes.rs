//! The total weight of the labels of each class, and the class frequencies.

use std::collections::BTreeMap;

use super::dyadic::Dyadic;
use super::moments::{Baseline, Moments};
use super::sums::{Fixed, Size};
use crate::float::Double;

/// Σw over the labels of each class, by the index of the class; w is 1 without weights.
#[derive(Clone, Debug, Default)]
pub struct Classes {
    /// The counts of labels without weights, in a fast tally.
    counts: Vec<u64>,
    /// Σw over all other labels, for each class that has any.
    weights: BTreeMap<u32, Fixed>,
}

impl Classes {
    /// Adds labels, which are indices of classes, with their weights if there are any.
    pub fn extend(&mut self, y: &[f64], weights: Option<&[f64]>, size: Size) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "indices of classes are few"
        )]
        for (row, class) in y.iter().map(|&y| y as u32).enumerate() {
            if weights.is_none() && size == Size::Fast {
                let class = class as usize;
                if class >= self.counts.len() {
                    self.counts.resize(class + 1, 0);
                }
                self.counts[class] += 1;
            } else {
                let weight = weights.map_or(1.0, |weights| weights[row]);
                self.weights.entry(class).or_default().add_number(weight);
            }
        }
    }

    /// Adds Σw of each class.
    pub fn merge(&mut self, others: &[(u32, Dyadic)]) {
        for (class, weight) in others {
            self.weights.entry(*class).or_default().merge(&Fixed::from(weight));
        }
    }

    /// Returns the classes whose Σw is above 0, in ascending order, each with its Σw.
    pub fn sums(&self) -> Vec<(u32, Dyadic)> {
        let weights = self.weights.iter().map(|(class, weight)| (*class, Dyadic::from(weight)));
        let mut sums: BTreeMap<u32, Dyadic> = weights.collect();
        for (class, &count) in (0..).zip(&self.counts).filter(|(_, count)| **count > 0) {
            let sum = sums.entry(class).or_insert_with(|| Dyadic::from(0u64));
            *sum = sum.plus(&Dyadic::from(count));
        }
        sums.into_iter().filter(|(_, sum)| sum.is_positive()).collect()
    }
}

/// How often each class is the label, exactly.
#[derive(Clone, Debug)]
pub struct Frequencies {
    /// Σw, above 0.
    w: Dyadic,
    /// Σw of each class.
    classes: Vec<Dyadic>,
}

impl Frequencies {
    /// Creates the frequencies of classes from Σw of each and their sum `w`; None if that is 0.
    pub(super) fn new(w: Dyadic, classes: Vec<Dyadic>) -> Option<Self> {
        w.is_positive().then_some(Frequencies { w, classes })
    }

    /// Returns for each class the moments of labels that are 1 for it and 0 for all others.
    pub fn moments(&self) -> impl Iterator<Item = Moments> {
        self.classes
            .iter()
            .filter_map(|class| Moments::new(self.w.clone(), [class.clone(), class.clone()]))
    }

    /// Returns 1 − Σf² of the frequencies f. This is the mean squared distance of the labels,
    /// as vectors of 0 and 1, from the vector of frequencies.
    #[must_use]
    pub fn variance(&self) -> Baseline {
        let square = self.w.times(&self.w);
        let sum = self.classes.iter().map(|class| class.times(class));
        let sum = sum.fold(Dyadic::from(0u64), |sum, square| sum.plus(&square));
        Baseline::exact(square.minus(&sum), square)
    }

    /// Returns the entropy −Σf ln f of the frequencies f, in nats, almost always correctly rounded.
    #[must_use]
    pub fn entropy(&self) -> f64 {
        let term = |class: &Dyadic| {
            let f = class.over_twice(&self.w);
            // ln 1 is 0, and the term of a tiny f changes no digit of the sum.
            if f == Double::ONE || f.high < 1e-290 {
                return Double::from(0.0);
            }
            // Near f = 1, 1 − f has more digits of its own to compute the logarithm from.
            let rest = self.w.minus(class).over_twice(&self.w);
            let ln = if rest.high < 1e-4 { ln_of_complement(rest) } else { f.ln() };
            -(f * ln)
        };
        self.classes.iter().map(term).fold(Double::from(0.0), |sum, term| sum + term).high
    }
}

/// Returns ln(1 − x) for x below 10⁻⁴.
fn ln_of_complement(x: Double) -> Double {
    // −x − x²/2 − x³/3 − …: the ninth term is below 2⁻¹⁰⁰ of the first.
    let series = (1..=8).rev().map(f64::from);
    let sum = series.fold(Double::from(0.0), |sum, n| sum * x + Double::ONE / Double::from(n));
    -(sum * x)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frequencies(counts: &[u64]) -> Frequencies {
        let classes: Vec<Dyadic> = counts.iter().map(|&count| Dyadic::from(count)).collect();
        Frequencies::new(Dyadic::from(counts.iter().sum::<u64>()), classes).unwrap()
    }

    #[test]
    fn equal_classes_have_the_entropy_of_their_number() {
        for classes in [2u32, 3, 10, 1000] {
            let entropy = frequencies(&vec![7; classes as usize]).entropy();
            let wanted = pxfm::f_log(f64::from(classes));
            assert!((entropy - wanted).abs() <= 2.0 * f64::EPSILON * wanted, "{classes}");
        }
        assert_eq!(frequencies(&[5, 0, 0]).entropy(), 0.0);
    }

    #[test]
    fn a_rare_class_keeps_its_digits() {
        // Computed with mpmath.
        assert_eq!(frequencies(&[1 << 60, 1]).entropy(), 3.693992233072256e-17);
        assert_eq!(frequencies(&[1, 1 << 60]).entropy(), frequencies(&[1 << 60, 1]).entropy());
    }

    #[test]
    fn the_variance_of_two_classes_is_twice_that_of_labels() {
        let all = frequencies(&[3, 5]);
        let one = all.moments().next().unwrap().variance().to_f64();
        assert_eq!(all.variance().to_f64(), 2.0 * one);
    }
}
