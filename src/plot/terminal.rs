//! Pictures as text: curves of braille dots, axes of box-drawing characters.
//!
//! Each cell of the terminal is so many units wide and high, that a dot is square.
//! Words stand in lines of their own, where the terminal's own colours apply.

use std::fmt::Write as _;

use kuva::backend::terminal::TerminalBackend;
use kuva::render::layout::AxisLabelOverlap;
use kuva::render::render::{PathData, Primitive, render_multiple};

use super::{Color, Curve, Picture, Stroke};

const CELL: (f64, f64) = (8.0, 16.0);

/// The length of a dash and of the gap after it, four dots.
const DASH: f64 = 16.0;

/// The smallest canvas on which axes can be read.
const LEAST: (usize, usize) = (30, 8);

/// Where a picture is shown.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// Characters to a line.
    pub columns: usize,
    /// Lines.
    pub rows: usize,
    /// Whether it may be coloured.
    pub color: bool,
}

/// A character, with its colour if it is not the terminal's own.
type Cell = (char, Option<Color>);

impl Picture {
    /// The picture as lines of text.
    #[must_use]
    pub fn text(&self, screen: Screen) -> String {
        let columns = screen.columns.max(LEAST.0);
        let mut lines = vec![centred(&self.title, columns)];
        if !self.caption.is_empty() {
            lines.push(centred(&self.caption, columns));
        }
        lines.push(plain(&self.y.label));
        let below = [centred(&self.x.label, columns), self.key()];
        let below: Vec<Vec<Cell>> = below.into_iter().filter(|line| !line.is_empty()).collect();
        let rows = screen.rows.saturating_sub(lines.len() + below.len()).max(LEAST.1);
        lines.extend(self.canvas(columns, rows));
        lines.extend(below);
        lines.iter().map(|line| written(line, screen.color)).collect()
    }

    /// The axes with their curves.
    fn canvas(&self, columns: usize, rows: usize) -> Vec<Vec<Cell>> {
        let left = (self.widest_tick() + 1.75) * CELL.0;
        let (right, top, bottom) = (3.0 * CELL.0, CELL.1 / 2.0, 2.0 * CELL.1 - 0.01);
        let (width, height) = (count(columns) * CELL.0, count(rows) * CELL.1);
        let layout = self
            .layout()
            .with_width(width)
            .with_height(height)
            .with_force_margins(left, right)
            .with_force_margins_y(top, bottom)
            .with_tick_length(9.0)
            .with_tick_size(14)
            .with_x_label_overlap(AxisLabelOverlap::Thin)
            .with_show_grid(false);
        let mut scene = render_multiple(self.plots(), layout);
        scene.elements = scene.elements.into_iter().map(in_dots).collect();
        let mut cells = cells(&TerminalBackend::new(columns, rows).render_scene(&scene));
        let (from, to) = self.x.range;
        let x = |column: usize| {
            from + (to - from) * ((count(column) + 0.5) * CELL.0 - left) / (width - left - right)
        };
        // The library would hide the curve behind the shade.
        for row in cells.iter_mut().take(rows - 2) {
            for (column, cell) in row.iter_mut().enumerate() {
                let is_within = |&(from, to): &(f64, f64)| (from..=to).contains(&x(column));
                if cell.0 == ' ' && self.saturated.iter().any(is_within) {
                    *cell = SHADE;
                }
            }
        }
        cells
    }

    /// The characters of the widest tick of y.
    fn widest_tick(&self) -> f64 {
        let (from, to) = self.y.range;
        let first = (from / self.y.step).ceil();
        let ticks = std::iter::successors(Some(first), |tick| Some(tick + 1.0))
            .map(|tick| tick * self.y.step)
            .take_while(|&tick| tick <= to);
        let widths = ticks.map(|tick| (self.y.text)(tick).chars().count());
        count(widths.max().unwrap_or(1))
    }

