//! The curves of formulas.

use super::{Axis, BLUE, Curve, Picture, Stroke, VERMILLION, axis, top, with_unit};
use crate::cost::{ALL, Activated, Cost};
use crate::digits::{shortest_text, significant};
use crate::neuron::{Activation, SATURATION};

/// The number of points of a curve, less one.
const POINTS: u32 = 2000;

/// The highest cost that is drawn.
const HIGHEST: f64 = 5.0;

/// Draws a(z) against z, with the saturated regions. For tanh, this is Figure 8.1 of *Deep
/// Learning Illustrated*.
#[must_use]
pub fn activation(activation: Activation) -> Picture {
    let (name, range, step) = match activation {
        Activation::Sigmoid => ("a = σ(z)", (-0.1, 1.1), 0.2),
        Activation::Tanh => ("a = tanh z", (-1.2, 1.2), 0.5),
    };
    let title = format!("The {} neuron", activation.name());
    let caption = format!(
        "Saturated beyond z = ±{}: the slope is below {} % of the steepest",
        significant(edge(activation), 3),
        shortest_text(100.0 * SATURATION)
    );
    let points = points(activation, |z| activation.output(z));
    let (name, color, stroke) = (name.to_owned(), VERMILLION, Stroke::Solid);
    let curve = Curve { name, points, color, stroke };
    against_z(activation, [title, caption], axis("output a", range, step), vec![curve])
}

/// Draws costs of a label y in [0, 1] against ŷ.
#[must_use]
pub fn costs(y: f64, costs: &[&'static dyn Cost]) -> Picture {
    let outputs = outputs();
    let curve = |cost: &&'static dyn Cost| {
        let points = outputs.iter().map(|&yhat| (yhat, cost.cost(y, yhat)));
        curve(*cost, points.filter(|&(_, cost)| cost <= HIGHEST).collect())
    };
    let poles: Vec<String> = costs.iter().filter_map(|cost| poles(y, *cost)).collect();
    Picture {
        title: format!("What an output costs where the label y is {}", shortest_text(y)),
        caption: poles.join("; "),
        x: axis("output ŷ", (-0.02, 1.02), 0.2),
        y: axis("cost", (-0.05 * HIGHEST, HIGHEST), 1.0),
        curves: costs.iter().map(curve).collect(),
        saturated: Vec::new(),
    }
}

/// Returns outputs from 0 to 1, densest near both, where a logarithm is steep.
fn outputs() -> Vec<f64> {
    let near_0 = std::iter::successors(Some(0.01), |yhat| Some(0.9 * yhat)).take(1000);
    let even = (0..=POINTS).map(|point| f64::from(point) / f64::from(POINTS));
    let mut outputs: Vec<f64> = near_0.chain(even).flat_map(|yhat| [yhat, 1.0 - yhat]).collect();
    outputs.sort_by(f64::total_cmp);
    outputs
}

/// Returns where a cost is infinite, in words.
fn poles(y: f64, cost: &dyn Cost) -> Option<String> {
    let is_pole = |yhat: &f64| cost.cost(y, *yhat).is_infinite();
    let poles = [0.0, 1.0].into_iter().filter(is_pole).map(|yhat| format!("ŷ = {yhat}"));
    let poles = poles.collect::<Vec<_>>().join(" and at ");
    (!poles.is_empty()).then(|| format!("{} grows to ∞ at {poles}", cost.name()))
}

/// Draws |∂C/∂z| of all costs against z, for a label y in the range of the activation.
#[must_use]
pub fn gradients(y: f64, activation: Activation) -> Picture {
    let size = |cost: &'static dyn Cost, z| Activated { cost, activation }.gradient(y, z).abs();
    let curves = ALL.map(|cost| curve(cost, points(activation, |z| size(cost, z)))).to_vec();
    let heights = curves.iter().flat_map(|curve| &curve.points).map(|&(_, height)| height);
    let (top, step) = top(heights.fold(0.0, f64::max), 0.1, 5.0);
    let edge = edge(activation).round();
    let wrong = if y < activation.middle() { edge } else { -edge };
    let sizes = ALL.map(|cost| format!("{} {}", cost.name(), significant(size(cost, wrong), 3)));
    let (neuron, y, z) = (activation.name(), shortest_text(y), shortest_text(wrong));
    let title = format!("How fast a {neuron} neuron learns where y is {y}");
    let caption = format!("Saturated and wrong (z = {z}): {}", sizes.join(", "));
    against_z(activation, [title, caption], axis("|∂C/∂z|", (-0.05 * top, top), step), curves)
}

/// Returns a picture of curves against z, with the saturated regions. `words` are its title and
/// caption.
fn against_z(activation: Activation, words: [String; 2], y: Axis, curves: Vec<Curve>) -> Picture {
    let [title, caption] = words;
    let (edge, reach) = (edge(activation), reach(activation));
    let x = axis("weighted input z", (-reach, reach), reach / 5.0);
    Picture { title, caption, x, y, curves, saturated: vec![(-reach, -edge), (edge, reach)] }
}

/// Returns the largest |z| that is drawn.
fn reach(activation: Activation) -> f64 {
    match activation {
        Activation::Sigmoid => 10.0,
        Activation::Tanh => 5.0,
    }
}

/// Returns the |z| at which saturation begins, by bisection.
fn edge(activation: Activation) -> f64 {
    let (mut inside, mut outside) = (0.0, reach(activation));
    for _ in 0..50 {
        let z = f64::midpoint(inside, outside);
        if activation.is_saturated(z) { outside = z } else { inside = z }
    }
    outside
}

/// Returns the curve of a cost. Strokes differ as well as colours, for print in black and white.
fn curve(cost: &'static dyn Cost, points: Vec<(f64, f64)>) -> Curve {
    let is_first = cost.name() == ALL[0].name();
    let (color, stroke) =
        if is_first { (BLUE, Stroke::Dashed) } else { (VERMILLION, Stroke::Solid) };
    Curve { name: with_unit(cost), points, color, stroke }
}

/// Returns equidistant points of a function of z.
fn points(activation: Activation, function: impl Fn(f64) -> f64) -> Vec<(f64, f64)> {
    let z = |point| reach(activation) * (2.0 * f64::from(point) / f64::from(POINTS) - 1.0);
    (0..=POINTS).map(z).map(|z| (z, function(z))).collect()
}
