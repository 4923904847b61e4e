//! The curves of formulas.

use super::{Axis, Color, Curve, Picture, Stroke, look, with_unit};
use crate::cost::{ALL, Activated, Cost};
use crate::neuron::{Activation, SATURATION};
use crate::report::{shortest_text, significant};

/// Points of a curve, but for one.
const POINTS: u32 = 2000;

/// The highest cost that is drawn.
const MOST: f64 = 5.0;

/// a(z) against z, with the saturated regions: Figure 8.1 of *Deep Learning
/// Illustrated* for tanh.
#[must_use]
pub fn activation(activation: Activation) -> Picture {
    let reach = reach(activation);
    let edge = edge(activation);
    let (range, step) = match activation {
        Activation::Sigmoid => ((-0.1, 1.1), 0.2),
        Activation::Tanh => ((-1.2, 1.2), 0.5),
    };
    Picture {
        title: format!("The {} neuron", activation.name()),
        caption: format!(
            "Saturated beyond z = ±{}: the slope is below {} % of the steepest",
            significant(edge, 3),
            shortest_text(100.0 * SATURATION)
        ),
        x: z_axis(reach),
        y: Axis { label: "output a".to_owned(), range, step, text: tick },
        curves: vec![Curve {
            name: match activation {
                Activation::Sigmoid => "a = σ(z)".to_owned(),
                Activation::Tanh => "a = tanh z".to_owned(),
            },
            points: points(-reach, reach, |z| activation.output(z)),
            color: Color::Vermillion,
            stroke: Stroke::Solid,
        }],
        saturated: vec![(-reach, -edge), (edge, reach)],
    }
}

/// Costs of a label y in [0, 1] against ŷ.
#[must_use]
pub fn costs(y: f64, costs: &[&'static dyn Cost]) -> Picture {
    let curve = |cost: &&'static dyn Cost| {
        let points = outputs().into_iter().map(|yhat| (yhat, cost.cost(y, yhat)));
        curve(*cost, points.filter(|&(_, cost)| cost <= MOST).collect())
    };
    Picture {
        title: format!("What an output costs where the label y is {}", shortest_text(y)),
        caption: costs.iter().filter_map(|cost| ends(y, *cost)).collect::<Vec<_>>().join("; "),
        x: Axis { label: "output ŷ".to_owned(), range: (-0.02, 1.02), step: 0.2, text: tick },
        y: Axis { label: "cost".to_owned(), range: (-0.05 * MOST, MOST), step: 1.0, text: tick },
        curves: costs.iter().map(curve).collect(),
        saturated: Vec::new(),
    }
}

/// Outputs from 0 to 1, the denser the nearer to either: a logarithm goes far there.
fn outputs() -> Vec<f64> {
    let near_0 = std::iter::successors(Some(0.01), |yhat| Some(0.9 * yhat));
    let mut outputs: Vec<f64> = near_0.take(1000).collect();
    outputs.extend((0..=POINTS).map(|point| f64::from(point) / f64::from(POINTS)));
    outputs.extend(outputs.clone().into_iter().map(|yhat| 1.0 - yhat));
    outputs.sort_by(f64::total_cmp);
    outputs
}

/// Where a cost has no end, in words.
fn ends(y: f64, cost: &dyn Cost) -> Option<String> {
    let is_end = |yhat: &f64| cost.cost(y, *yhat).is_infinite();
    let ends: Vec<String> =
        [0.0, 1.0].into_iter().filter(is_end).map(|yhat| format!("ŷ = {yhat}")).collect();
    (!ends.is_empty()).then(|| format!("{} grows to ∞ at {}", cost.name(), ends.join(" and at ")))
}

/// |∂C/∂z| of all costs against z, for a label that the activation has.
#[must_use]
pub fn gradients(y: f64, activation: Activation) -> Picture {
    let reach = reach(activation);
    let edge = edge(activation);
    let size = |cost: &'static dyn Cost, z| Activated { cost, activation }.gradient(y, z).abs();
    let curves: Vec<Curve> =
        ALL.into_iter().map(|cost| curve(cost, points(-reach, reach, |z| size(cost, z)))).collect();
    let heights = curves.iter().flat_map(|curve| &curve.points).map(|&(_, height)| height);
    let (top, step) = top(heights.fold(0.0, f64::max));
    let wrong = if y < activation.middle() { edge } else { -edge }.round();
    let sizes = ALL.map(|cost| format!("{} {}", cost.name(), significant(size(cost, wrong), 3)));
    Picture {
        title: format!(
            "How fast a {} neuron learns where y is {}",
            activation.name(),
            shortest_text(y)
        ),
        caption: format!(
            "Saturated and wrong (z = {}): {}",
            shortest_text(wrong),
            sizes.join(", ")
        ),
        x: z_axis(reach),
        y: Axis { label: "|∂C/∂z|".to_owned(), range: (-0.05 * top, top), step, text: tick },
        curves,
        saturated: vec![(-reach, -edge), (edge, reach)],
    }
}

/// How far z is drawn.
fn reach(activation: Activation) -> f64 {
    match activation {
        Activation::Sigmoid => 10.0,
        Activation::Tanh => 5.0,
    }
}

/// Where saturation begins, by halving.
fn edge(activation: Activation) -> f64 {
    let (mut inside, mut outside) = (0.0, reach(activation));
    for _ in 0..50 {
        let z = f64::midpoint(inside, outside);
        if activation.is_saturated(z) { outside = z } else { inside = z }
    }
    outside
}

fn z_axis(reach: f64) -> Axis {
    Axis {
        label: "weighted input z".to_owned(),
        range: (-reach, reach),
        step: reach / 5.0,
        text: tick,
    }
}

/// A multiple of a step, which may be an unround sum of steps.
fn tick(x: f64) -> String {
    shortest_text((1e6 * x).round() / 1e6)
}

/// An end of the axis above that height, and the distance of its ticks.
fn top(height: f64) -> (f64, f64) {
    let step = if height <= 0.5 {
        0.1
    } else if height <= 1.0 {
        0.2
    } else {
        0.5
    };
    (1.05 * step * (height / step).ceil(), step)
}

fn curve(cost: &'static dyn Cost, points: Vec<(f64, f64)>) -> Curve {
    let index = ALL.iter().position(|other| other.name() == cost.name());
    let (color, stroke) = look(index.unwrap_or_default());
    Curve { name: with_unit(cost), points, color, stroke }
}

/// Equidistant points of a function.
fn points(from: f64, to: f64, function: impl Fn(f64) -> f64) -> Vec<(f64, f64)> {
    (0..=POINTS)
        .map(|point| {
            let x = from + (to - from) * f64::from(point) / f64::from(POINTS);
            (x, function(x))
        })
        .collect()
}
