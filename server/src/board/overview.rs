//! The overview of a board: tiles, curve, movers, accuracy, for the whole shop or a part of it.

use super::figures::{relative, window};
use super::overridden::{Expectation, expectation};
use super::{Board, Sheet};
use aisle_app::ports::{Amount, Change, Mover, Overview, OverviewQuery, SalesCurve, Tile};
use aisle_app::ui::format;
use aisle_domain::{Currency, Day, Measure, Money, Quantity};
use aisle_engine::{Scenario, Totals};

const MOVERS: usize = 6;

/// Makes the overview.
pub(super) fn overview(board: &Board, query: &OverviewQuery) -> Overview {
    let found = board.sheet(query.measure);
    let measure = found.map_or(Measure::Revenue, |(measure, _)| measure);
    let empty = || Overview {
        shop: board.shop.clone(),
        measure,
        tiles: Vec::new(),
        curve: None,
        rising: Vec::new(),
        falling: Vec::new(),
        accuracy: Vec::new(),
    };
    let Some((_, sheet)) = found else { return empty() };
    let chosen = choose(sheet, query);
    let part = Part { board, sheet, measure, totals: totals(sheet, &chosen), forecast: forecast(sheet, &chosen) };
    let (rising, falling) = part.movers(&chosen);
    let history = query
        .history
        .map_or_else(|| board.shop.granularity.usual_history(), |periods| (periods as usize).clamp(4, 2_000));
    Overview {
        tiles: part.tiles(&chosen),
        curve: Some(part.curve(history)),
        rising,
        falling,
        accuracy: sheet.live.as_ref().map(|live| live.accuracy.clone()).unwrap_or_default(),
        ..empty()
    }
}

/// Positions of the series that the query's filters let through.
pub(crate) fn choose(sheet: &Sheet, query: &OverviewQuery) -> Vec<usize> {
    let fits = |index: &usize| {
        let row = &sheet.rows[*index];
        query.location.as_ref().is_none_or(|location| row.key.location.as_str() == location)
            && query.category.as_ref().is_none_or(|category| row.category.as_ref() == Some(category))
    };
    (0..sheet.rows.len()).filter(fits).collect()
}

/// Sums by period over some series; `None` where none of them has a value.
pub(crate) fn totals(sheet: &Sheet, chosen: &[usize]) -> Vec<Option<i64>> {
    let mut sums = vec![None; sheet.panel.ends.len()];
    for index in chosen {
        for (sum, value) in sums.iter_mut().zip(&sheet.panel.values[*index]) {
            if let Some(value) = value {
                *sum = Some(sum.unwrap_or(0) + value);
            }
        }
    }
    sums
}

/// The live forecast of the sum of some series, overrides included.
pub(crate) fn forecast(sheet: &Sheet, chosen: &[usize]) -> Option<Expectation> {
    let live = sheet.live.as_ref()?;
    let scenario = Scenario::default();
    if chosen.len() == sheet.rows.len() {
        return expectation(sheet, None, &scenario).ok().flatten();
    }
    let indices: Vec<usize> = chosen.iter().filter_map(|index| live.artefact.find(&sheet.rows[*index].key)).collect();
    expectation(sheet, Some(&indices), &scenario).ok().flatten()
}

struct Part<'a> {
    board: &'a Board,
    sheet: &'a Sheet,
    measure: Measure,
    totals: Vec<Option<i64>>,
    forecast: Option<Expectation>,
}

/// A sum of minor units as an amount of the measure.
pub(crate) fn amount(measure: Measure, currency: Option<Currency>, value: i64) -> Amount {
    match (measure, currency) {
        (Measure::Revenue, Some(currency)) => Amount::Money(Money { minor: value, currency }),
        _ => Amount::Quantity(Quantity(value)),
    }
}

