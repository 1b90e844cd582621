//! Values side by side: errors of models, totals of categories, movers, and how a column's values are spread.

use crate::axes::{self, Margins};
use crate::spec::assemble;
use crate::{ChartKind, ChartSpec, ChartTable, Palette, Unit};
use charming::component::Axis;
use charming::datatype::{DataPoint, DataPointItem};
use charming::element::{AxisPointerType, ItemStyle, Label, LabelPosition};
use charming::series::Bar;
use serde::{Deserialize, Serialize};

/// Named values in the order in which they are shown, the first on top.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bars {
    /// What the bars are, for caption and summary: `WAPE by model`, `Sales by department`.
    pub title: String,
    /// What the names are, as a column header: `Model`, `Department`.
    pub named_by: String,
    /// What the values are, as a column header: `WAPE`, `Sales`.
    pub measured: String,
    /// What the values count.
    pub unit: Unit,
    /// Name and value.
    pub bars: Vec<(String, f64)>,
}

/// Series that moved, in the order in which they are shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Movers {
    /// Over what, for caption and summary: `Last four weeks against the same weeks a year before`.
    pub title: String,
    /// What the differences count.
    pub unit: Unit,
    /// Name, value before, value now.
    pub movers: Vec<(String, f64, f64)>,
}

/// How the values of a column are spread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Histogram {
    /// The column.
    pub column: String,
    /// What a bin holds, from the lowest to the highest, and how many rows are in it.
    pub bins: Vec<(String, u64)>,
}

/// Forecast errors side by side, by model or by horizon; the summary names the smallest.
pub fn accuracy(data: &Bars, palette: &Palette) -> ChartSpec {
    let best = data
        .bars
        .iter()
        .filter(|(_, value)| value.is_finite())
        .reduce(|best, next| if next.1 < best.1 { next } else { best });
    let summary = match best {
        None => format!("{}: nothing was measured yet.", data.title),
        Some((name, value)) => {
            format!("{}: the smallest of {} is {} of {name}.", data.title, data.bars.len(), data.unit.full(*value))
        }
    };
    lying_bars(ChartKind::Accuracy, data, summary, palette.actual.as_str(), palette)
}

/// Totals side by side; the summary names the largest and its share.
pub fn totals_by_category(data: &Bars, palette: &Palette) -> ChartSpec {
    let finite = || data.bars.iter().filter(|(_, value)| value.is_finite());
    let total: f64 = finite().map(|(_, value)| value).sum();
    let summary = match finite().reduce(|best, next| if next.1 > best.1 { next } else { best }) {
        None => format!("{}: there is nothing to add up yet.", data.title),
        Some((name, value)) if total > 0.0 => format!(
            "{}: {name} is the largest of {} with {}, {} of what is shown.",
            data.title,
            data.bars.len(),
            data.unit.full(*value),
            Unit::Share.full(value / total)
        ),
        Some((name, value)) => format!("{}: {name} is the largest with {}.", data.title, data.unit.full(*value)),
    };
    lying_bars(ChartKind::TotalsByCategory, data, summary, palette.actual.as_str(), palette)
}

/// Differences as bars to the right (growth) and to the left (decline) of zero.
pub fn movers(data: &Movers, palette: &Palette) -> ChartSpec {
    let differences: Vec<Option<f64>> = data
        .movers
        .iter()
        .map(|(_, before, now)| Some(now - before).and_then(|value| data.unit.rounded(value)))
        .collect();
    let points: Vec<DataPoint> = differences
        .iter()
        .map(|difference| {
            let declined = difference.is_some_and(|value| value < 0.0);
            let colour = if declined { palette.falling.as_str() } else { palette.rising.as_str() };
            DataPointItem::new(*difference).item_style(ItemStyle::new().color(colour).border_radius(2)).into()
        })
        .collect();
    let names = data.movers.iter().map(|(name, ..)| axes::shortened(name, 30)).collect();
    let bar = Bar::new()
        .name("Difference")
        .bar_width("62%")
        .label(value_label(data.unit, palette))
        .item_style(ItemStyle::new().color(palette.rising.as_str()))
        .data(points);
    let height = lying_height(data.movers.len());
    // Room for the labels that stand outside of the bars, on either side.
    let chart = axes::plain(&Margins { top: 6, right: 72, bottom: 28, left: 24 })
        .tooltip(axes::tooltip(data.unit, AxisPointerType::Shadow, palette))
        .x_axis(spread_axis(data.unit, palette))
        .y_axis(axes::name_axis(names, palette).inverse(true))
        .series(bar);
    let count = |keep: fn(f64) -> bool| differences.iter().flatten().filter(|value| keep(**value)).count();
    let summary = match data.movers.first().zip(differences.first().copied().flatten()) {
        None => format!("{}: nothing moved.", data.title),
        Some(((name, ..), difference)) => format!(
            "{}: {} grew and {} declined of {} shown; first is {name} with {}.",
            data.title,
            count(|value| value > 0.0),
            count(|value| value < 0.0),
            data.movers.len(),
            data.unit.full(difference)
        ),
    };
    let rows = data.movers.iter().zip(&differences).map(|((name, before, now), difference)| {
        vec![name.clone(), data.unit.full(*before), data.unit.full(*now), data.unit.cell(*difference)]
    });
    let table = ChartTable {
        caption: data.title.clone(),
        headers: ["Series", "Before", "Now", "Difference"].map(str::to_owned).into(),
        rows: rows.collect(),
    };
    assemble(ChartKind::Movers, &chart, summary, table, height)
}

