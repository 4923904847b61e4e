//! The calibration of forecasts: the steps of the isotonic regression of y on ŷ against the
//! diagonal, and a histogram of ŷ below.

use super::{Axis, BLUE, Curve, GREY, Picture, Stroke, VERMILLION, axis, decimal, number, whole};
use crate::digits::{plural, significant};
use crate::results::CostResult;
use crate::tally::Step;
use crate::text::excerpt;

/// The number of bars of the histogram.
const BARS: usize = 50;

/// Where the bars begin and where the highest ends, on the axis of y.
const HISTOGRAM: (f64, f64) = (-0.25, -0.05);

/// The significant digits of the numbers in the title.
const DIGITS: usize = 4;

/// The calibration of one model.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Calibration {
    /// The statistics, one result per cost.
    pub results: Vec<CostResult>,
    /// The isotonic regression of y on ŷ.
    pub steps: Vec<Step>,
    /// The total weight of the ŷ in each of equal parts of [0, 1].
    pub histogram: Vec<f64>,
}

impl Calibration {
    /// Creates it from a result per cost, the regression, and each distinct ŷ with its total
    /// weight.
    pub(crate) fn new(
        results: Vec<CostResult>,
        steps: Vec<Step>,
        outputs: impl Iterator<Item = (f64, f64)>,
    ) -> Self {
        let mut histogram = vec![0.0; BARS];
        for (yhat, weight) in outputs {
            histogram[whole(yhat * number(BARS as u64)).min(BARS - 1)] += weight;
        }
        Calibration { results, steps, histogram }
    }
}

/// Draws the steps of the regression, each with a 95 % interval if there are no weights, and the
/// histogram.
#[must_use]
pub fn calibration(calibration: &Calibration) -> Picture {
    let Calibration { results, steps, histogram } = calibration;
    let part = |result: &CostResult| {
        let part = result.number("miscalibration").unwrap_or_default();
        format!("{} ({})", significant(part, DIGITS), result.measure.name())
    };
    let parts: Vec<String> = results.iter().map(part).collect();
    let curve =
        |name: &str, points, color, stroke| Curve { name: name.to_owned(), points, color, stroke };
    let mut curves = vec![
        curve("", bars(histogram), GREY, Stroke::Filled),
        curve("calibrated", vec![(0.0, 0.0), (1.0, 1.0)], GREY, Stroke::Solid),
    ];
    if results.iter().all(|result| result.value("weight").is_none()) {
        // A curve for each step, as there is no interval between two steps.
        let limits =
            steps.iter().flat_map(|step| [low, high].map(|limit: fn(&Step) -> f64| (step, limit)));
        curves.extend(limits.enumerate().map(|(index, (step, limit))| {
            let name = if index == 0 { "95 % interval" } else { "" };
            let points = step.outputs.map(|yhat| (yhat, limit(step))).to_vec();
            curve(name, points, BLUE, Stroke::Dashed)
        }));
    }
    let ends = |step: &Step| step.outputs.map(|yhat| (yhat, step.mean()));
    let line = steps.iter().flat_map(ends).collect();
    curves.push(curve("share of y = 1", line, VERMILLION, Stroke::Solid));
    let of_model = |first: &CostResult| {
        let (n, steps) = (plural(first.count("n"), "instance"), plural(steps.len() as u64, "step"));
        format!("{}: {n} in {steps}, with a histogram of ŷ below", excerpt(first.model.as_bytes()))
    };
    Picture {
        title: format!("Miscalibration {}", parts.join(", ")),
        caption: results.first().map(of_model).unwrap_or_default(),
        x: axis("forecast ŷ", (-0.02, 1.02), 0.2),
        y: Axis { text: share, ..axis("share of y = 1", (HISTOGRAM.0, 1.03), 0.2) },
        curves,
        saturated: Vec::new(),
    }
}

/// Returns the text at a tick; nothing beside the histogram.
fn share(share: f64) -> String {
    if share < -0.01 { String::new() } else { decimal(share) }
}

/// Returns the lower end of the 95 % interval of the share of y = 1 in a step, by C. J. Clopper
/// and E. S. Pearson, "The use of confidence or fiducial limits illustrated in the case of the
/// binomial" (1934).
fn low(step: &Step) -> f64 {
    let (n, ones) = (step.weight(), step.positive_weight());
    if ones == 0.0 { 0.0 } else { puruspe::invbetai(0.025, ones, n - ones + 1.0) }
}

/// Returns the upper end of the same interval.
fn high(step: &Step) -> f64 {
    let (n, ones) = (step.weight(), step.positive_weight());
    if ones == n { 1.0 } else { puruspe::invbetai(0.975, ones + 1.0, n - ones) }
}

/// Returns the line around the bars of a histogram.
fn bars(histogram: &[f64]) -> Vec<(f64, f64)> {
    let highest = histogram.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    let width = 1.0 / number(histogram.len() as u64);
    let (from, to) = HISTOGRAM;
    let bar = |(bar, weight): (u64, &f64)| {
        let (left, right) = (width * number(bar), width * number(bar + 1));
        let height = from + (to - from) * weight / highest;
        [(left, from), (left, height), (right, height), (right, from)]
    };
    (0..).zip(histogram).flat_map(bar).collect()
}
