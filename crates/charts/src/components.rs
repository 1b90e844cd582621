//! What a forecast is made of.

use crate::axes::{self, Margins};
use crate::spec::assemble;
use crate::{ChartKind, ChartSpec, ChartTable, ChartValues, Palette, Unit, dates};
use aisle_domain::{Day, Granularity};
use charming::element::{AxisPointerType, ItemStyle, LineStyle, Symbol};
use charming::series::{Bar, Line};
use serde::{Deserialize, Serialize};

/// Parts that add up to the forecast, period by period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Components {
    /// Of what, as in "The forecast of …".
    pub subject: String,
    /// What the values count.
    pub unit: Unit,
    /// Length of the periods.
    pub granularity: Granularity,
    /// Periods by their last day, oldest first.
    pub days: Vec<Day>,
    /// Name of a part and its value in each period; negative where it takes away.
    pub parts: Vec<(String, Vec<f64>)>,
}

const HEIGHT: u32 = 320;

/// Bars of the parts, stacked up from zero (and down where a part takes away), with a line for their sum. Parts that are
/// zero throughout are gaps in the picture and left out of the table.
pub fn components(data: &Components, palette: &Palette) -> ChartSpec {
    let Parts { all, sums } = Parts::of(data);
    let mut names: Vec<String> = all.iter().map(|(name, _)| (*name).to_owned()).collect();
    names.push(SUM.to_owned());
    let mut chart = axes::plain(&Margins { top: 40, right: 16, bottom: 30, left: 60 })
        .tooltip(axes::tooltip(data.unit, AxisPointerType::Line, palette))
        .legend(axes::legend(names, palette))
        .x_axis(axes::time_axis(&data.days, data.granularity, true, palette))
        .y_axis(axes::value_axis(data.unit, 4, palette));
    for ((name, values), colour) in all.iter().zip(palette.series.iter().cycle()) {
        let bar = Bar::new()
            .name(*name)
            .stack("parts")
            .bar_width("60%")
            .item_style(ItemStyle::new().color(colour.as_str()))
            .data(axes::points(values.iter().copied(), data.unit));
        chart = chart.series(bar);
    }
    let sum = Line::new()
        .name(SUM)
        .symbol(Symbol::Circle)
        .symbol_size(5)
        .line_style(LineStyle::new().color(palette.text.as_str()).width(1.5))
        .item_style(ItemStyle::new().color(palette.text.as_str()))
        .data(axes::points(sums.iter().copied(), data.unit));
    chart = chart.series(sum);

    let parts = there(all);
    assemble(ChartKind::Components, &chart, summary(data, &parts, &sums), table(data, &parts, &sums), HEIGHT)
}

/// The numbers of [`components`]' chart.
pub fn components_values(data: &Components) -> ChartValues {
    let Parts { all, sums } = Parts::of(data);
    let drawn = |values: &[Option<f64>]| axes::rounded(values.iter().copied(), data.unit);
    let bars = all.iter().map(|(name, values)| ((*name).to_owned(), drawn(values)));
    let series = bars.chain([(SUM.to_owned(), drawn(&sums))]).collect();
    let parts = there(all);
    ChartValues { series, summary: summary(data, &parts, &sums), table: table(data, &parts, &sums) }
}

/// A part's name and its values.
type Part<'a> = (&'a str, Vec<Option<f64>>);

/// Parts and their sums, one value a period.
struct Parts<'a> {
    /// Every part; only gaps where it is zero throughout.
    all: Vec<Part<'a>>,
    sums: Vec<Option<f64>>,
}

impl<'a> Parts<'a> {
    fn of(data: &'a Components) -> Self {
        let periods = data.days.len();
        let part = |(name, values): &'a (String, Vec<f64>)| {
            let values = axes::fitted(values.iter().copied().map(Some), periods);
            let is_there = values.iter().flatten().any(|value| *value != 0.0);
            (name.as_str(), if is_there { values } else { vec![None; periods] })
        };
        let all: Vec<Part<'a>> = data.parts.iter().map(part).collect();
        let sums = (0..periods)
            .map(|at| all.iter().filter_map(|(_, values)| values[at]).reduce(|sum, value| sum + value))
            .collect();
        Self { all, sums }
    }
}

/// Parts that are not gaps throughout.
fn there(mut parts: Vec<Part<'_>>) -> Vec<Part<'_>> {
    parts.retain(|(_, values)| values.iter().any(Option::is_some));
    parts
}

const SUM: &str = "Forecast";

fn summary(data: &Components, parts: &[(&str, Vec<Option<f64>>)], sums: &[Option<f64>]) -> String {
    let total: f64 = sums.iter().flatten().sum();
    // The first of equals: the order of the data decides.
    let largest = parts
        .iter()
        .map(|(name, values)| {
            (*name, values.iter().flatten().sum::<f64>(), values.iter().flatten().map(|v| v.abs()).sum::<f64>())
        })
        .reduce(|best, next| if next.2 > best.2 { next } else { best });
    match largest {
        None => format!("The forecast of {} has no parts to show.", data.subject),
        Some((name, value, _)) => format!(
            "The forecast of {} over {} adds up to {}; its largest part is “{name}” with {}.",
            data.subject,
            dates::periods(data.granularity, data.days.len()),
            data.unit.full(total),
            data.unit.full(value)
        ),
    }
}

fn table(data: &Components, parts: &[(&str, Vec<Option<f64>>)], sums: &[Option<f64>]) -> ChartTable {
    let headers = std::iter::once("Period").chain(parts.iter().map(|(name, _)| *name)).chain([SUM]).map(str::to_owned);
    let line = |(at, day): (usize, &Day)| {
        let first = dates::period(data.granularity, *day);
        let cells = parts.iter().map(|(_, values)| data.unit.cell(values[at]));
        std::iter::once(first).chain(cells).chain([data.unit.cell(sums[at])]).collect()
    };
    ChartTable {
        caption: format!("Parts of the forecast of {}", data.subject),
        headers: headers.collect(),
        rows: data.days.iter().enumerate().map(line).collect(),
    }
}
