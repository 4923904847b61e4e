//! The outputs of a model for several classes, and the softmax with its costs.

use std::ops::Range;

use crate::float::{Double, power_of_two, scaled};

/// The outputs of a model for several classes, instance by instance. Those of an instance are in
/// the byte order of the names of the classes, so that the order of columns in a file does not
/// matter.
#[derive(Clone, Debug, Default)]
pub struct ClassOutputs {
    /// The position of each instance's label among its outputs.
    labels: Vec<usize>,
    outputs: Vec<f64>,
    /// For each instance, the index in `outputs` after its last one.
    ends: Vec<usize>,
}

impl ClassOutputs {
    /// Removes all instances.
    pub fn clear(&mut self) {
        self.labels.clear();
        self.outputs.clear();
        self.ends.clear();
    }

    /// Adds an instance: its outputs, and the position of its label among them.
    ///
    /// # Panics
    /// If the label has no output.
    pub fn push(&mut self, label: usize, outputs: impl IntoIterator<Item = f64>) {
        self.outputs.extend(outputs);
        let index = self.ends.last().unwrap_or(&0) + label;
        assert!(index < self.outputs.len(), "the label has an output");
        self.labels.push(label);
        self.ends.push(self.outputs.len());
    }

    /// Adds instances by columns: the position of each label, and for each class a column of
    /// outputs.
    ///
    /// # Panics
    /// If a label has no output, or if a column is shorter than `labels`.
    pub fn extend(&mut self, labels: &[usize], columns: &[&[f64]]) {
        let (start, classes) = (self.outputs.len(), columns.len());
        assert!(labels.iter().all(|&label| label < classes), "labels have outputs");
        self.outputs.resize(start + labels.len() * classes, 0.0);
        for (class, column) in columns.iter().enumerate() {
            let outputs = self.outputs[start..].iter_mut().skip(class).step_by(classes.max(1));
            for (output, &x) in outputs.zip(&column[..labels.len()]) {
                *output = x;
            }
        }
        self.labels.extend_from_slice(labels);
        self.ends.extend((1..=labels.len()).map(|row| start + row * classes));
    }

    /// Divides the outputs of an instance by a number.
    ///
    /// # Panics
    /// If there is no such instance.
    pub fn divide(&mut self, instance: usize, divisor: f64) {
        let range = self.range(instance);
        self.outputs[range].iter_mut().for_each(|output| *output /= divisor);
    }

    /// Returns the outputs of an instance.
    ///
    /// # Panics
    /// If there is no such instance.
    #[must_use]
    pub fn outputs(&self, instance: usize) -> &[f64] {
        &self.outputs[self.range(instance)]
    }

    fn range(&self, instance: usize) -> Range<usize> {
        instance.checked_sub(1).map_or(0, |before| self.ends[before])..self.ends[instance]
    }

    /// Keeps the first `instances` instances and removes the others.
    pub fn truncate(&mut self, instances: usize) {
        self.labels.truncate(instances);
        self.ends.truncate(instances);
        self.outputs.truncate(self.ends.last().copied().unwrap_or(0));
    }

    /// Returns the number of instances.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are no instances.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Returns for each instance the position of its label and its outputs.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &[f64])> {
        let starts = std::iter::once(&0).chain(&self.ends);
        let ranges = starts.zip(&self.ends).map(|(&start, &end)| &self.outputs[start..end]);
        self.labels.iter().copied().zip(ranges)
    }

    /// Returns for each instance the output for its label.
    #[must_use]
    pub fn of_labels(&self) -> Vec<f64> {
        self.iter().map(|(label, outputs)| outputs[label]).collect()
    }
}

/// The softmax of weighted inputs z: e^(z − max z) of each, with twice the digits. So costs keep
/// the digits that rounded probabilities near 0 and 1 would lose.
///
/// # Domain
/// Each z finite or −∞, and at least one finite.
///
/// ```
/// use costs::cost::Softmax;
/// let softmax = Softmax::new(&[1e300, 1e300]);
/// assert_eq!(softmax.cross_entropy(0), std::f64::consts::LN_2);
/// assert_eq!((softmax.quadratic(1), softmax.probabilities()), (0.5, vec![0.5, 0.5]));
/// ```
#[derive(Clone, Debug)]
pub struct Softmax {
    /// z − max z.
    distances: Vec<Double>,
    /// e^(z − max z).
    terms: Vec<Double>,
}

