//! Pictures: a neuron's activation, the costs, their gradients, and the costs and the
//! calibration of one's own data.
//!
//! A [`Picture`] says what is to be seen, in numbers and words; `curves`, `instances` and
//! `calibration` make it. `svg` and `terminal` draw it, by the scales, ticks and legend
//! that are here.

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
    /// What else there is to know, in a line, or nothing.
    caption: String,
    x: Axis,
    y: Axis,
    curves: Vec<Curve>,
    /// Where the neuron is saturated, in x.
    saturated: Vec<(f64, f64)>,
}

impl Picture {
    /// The words for each curve that has a name, and for saturated regions, which are
    /// None.
    fn legend(&self) -> impl Iterator<Item = (Option<&Curve>, &str)> {
        let curves = self.curves.iter().map(|curve| (Some(curve), curve.name.as_str()));
        let regions = (!self.saturated.is_empty()).then_some((None, "saturated"));
        curves.filter(|(_, name)| !name.is_empty()).chain(regions)
    }
}

/// The numbers along one side.
#[derive(Clone, Debug)]
struct Axis {
    label: String,
    range: (f64, f64),
    /// The distance of ticks, one of which is at 0.
    step: f64,
    /// The text at a tick; of none, there is no tick.
    text: fn(f64) -> String,
}

impl Axis {
    /// The position of a number on a page, where the range goes from `start` to `end`.
    fn scale(&self, start: f64, end: f64) -> impl Fn(f64) -> f64 {
        let (from, to) = self.range;
        move |number| start + (number - from) * ((end - start) / (to - from))
    }

    /// The numbers with a tick, and their texts.
    fn ticks(&self) -> impl Iterator<Item = (f64, String)> {
        // The sum with 0 is 0 where the quotient is -0.
        let first = (self.range.0 / self.step).ceil() + 0.0;
        std::iter::successors(Some(first), |tick| Some(tick + 1.0))
            .map(|tick| tick * self.step)
            .take_while(|&tick| tick <= self.range.1)
            .map(|tick| (tick, (self.text)(tick)))
            .filter(|(_, text)| !text.is_empty())
    }

    /// The characters of the longest text at a tick, at least one, and a sign if the
    /// range has any.
    fn longest_text(&self) -> usize {
        self.ticks()
            .map(|(_, text)| text.chars().count())
            .fold(1 + usize::from(self.range.0 < 0.0), usize::max)
    }
}

/// An axis whose ticks may be unround sums of steps.
fn axis(label: &str, range: (f64, f64), step: f64) -> Axis {
    Axis { label: label.to_owned(), range, step, text: decimal }
}

/// A number of few digits.
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
    /// The area between it and the axis of x, where it begins and ends, is filled.
    Filled,
}

/// A colour in SVG, and the nearest of the 256 that most terminals know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Color {
    css: &'static str,
    ansi: u8,
}

// All eyes tell them apart (Okabe and Ito), on white as well as on black.
const BLUE: Color = Color { css: "#0072b2", ansi: 32 };
const VERMILLION: Color = Color { css: "#d55e00", ansi: 166 };
const GREY: Color = Color { css: "#808080", ansi: 244 };

/// The name of a cost, with its unit if it has one.
fn with_unit(cost: &dyn Cost) -> String {
    cost.name().replace("cross-entropy", "cross-entropy (nats)")
}

/// The first of 1, 2, 5, 10, … times `least` that fits into a length at most `most`
/// times.
fn step(length: f64, least: f64, most: f64) -> f64 {
    let mut step = least;
    let mut factors = [2.0, 2.5, 2.0].into_iter().cycle();
    while length > most * step {
        step *= factors.next().unwrap_or(2.0);
    }
    step
}

/// The end of an axis that reaches a height, and the distance of its ticks.
fn top(height: f64, least_step: f64, most_ticks: f64) -> (f64, f64) {
    let step = step(height, least_step, most_ticks);
    (1.05 * step * (height / step).ceil().max(1.0), step)
}

#[expect(clippy::cast_precision_loss, reason = "a picture has no 53 bits")]
fn number(count: u64) -> f64 {
    count as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is a count")]
fn whole(number: f64) -> usize {
    number as usize
}
