//! Sales by period, the forecast that follows, and how sure it is.

use crate::axes::{self, Margins};
use crate::spec::assemble;
use crate::{ChartKind, ChartSpec, ChartTable, ChartValues, Palette, Unit, dates};
use aisle_domain::{Day, Granularity};
use charming::component::{Axis, DataZoom, DataZoomType, FilterMode, LegendItem};
use charming::element::{
    AreaStyle, AxisPointerType, ItemStyle, Label, LineStyle, LineStyleType, MarkLine, MarkLineData, MarkLineVariant,
    Symbol, TextStyle,
};
use charming::series::Line;
use serde::{Deserialize, Serialize};

/// What the chart shows; values in the unit, periods by their last day, forecast periods after the last of history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SalesAndForecast {
    /// What is sold, as in "Sales of …": `all items`, `Department 72, store 1`.
    pub subject: String,
    /// What the values count.
    pub unit: Unit,
    /// Length of the periods.
    pub granularity: Granularity,
    /// Periods of history, oldest first.
    pub history_days: Vec<Day>,
    /// Their sales; `None` where nothing is known.
    pub history: Vec<Option<f64>>,
    /// Periods of the forecast.
    pub forecast_days: Vec<Day>,
    /// Expected sales.
    pub mean: Vec<f64>,
    /// Lower and upper bound of the 80 % interval; empty where there is none.
    pub interval80: (Vec<f64>, Vec<f64>),
    /// Lower and upper bound of the 95 % interval; empty where there is none.
    pub interval95: (Vec<f64>, Vec<f64>),
    /// The forecast to compare with (the baseline of a scenario), for the periods of the forecast.
    pub baseline: Option<Vec<f64>>,
    /// What the model says by itself where planners' overrides changed it, for the periods of the forecast.
    pub model: Option<Vec<f64>>,
    /// The same periods a year before, for the periods of history and then of the forecast.
    pub last_year: Option<Vec<Option<f64>>>,
    /// Holidays: name, last day of the period that they are in.
    pub holidays: Vec<(String, Day)>,
    /// Whether a slider to zoom stands below the chart; no for paper.
    pub zoom: bool,
}

const HEIGHT: u32 = 380;

/// History as a line, the forecast as a line with its 80 and 95 % intervals as bands, holidays as fine upright lines, and
/// the start of the forecast as a stronger one.
pub fn sales_and_forecast(data: &SalesAndForecast, palette: &Palette) -> ChartSpec {
    let rows = Rows::of(data);
    let margins = Margins { top: 60, right: 16, bottom: if data.zoom { 76 } else { 30 }, left: 60 };
    let values: Axis = axes::value_axis(data.unit, 5, palette);
    let mut chart = axes::plain(&margins)
        .tooltip(axes::tooltip(data.unit, AxisPointerType::Line, palette))
        .legend(axes::legend(rows.names(), palette))
        .x_axis(axes::time_axis(&rows.days, data.granularity, false, palette))
        .y_axis(values);
    if data.zoom {
        chart = chart.data_zoom(slider(palette)).data_zoom(wheel());
    }
    // First, because the slider shows the first series in small.
    let style = LineStyle::new().color(palette.actual.as_str()).width(2);
    let sales = line(SALES, &rows.history, style, data.unit, palette.actual.as_str());
    chart = chart.series(sales.mark_line(holiday_marks(data, &rows.days, palette)));
    for (level, opacity) in [(95, 0.13), (80, 0.24)] {
        if let Some((low, high)) = rows.interval(level) {
            let (floor, band) = band(level, low, high, opacity, data.unit, palette);
            chart = chart.series(floor).series(band);
        }
    }
    if let Some(last_year) = &rows.last_year {
        let style = LineStyle::new().color(palette.reference.as_str()).width(1.25);
        chart = chart.series(line(LAST_YEAR, last_year, style, data.unit, palette.reference.as_str()));
    }
    if let Some(baseline) = &rows.baseline {
        let style = LineStyle::new().color(palette.reference.as_str()).width(1.75).type_(LineStyleType::Dashed);
        chart = chart.series(line(BASELINE, baseline, style, data.unit, palette.reference.as_str()));
    }
    if let Some(model) = &rows.model {
        let style = LineStyle::new().color(palette.muted.as_str()).width(1.75).type_(LineStyleType::Dotted);
        chart = chart.series(line(MODEL, model, style, data.unit, palette.muted.as_str()));
    }
    if rows.has_forecast() {
        let style = LineStyle::new().color(palette.forecast.as_str()).width(2);
        let forecast = line(FORECAST, &rows.joined_mean(), style, data.unit, palette.forecast.as_str());
        chart = chart.series(forecast.mark_line(start_mark(&rows, palette)));
    }
    assemble(ChartKind::SalesAndForecast, &chart, summary(data, &rows), table(data, &rows), HEIGHT)
}

