//! The charts of one series.

use super::bench::Bench;
use crate::ports::{SeriesDetail, ShopView};
use aisle_domain::Measure;
use leptos::prelude::*;

/// History and forecast.
#[component]
pub fn ForecastChart(detail: SeriesDetail, bench: Bench) -> impl IntoView {
    let _ = (detail, bench);
}

/// Components.
#[component]
pub fn ComponentsChart(bench: Bench, measure: Measure, shop: ShopView) -> impl IntoView {
    let _ = (bench, measure, shop);
}

/// Past forecasts.
#[component]
pub fn PastChart(detail: SeriesDetail) -> impl IntoView {
    let _ = detail;
}
