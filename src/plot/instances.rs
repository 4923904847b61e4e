//! A histogram of the costs of one's own data.

use super::{Axis, Color, Curve, Picture, Stroke, with_unit};
use crate::cost::Cost;
use crate::digits::{grouped, plural};
use crate::engine::Histogram;
use crate::report::shortest_text;

/// The most bars.
const BARS: f64 = 60.0;

/// How high a bar is at least, as a part of the axis.
const LEAST_HEIGHT: f64 = 0.005;

/// Widths of bars, in bins.
const WIDTHS: [i32; 9] = [1, 2, 5, 10, 20, 50, 100, 200, 500];

/// Digits of exponents.
const SUPERSCRIPTS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];

/// How many instances cost how much, on a logarithmic axis. Those that cost 0 or ∞
/// have no place there, and are counted in words.
#[must_use]
pub fn instances(histogram: &Histogram, cost: &dyn Cost) -> Picture {
    let bins: Vec<(i32, u64)> = histogram.bins().collect();
    let shown = bins.iter().map(|&(_, count)| count).sum();
    let n = shown + histogram.zero() + histogram.infinite();
    let range = decades(&bins);
    let span = range.1 - range.0;
    let bars = bars(&bins, range, shown);
    let highest = bars.iter().map(|&(_, _, count)| count).max().unwrap_or(0);
    let (top, step) = top(highest);
    let (from, to, span) = (f64::from(range.0), f64::from(range.1), f64::from(span));
    let margin = 0.02 * span;
    Picture {
        title: format!("What {} cost", plural(n, "instance")),
        caption: caption(shown, histogram),
        x: Axis {
            label: with_unit(cost),
            range: (from - margin, to + margin),
            step: tick_step(span),
            text: if from < -3.0 || to > 3.0 { power } else { decimal },
        },
        y: Axis { label: "instances".to_owned(), range: (0.0, top), step, text: count_text },
        curves: vec![Curve {
            name: String::new(),
            points: outline(&bars, top),
            color: Color::Blue,
            stroke: Stroke::Filled,
        }],
        saturated: Vec::new(),
    }
}

fn caption(shown: u64, histogram: &Histogram) -> String {
    let others = [("0", histogram.zero()), ("∞", histogram.infinite())];
    let others: Vec<String> = others
        .into_iter()
        .filter(|&(_, count)| count > 0)
        .map(|(cost, count)| format!("{} that cost {cost}", grouped(count)))
        .collect();
    if others.is_empty() {
        return String::new();
    }
    format!("{} shown, without {}", grouped(shown), others.join(" and "))
}

/// The powers of ten around all bins.
fn decades(bins: &[(i32, u64)]) -> (i32, i32) {
    let decade = |bin: i32| bin.div_euclid(Histogram::BINS_PER_DECADE);
    match (bins.first(), bins.last()) {
        (Some(&(first, _)), Some(&(last, _))) => (decade(first), decade(last) + 1),
        _ => (-1, 0),
    }
}

/// The left end, the right end and the count of every bar, the empty ones too. Few
/// instances make few bars.
fn bars(bins: &[(i32, u64)], (from, to): (i32, i32), shown: u64) -> Vec<(f64, f64, u64)> {
    let per_decade = Histogram::BINS_PER_DECADE;
    let (from, to) = (from * per_decade, to * per_decade);
    let most = (2.0 * number(shown).sqrt()).clamp(10.0, BARS);
    let is_wide = |width: &&i32| f64::from(to - from) / f64::from(**width) <= most;
    let width = WIDTHS.iter().find(is_wide).copied().unwrap_or(to - from);
    let decades = |bin: i32| f64::from(bin) / f64::from(per_decade);
    (from..to)
        .step_by(width.unsigned_abs() as usize)
        .map(|left| {
            let within = bins.iter().filter(|&&(bin, _)| (left..left + width).contains(&bin));
            let count = within.map(|&(_, count)| count).sum();
            (decades(left), decades(to.min(left + width)), count)
        })
        .collect()
}

/// The line around bars, none of which is too low to be seen.
fn outline(bars: &[(f64, f64, u64)], top: f64) -> Vec<(f64, f64)> {
    let around = |&(left, right, count): &(f64, f64, u64)| {
        let least = if count > 0 { LEAST_HEIGHT * top } else { 0.0 };
        let height = number(count).max(least);
        [(left, 0.0), (left, height), (right, height), (right, 0.0)]
    };
    bars.iter().flat_map(around).collect()
}

/// An end of the axis above that count, and the distance of its ticks: 1, 2 or 5
/// times a power of ten.
fn top(count: u64) -> (f64, f64) {
    let mut step = 1;
    while count > 6 * step {
        // 1, 2, 5, 10: twice, two and a half times, twice.
        let is_two = step.to_string().starts_with('2');
        step = if is_two { step / 2 * 5 } else { 2 * step };
    }
    (1.05 * number(step * count.div_ceil(step).max(1)), number(step))
}

/// The distance of ticks along so many powers of ten.
fn tick_step(span: f64) -> f64 {
    let steps = WIDTHS.map(f64::from);
    steps.into_iter().find(|step| span / step <= 10.0).unwrap_or(span)
}

/// 10 to that power, of few digits.
fn decimal(exponent: f64) -> String {
    shortest_text(format!("1e{exponent:.0}").parse().unwrap_or(f64::NAN))
}

/// 10 to that power, as one.
fn power(exponent: f64) -> String {
    let digits = format!("{exponent:.0}");
    let raise = |c: char| match c.to_digit(10) {
        Some(digit) => SUPERSCRIPTS[digit as usize],
        None => '⁻',
    };
    format!("10{}", digits.chars().map(raise).collect::<String>())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it was a count")]
fn count_text(count: f64) -> String {
    grouped(count.round() as u64)
}

#[expect(clippy::cast_precision_loss, reason = "a picture has no 53 bits")]
fn number(count: u64) -> f64 {
    count as f64
}
