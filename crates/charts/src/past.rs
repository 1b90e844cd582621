//! Forecasts made earlier, with what came.

use crate::axes::{self, Margins};
use crate::spec::assemble;
use crate::{ChartKind, ChartSpec, ChartTable, Palette, Unit, dates};
use aisle_domain::{Day, Granularity};
use charming::element::{AxisPointerType, ItemStyle, LineStyle, LineStyleType, Symbol};
use charming::series::Line;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One forecast and what came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PastForecast {
    /// Last day that was known when it was made.
    pub origin: Day,
    /// Its periods by their last day.
    pub days: Vec<Day>,
    /// What was expected.
    pub forecast: Vec<f64>,
    /// What came; `None` where nothing is known.
    pub actual: Vec<Option<f64>>,
    /// Its WAPE: sum|e| / sum|y|.
    pub wape: f64,
}

/// Forecasts of one series, oldest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PastForecasts {
    /// Of what, as in "Forecasts of …".
    pub subject: String,
    /// What the values count.
    pub unit: Unit,
    /// Length of the periods.
    pub granularity: Granularity,
    /// The forecasts.
    pub forecasts: Vec<PastForecast>,
}

const HEIGHT: u32 = 300;
const SALES: &str = "Sales";

/// What came as one line, each forecast as a dashed one over its own periods.
pub fn past_forecasts(data: &PastForecasts, palette: &Palette) -> ChartSpec {
    let mut actual: BTreeMap<Day, Option<f64>> = BTreeMap::new();
    for forecast in &data.forecasts {
        for (at, day) in forecast.days.iter().enumerate() {
            let value = forecast.actual.get(at).copied().flatten();
            let known = actual.entry(*day).or_default();
            *known = known.or(value);
        }
    }
    let days: Vec<Day> = actual.keys().copied().collect();
    let names: Vec<String> =
        data.forecasts.iter().map(|made| format!("Made {}", dates::written(made.origin))).collect();

    let mut chart = axes::plain(&Margins { top: 40, right: 16, bottom: 30, left: 60 })
        .tooltip(axes::tooltip(data.unit, AxisPointerType::Line, palette))
        .legend(axes::legend(std::iter::once(SALES.to_owned()).chain(names.iter().cloned()).collect(), palette))
        .x_axis(axes::time_axis(&days, data.granularity, false, palette))
        .y_axis(axes::value_axis(data.unit, 4, palette).scale(true));
    let style = LineStyle::new().color(palette.actual.as_str()).width(2);
    chart = chart.series(line(SALES, actual.values().copied(), style, data.unit, &palette.actual));
    // The first data colour is that of sales; forecasts take the others.
    for ((made, name), colour) in data.forecasts.iter().zip(&names).zip(palette.series.iter().skip(1).cycle()) {
        let expected: BTreeMap<Day, f64> = made.days.iter().copied().zip(made.forecast.iter().copied()).collect();
        let style = LineStyle::new().color(colour.as_str()).width(1.75).type_(LineStyleType::Dashed);
        chart = chart.series(line(name, days.iter().map(|day| expected.get(day).copied()), style, data.unit, colour));
    }

    let rows = data.forecasts.iter().flat_map(|made| {
        made.days.iter().enumerate().map(|(at, day)| {
            vec![
                dates::period(data.granularity, *day),
                dates::written(made.origin),
                data.unit.cell(made.forecast.get(at).copied()),
                data.unit.cell(made.actual.get(at).copied().flatten()),
            ]
        })
    });
    let table = ChartTable {
        caption: format!("Past forecasts of {}", data.subject),
        headers: ["Period", "Made on", "Expected", "Came"].map(str::to_owned).into(),
        rows: rows.collect(),
    };
    assemble(ChartKind::PastForecasts, &chart, summary(data), table, HEIGHT)
}

fn line(name: &str, values: impl Iterator<Item = Option<f64>>, style: LineStyle, unit: Unit, colour: &str) -> Line {
    Line::new()
        .name(name)
        .show_symbol(false)
        .symbol(Symbol::Circle)
        .symbol_size(6)
        .line_style(style)
        .item_style(ItemStyle::new().color(colour))
        .data(axes::points(values, unit))
}

fn summary(data: &PastForecasts) -> String {
    let errors: Vec<String> = data
        .forecasts
        .iter()
        .map(|made| format!("{} (made {})", Unit::Share.full(made.wape), dates::written(made.origin)))
        .collect();
    match errors.len() {
        0 => format!("No earlier forecasts of {} are kept.", data.subject),
        1 => format!("One earlier forecast of {} was off by a WAPE of {}.", data.subject, errors[0]),
        count => format!("{count} earlier forecasts of {} were off by a WAPE of {}.", data.subject, errors.join(", ")),
    }
}