/// The numbers of [`sales_and_forecast`]'s chart: every series that it can have, with gaps where it has none now.
pub fn sales_and_forecast_values(data: &SalesAndForecast) -> ChartValues {
    let rows = Rows::of(data);
    let drawn = |values: &[Option<f64>]| axes::rounded(values.iter().copied(), data.unit);
    let gaps = || vec![None; rows.days.len()];
    let mut series = vec![(SALES.to_owned(), drawn(&rows.history))];
    for level in [95, 80] {
        let (low, high) = rows.interval(level).map_or_else(
            || (gaps(), gaps()),
            |(low, high)| (drawn(low), axes::rounded(widths(low, high, data.unit), data.unit)),
        );
        series.push((format!("low:{level}"), low));
        series.push((format!("band:{level}"), high));
    }
    for (name, values) in [(LAST_YEAR, &rows.last_year), (BASELINE, &rows.baseline), (MODEL, &rows.model)] {
        series.push((name.to_owned(), values.as_deref().map_or_else(gaps, drawn)));
    }
    let forecast = if rows.has_forecast() { drawn(&rows.joined_mean()) } else { gaps() };
    series.push((FORECAST.to_owned(), forecast));
    ChartValues { series, summary: summary(data, &rows), table: table(data, &rows) }
}

/// From the rounded bounds, so that the tooltip's sum of the two is the rounded upper one.
fn widths(low: &[Option<f64>], high: &[Option<f64>], unit: Unit) -> Vec<Option<f64>> {
    let bound = |value: &Option<f64>| unit.rounded((*value)?);
    low.iter().zip(high).map(|(low, high)| Some(bound(high)? - bound(low)?)).collect()
}

const SALES: &str = "Sales";
const FORECAST: &str = "Forecast";
const LAST_YEAR: &str = "A year before";
const BASELINE: &str = "Baseline";
const MODEL: &str = "Without overrides";

/// Lower and upper bound of an interval, by place on the axis.
type Bounds<'a> = (&'a [Option<f64>], &'a [Option<f64>]);

/// All lists on one axis: history, then forecast.
struct Rows {
    days: Vec<Day>,
    /// Periods of history.
    known: usize,
    history: Vec<Option<f64>>,
    mean: Vec<Option<f64>>,
    interval80: (Vec<Option<f64>>, Vec<Option<f64>>),
    interval95: (Vec<Option<f64>>, Vec<Option<f64>>),
    baseline: Option<Vec<Option<f64>>>,
    model: Option<Vec<Option<f64>>>,
    last_year: Option<Vec<Option<f64>>>,
}

impl Rows {
    fn of(data: &SalesAndForecast) -> Self {
        let known = data.history_days.len();
        let days: Vec<Day> = data.history_days.iter().chain(&data.forecast_days).copied().collect();
        let all = days.len();
        let ahead = |values: &[f64]| {
            let before = std::iter::repeat_n(None, known);
            axes::fitted(before.chain(values.iter().copied().map(Some)), all)
        };
        let both = |(low, high): &(Vec<f64>, Vec<f64>)| (ahead(low), ahead(high));
        Self {
            known,
            history: axes::fitted(axes::fitted(data.history.iter().copied(), known), all),
            mean: ahead(&data.mean),
            interval80: both(&data.interval80),
            interval95: both(&data.interval95),
            baseline: data.baseline.as_deref().map(ahead),
            model: data.model.as_deref().map(ahead),
            last_year: data.last_year.as_ref().map(|values| axes::fitted(values.iter().copied(), all)),
            days,
        }
    }

    fn has_forecast(&self) -> bool {
        self.mean.iter().any(Option::is_some)
    }