impl Part<'_> {
    fn amount(&self, value: i64) -> Amount {
        amount(self.measure, self.board.shop.currency, value)
    }

    fn in_major_units(&self, value: f64) -> Amount {
        self.amount((value * self.sheet.unit).round() as i64)
    }

    fn tiles(&self, chosen: &[usize]) -> Vec<Tile> {
        let granularity = self.board.shop.granularity;
        let (period, year, quarter) = (granularity.word(), granularity.year_back(), granularity.recent());
        let what = self.measure.name();
        let trend: Vec<f64> = self
            .totals
            .iter()
            .rev()
            .take(granularity.sparkline())
            .rev()
            .map(|v| v.unwrap_or(0) as f64 / self.sheet.unit)
            .collect();
        let last_day = self.board.last_period.map_or(String::new(), |day| format!(" that ended on {day}"));
        let mut tiles = vec![
            Tile {
                explanation: format!("{what} of the {period}{last_day}: sales less returns, without charges"),
                trend: trend.clone(),
                ..self.sum_tile(
                    format!("Last {period}"),
                    1,
                    &[(1, format!("previous {period}")), (year, format!("same {period} last year"))],
                )
            },
            Tile {
                explanation: format!("{what} of the last {quarter} {period}s: sales less returns, without charges"),
                trend: trend.iter().rev().take(quarter).rev().copied().collect(),
                ..self.sum_tile(
                    format!("Last {quarter} {period}s"),
                    quarter,
                    &[(quarter, format!("{quarter} {period}s before")), (year, "same last year".to_owned())],
                )
            },
        ];
        tiles.push(self.forecast_tile(period, year));
        tiles.push(self.error_tile(period));
        let selling =
            |index: &&usize| window(&self.sheet.panel.values[**index], 0, quarter).is_some_and(|sum| sum != 0);
        tiles.push(Tile {
            label: "Selling series".to_owned(),
            value: Some(Amount::Count(chosen.iter().filter(selling).count() as i64)),
            changes: Vec::new(),
            explanation: format!(
                "items by location with sales in the last {quarter} {period}s, of {} in all",
                chosen.len()
            ),
            trend: Vec::new(),
        });
        tiles
    }

    fn sum_tile(&self, label: String, count: usize, against: &[(usize, String)]) -> Tile {
        let now = window(&self.totals, 0, count);
        let changes = against.iter().map(|(back, against)| Change {
            against: against.clone(),
            relative: now
                .zip(window(&self.totals, *back, count))
                .and_then(|(new, old)| relative(new as f64, old as f64)),
            up_is_good: true,
        });
        let changes = changes.collect();
        Tile { label, value: now.map(|sum| self.amount(sum)), changes, explanation: String::new(), trend: Vec::new() }
    }

    fn forecast_tile(&self, period: &str, year: usize) -> Tile {
        let quarter = self.board.shop.granularity.recent();
        let totals = self.forecast.as_ref().map(|forecast| &forecast.totals);
        let steps = totals.map_or(quarter, |totals| totals.mean.len().min(quarter));
        let expected: Option<f64> = totals.map(|totals| totals.mean.iter().take(steps).sum());
        let model = self.forecast.as_ref().and_then(|forecast| forecast.model.as_ref());
        let by = match model.map(|model| model.iter().take(steps).sum::<f64>()) {
            Some(model) => format!(
                "by the live model and the planners' overrides; the model alone expects {}",
                format::amount(self.in_major_units(model))
            ),
            None => "by the live model".to_owned(),
        };
        let before = year.checked_sub(steps).and_then(|back| window(&self.totals, back, steps));
        let change = expected.zip(before).and_then(|(new, old)| relative(new, old as f64 / self.sheet.unit));
        Tile {
            label: format!("Forecast, next {steps} {period}s"),
            value: expected.map(|sum| self.in_major_units(sum)),
            changes: vec![Change { against: "same last year".to_owned(), relative: change, up_is_good: true }],
            explanation: format!("expected {} of the {steps} {period}s to come, {by}", self.measure.name()),
            trend: totals.map(|totals| totals.mean.iter().take(steps).copied().collect()).unwrap_or_default(),
        }
    }

    fn error_tile(&self, period: &str) -> Tile {
        let accuracy = self
            .sheet
            .live
            .as_ref()
            .and_then(|live| live.accuracy.iter().find(|a| a.model == "chosen").or(live.accuracy.first()));
        Tile {
            label: "Forecast error".to_owned(),
            value: accuracy.map(|accuracy| Amount::Share(accuracy.wape)),
            changes: Vec::new(),
            explanation: format!(
                "WAPE by series and {period} over the backtest's origins: sum of absolute errors by sum of sales"
            ),
            trend: Vec::new(),
        }
    }

    fn curve(&self, history: usize) -> SalesCurve {
        let skip = self.totals.len().saturating_sub(history);
        curve(self.board, self.sheet, &self.totals[skip..], skip, self.forecast.as_ref().map(Expected::of_sum), None)
    }

    fn movers(&self, chosen: &[usize]) -> (Vec<Mover>, Vec<Mover>) {
        let granularity = self.board.shop.granularity;
        let (year, periods) = (granularity.year_back(), granularity.moving());
        let mut moved: Vec<Mover> = chosen
            .iter()
            .filter_map(|index| {
                let values = &self.sheet.panel.values[*index];
                let recent = window(values, 0, periods)?;
                let before = window(values, year, periods).or_else(|| window(values, periods, periods))?;
                let row = &self.sheet.rows[*index];
                Some(Mover {
                    key: row.key.to_string(),
                    label: format!("{} · {}", row.item, row.location),
                    recent: self.amount(recent),
                    before: self.amount(before),
                    difference: (recent - before) as f64 / self.sheet.unit,
                    why: None,
                })
            })
            .collect();
        moved.sort_by(|a, b| b.difference.total_cmp(&a.difference).then_with(|| a.key.cmp(&b.key)));
        let falling = moved.iter().rev().filter(|mover| mover.difference < 0.0).take(MOVERS).cloned().collect();
        moved.truncate(MOVERS);
        moved.retain(|mover| mover.difference > 0.0);
        (moved, falling)
    }
}

