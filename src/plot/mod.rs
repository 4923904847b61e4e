//! Pictures: a neuron's activation, the costs, their gradients, and the costs and the
//! calibration of data.
//!
//! A [`Picture`] holds what is shown, in numbers and words. `curves`, `instances` and
//! `calibration` make pictures; `svg` and `terminal` draw them, with the scales, ticks and
//! legend of this file.

mod calibration;
mod curves;
mod instances;
mod svg;
mod terminal;

pub use calibration::{Calibration, calibration};
pub use curves::{activation, costs, gradients};
pub use instances::instances;
pub use terminal::Screen;

use crate::cost::Cost;
use crate::digits::shortest_text;

/// One system of axes with curves.
#[derive(Clone, Debug)]
pub struct Picture {
    title: String,
    /// A line under the title; may be empty.
    caption: String,
    x: Axis,
    y: Axis,
    curves: Vec<Curve>,
    /// The ranges of x in which the neuron is saturated.
    saturated: Vec<(f64, f64)>,
}

impl Picture {
    /// Returns each curve that has a name, with the name, and None for saturated regions.
    fn legend(&self) -> impl Iterator<Item = (Option<&Curve>, &str)> {
        let curves = self.curves.iter().map(|curve| (Some(curve), curve.name.as_str()));
        let regions = (!self.saturated.is_empty()).then_some((None, "saturated"));
        curves.filter(|(_, name)| !name.is_empty()).chain(regions)
    }
}

/// An axis: the numbers along one side.
#[derive(Clone, Debug)]
struct Axis {
    label: String,
    range: (f64, f64),
    /// The distance between ticks. Ticks are at its multiples.
    step: f64,
    /// Returns the text at a tick. A tick without text is left out.
    text: fn(f64) -> String,
}

impl Axis {
    /// Returns the function from numbers to positions on a page, where the range goes from
    /// `start` to `end`.
    fn scale(&self, start: f64, end: f64) -> impl Fn(f64) -> f64 {
        let (from, to) = self.range;
        move |number| start + (number - from) * ((end - start) / (to - from))
    }

    /// Returns the numbers with a tick, and their texts.
    fn ticks(&self) -> impl Iterator<Item = (f64, String)> {
        // Adding 0 turns −0 into 0.
        let first = (self.range.0 / self.step).ceil() + 0.0;
        std::iter::successors(Some(first), |tick| Some(tick + 1.0))
            .map(|tick| tick * self.step)
            .take_while(|&tick| tick <= self.range.1)
            .map(|tick| (tick, (self.text)(tick)))
            .filter(|(_, text)| !text.is_empty())
    }

    /// Returns how many characters the longest text at a tick has: at least one, or two if the
    /// range has negative numbers.
    fn longest_text(&self) -> usize {
        self.ticks()
            .map(|(_, text)| text.chars().count())
            .fold(1 + usize::from(self.range.0 < 0.0), usize::max)
    }
}

/// Returns an axis whose ticks have decimal texts.
fn axis(label: &str, range: (f64, f64), step: f64) -> Axis {
    Axis { label: label.to_owned(), range, step, text: decimal }
}

/// Returns a number with at most six decimals, which hides the rounding of sums of steps.
fn decimal(x: f64) -> String {
    shortest_text((1e6 * x).round() / 1e6)
}

/// A line through points of ascending x.
#[derive(Clone, Debug)]
struct Curve {
    name: String,
    points: Vec<(f64, f64)>,
    color: Color,
    stroke: Stroke,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stroke {
    Solid,
    Dashed,
    /// The area under the line, which begins and ends on the axis of x, is filled.
    Filled,
}

/// A colour in SVG, and the nearest of the 256 that most terminals know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Color {
    css: &'static str,
    ansi: u8,
}

// Colour-blind people, too, can tell these apart (Okabe and Ito), on white and on black.
const BLUE: Color = Color { css: "#0072b2", ansi: 32 };
const VERMILLION: Color = Color { css: "#d55e00", ansi: 166 };
const GREY: Color = Color { css: "#808080", ansi: 244 };

/// Returns the name of a cost, with its unit if it has one.
fn with_unit(cost: &dyn Cost) -> String {
    cost.name().replace("cross-entropy", "cross-entropy (nats)")
}

/// Returns the first of 1, 2, 5, 10, … times `least` that fits into a length at most `most`
/// times.
fn step(length: f64, least: f64, most: f64) -> f64 {
    let mut step = least;
    let mut factors = [2.0, 2.5, 2.0].into_iter().cycle();
    while length > most * step {
        step *= factors.next().unwrap_or(2.0);
    }
    step
}

/// Returns the end of an axis that reaches a height, and the distance between its ticks.
fn top(height: f64, least_step: f64, most_ticks: f64) -> (f64, f64) {
    let step = step(height, least_step, most_ticks);
    (1.05 * step * (height / step).ceil().max(1.0), step)
}

#[expect(clippy::cast_precision_loss, reason = "53 bits are enough for a picture")]
fn number(count: u64) -> f64 {
    count as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is a count")]
fn whole(number: f64) -> usize {
    number as usize
}