impl Softmax {
    /// Creates the softmax of the weighted inputs of one instance.
    #[must_use]
    pub fn new(z: &[f64]) -> Self {
        let highest = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let distances: Vec<Double> = z.iter().map(|&z| distance(z, highest)).collect();
        let terms = distances.iter().map(|&distance| exp(distance)).collect();
        Softmax { distances, terms }
    }

    /// Returns −ln of the probability of a class, within 4 units in the last place; ∞ if that
    /// exceeds [`f64::MAX`].
    ///
    /// # Panics
    /// If there is no such class.
    #[must_use]
    pub fn cross_entropy(&self, label: usize) -> f64 {
        let distance = self.distances[label];
        if distance.high == 0.0 {
            let others = self.distances.iter().enumerate().filter(|(class, _)| *class != label);
            let nearest = others.map(|(_, other)| other.high).fold(f64::NEG_INFINITY, f64::max);
            if nearest < -600.0 {
                // ln(1 + x) is x here. It may be subnormal, so it must be rounded only once.
                return self.sum_of_least(label);
            }
            return pxfm::f_log1p(self.sum_except(label).high);
        }
        if distance.high == f64::NEG_INFINITY {
            return f64::INFINITY;
        }
        // The largest term is 1, so the sum of the others is that of all − 1.
        let rest = self.terms.iter().fold(-Double::ONE, |sum, &term| sum + term);
        let ln = pxfm::f_log1p(rest.high);
        let sum = Double::sum(-distance.high, ln);
        sum.high + (sum.low - distance.low)
    }

    /// Returns Σ(y − p)² over the probabilities p of all classes, where y is 1 for the label and
    /// else 0, within 4 units in the last place.
    ///
    /// # Panics
    /// If there is no such class.
    #[must_use]
    pub fn quadratic(&self, label: usize) -> f64 {
        let wrong = self.sum_except(label);
        let all = wrong + self.terms[label];
        // Squares may be subnormal, so their sum is scaled, to be rounded only once.
        let doublings = if wrong.high < 1e-100 { 450 } else { 0 };
        let square = |class: usize| {
            let term = if class == label { wrong } else { self.terms[class] };
            let difference = (term / all).scaled(power_of_two(doublings));
            difference * difference
        };
        let squares = (0..self.terms.len()).map(square);
        let sum = squares.fold(Double::from(0.0), |sum, term| sum + term);
        scaled(sum.high, -2 * i64::from(doublings))
    }

    /// Returns the sum of all terms except one, if none of them is above e⁻⁶⁰⁰.
    fn sum_of_least(&self, class: usize) -> f64 {
        const DOUBLINGS: i32 = 1000;
        let others = self.distances.iter().enumerate().filter(|(other, _)| *other != class);
        let ln_of_scale = Double::ln_2_times(f64::from(DOUBLINGS));
        let terms = others.map(|(_, &distance)| exp(distance + ln_of_scale));
        let sum = terms.fold(Double::from(0.0), |sum, term| sum + term);
        scaled(sum.high, -i64::from(DOUBLINGS))
    }

    /// Returns the probability of each class.
    #[must_use]
    pub fn probabilities(&self) -> Vec<f64> {
        let all = self.terms.iter().fold(Double::from(0.0), |sum, &term| sum + term);
        self.terms.iter().map(|&term| (term / all).high).collect()
    }

    /// Returns the sum of all terms except one.
    fn sum_except(&self, class: usize) -> Double {
        let others = self.terms.iter().enumerate().filter(|(other, _)| *other != class);
        others.fold(Double::from(0.0), |sum, (_, &term)| sum + term)
    }
}

/// Returns z − highest.
fn distance(z: f64, highest: f64) -> Double {
    match z - highest {
        distance if distance.is_finite() => Double::sum(z, -highest),
        distance => Double::from(distance),
    }
}

/// Returns eˣ, for x below 700.
fn exp(x: Double) -> Double {
    match x.high {
        -700.0.. => Double::exp(x.high) * Double::sum(1.0, x.low),
        -746.0..-700.0 => Double::from(pxfm::f_exp(x.high) * (1.0 + x.low)),
        _ => Double::from(0.0),
    }
}
