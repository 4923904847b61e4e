//! Formulas with the numbers of an instance in place of their letters, for people.

use crate::digits::{shortest_text, significant};
use crate::neuron::{Activation, Neuron, sigmoid};

/// A label y and an output ŷ as texts for a formula. They have so many digits that 1 − ŷ and
/// y − ŷ still show as many as are wanted.
///
/// ```
/// use costs::cost::Terms;
/// let terms = Terms::of(1.0, 0.9997, 4);
/// assert_eq!(terms.put_in("(y − ŷ)²"), "(1 − 0.9997)²");
/// assert_eq!(terms.put_in("ln(1 − ŷ)"), "ln 0.0003");
/// ```
#[derive(Clone, Debug)]
pub struct Terms {
    pub(super) y: String,
    /// 1 − y.
    pub(super) rest_of_y: String,
    pub(super) yhat: String,
    /// 1 − ŷ.
    pub(super) rest: String,
    /// y − ŷ.
    pub(super) difference: String,
    has_zero: bool,
}

impl Terms {
    /// Creates the terms of y and ŷ, with a number of significant digits.
    #[must_use]
    pub fn of(y: f64, yhat: f64, digits: usize) -> Self {
        Terms::new([y, 1.0 - y], [yhat, 1.0 - yhat], y - yhat, digits)
    }

    /// Creates terms from `[y, 1 − y]`, `[ŷ, 1 − ŷ]` and y − ŷ, each rounded only once.
    #[must_use]
    pub fn new(y: [f64; 2], yhat: [f64; 2], difference: f64, digits: usize) -> Self {
        let text = |[x, rest]: [f64; 2]| part_of_one(x, rest, difference, digits);
        Terms {
            y: text(y),
            rest_of_y: text([y[1], y[0]]),
            yhat: text(yhat),
            rest: text([yhat[1], yhat[0]]),
            difference: number(difference, digits),
            has_zero: yhat.contains(&0.0),
        }
    }

    /// Creates the terms of the label and the output of a neuron as probabilities: those of the
    /// sigmoid neuron that it corresponds to (see [`Neuron`]).
    #[must_use]
    pub fn of_probability(neuron: Neuron, digits: usize) -> Self {
        let z = neuron.logit();
        let yhat = [sigmoid(z), sigmoid(-z)];
        let y = [neuron.ones(), neuron.zeros()];
        let terms = Terms::new(y, yhat, 0.0 - neuron.error(), digits);
        // A subnormal ŷ lacks digits, but equals eᶻ to all digits, as 1 − ŷ equals e⁻ᶻ.
        let power = || format!("e^{}", number(-z.abs(), digits));
        match yhat.map(|share| share < f64::MIN_POSITIVE) {
            [true, _] if z.is_finite() => terms.with_output(power()),
            [_, true] if z.is_finite() => Terms { rest: power(), has_zero: false, ..terms },
            _ => terms,
        }
    }

    /// Creates the terms of a neuron's label and its output a, on the scale of its activation.
    #[must_use]
    pub fn of_output(neuron: Neuron, digits: usize) -> Self {
        if neuron.activation == Activation::Sigmoid {
            return Terms::of_probability(neuron, digits);
        }
        let (y, a, z) = (neuron.y, neuron.activation.output(neuron.z), neuron.logit());
        let difference = 0.0 - 2.0 * neuron.error();
        let terms = Terms::new([y, 1.0 - y], [a, 2.0 * sigmoid(-z)], difference, digits);
        // An output near −1 is shown as its distance from −1.
        match part_of_one(-a, 2.0 * sigmoid(z), difference, digits) {
            text if a >= 0.0 || text.starts_with('-') => terms,
            text if text.starts_with('(') => {
                Terms { yhat: format!("(-1 + {}", &text["(1 − ".len()..]), ..terms }
            }
            text => Terms { yhat: format!("-{text}"), ..terms },
        }
    }

    /// Replaces the text of ŷ. It must be that of a number above 0.
    #[must_use]
    pub fn with_output(self, yhat: String) -> Self {
        Terms { yhat, has_zero: false, ..self }
    }

    /// Returns the label.
    #[must_use]
    pub fn y(&self) -> &str {
        &self.y
    }

    /// Returns the output, without brackets around it.
    #[must_use]
    pub fn yhat(&self) -> &str {
        self.yhat.trim_start_matches('(').trim_end_matches(')')
    }

    /// Whether ŷ or 1 − ŷ is 0, so that a logarithm in a formula is −∞.
    #[must_use]
    pub fn has_zero(&self) -> bool {
        self.has_zero
    }