/// A forecast as a curve takes it.
pub(crate) struct Expected<'a> {
    pub(crate) days: &'a [Day],
    pub(crate) mean: &'a [f64],
    /// What the model says by itself, where overrides change it.
    pub(crate) model: Option<&'a [f64]>,
    pub(crate) interval80: (&'a [f64], &'a [f64]),
    pub(crate) interval95: (&'a [f64], &'a [f64]),
}

impl<'a> Expected<'a> {
    fn of_sum(expectation: &'a Expectation) -> Self {
        let totals: &Totals = &expectation.totals;
        Self {
            days: &totals.periods,
            mean: &totals.mean,
            model: expectation.model.as_deref(),
            interval80: (&totals.interval80.lower, &totals.interval80.upper),
            interval95: (&totals.interval95.lower, &totals.interval95.upper),
        }
    }
}

/// History from position `skip` of the panel, the forecast after it, and the holidays in between.
pub(crate) fn curve(
    board: &Board,
    sheet: &Sheet,
    history: &[Option<i64>],
    skip: usize,
    expected: Option<Expected<'_>>,
    location: Option<&aisle_domain::LocationId>,
) -> SalesCurve {
    let days: Vec<Day> = sheet.panel.ends[skip..].to_vec();
    let owned = |(lower, upper): (&[f64], &[f64])| (lower.to_vec(), upper.to_vec());
    let forecast_days: Vec<Day> = expected.as_ref().map(|e| e.days.to_vec()).unwrap_or_default();
    let granularity = board.shop.granularity;
    let shown = days.first().zip(forecast_days.last().or(days.last()));
    let mut holidays: Vec<(String, Day)> = Vec::new();
    if let Some((first, last)) = shown {
        let here = |event: &&aisle_domain::CalendarEvent| {
            event.last >= *first
                && event.first <= *last
                && event.location.as_ref().is_none_or(|at| location.is_none_or(|l| l == at))
        };
        holidays = board.events.iter().filter(here).map(|e| (e.name.clone(), granularity.end_of(e.last))).collect();
        holidays.sort_by(|a, b| a.1.cmp(&b.1).then_with(|| a.0.cmp(&b.0)));
        holidays.dedup();
    }
    SalesCurve {
        history: history.iter().map(|value| value.map(|value| value as f64 / sheet.unit)).collect(),
        history_days: days,
        mean: expected.as_ref().map(|e| e.mean.to_vec()).unwrap_or_default(),
        model: expected.as_ref().and_then(|e| e.model.map(<[f64]>::to_vec)),
        interval80: expected.as_ref().map(|e| owned(e.interval80)).unwrap_or_default(),
        interval95: expected.as_ref().map(|e| owned(e.interval95)).unwrap_or_default(),
        forecast_days,
        holidays,
    }
}
