//! Draws pictures as SVG, of 720 times 480 pixels.

use std::fmt::Write as _;

use super::{Curve, GREY, Picture, Stroke, number};

/// Where the axes end.
const RIGHT: f64 = 704.0;
const TOP: f64 = 62.0;

/// The width of most characters of 12 pixels.
const CHARACTER: f64 = 7.0;

/// The length of the line before a name in the legend.
const SAMPLE: f64 = 26.0;

/// The opacity of areas.
const OPACITY: f64 = 0.2;

impl Picture {
    /// Returns the picture as an SVG document.
    #[must_use]
    pub fn svg(&self) -> String {
        let left = rounded(40.0 + CHARACTER * number(self.y.longest_text() as u64));
        let bottom = if self.legend().next().is_some() { 390.0 } else { 422.0 };
        let (x, y) = (self.x.scale(left, RIGHT), self.y.scale(bottom, TOP));
        let (x, y) = (|number| rounded(x(number)), |number| rounded(y(number)));
        let mut axes = format!("M{left} {TOP}V{bottom}H{RIGHT}");
        let (mut grid, mut texts) = (String::new(), String::new());
        for (tick, label) in self.x.ticks() {
            let _ = write!(grid, "M{} {TOP}V{bottom}", x(tick));
            let _ = write!(axes, "M{} {bottom}v5", x(tick));
            texts += &text(x(tick), bottom + 18.0, "", &label);
        }
        for (tick, label) in self.y.ticks() {
            let _ = write!(grid, "M{left} {}H{RIGHT}", y(tick));
            let _ = write!(axes, "M{left} {}h-5", y(tick));
            texts += &text(left - 9.0, y(tick) + 4.3, r#" text-anchor="end""#, &label);
        }
        let (middle, center) = (f64::midpoint(left, RIGHT), f64::midpoint(TOP, bottom));
        let title = if self.caption.is_empty() { 40.0 } else { 30.0 };
        texts += &text(middle, title, r#" font-size="18""#, &self.title);
        texts += &text(middle, 49.0, r##" font-size="13" fill="#666666""##, &self.caption);
        texts += &text(middle, bottom + 38.0, r#" font-size="14""#, &self.x.label);
        texts += &text(-center, 18.0, r#" font-size="14" transform="rotate(-90)""#, &self.y.label);
        let grey = GREY.css;
        let region = |&(from, to): &(f64, f64)| {
            let d = format!("M{} {TOP}V{bottom}H{}V{TOP}Z", x(from), x(to));
            format!("<path d=\"{d}\" fill=\"{grey}\" fill-opacity=\"{OPACITY}\"/>\n")
        };
        let regions: String = self.saturated.iter().map(region).collect();
        let curve = |curve: &Curve| {
            let mut points: Vec<_> = curve.points.iter().map(|&(a, b)| (x(a), y(b))).collect();
            // Points within a pixel of the last one cannot be seen.
            points.dedup_by(|next, last| (next.0 - last.0).abs() + (next.1 - last.1).abs() < 1.0);
            // With round ends, a line of one point is a dot.
            let ends = if points.len() == 1 { r#" stroke-linecap="round""# } else { "" };
            if let [point] = *points {
                points.push(point);
            }
            let points: Vec<String> = points.iter().map(|(x, y)| format!("{x},{y}")).collect();
            let style = style(Some(curve));
            format!("<polyline points=\"{}\" {style}{ends}/>\n", points.join(" "))
        };
        let curves: String = self.curves.iter().map(curve).collect();
        let legend = self.legend_at(left, bottom + 70.0);
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="720" height="480" viewBox="0 0 720 480" font-family="DejaVu Sans, Verdana, Liberation Sans, Arial, sans-serif" font-size="12" text-anchor="middle">
<rect width="720" height="480" fill="white"/>
<path d="{grid}" stroke="#cccccc"/>
{regions}<path d="{axes}" stroke="black" fill="none"/>
{texts}{curves}{legend}</svg>
"##
        )
    }

    fn legend_at(&self, mut x: f64, y: f64) -> String {
        let mut legend = String::new();
        for (curve, name) in self.legend() {
            let line = y - 4.0;
            let _ = writeln!(legend, "<path d=\"M{x} {line}h{SAMPLE}\" {}/>", style(curve));
            x += SAMPLE + 6.0;
            legend += &text(x, y, r#" text-anchor="start""#, name);
            x = rounded(x + CHARACTER * number(name.chars().count() as u64) + SAMPLE);
        }
        legend
    }
}

/// Returns the attributes of a curve and of its sample in the legend; None is the sample of a
/// saturated region.
fn style(curve: Option<&Curve>) -> String {
    let Some(Curve { color, stroke, .. }) = curve else {
        return format!(r#"stroke="{}" stroke-opacity="{OPACITY}" stroke-width="12""#, GREY.css);
    };
    let line = match stroke {
        Stroke::Solid => r#"fill="none" stroke-width="2.5""#,
        Stroke::Dashed => r#"fill="none" stroke-width="2.5" stroke-dasharray="5 3""#,
        Stroke::Filled => &format!(r#"fill="{}" fill-opacity="{OPACITY}""#, color.css),
    };
    format!(r#"stroke="{}" {line}"#, color.css)
}

fn text(x: f64, y: f64, attributes: &str, text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<text x=\"{}\" y=\"{}\"{attributes}>{text}</text>\n", rounded(x), rounded(y))
}

/// Rounds to tenths of a pixel, which are enough.
fn rounded(pixels: f64) -> f64 {
    (10.0 * pixels).round() / 10.0
}
