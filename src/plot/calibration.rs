//! How calibrated forecasts are: the steps of the isotonic regression of y on ŷ against the
//! diagonal, and a histogram of ŷ below.

use super::{Axis, BLUE, Curve, GREY, Picture, Stroke, VERMILLION, axis, decimal, number, whole};
use crate::digits::{plural, significant};
use crate::results::CostResult;
use crate::tally::Step;
use crate::text::excerpt;

/// The bars of the histogram.
const BARS: usize = 50;

/// Where the histogram begins and ends, in y.
const HISTOGRAM: (f64, f64) = (-0.25, -0.05);

/// The digits of the numbers in the title.
const DIGITS: usize = 4;

/// The calibration of one model.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Calibration {
    /// The statistics, by each cost.
    pub results: Vec<CostResult>,
    /// The isotonic regression of y on ŷ.
    pub steps: Vec<Step>,
    /// Σw of the ŷ in equal parts of [0, 1].
    pub histogram: Vec<f64>,
}

impl Calibration {
    /// That of a result for each cost, the regression, and Σw at each distinct ŷ.
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

/// The steps of the regression, each with an interval if there are no weights, and the
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
        // Each for itself, as between two steps there is none.
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
        format!(
            "{}: {n} in {steps}, and below how many have which ŷ",
            excerpt(first.model.as_bytes())
        )
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

/// The text at a tick; none beside the histogram.
fn share(share: f64) -> String {
    if share < -0.01 { String::new() } else { decimal(share) }
}

/// The lower end of the 95 % interval of the share in a step, of C. J. Clopper and
/// E. S. Pearson, "The use of confidence or fiducial limits illustrated in the case of the
/// binomial" (1934).
fn low(step: &Step) -> f64 {
    let (n, ones) = (step.weight(), step.positive_weight());
    if ones == 0.0 { 0.0 } else { puruspe::invbetai(0.025, ones, n - ones + 1.0) }
}

/// The upper end of it.
fn high(step: &Step) -> f64 {
    let (n, ones) = (step.weight(), step.positive_weight());
    if ones == n { 1.0 } else { puruspe::invbetai(0.975, ones + 1.0, n - ones) }
}

/// The line around the bars of a histogram.
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
