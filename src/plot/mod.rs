//! Pictures: a neuron's activation, the costs, their gradients, and the costs of
//! one's own data.
//!
//! A [`Picture`] says what is to be seen, in numbers and words. `svg` and `terminal`
//! draw it, and they alone know the library that does.

mod curves;
mod instances;
mod svg;
mod terminal;

pub use curves::{activation, costs, gradients};
pub use instances::instances;
pub use terminal::Screen;

use crate::cost::Cost;

/// One system of axes with curves.
#[derive(Clone, Debug)]
pub struct Picture {
    title: String,
    /// What else there is to know, in a line.
    caption: String,
    x: Axis,
    y: Axis,
    curves: Vec<Curve>,
    /// Where the neuron is saturated, in x.
    saturated: Vec<(f64, f64)>,
}

/// The numbers along one side.
#[derive(Clone, Debug)]
struct Axis {
    label: String,
    range: (f64, f64),
    /// The distance of ticks, one of which is at 0.
    step: f64,
    /// The text at a tick.
    text: fn(f64) -> String,
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
    /// The area below it is filled.
    Filled,
}

/// Colours that all eyes tell apart (Okabe and Ito), and that are seen on white as
/// well as on black.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Color {
    Blue,
    Vermillion,
    Grey,
}

impl Color {
    const ALL: [Color; 3] = [Color::Blue, Color::Vermillion, Color::Grey];

    fn rgb(self) -> (u8, u8, u8) {
        match self {
            Color::Blue => (0, 114, 178),
            Color::Vermillion => (213, 94, 0),
            Color::Grey => (128, 128, 128),
        }
    }

    fn css(self) -> String {
        let (red, green, blue) = self.rgb();
        format!("#{red:02x}{green:02x}{blue:02x}")
    }
}

/// The colour and the stroke of the cost of that index: no two alike in black and
/// white either, as long as there are two.
fn look(index: usize) -> (Color, Stroke) {
    match index {
        0 => (Color::Blue, Stroke::Dashed),
        _ => (Color::Vermillion, Stroke::Solid),
    }
}

/// The name of a cost, with its unit if it has one.
fn with_unit(cost: &dyn Cost) -> String {
    match cost.name() {
        "cross-entropy" => "cross-entropy (nats)".to_owned(),
        name => name.to_owned(),
    }
}
