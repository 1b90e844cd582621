//! Values made anew are the ones that the whole chart has.

use aisle_charts::{ChartSpec, ChartValues, Components, Palette, SalesAndForecast, Unit};
use aisle_charts::{components, components_values, sales_and_forecast, sales_and_forecast_values};
use aisle_domain::{Currency, Day, Granularity};
use proptest::prelude::*;
use serde_json::Value;

fn days(from: i32, count: usize) -> Vec<Day> {
    (from..).take(count).map(Day::from_epoch_days).collect()
}

/// Each series of the option has the values that go by its id or name; sentence and table are the same.
fn same(spec: &ChartSpec, values: &ChartValues) -> Result<(), TestCaseError> {
    let option: Value = serde_json::from_str(&spec.option_json).expect("an option is JSON");
    for series in option["series"].as_array().into_iter().flatten() {
        let name = series["id"].as_str().or(series["name"].as_str()).expect("a series has a name");
        let (_, anew) = values.series.iter().find(|(known, _)| known == name).expect("its values");
        let drawn: Vec<Option<f64>> = series["data"].as_array().into_iter().flatten().map(Value::as_f64).collect();
        prop_assert_eq!(&drawn, anew, "{}", name);
    }
    prop_assert_eq!((&spec.summary, &spec.table), (&values.summary, &values.table));
    Ok(())
}

fn numbers() -> impl Strategy<Value = Vec<f64>> {
    proptest::collection::vec(-1e6..1e6f64, 0..9)
}

proptest! {
    #[test]
    fn sales_and_forecast_have_them(
        history in proptest::collection::vec(proptest::option::of(-1e6..1e6f64), 0..9),
        mean in numbers(), low in numbers(), high in numbers(), baseline in proptest::option::of(numbers()),
    ) {
        let data = SalesAndForecast {
            subject: "s".to_owned(),
            unit: Unit::Money(Currency::USD),
            granularity: Granularity::Day,
            history_days: days(0, history.len()),
            forecast_days: days(history.len() as i32, mean.len()),
            history,
            interval80: (low.clone(), high.clone()),
            interval95: (high, low),
            mean,
            model: baseline.clone(),
            baseline,
            last_year: None,
            holidays: vec![],
            zoom: true,
        };
        same(&sales_and_forecast(&data, &Palette::light()), &sales_and_forecast_values(&data))?;
    }

    #[test]
    fn components_have_them(parts in proptest::collection::vec(numbers(), 0..5), periods in 0usize..9) {
        let named = parts.into_iter().enumerate().map(|(at, values)| (format!("part {at}"), values));
        let zero = ("nothing".to_owned(), vec![0.0; periods]);
        let data = Components {
            subject: "s".to_owned(),
            unit: Unit::Quantity,
            granularity: Granularity::Month,
            days: days(0, periods),
            parts: named.chain([zero]).collect(),
        };
        let (spec, values) = (components(&data, &Palette::light()), components_values(&data));
        same(&spec, &values)?;
        prop_assert!(!spec.table.headers.contains(&"nothing".to_owned()));
    }
}