    /// Returns a formula with the numbers in place of y, ŷ, 1 − y and 1 − ŷ.
    #[must_use]
    pub fn put_in(&self, formula: &str) -> String {
        let formula =
            formula.replace("ln(1 − ŷ)", &ln(&self.rest)).replace("ln ŷ", &ln(&self.yhat));
        let formula = formula.replace("(1 − ŷ)", &factor(&self.rest));
        let formula = formula.replace("(1 − y)", &factor(&self.rest_of_y));
        formula.replace('ŷ', &factor(&self.yhat)).replace('y', &factor(&self.y))
    }
}

/// Formats a number with significant digits, without zeros at the end: `0.1`, `9e-8`.
#[must_use]
pub fn number(number: f64, digits: usize) -> String {
    let text = match digits {
        16.. if number.is_finite() => return shortest_text(number),
        _ => significant(number, digits),
    };
    let (mantissa, exponent) = text.split_at(text.find('e').unwrap_or(text.len()));
    if mantissa.contains('.') {
        let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
        format!("{mantissa}{exponent}")
    } else {
        text
    }
}

/// Formats a number with so many digits that `digits` of them show its distance from another.
fn number_near(x: f64, distance: f64, digits: usize) -> String {
    let more = exponent(x).zip(exponent(distance)).map_or(0, |(x, distance)| x - distance);
    number(x, digits.saturating_add_signed(more.max(0)))
}

/// Formats a subtraction, with so many digits that the difference can be seen.
#[must_use]
pub fn subtraction(from: f64, other: f64, digits: usize) -> String {
    let distance = (from - other).abs();
    // One more digit, as both numbers are rounded.
    let [from, other] = [from, other].map(|x| number_near(x, distance, digits + 1));
    format!("{from} − {}", factor(&other))
}

/// Puts the text of a number in brackets if it has a minus sign or an exponent.
#[must_use]
pub fn factor(text: &str) -> String {
    let is_plain = text.starts_with(['(', 'e']) || !(text.starts_with('-') || text.contains('e'));
    if is_plain { text.to_owned() } else { format!("({text})") }
}

/// Formats the logarithm of a number that is given as a text.
pub(super) fn ln(text: &str) -> String {
    if text.starts_with('(') { format!("ln{text}") } else { format!("ln {text}") }
}

/// Formats x, near 1 as `(1 − rest)`: `rest` is 1 − x, `difference` that from another number.
fn part_of_one(x: f64, rest: f64, difference: f64, digits: usize) -> String {
    let is_some = |distance: &f64| *distance > 0.0 && distance.is_finite();
    let distances = [rest.abs(), difference.abs()].into_iter().filter(is_some);
    let text = number_near(x, distances.fold(f64::INFINITY, f64::min), digits);
    if x > 0.5 && rest > 0.0 && rest < 1e-4 && text.len() > digits + 6 || x == 1.0 && rest > 0.0 {
        return format!("(1 − {})", number(rest, digits));
    }
    text
}

/// Returns the decimal exponent of a number; None for 0 and ∞.
fn exponent(x: f64) -> Option<isize> {
    let scientific = format!("{x:e}");
    scientific.rsplit_once('e').filter(|_| x != 0.0)?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_digits_that_their_difference_needs() {
        for (y, yhat, expected) in [
            (1.0, 0.99975, "(1 − 0.99975)"),
            (1000.1, 1000.2, "(1000.1 − 1000.2)"),
            (0.5, 0.123_456_789, "(0.5 − 0.1235)"),
            (1.0, 1.0 - 1.0 / f64::from(1 << 30) / 1024.0, "(1 − (1 − 9.095e-13))"),
            (3.0, -2.5, "(3 − (-2.5))"),
            (1.0, 0.0, "(1 − 0)"),
        ] {
            assert_eq!(Terms::of(y, yhat, 4).put_in("(y − ŷ)"), expected);
        }
    }

    #[test]
    fn an_output_of_tanh_near_either_end_shows_how_near() {
        let output = |z| {
            let neuron = Neuron { activation: Activation::Tanh, y: 1.0, z };
            Terms::of_output(neuron, 4).yhat
        };
        assert_eq!(output(-3.0), "-0.995055");
        assert_eq!(output(3.0), "0.995055");
        assert_eq!(output(-20.0), "(-1 + 8.497e-18)");
        assert_eq!(output(20.0), "(1 − 8.497e-18)");
        assert_eq!(output(0.0), "0");
    }

    #[test]
    fn a_subnormal_output_is_written_as_a_power_of_e() {
        let neuron = Neuron { activation: Activation::Sigmoid, y: 1.0, z: -800.0 };
        let terms = Terms::of_probability(neuron, 4);
        assert_eq!((terms.yhat.as_str(), terms.rest.as_str()), ("e^-800", "1"));
    }
}
