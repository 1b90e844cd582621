//! A line without axes, as small as a word.

use crate::axes::{self, Margins};
use crate::spec::assemble;
use crate::{ChartKind, ChartSpec, ChartTable, Palette, Unit};
use charming::component::Axis;
use charming::element::{AreaStyle, AxisType, ItemStyle, LineStyle, Symbol};
use charming::series::Line;

const HEIGHT: u32 = 36;

/// Recent values, oldest first; `name` says what they are.
pub fn sparkline(name: &str, values: &[Option<f64>], unit: Unit, palette: &Palette) -> ChartSpec {
    let values = axes::fitted(values.iter().copied(), values.len());
    let places: Vec<String> = (1..=values.len()).map(|place| place.to_string()).collect();
    let line = Line::new()
        .name(name)
        .symbol(Symbol::None)
        .silent(true)
        .line_style(LineStyle::new().color(palette.actual.as_str()).width(1.5))
        .item_style(ItemStyle::new().color(palette.actual.as_str()))
        .area_style(AreaStyle::new().color(palette.actual.as_str()).opacity(0.12))
        .data(axes::points(values.iter().copied(), unit));
    let chart = axes::plain(&Margins { top: 3, right: 1, bottom: 3, left: 1 })
        .x_axis(Axis::new().type_(AxisType::Category).show(false).boundary_gap(false).data(places.clone()))
        .y_axis(Axis::new().type_(AxisType::Value).show(false).scale(true))
        .series(line);
    let known: Vec<f64> = values.iter().copied().flatten().collect();
    let summary = match (known.first(), known.last()) {
        (Some(first), Some(last)) => {
            format!("{name}: from {} to {} over {} values.", unit.full(*first), unit.full(*last), known.len())
        }
        _ => format!("{name}: no values."),
    };
    let table = ChartTable {
        caption: name.to_owned(),
        headers: vec!["Place".to_owned(), "Value".to_owned()],
        rows: places.into_iter().zip(&values).map(|(place, value)| vec![place, unit.cell(*value)]).collect(),
    };
    assemble(ChartKind::Sparkline, &chart, summary, table, HEIGHT)
}
