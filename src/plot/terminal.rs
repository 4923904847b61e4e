//! Draws pictures as text: curves of braille dots, axes of box-drawing characters.
//!
//! A cell of the terminal is two dots wide and four high, so that dots are square. Titles,
//! labels and the legend have lines of their own, in the terminal's colours.

use std::fmt::Write as _;

use super::{Color, Curve, GREY, Picture, Stroke, number, whole};

/// The length of a dash and of the gap after it, in dots.
const DASH: f64 = 4.0;

/// The smallest canvas on which axes can be read.
const LEAST: (usize, usize) = (30, 8);

/// The bit of each dot of a braille character, which is added to U+2800.
const DOTS: [[u32; 2]; 4] = [[1, 8], [2, 16], [4, 32], [64, 128]];

/// The box-drawing characters. The bits of an index are up, right, down and left.
const BOXES: [char; 16] =
    [' ', '╵', '╶', '└', '╷', '│', '┌', '├', '╴', '┘', '─', '┴', '┐', '┤', '┬', '┼'];

/// Where a picture is shown.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// The number of characters in a line.
    pub columns: usize,
    /// The number of lines.
    pub rows: usize,
    /// Whether the picture is coloured.
    pub color: bool,
}

/// A character and its colour; None is the terminal's own.
type Cell = (char, Option<Color>);

const BLANK: Cell = (' ', None);
const SHADE: Cell = ('░', Some(GREY));

impl Picture {
    /// Returns the picture as lines of text.
    #[must_use]
    pub fn text(&self, screen: Screen) -> String {
        let columns = screen.columns.max(LEAST.0);
        let [title, caption, x] =
            [&self.title, &self.caption, &self.x.label].map(|text| centred(text, columns));
        let mut lines = vec![title, caption, cells(&self.y.label, None), x, self.legend_line()];
        lines.retain(|line| line.iter().any(|cell| *cell != BLANK));
        let rows = screen.rows.saturating_sub(lines.len()).max(LEAST.1);
        let above = if self.caption.is_empty() { 2 } else { 3 };
        lines.splice(above..above, self.canvas(columns, rows));
        lines.iter().map(|line| written(line, screen.color)).collect()
    }

    /// Returns the axes with the curves.
    fn canvas(&self, columns: usize, rows: usize) -> Vec<Vec<Cell>> {
        // The column of the axis of y, the row of the axis of x, and the column where x ends.
        let (left, bottom, right) = (self.y.longest_text() + 1, rows - 2, columns - 3);
        let dots = |cells: usize, dots: u64| number(dots * cells as u64);
        let x = self.x.scale(dots(left, 2) + 1.5, dots(right, 2));
        // Slightly below the border of two dots, where rounding would decide between them.
        let y = self.y.scale(dots(bottom, 4) + 0.0025, 2.0);
        let background = |column| {
            let middle = dots(column, 2) + 1.0;
            let is_within = |&(from, to): &(f64, f64)| (x(from)..=x(to)).contains(&middle);
            if self.saturated.iter().any(is_within) { SHADE } else { BLANK }
        };
        let mut canvas = vec![(0..columns).map(background).collect(); bottom];
        canvas.push(vec![BLANK; columns]);
        for curve in &self.curves {
            let points: Vec<_> = curve.points.iter().map(|&(a, b)| (x(a), y(b))).collect();
            for (x, y) in dots_through(&points, curve.stroke == Stroke::Dashed) {
                let low = if curve.stroke == Stroke::Filled { 4 * bottom } else { y };
                for y in y..=low {
                    let cell: &mut Cell = &mut canvas[y / 4][x / 2];
                    let bits = u32::from(cell.0).max(0x2800) | DOTS[y % 4][x % 2];
                    *cell = (char::from_u32(bits).unwrap_or(' '), Some(curve.color));
                }
            }
        }
        for row in 0..bottom {
            join(&mut canvas[row][left], '╷');
            join(&mut canvas[row + 1][left], '╵');
        }
        for column in left..right {
            join(&mut canvas[bottom][column], '╶');
            join(&mut canvas[bottom][column + 1], '╴');
        }
        for (tick, text) in self.y.ticks() {
            let row = &mut canvas[whole(y(tick)) / 4];
            join(&mut row[left - 1], '╶');
            join(&mut row[left], '╴');
            row.splice(..left - 1, cells(&format!("{text:>0$}", left - 1), None));
        }
        let mut texts = Vec::new();
        for (tick, text) in self.x.ticks() {
            let column = whole(x(tick)) / 2;
            join(&mut canvas[bottom][column], '│');
            let start = column.saturating_sub(text.chars().count() / 2);
            // A text that would touch the one before is left out.
            if texts.is_empty() || start > texts.len() {
                texts.resize(start, BLANK);
                texts.extend(cells(&text, None));
            }
        }
        canvas.push(texts);
        canvas
    }

    /// Returns the line of the legend.
    fn legend_line(&self) -> Vec<Cell> {
        let entry = |(curve, name): (Option<&Curve>, &str)| {
            let sample = match curve {
                None => vec![SHADE; 3],
                Some(Curve { stroke: Stroke::Dashed, color, .. }) => cells("⠒⠒ ⠒⠒", Some(*color)),
                Some(curve) => cells("⠒⠒⠒⠒⠒", Some(curve.color)),
            };
            [cells("  ", None), sample, cells(&format!(" {name}"), None)].concat()
        };
        self.legend().flat_map(entry).collect()
    }
}

/// Returns the dots of a line through points, or of its dashes.
fn dots_through(points: &[(f64, f64)], is_dashed: bool) -> Vec<(usize, usize)> {
    let (mut dots, mut length) = (Vec::new(), 0.0);
    for pair in points.windows(2) {
        let [(x, y), (next_x, next_y)] = [pair[0], pair[1]];
        let (dx, dy) = (next_x - x, next_y - y);
        if !is_dashed || (length / DASH) % 2.0 < 1.0 {
            let steps = dx.abs().max(dy.abs()).ceil().max(1.0);
            let dot = |step| (whole(x + step / steps * dx), whole(y + step / steps * dy));
            dots.extend((0..=whole(steps) as u64).map(number).map(dot));
        }
        length += (dx * dx + dy * dy).sqrt();
    }
    dots
}

/// Adds a box-drawing character to what is drawn in a cell.
fn join(cell: &mut Cell, sides: char) {
    let bits = |c| BOXES.iter().position(|&other| other == c).unwrap_or(0);
    *cell = (BOXES[bits(cell.0) | bits(sides)], None);
}

fn cells(text: &str, color: Option<Color>) -> Vec<Cell> {
    text.chars().map(|c| (c, color)).collect()
}

fn centred(text: &str, columns: usize) -> Vec<Cell> {
    let spaces = columns.saturating_sub(text.chars().count()) / 2;
    [vec![BLANK; spaces], cells(text, None)].concat()
}

/// Returns a line as text, with its line end.
fn written(line: &[Cell], color: bool) -> String {
    let end = line.iter().rposition(|&(c, _)| c != ' ').map_or(0, |last| last + 1);
    let (mut text, mut current) = (String::new(), None);
    for &(c, own) in line[..end].iter().chain(&[('\n', None)]) {
        if color && own != current {
            let code = own.map_or("39".to_owned(), |color| format!("38;5;{}", color.ansi));
            let _ = write!(text, "\x1b[{code}m");
            current = own;
        }
        text.push(c);
    }
    text
}
