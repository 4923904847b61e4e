//! A histogram of the costs of one's own data.

use super::{Axis, BLUE, Curve, Picture, Stroke, number, step, top, whole, with_unit};
use crate::cost::Cost;
use crate::digits::{grouped, plural};
use crate::engine::Histogram;
use crate::report::shortest_text;

/// The most bars.
const BARS: f64 = 60.0;

/// How high a bar is at least, as a part of the axis.
const LEAST_HEIGHT: f64 = 0.005;

/// Digits of exponents.
const SUPERSCRIPTS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];

/// How many instances cost how much, on a logarithmic axis. Those that cost 0 or ∞
/// are not on it, and are counted in words.
#[must_use]
pub fn instances(histogram: &Histogram, cost: &dyn Cost) -> Picture {
    let bins: Vec<(i32, u64)> = histogram.bins().collect();
    let shown = bins.iter().map(|&(_, count)| count).sum();
    let n = shown + histogram.zero() + histogram.infinite();
    let (from, to) = decades(&bins);
    let (width, counts) = bars(&bins, (from, to), shown);
    let (top, y_step) = top(number(counts.iter().copied().max().unwrap_or(0)), 1.0, 6.0);
    let margin = 0.02 * (to - from);
    let (name, points) = (String::new(), outline(&counts, (from, to), width, top));
    Picture {
        title: format!("What {} cost", plural(n, "instance")),
        caption: caption(shown, histogram),
        x: Axis {
            label: with_unit(cost),
            range: (from - margin, to + margin),
            step: step(to - from, 1.0, 10.0),
            text: if from < -3.0 || to > 3.0 { power } else { decimal },
        },
        y: Axis { label: "instances".to_owned(), range: (0.0, top), step: y_step, text: count },
        curves: vec![Curve { name, points, color: BLUE, stroke: Stroke::Filled }],
        saturated: Vec::new(),
    }
}

/// The counts of those that are not shown, if there are any.
fn caption(shown: u64, histogram: &Histogram) -> String {
    let others = [("0", histogram.zero()), ("∞", histogram.infinite())].into_iter();
    let others = others.filter(|&(_, count)| count > 0);
    let others = others.map(|(cost, count)| format!("{} that cost {cost}", grouped(count)));
    match others.collect::<Vec<_>>().join(" and ").as_str() {
        "" => String::new(),
        others => format!("{} shown, without {others}", grouped(shown)),
    }
}

/// The powers of ten around all bins.
fn decades(bins: &[(i32, u64)]) -> (f64, f64) {
    let decade = |bin: i32| f64::from(bin.div_euclid(Histogram::BINS_PER_DECADE));
    match (bins.first(), bins.last()) {
        (Some(&(first, _)), Some(&(last, _))) => (decade(first), decade(last) + 1.0),
        _ => (-1.0, 0.0),
    }
}

/// The width of bars in decades, and the count of every bar, the empty ones too. Few
/// instances make few bars.
fn bars(bins: &[(i32, u64)], (from, to): (f64, f64), shown: u64) -> (f64, Vec<u64>) {
    let per_decade = f64::from(Histogram::BINS_PER_DECADE);
    let most = (2.0 * number(shown).sqrt()).clamp(10.0, BARS);
    // In bins, so that each is in one bar.
    let width = step(per_decade * (to - from), 1.0, most);
    let bar = |bin: f64| (bin - per_decade * from) / width;
    let mut counts = vec![0; whole(bar(per_decade * to).ceil())];
    for &(bin, count) in bins {
        counts[whole(bar(f64::from(bin)))] += count;
    }
    (width / per_decade, counts)
}

/// The line around bars, none of which is too low to be seen.
fn outline(counts: &[u64], (from, to): (f64, f64), width: f64, top: f64) -> Vec<(f64, f64)> {
    let around = |(bar, &count): (u64, &u64)| {
        let left = from + width * number(bar);
        let right = to.min(left + width);
        let least = if count > 0 { LEAST_HEIGHT * top } else { 0.0 };
        let height = number(count).max(least);
        [(left, 0.0), (left, height), (right, height), (right, 0.0)]
    };
    (0..).zip(counts).flat_map(around).collect()
}

/// 10 to that power, of few digits.
fn decimal(exponent: f64) -> String {
    shortest_text(format!("1e{exponent:.0}").parse().unwrap_or(f64::NAN))
}

/// 10 to that power, as one.
fn power(exponent: f64) -> String {
    let raise = |c: char| c.to_digit(10).map_or('⁻', |digit| SUPERSCRIPTS[digit as usize]);
    format!("10{}", format!("{exponent:.0}").chars().map(raise).collect::<String>())
}

fn count(count: f64) -> String {
    grouped(whole(count) as u64)
}
