//! The charts that follow the scenario.

use super::Subject;
use super::bench::Bench;
use crate::islands::chart::{LiveChart, Picture};
use aisle_charts::{Components, SalesAndForecast, components_values, sales_and_forecast_values};
use aisle_engine::SeriesForecast;
use aisle_engine::overrides::carried;
use leptos::prelude::*;

/// History and forecast with intervals; under a scenario with the baseline beside it.
#[component]
pub(super) fn ForecastChart(
    /// The series.
    subject: StoredValue<Subject>,
    /// The chart as the server drew it.
    picture: Picture,
    /// Scenario and outcome.
    bench: Bench,
) -> impl IntoView {
    let values = Memo::new(move |_| {
        let changed = bench.scenario.with(|scenario| !scenario.is_baseline());
        bench.outcome.with(|outcome| {
            let forecast = outcome.as_ref().map(|outcome| &outcome.forecast);
            subject.with_value(|subject| {
                let mut data = forecast_data(subject, forecast);
                data.baseline = changed.then(|| subject.curve.mean.clone());
                sales_and_forecast_values(&data)
            })
        })
    });
    view! { <section class="card chart-card"><h2>"History and forecast"</h2><LiveChart picture values/></section> }
        .into_any()
}

/// The data of that chart; the baseline has its place in it but no values.
pub fn forecast_data(subject: &Subject, forecast: Option<&SeriesForecast>) -> SalesAndForecast {
    let curve = subject.curve.clone();
    let mut data = SalesAndForecast {
        subject: subject.name.clone(),
        unit: subject.chart_unit,
        granularity: subject.granularity,
        history_days: curve.history_days,
        history: curve.history,
        forecast_days: curve.forecast_days,
        mean: curve.mean,
        interval80: curve.interval80,
        interval95: curve.interval95,
        baseline: Some(Vec::new()),
        model: None,
        last_year: None,
        holidays: curve.holidays,
        zoom: true,
    };
    if let Some(forecast) = forecast {
        data.forecast_days.clone_from(&forecast.periods);
        data.mean.clone_from(&forecast.mean);
        data.interval80 = (forecast.interval80.lower.clone(), forecast.interval80.upper.clone());
        data.interval95 = (forecast.interval95.lower.clone(), forecast.interval95.upper.clone());
        if let Some(model) = &subject.curve.model {
            // What a scenario does to the model it does to the forecast with the overrides, in proportion.
            let under = |values: &[f64]| carried(model, &subject.curve.mean, values);
            data.model = Some(forecast.mean.clone());
            let (low80, high80) = &mut data.interval80;
            let (low95, high95) = &mut data.interval95;
            for values in [&mut data.mean, low80, high80, low95, high95] {
                *values = under(values);
            }
        }
    }
    data
}

/// What the forecast is made of, under the scenario.
#[component]
pub(super) fn ComponentsChart(
    /// The series.
    subject: StoredValue<Subject>,
    /// The chart as the server drew it.
    picture: Picture,
    /// Scenario and outcome.
    bench: Bench,
) -> impl IntoView {
    let values = Memo::new(move |_| {
        bench.outcome.with(|outcome| {
            let forecast = outcome.as_ref().map(|outcome| &outcome.forecast);
            subject.with_value(|subject| components_values(&components_data(subject, forecast)))
        })
    });
    view! { <section class="card chart-card"><h2>"What the forecast is made of"</h2><LiveChart picture values/></section> }
        .into_any()
}

/// The data of that chart.
pub fn components_data(subject: &Subject, forecast: Option<&SeriesForecast>) -> Components {
    let named = forecast.map(|forecast| forecast.components.named());
    let parts = named.into_iter().flatten().map(|(name, values)| (part_label(name).to_owned(), values.to_vec()));
    Components {
        subject: subject.name.clone(),
        unit: subject.chart_unit,
        granularity: subject.granularity,
        days: forecast.map(|forecast| forecast.periods.clone()).unwrap_or_default(),
        parts: parts.collect(),
    }
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