    /// The interval of 80 or 95 %, where it has a value.
    fn interval(&self, level: u32) -> Option<Bounds<'_>> {
        let (low, high) = if level == 80 { &self.interval80 } else { &self.interval95 };
        low.iter().zip(high).any(|pair| matches!(pair, (Some(_), Some(_)))).then_some((low.as_slice(), high.as_slice()))
    }

    /// The forecast, beginning at the last known value so that the line does not break there.
    fn joined_mean(&self) -> Vec<Option<f64>> {
        let mut mean = self.mean.clone();
        if let Some(last) = self.known.checked_sub(1) {
            mean[last] = self.history[last];
        }
        mean
    }

    /// Names and signs of the legend.
    fn names(&self) -> Vec<LegendItem> {
        let mut names = vec![LegendItem::from(SALES)];
        let with = |name: &str, there: bool| there.then(|| LegendItem::from(name));
        let filled =
            |level: u32| self.interval(level).map(|_| LegendItem::from((interval_name(level), "roundRect".to_owned())));
        names.extend(with(FORECAST, self.has_forecast()));
        names.extend(filled(80));
        names.extend(filled(95));
        names.extend(with(BASELINE, self.baseline.is_some()));
        names.extend(with(MODEL, self.model.is_some()));
        names.extend(with(LAST_YEAR, self.last_year.is_some()));
        names
    }
}

fn interval_name(level: u32) -> String {
    format!("{level} % interval")
}

fn line(name: &str, values: &[Option<f64>], style: LineStyle, unit: Unit, colour: &str) -> Line {
    Line::new()
        .id(name)
        .name(name)
        .show_symbol(false)
        .symbol(Symbol::Circle)
        .symbol_size(6)
        .line_style(style)
        .item_style(ItemStyle::new().color(colour))
        .z(3)
        .data(axes::points(values.iter().copied(), unit))
}

/// An invisible line at the lower bound and, stacked on it, the band up to the upper one. The bundle's tooltip joins the
/// two by their ids: `low:80`, `band:80`.
fn band(
    level: u32,
    low: &[Option<f64>],
    high: &[Option<f64>],
    opacity: f64,
    unit: Unit,
    palette: &Palette,
) -> (Line, Line) {
    let stack = format!("interval {level}");
    let hidden = || LineStyle::new().opacity(0).width(0);
    let floor = Line::new()
        .id(format!("low:{level}"))
        .name(format!("low:{level}"))
        .stack(stack.as_str())
        .symbol(Symbol::None)
        .silent(true)
        .line_style(hidden())
        .item_style(ItemStyle::new().color(palette.forecast.as_str()))
        .data(axes::points(low.iter().copied(), unit));
    let widths = widths(low, high, unit);
    let band = Line::new()
        .id(format!("band:{level}"))
        .name(interval_name(level))
        .stack(stack.as_str())
        .symbol(Symbol::None)
        .silent(true)
        .line_style(hidden())
        .area_style(AreaStyle::new().color(palette.forecast.as_str()).opacity(opacity))
        .item_style(ItemStyle::new().color(palette.forecast.as_str()).opacity(opacity * 2.0))
        .data(axes::points(widths, unit));
    (floor, band)
}

/// Upright lines at the holidays. A name is written where it has room: two rows, left to right.
fn holiday_marks(data: &SalesAndForecast, days: &[Day], palette: &Palette) -> MarkLine {
    let mut marked: Vec<(usize, &str)> =
        data.holidays.iter().filter_map(|(name, day)| Some((days.binary_search(day).ok()?, name.as_str()))).collect();
    marked.sort_unstable();
    marked.dedup();
    // A chart is about 900 pixels wide, a character about 6.
    let periods_per_character = days.len() as f64 * 6.0 / 900.0;
    // To the left of the plot there is room for half a name.
    let mut free_from = [-5.0 * periods_per_character; 2];
    let lines = marked
        .into_iter()
        .map(|(at, name)| {
            let short = axes::shortened(name, 14);
            let half = (short.chars().count() as f64 / 2.0 + 1.0) * periods_per_character;
            let row = free_from.iter().position(|free| at as f64 - half >= *free);
            if let Some(row) = row {
                free_from[row] = at as f64 + half;
            }
            let label = Label::new()
                .show(row.is_some())
                .distance(if row == Some(1) { 21 } else { 9 })
                .formatter("{b}")
                .color(palette.holiday.as_str())
                .font_size(10);
            // The label stands above the line's upper end, as ECharts has it.
            MarkLineVariant::Simple(MarkLineData::new().name(short).x_axis(days[at].to_string()).label(label))
        })
        .collect();
    let style = LineStyle::new().color(palette.holiday.as_str()).width(1).type_(LineStyleType::Dotted).opacity(0.7);
    MarkLine::new()
        .silent(true)
        .symbol(vec![Symbol::None, Symbol::None])
        .line_style(style)
        .data::<MarkLineVariant>(lines)
}

