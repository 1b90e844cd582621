//! Whatever lengths and values come in, every series has one value for each place on its axis, and nothing panics.
#![expect(clippy::unwrap_used, reason = "a test states facts; a wrong one may panic")]

use aisle_charts::*;
use aisle_domain::{Day, Granularity};
use proptest::prelude::*;
use serde_json::Value;

fn values() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(prop_oneof![any::<f64>(), -1e6..1e6], 0..20)
}

fn days(from: i32, count: usize) -> Vec<Day> {
    (0..count).map(|step| Day::from_epoch_days(from + step as i32)).collect()
}

fn every_series_fits(spec: &ChartSpec) -> Result<(), TestCaseError> {
    let option: Value = serde_json::from_str(&spec.option_json).unwrap();
    let places = ["xAxis", "yAxis"].iter().find_map(|axis| option[axis]["data"].as_array()).map_or(0, Vec::len);
    for series in option["series"].as_array().unwrap() {
        prop_assert_eq!(series["data"].as_array().map_or(0, Vec::len), places);
    }
    prop_assert!(spec.table.rows.iter().all(|row| row.len() == spec.table.headers.len()));
    Ok(())
}

proptest! {
    #[test]
    fn sales(known in 0usize..20, ahead in 0usize..20, history in values(), mean in values(), low in values(), high in values(), zoom: bool) {
        let data = SalesAndForecast {
            subject: "all".to_owned(), unit: Unit::Quantity, granularity: Granularity::Day,
            history_days: days(15_000, known), history: history.iter().copied().map(Some).collect(),
            forecast_days: days(15_000 + known as i32, ahead), mean: mean.clone(),
            interval80: (low.clone(), high.clone()), interval95: (low.clone(), mean.clone()),
            baseline: Some(high.clone()), model: Some(high), last_year: Some(history.into_iter().map(Some).collect()),
            holidays: vec![("New Year".to_owned(), Day::from_epoch_days(15_003))], zoom,
        };
        every_series_fits(&sales_and_forecast(&data, &Palette::light()))?;
    }

    #[test]
    fn the_others(periods in 0usize..20, first in values(), second in values()) {
        let palette = Palette::dark();
        let parts = vec![("a".to_owned(), first.clone()), ("b".to_owned(), second.clone())];
        let bars: Vec<(String, f64)> = first.iter().map(|value| (value.to_string(), *value)).collect();
        let moved = first.iter().zip(&second).map(|(a, b)| (a.to_string(), *a, *b)).collect();
        let past = PastForecast {
            origin: Day::from_epoch_days(0), days: days(1, periods), forecast: first.clone(),
            actual: second.iter().copied().map(Some).collect(), wape: 0.1,
        };
        let named = |bars| Bars { title: "t".to_owned(), named_by: "n".to_owned(), measured: "m".to_owned(), unit: Unit::Share, bars };
        for spec in [
            components(&Components { subject: "s".to_owned(), unit: Unit::Count, granularity: Granularity::Month, days: days(0, periods), parts }, &palette),
            accuracy(&named(bars.clone()), &palette),
            totals_by_category(&named(bars), &palette),
            movers(&Movers { title: "t".to_owned(), unit: Unit::Count, movers: moved }, &palette),
            sparkline("s", &first.iter().copied().map(Some).collect::<Vec<_>>(), Unit::Quantity, &palette),
            histogram(&Histogram { column: "c".to_owned(), bins: second.iter().map(|v| (v.to_string(), 7)).collect() }, &palette),
            past_forecasts(&PastForecasts { subject: "s".to_owned(), unit: Unit::Count, granularity: Granularity::Day, forecasts: vec![past] }, &palette),
        ] {
            every_series_fits(&spec)?;
        }
    }
}
