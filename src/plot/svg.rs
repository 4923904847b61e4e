//! Pictures as SVG.

use std::sync::Arc;

use kuva::plot::{LegendEntry, LegendPosition, LegendShape, LinePlot, LineStyle};
use kuva::render::annotations::ShadedRegion;
use kuva::render::layout::{Layout, TickFormat};
use kuva::render::plots::Plot;
use kuva::render::render::render_multiple;

use super::{Axis, Color, Curve, Picture, Stroke};

/// The size, in pixels.
const SIZE: (f64, f64) = (720.0, 480.0);

/// How much of what is behind it an area hides.
const OPACITY: f64 = 0.2;

impl Picture {
    /// The picture as an SVG document.
    #[must_use]
    pub fn svg(&self) -> String {
        let layout = self
            .layout()
            .with_width(SIZE.0)
            .with_height(SIZE.1)
            .with_title(&self.title)
            .with_x_label(&self.x.label)
            .with_y_label(&self.y.label);
        let layout = match self.legend() {
            entries if entries.is_empty() => layout,
            entries => layout
                .with_legend_entries(entries)
                .with_legend_position(LegendPosition::OutsideBottomColumns)
                .with_legend_box(false),
        };
        let layout = match self.caption.as_str() {
            "" => layout,
            caption => layout.with_subtitle(caption),
        };
        let layout = self.saturated.iter().fold(layout, |layout, &(from, to)| {
            let region = ShadedRegion::vertical(from, to);
            layout.with_shaded_region(region.with_color(Color::Grey.css()).with_opacity(OPACITY))
        });
        let scene = render_multiple(self.plots(), layout);
        let mut text = kuva::backend::svg::SvgBackend::new().with_pretty(true).render_scene(&scene);
        text.push('\n');
        text
    }

    fn legend(&self) -> Vec<LegendEntry> {
        let curve = |curve: &Curve| LegendEntry {
            label: curve.name.clone(),
            color: curve.color.css(),
            shape: LegendShape::Line,
            dasharray: style(curve.stroke).dasharray(),
        };
        let named = self.curves.iter().filter(|curve| !curve.name.is_empty());
        let mut entries: Vec<LegendEntry> = named.map(curve).collect();
        if !self.saturated.is_empty() {
            entries.push(LegendEntry {
                label: "saturated".to_owned(),
                color: "#e6e6e6".to_owned(),
                shape: LegendShape::Rect,
                dasharray: None,
            });
        }
        entries
    }

    /// The axes, without a word.
    pub(super) fn layout(&self) -> Layout {
        let text = |axis: &Axis| TickFormat::Custom(Arc::new(axis.text));
        Layout::new(self.x.range, self.y.range)
            .with_x_axis_min(self.x.range.0)
            .with_x_axis_max(self.x.range.1)
            .with_y_axis_min(self.y.range.0)
            .with_y_axis_max(self.y.range.1)
            .with_x_tick_step(self.x.step)
            .with_y_tick_step(self.y.step)
            .with_x_tick_format(text(&self.x))
            .with_y_tick_format(text(&self.y))
    }

    pub(super) fn plots(&self) -> Vec<Plot> {
        let plot = |curve: &Curve| {
            let plot = LinePlot::new()
                .with_data(curve.points.iter().copied())
                .with_color(curve.color.css())
                .with_line_style(style(curve.stroke));
            Plot::Line(if curve.stroke == Stroke::Filled {
                plot.with_fill().with_fill_opacity(OPACITY).with_stroke_width(1.0)
            } else {
                plot.with_stroke_width(2.5)
            })
        };
        self.curves.iter().map(plot).collect()
    }
}

fn style(stroke: Stroke) -> LineStyle {
    match stroke {
        Stroke::Solid | Stroke::Filled => LineStyle::Solid,
        // The legend has room for two such dashes.
        Stroke::Dashed => LineStyle::Custom("5 3".to_owned()),
    }
}
