//! The charts of one series; the ones of the forecast follow the scenario.

use super::bench::Bench;
use crate::ports::SeriesDetail;
use crate::ui::{Card, Chart};
use aisle_charts::{ChartSpec, Components, Palette, PastForecasts, SalesAndForecast, Unit};
use aisle_domain::{Currency, Measure};
use aisle_engine::SeriesForecast;
use leptos::prelude::*;

/// History and forecast with intervals; under a scenario with the baseline beside it.
#[component]
pub fn ForecastChart(
    /// The series.
    detail: StoredValue<SeriesDetail>,
    /// Scenario and outcome.
    bench: Bench,
) -> impl IntoView {
    let spec = move || {
        let changed = bench.scenario.with(|scenario| !scenario.is_baseline());
        bench.outcome.with(|outcome| {
            let forecast = outcome.as_ref().map(|outcome| &outcome.forecast);
            detail.with_value(|detail| forecast_spec(detail, forecast, changed))
        })
    };
    let first = untrack(spec);
    view! {
        <Card title="History and forecast" class="chart-card">
            <Chart spec=first live=Signal::derive(spec)/>
        </Card>
    }
}

fn forecast_spec(detail: &SeriesDetail, forecast: Option<&SeriesForecast>, changed: bool) -> ChartSpec {
    let curve = detail.curve.clone();
    let baseline = changed.then(|| curve.mean.clone());
    let mut data = SalesAndForecast {
        subject: subject(detail),
        unit: unit(detail),
        granularity: detail.shop.granularity,
        history_days: curve.history_days,
        history: curve.history,
        forecast_days: curve.forecast_days,
        mean: curve.mean,
        interval80: curve.interval80,
        interval95: curve.interval95,
        baseline,
        last_year: None,
        holidays: curve.holidays,
        zoom: true,
    };
    if let Some(forecast) = forecast {
        data.forecast_days.clone_from(&forecast.periods);
        data.mean.clone_from(&forecast.mean);
        data.interval80 = (forecast.interval80.lower.clone(), forecast.interval80.upper.clone());
        data.interval95 = (forecast.interval95.lower.clone(), forecast.interval95.upper.clone());
    }
    aisle_charts::sales_and_forecast(&data, &Palette::themed())
}

/// What the forecast is made of, under the scenario.
#[component]
pub fn ComponentsChart(
    /// The series.
    detail: StoredValue<SeriesDetail>,
    /// Scenario and outcome.
    bench: Bench,
) -> impl IntoView {
    let spec = move || {
        bench.outcome.with(|outcome| {
            detail.with_value(|detail| {
                let forecast = outcome.as_ref().map(|outcome| &outcome.forecast).or(detail.forecast.as_ref());
                components_spec(detail, forecast)
            })
        })
    };
    let first = untrack(spec);
    view! {
        <Card title="What the forecast is made of" class="chart-card">
            <Chart spec=first live=Signal::derive(spec)/>
        </Card>
    }
}

fn components_spec(detail: &SeriesDetail, forecast: Option<&SeriesForecast>) -> ChartSpec {
    let named = forecast.map(|forecast| forecast.components.named());
    let parts = named.into_iter().flatten().map(|(name, values)| (part_label(name).to_owned(), values.to_vec()));
    let data = Components {
        subject: subject(detail),
        unit: unit(detail),
        granularity: detail.shop.granularity,
        days: forecast.map(|forecast| forecast.periods.clone()).unwrap_or_default(),
        parts: parts.collect(),
    };
    aisle_charts::components(&data, &Palette::themed())
}

/// A component's name as people read it.
fn part_label(name: &str) -> &str {
    match name {
        "base" => "Level",
        "trend" => "Trend",
        "season" => "Season",
        "holiday" => "Holidays",
        "promotion" => "Promotions",
        "other" => "Other drivers",
        "growth" => "Growth assumed",
        other => other,
    }
}

/// Forecasts made at earlier origins, with what came.
#[component]
pub fn PastChart(
    /// The series.
    detail: StoredValue<SeriesDetail>,
) -> impl IntoView {
    let spec = detail.with_value(|detail| {
        let made = detail.past.iter().cloned().map(|past| aisle_charts::PastForecast {
            origin: past.origin,
            days: past.days,
            forecast: past.forecast,
            actual: past.actual,
            wape: past.wape,
        });
        let data = PastForecasts {
            subject: subject(detail),
            unit: unit(detail),
            granularity: detail.shop.granularity,
            forecasts: made.collect(),
        };
        aisle_charts::past_forecasts(&data, &Palette::themed())
    });
    view! { <Chart spec=spec/> }
}

fn subject(detail: &SeriesDetail) -> String {
    format!("{} at {}", detail.row.item, detail.row.location)
}

fn unit(detail: &SeriesDetail) -> Unit {
    match detail.measure {
        Measure::Revenue => Unit::Money(detail.shop.currency.unwrap_or(Currency::USD)),
        Measure::Quantity => Unit::Quantity,
    }
}