/// The line between what is known and what is expected.
fn start_mark(rows: &Rows, palette: &Palette) -> MarkLine {
    let last = rows.known.checked_sub(1).and_then(|last| rows.days.get(last));
    let mark = |day: &Day| MarkLineVariant::Simple(MarkLineData::new().name(FORECAST).x_axis(day.to_string()));
    let lines = last.map(mark).into_iter().collect();
    let style = LineStyle::new().color(palette.muted.as_str()).width(1).type_(LineStyleType::Solid).opacity(0.6);
    MarkLine::new()
        .silent(true)
        .symbol(vec![Symbol::None, Symbol::None])
        .label(Label::new().show(false))
        .line_style(style)
        .data::<MarkLineVariant>(lines)
}

fn slider(palette: &Palette) -> DataZoom {
    DataZoom::new()
        .type_(DataZoomType::Slider)
        .filter_mode(FilterMode::None)
        .brush_select(true)
        .bottom(8)
        .filler_color(palette.line.as_str())
        .border_color(palette.line.as_str())
        .text_style(TextStyle::new().color(palette.muted.as_str()).font_size(11))
        .start(0)
        .end(100)
        .min_value_span(3)
}

fn wheel() -> DataZoom {
    DataZoom::new().type_(DataZoomType::Inside).filter_mode(FilterMode::None).start(0).end(100).min_value_span(3)
}

fn summary(data: &SalesAndForecast, rows: &Rows) -> String {
    let latest = (0..rows.known).rev().find_map(|at| Some((rows.days[at], rows.history[at]?)));
    let known = latest.map(|(day, value)| {
        format!("Sales of {} were {} in the {}.", data.subject, data.unit.full(value), in_words(data.granularity, day))
    });
    let expected: Vec<f64> = rows.mean.iter().copied().flatten().collect();
    let ahead = (!expected.is_empty()).then(|| {
        let total: f64 = expected.iter().sum();
        let periods = dates::periods(data.granularity, expected.len());
        let first = rows.known;
        let bounds = match (rows.interval80.0.get(first), rows.interval80.1.get(first)) {
            (Some(Some(low)), Some(Some(high))) => {
                format!(
                    "; the first is expected between {} and {} with a probability of 80 %",
                    data.unit.full(*low),
                    data.unit.full(*high)
                )
            }
            _ => String::new(),
        };
        format!("{} are expected over the next {periods}{bounds}.", data.unit.full(total))
    });
    let said: Vec<String> = known.into_iter().chain(ahead).collect();
    if said.is_empty() { format!("No sales of {} are known.", data.subject) } else { said.join(" ") }
}

fn in_words(granularity: Granularity, day: Day) -> String {
    match granularity {
        Granularity::Day => format!("day {}", dates::written(day)),
        Granularity::Week { .. } => dates::period(granularity, day),
        Granularity::Month => format!("month {}", dates::period(granularity, day)),
    }
}

fn table(data: &SalesAndForecast, rows: &Rows) -> ChartTable {
    let span = |(low, high): &(Vec<Option<f64>>, Vec<Option<f64>>), at: usize| match (low[at], high[at]) {
        (Some(low), Some(high)) => format!("{} to {}", data.unit.full(low), data.unit.full(high)),
        _ => "–".to_owned(),
    };
    let mut headers: Vec<String> =
        ["Period", SALES, FORECAST, "80 % interval", "95 % interval"].map(str::to_owned).into();
    headers.extend(rows.baseline.as_ref().map(|_| BASELINE.to_owned()));
    headers.extend(rows.model.as_ref().map(|_| MODEL.to_owned()));
    headers.extend(rows.last_year.as_ref().map(|_| LAST_YEAR.to_owned()));
    headers.push("Holidays".to_owned());
    let line = |at: usize| {
        let day = rows.days[at];
        let mut cells = vec![
            dates::period(data.granularity, day),
            data.unit.cell(rows.history[at]),
            data.unit.cell(rows.mean[at]),
            span(&rows.interval80, at),
            span(&rows.interval95, at),
        ];
        cells.extend(rows.baseline.as_ref().map(|values| data.unit.cell(values[at])));
        cells.extend(rows.model.as_ref().map(|values| data.unit.cell(values[at])));
        cells.extend(rows.last_year.as_ref().map(|values| data.unit.cell(values[at])));
        let names: Vec<&str> =
            data.holidays.iter().filter(|(_, end)| *end == day).map(|(name, _)| name.as_str()).collect();
        cells.push(names.join(", "));
        cells
    };
    let caption = format!("Sales and forecast of {}", data.subject);
    ChartTable { caption, headers, rows: (0..rows.days.len()).map(line).collect() }
}

#[cfg(test)]
#[path = "sales_tests.rs"]
mod tests;