    /// What is what, in a line.
    fn key(&self) -> Vec<Cell> {
        let mut key = Vec::new();
        for curve in self.curves.iter().filter(|curve| !curve.name.is_empty()) {
            key.extend(plain("  "));
            key.extend(sample(curve));
            key.extend(plain(&format!(" {}", curve.name)));
        }
        if !self.saturated.is_empty() {
            key.extend(plain("  "));
            key.extend([SHADE; 3]);
            key.extend(plain(" saturated"));
        }
        key
    }
}

const SHADE: Cell = ('░', Some(Color::Grey));

fn sample(curve: &Curve) -> impl Iterator<Item = Cell> {
    let dots = if curve.stroke == Stroke::Dashed { "⠒⠒ ⠒⠒" } else { "⠒⠒⠒⠒⠒" };
    dots.chars().map(|dots| (dots, Some(curve.color)))
}

fn plain(text: &str) -> Vec<Cell> {
    text.chars().map(|c| (c, None)).collect()
}

fn centred(text: &str, columns: usize) -> Vec<Cell> {
    let spaces = columns.saturating_sub(text.chars().count()) / 2;
    plain(&format!("{}{text}", " ".repeat(spaces)))
}

/// The same, with curves of dots alone, and dashes where they are dashed: the
/// library draws level lines by characters, and has no dashes.
fn in_dots(element: Primitive) -> Primitive {
    match element {
        Primitive::PolyLine { points, stroke, stroke_width, stroke_dasharray } => {
            let d = path(&points, stroke_dasharray.is_some());
            let (fill, opacity) = (None, None);
            let path = PathData { d, fill, stroke, stroke_width, opacity, stroke_dasharray };
            Primitive::Path(Box::new(path))
        }
        other => other,
    }
}

/// The path through points, or its dashes.
fn path(points: &[(f64, f64)], is_dashed: bool) -> String {
    let mut length = 0.0;
    let mut path = String::new();
    for pair in points.windows(2) {
        let [(x, y), (next_x, next_y)] = [pair[0], pair[1]];
        let is_gap = (length / DASH) % 2.0 >= 1.0;
        if !(is_dashed && is_gap) {
            let _ = write!(path, "M{x} {y}L{next_x} {next_y}");
        }
        length += ((next_x - x) * (next_x - x) + (next_y - y) * (next_y - y)).sqrt();
    }
    path
}

/// The cells of a text whose colours are in escape sequences.
fn cells(text: &str) -> Vec<Vec<Cell>> {
    let line = |line: &str| {
        let mut parts = line.split('\x1b');
        let mut cells = plain(parts.next().unwrap_or_default());
        for part in parts {
            let (sequence, rest) = part.split_once('m').unwrap_or((part, ""));
            let color = of_sequence(sequence);
            cells.extend(rest.chars().map(|c| (c, color)));
        }
        cells
    };
    text.lines().map(line).filter(|cells| !cells.is_empty()).collect()
}

/// The colour that such a sequence sets; None for any but ours.
fn of_sequence(sequence: &str) -> Option<Color> {
    Color::ALL.into_iter().find(|color| {
        let (red, green, blue) = color.rgb();
        sequence == format!("[38;2;{red};{green};{blue}")
    })
}

/// The line as it is written, with its end.
fn written(line: &[Cell], color: bool) -> String {
    let end = line.iter().rposition(|&(c, _)| c != ' ').map_or(0, |last| last + 1);
    let mut text = String::new();
    let mut current = None;
    for &(c, own) in &line[..end] {
        if color && own != current {
            text.push_str(own.map_or("\x1b[39m", Color::sequence));
            current = own;
        }
        text.push(c);
    }
    if current.is_some() {
        text.push_str("\x1b[39m");
    }
    text.push('\n');
    text
}

impl Color {
    /// The nearest of 256 colours, which more terminals know than know all.
    fn sequence(self) -> &'static str {
        match self {
            Color::Blue => "\x1b[38;5;32m",
            Color::Vermillion => "\x1b[38;5;166m",
            Color::Grey => "\x1b[38;5;244m",
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "characters are few")]
fn count(characters: usize) -> f64 {
    characters as f64
}
