//! A histogram of the costs of instances.

use super::{Axis, BLUE, Curve, Picture, Stroke, VERMILLION, number, step, top, whole, with_unit};
use crate::cost::Cost;
use crate::digits::{grouped, plural};
use crate::engine::Histogram;
use crate::report::shortest_text;

/// The maximum number of bars.
const BARS: f64 = 60.0;

/// The least height of a bar that is not empty, as a part of the axis.
const LEAST_HEIGHT: f64 = 0.005;

/// The digits of exponents.
const SUPERSCRIPTS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];

/// Draws how many instances have which cost, on a logarithmic axis, for each of the costs. The
/// axis lacks 0 and ∞; the caption counts their instances.
#[must_use]
pub fn instances(costs: &[(&'static dyn Cost, &Histogram)]) -> Picture {
    let bins: Vec<Vec<(i32, u64)>> =
        costs.iter().map(|(_, histogram)| histogram.bins().collect()).collect();
    let shown = bins.iter().map(|bins| bins.iter().map(|&(_, count)| count).sum::<u64>());
    let shown: Vec<u64> = shown.collect();
    let n = costs.iter().zip(&shown).map(|((_, it), shown)| shown + it.zero() + it.infinite());
    let (from, to) = decades(&bins);
    let most = shown.iter().copied().max().unwrap_or_default();
    let (width, counts) = bars(&bins, (from, to), most);
    let highest = counts.iter().flatten().copied().max().unwrap_or(0);
    let (top, y_step) = top(number(highest), 1.0, 6.0);
    let margin = 0.02 * (to - from);
    let curve =
        |(index, ((cost, _), counts)): (usize, (&(&'static dyn Cost, _), &Vec<u64>))| Curve {
            name: if costs.len() > 1 { with_unit(*cost) } else { String::new() },
            points: match outline(counts, (from, to), width, top) {
                points if index == 0 => points,
                // Only the tops of the bars.
                points => points.chunks(4).flat_map(|bar| bar[1..3].to_vec()).collect(),
            },
            // The first is an area, the others are lines before it.
            color: if index == 0 { BLUE } else { VERMILLION },
            stroke: if index == 0 { Stroke::Filled } else { Stroke::Solid },
        };
    Picture {
        title: format!("What {} cost", plural(n.max().unwrap_or_default(), "instance")),
        caption: caption(costs, &shown),
        x: Axis {
            label: if let [(cost, _)] = costs { with_unit(*cost) } else { "cost".to_owned() },
            range: (from - margin, to + margin),
            step: step(to - from, 1.0, 10.0),
            text: if from < -3.0 || to > 3.0 { power } else { decimal },
        },
        y: Axis { label: "instances".to_owned(), range: (0.0, top), step: y_step, text: count },
        curves: costs.iter().zip(&counts).enumerate().map(curve).collect(),
        saturated: Vec::new(),
    }
}

/// Returns the counts of instances that are not shown, if there are any.
fn caption(costs: &[(&'static dyn Cost, &Histogram)], shown: &[u64]) -> String {
    let not_shown = |histogram: &Histogram| {
        let others = [("0", histogram.zero()), ("∞", histogram.infinite())];
        others.into_iter().filter(|&(_, count)| count > 0)
    };
    if let ([(_, histogram)], [shown]) = (costs, shown) {
        let others = not_shown(histogram);
        let others = others.map(|(cost, count)| format!("{} that cost {cost}", grouped(count)));
        return match others.collect::<Vec<_>>().join(" and ").as_str() {
            "" => String::new(),
            others => format!("{} shown, without {others}", grouped(*shown)),
        };
    }
    let text = |(cost, histogram): &(&'static dyn Cost, &Histogram)| {
        let others = not_shown(histogram);
        let others = others.map(|(cost, count)| format!("{} of {cost}", grouped(count)));
        let others = others.collect::<Vec<_>>().join(" and ");
        (!others.is_empty()).then(|| format!("{others} ({})", cost.name()))
    };
    match costs.iter().filter_map(text).collect::<Vec<_>>().join(", ").as_str() {
        "" => String::new(),
        others => format!("without {others}"),
    }
}

/// Returns the exponents of the powers of ten around all bins.
fn decades(bins: &[Vec<(i32, u64)>]) -> (f64, f64) {
    let decade = |bin: i32| f64::from(bin.div_euclid(Histogram::BINS_PER_DECADE));
    let bins = || bins.iter().flatten().map(|&(bin, _)| bin);
    match (bins().min(), bins().max()) {
        (Some(first), Some(last)) => (decade(first), decade(last) + 1.0),
        _ => (-1.0, 0.0),
    }
}

/// Returns the width of bars in decades, and the counts of all bars of each histogram, including
/// empty ones. Few instances make few bars.
fn bars(bins: &[Vec<(i32, u64)>], (from, to): (f64, f64), shown: u64) -> (f64, Vec<Vec<u64>>) {
    let per_decade = f64::from(Histogram::BINS_PER_DECADE);
    let most = (2.0 * number(shown).sqrt()).clamp(10.0, BARS);
    // A whole number of bins, so that each bin is in one bar.
    let width = step(per_decade * (to - from), 1.0, most);
    let bar = |bin: f64| (bin - per_decade * from) / width;
    let counts = |bins: &Vec<(i32, u64)>| {
        let mut counts = vec![0; whole(bar(per_decade * to).ceil())];
        for &(bin, count) in bins {
            counts[whole(bar(f64::from(bin)))] += count;
        }
        counts
    };
    (width / per_decade, bins.iter().map(counts).collect())
}

/// Returns the line around bars. Bars that are not empty are high enough to be seen.
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

/// Returns 10 to a power as a decimal number.
fn decimal(exponent: f64) -> String {
    shortest_text(format!("1e{exponent:.0}").parse().unwrap_or(f64::NAN))
}

/// Returns 10 to a power as a power.
fn power(exponent: f64) -> String {
    let raise = |c: char| c.to_digit(10).map_or('⁻', |digit| SUPERSCRIPTS[digit as usize]);
    format!("10{}", format!("{exponent:.0}").chars().map(raise).collect::<String>())
}

fn count(count: f64) -> String {
    grouped(whole(count) as u64)
}
