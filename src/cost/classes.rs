//! What a label costs where a model has an output for each of several classes.

use std::ops::Range;

use crate::float::{Double, power_of_two, scaled};

/// The outputs of a model for several classes, instance by instance: in the byte order of
/// the classes' names, so that the order of columns is no matter.
#[derive(Clone, Debug, Default)]
pub struct ClassOutputs {
    /// The position of each instance's label among its outputs.
    labels: Vec<usize>,
    outputs: Vec<f64>,
    /// Where the outputs of each instance end.
    ends: Vec<usize>,
}

impl ClassOutputs {
    /// Leaves out all instances.
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
        assert!(self.ends.last().unwrap_or(&0) + label < self.outputs.len(), "it has an output");
        self.labels.push(label);
        self.ends.push(self.outputs.len());
    }

    /// Adds instances by columns: the positions of labels, and each class's outputs.
    ///
    /// # Panics
    /// If a label has no output, or a column fewer outputs than there are labels.
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

    /// Divides the outputs of an instance.
    ///
    /// # Panics
    /// If there is no such instance.
    pub fn divide(&mut self, instance: usize, divisor: f64) {
        let range = self.range(instance);
        self.outputs[range].iter_mut().for_each(|output| *output /= divisor);
    }

    /// The outputs of an instance.
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

    /// Leaves out the instances from that one on.
    pub fn truncate(&mut self, instances: usize) {
        self.labels.truncate(instances);
        self.ends.truncate(instances);
        self.outputs.truncate(self.ends.last().copied().unwrap_or(0));
    }

    /// How many instances there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Each instance: the position of its label, and its outputs.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &[f64])> {
        let starts = std::iter::once(&0).chain(&self.ends);
        let ranges = starts.zip(&self.ends).map(|(&start, &end)| &self.outputs[start..end]);
        self.labels.iter().copied().zip(ranges)
    }

    /// The output of each label.
    #[must_use]
    pub fn of_labels(&self) -> Vec<f64> {
        self.iter().map(|(label, outputs)| outputs[label]).collect()
    }
}

/// The softmax of weighted inputs z: eᶻ of each, relative to the largest, with twice the
/// digits, so that costs lose nothing that probabilities near 0 and 1 would round away.
///
/// # Domain
/// z finite or −∞, one of them finite at least.
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
    /// The exponential of each.
    terms: Vec<Double>,
}

impl Softmax {
    /// That of those z.
    #[must_use]
    pub fn new(z: &[f64]) -> Self {
        let highest = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let distances: Vec<Double> = z.iter().map(|&z| distance(z, highest)).collect();
        let terms = distances.iter().map(|&distance| exp(distance)).collect();
        Softmax { distances, terms }
    }

    /// −ln of the probability of a class: within 4 units in the last place, ∞ if that is
    /// beyond the largest number.
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
                // ln(1 + x) is x, which may be among the least numbers: it is rounded once.
                return self.sum_of_least(label);
            }
            return pxfm::f_log1p(self.sum_but_for(label).high);
        }
        if distance.high == f64::NEG_INFINITY {
            return f64::INFINITY;
        }
        // The term of the largest is 1.
        let rest = self.terms.iter().fold(-Double::ONE, |sum, &term| sum + term);
        let ln = pxfm::f_log1p(rest.high);
        let sum = Double::sum(-distance.high, ln);
        sum.high + (sum.low - distance.low)
    }

    /// Σ(y − p)² over the probabilities p of all classes, where y is 1 for the label and
    /// else 0: within 4 units in the last place.
    ///
    /// # Panics
    /// If there is no such class.
    #[must_use]
    pub fn quadratic(&self, label: usize) -> f64 {
        let wrong = self.sum_but_for(label);
        let all = wrong + self.terms[label];
        // Squares may be among the least numbers: their sum is rounded once.
        let halvings = if wrong.high < 1e-100 { 450 } else { 0 };
        let square = |class: usize| {
            let term = if class == label { wrong } else { self.terms[class] };
            let difference = (term / all).scaled(power_of_two(halvings));
            difference * difference
        };
        let squares = (0..self.terms.len()).map(square);
        let sum = squares.fold(Double::from(0.0), |sum, term| sum + term);
        scaled(sum.high, -2 * i64::from(halvings))
    }

    /// The sum of all terms but one, none of which is above e⁻⁶⁰⁰.
    fn sum_of_least(&self, class: usize) -> f64 {
        const HALVINGS: i32 = 1000;
        let others = self.distances.iter().enumerate().filter(|(other, _)| *other != class);
        let doubled = Double::ln_2_times(f64::from(HALVINGS));
        let terms = others.map(|(_, &distance)| exp(distance + doubled));
        let sum = terms.fold(Double::from(0.0), |sum, term| sum + term);
        scaled(sum.high, -i64::from(HALVINGS))
    }

    /// The probability of each class.
    #[must_use]
    pub fn probabilities(&self) -> Vec<f64> {
        let all = self.terms.iter().fold(Double::from(0.0), |sum, &term| sum + term);
        self.terms.iter().map(|&term| (term / all).high).collect()
    }

    /// The sum of all terms but one.
    fn sum_but_for(&self, class: usize) -> Double {
        let others = self.terms.iter().enumerate().filter(|(other, _)| *other != class);
        others.fold(Double::from(0.0), |sum, (_, &term)| sum + term)
    }
}

/// z − highest.
fn distance(z: f64, highest: f64) -> Double {
    match z - highest {
        distance if distance.is_finite() => Double::sum(z, -highest),
        distance => Double::from(distance),
    }
}

/// eˣ of an x of at most 0.
fn exp(x: Double) -> Double {
    match x.high {
        -700.0.. => Double::exp(x.high) * Double::sum(1.0, x.low),
        -746.0..-700.0 => Double::from(pxfm::f_exp(x.high) * (1.0 + x.low)),
        _ => Double::from(0.0),
    }
}
