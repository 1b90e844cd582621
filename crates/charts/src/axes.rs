//! Axes, grid, legend and tooltip as all charts have them.

use crate::{Palette, Unit, dates};
use aisle_domain::{Day, Granularity};
use charming::Chart;
use charming::component::{Axis, Grid, Legend, LegendItem};
use charming::datatype::DataPoint;
use charming::element::{
    AxisLabel, AxisLine, AxisPointer, AxisPointerType, AxisTick, AxisType, Formatter, LineStyle, LineStyleType,
    SplitLine, TextStyle, Tooltip, Trigger,
};

/// Distance of the plot from the edges, in CSS pixels; labels that need more take it from the plot.
pub(crate) struct Margins {
    pub(crate) top: i32,
    pub(crate) right: i32,
    pub(crate) bottom: i32,
    pub(crate) left: i32,
}

/// A chart that does not move, with the house's grid.
pub(crate) fn plain(margins: &Margins) -> Chart {
    let grid = Grid::new().top(margins.top).right(margins.right).bottom(margins.bottom).left(margins.left);
    Chart::new().animation(false).grid(grid)
}

/// A format of the bundle.
pub(crate) fn format_named(name: impl Into<String>) -> Formatter {
    Formatter::String(name.into())
}

/// Lists all values of a place on the axis, in full.
pub(crate) fn tooltip(unit: Unit, pointer: AxisPointerType, palette: &Palette) -> Tooltip {
    let pointer_line = LineStyle::new().color(palette.reference.as_str()).type_(LineStyleType::Solid).width(1);
    Tooltip::new()
        .trigger(Trigger::Axis)
        .axis_pointer(AxisPointer::new().type_(pointer).line_style(pointer_line).animation(false))
        .formatter(format_named(format!("@rows{}", unit.full_format())))
        .background_color(palette.surface.as_str())
        .border_color(palette.line.as_str())
        .border_width(1)
        .padding((8, 12))
}

/// Names of the series, above the plot.
pub(crate) fn legend<Name: Into<LegendItem>>(names: Vec<Name>, palette: &Palette) -> Legend {
    Legend::new()
        .data(names)
        .top(0)
        .left(0)
        .padding(0)
        .item_gap(18)
        .item_width(18)
        .item_height(8)
        .inactive_color(palette.line.as_str())
        .text_style(TextStyle::new().color(palette.muted.as_str()).font_size(12))
}

/// Periods from left to right.
pub(crate) fn time_axis(days: &[Day], granularity: Granularity, gap: bool, palette: &Palette) -> Axis {
    Axis::new()
        .type_(AxisType::Category)
        .boundary_gap(gap)
        .data(days.iter().map(Day::to_string).collect::<Vec<_>>())
        .axis_label(label(palette).formatter(format_named(dates::axis_format(granularity, days.len()))))
        .axis_tick(AxisTick::new().show(false))
        .axis_line(AxisLine::new().show(true).line_style(line_of(palette)))
}

/// Values, with faint lines across the plot.
pub(crate) fn value_axis(unit: Unit, splits: u32, palette: &Palette) -> Axis {
    let across = LineStyle::new().color(palette.line.as_str()).width(1);
    Axis::new()
        .type_(AxisType::Value)
        .split_number(splits)
        .axis_label(label(palette).formatter(format_named(unit.compact_format())))
        .axis_tick(AxisTick::new().show(false))
        .axis_line(AxisLine::new().show(false))
        .split_line(SplitLine::new().show(true).line_style(across))
}

/// Names, one to a bar.
pub(crate) fn name_axis(names: Vec<String>, palette: &Palette) -> Axis {
    let text = label(palette).color(palette.text.as_str());
    Axis::new()
        .type_(AxisType::Category)
        .data(names)
        .axis_label(text.interval(0))
        .axis_tick(AxisTick::new().show(false))
        .axis_line(AxisLine::new().show(false))
}

/// Values of a series in the order of an axis; gaps stay gaps.
pub(crate) fn points(values: impl IntoIterator<Item = Option<f64>>, unit: Unit) -> Vec<DataPoint> {
    rounded(values, unit).into_iter().map(DataPoint::from).collect()
}

/// The same values as they are drawn.
pub(crate) fn rounded(values: impl IntoIterator<Item = Option<f64>>, unit: Unit) -> Vec<Option<f64>> {
    values.into_iter().map(|value| value.and_then(|value| unit.rounded(value))).collect()
}

/// Exactly `length` values: what is missing is a gap, what is too much is cut.
pub(crate) fn fitted(values: impl IntoIterator<Item = Option<f64>>, length: usize) -> Vec<Option<f64>> {
    values
        .into_iter()
        .map(|value| value.filter(|v| v.is_finite()))
        .chain(std::iter::repeat(None))
        .take(length)
        .collect()
}

/// A name as it fits beside a bar.
pub(crate) fn shortened(name: &str, characters: usize) -> String {
    if name.chars().count() <= characters {
        return name.to_owned();
    }
    let kept: String = name.chars().take(characters.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

fn label(palette: &Palette) -> AxisLabel {
    AxisLabel::new().color(palette.muted.as_str()).font_size(12)
}

fn line_of(palette: &Palette) -> charming::element::AxisLineStyle {
    charming::element::AxisLineStyle::new().color((1.0, palette.line.as_str())).width(1)
}