/// Rows by bin, as standing bars without gaps.
pub fn histogram(data: &Histogram, palette: &Palette) -> ChartSpec {
    let labels: Vec<String> = data.bins.iter().map(|(label, _)| axes::shortened(label, 14)).collect();
    let counts = || data.bins.iter().map(|(_, rows)| Some(*rows as f64));
    let bar = Bar::new()
        .name("Rows")
        .bar_width("92%")
        .item_style(ItemStyle::new().color(palette.actual.as_str()).border_radius(2))
        .data(axes::points(counts(), Unit::Count));
    let names = axes::name_axis(labels, palette)
        .axis_label(charming::element::AxisLabel::new().color(palette.muted.as_str()).font_size(11));
    let chart = axes::plain(&Margins { top: 10, right: 10, bottom: 26, left: 44 })
        .tooltip(axes::tooltip(Unit::Count, AxisPointerType::Shadow, palette))
        .x_axis(names)
        .y_axis(axes::value_axis(Unit::Count, 3, palette).min_interval(1))
        .series(bar);
    let total: u64 = data.bins.iter().map(|(_, rows)| rows).sum();
    let fullest = data.bins.iter().reduce(|best, next| if next.1 > best.1 { next } else { best });
    let summary = match fullest {
        None => format!("Column {} has no values to show.", data.column),
        Some((label, rows)) => format!(
            "Values of column {}: {} of {} rows are in the fullest of {} bins, {label}.",
            data.column,
            Unit::Count.full(*rows as f64),
            Unit::Count.full(total as f64),
            data.bins.len()
        ),
    };
    let rows = data.bins.iter().map(|(label, rows)| vec![label.clone(), Unit::Count.full(*rows as f64)]);
    let table = ChartTable {
        caption: format!("Values of column {}", data.column),
        headers: vec!["Values".to_owned(), "Rows".to_owned()],
        rows: rows.collect(),
    };
    assemble(ChartKind::Histogram, &chart, summary, table, 180)
}

fn lying_bars(kind: ChartKind, data: &Bars, summary: String, colour: &str, palette: &Palette) -> ChartSpec {
    let names = data.bars.iter().map(|(name, _)| axes::shortened(name, 30)).collect();
    let bar = Bar::new()
        .name(data.measured.as_str())
        .bar_width("62%")
        .label(value_label(data.unit, palette))
        .item_style(ItemStyle::new().color(colour).border_radius(2))
        .data(axes::points(data.bars.iter().map(|(_, value)| Some(*value)), data.unit));
    let chart = axes::plain(&Margins { top: 6, right: 72, bottom: 28, left: 24 })
        .tooltip(axes::tooltip(data.unit, AxisPointerType::Shadow, palette))
        .x_axis(spread_axis(data.unit, palette))
        .y_axis(axes::name_axis(names, palette).inverse(true))
        .series(bar);
    let table = ChartTable {
        caption: data.title.clone(),
        headers: vec![data.named_by.clone(), data.measured.clone()],
        rows: data.bars.iter().map(|(name, value)| vec![name.clone(), data.unit.full(*value)]).collect(),
    };
    assemble(kind, &chart, summary, table, lying_height(data.bars.len()))
}

fn spread_axis(unit: Unit, palette: &Palette) -> Axis {
    axes::value_axis(unit, 4, palette)
}

/// The value beside its bar.
fn value_label(unit: Unit, palette: &Palette) -> Label {
    Label::new()
        .show(true)
        .position(LabelPosition::Right)
        .distance(6)
        .formatter(axes::format_named(unit.compact_format()))
        .color(palette.text.as_str())
        .font_size(12)
}

/// 30 pixels a bar, and the axis below.
fn lying_height(bars: usize) -> u32 {
    40 + 30 * u32::try_from(bars.clamp(2, 40)).unwrap_or(40)
}
