//! The sales chart: its sentences, its lengths, its bytes.

use super::*;
use aisle_domain::{Currency, Weekday};
use serde_json::Value;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn sample() -> SalesAndForecast {
    let granularity = Granularity::Week { ends: Weekday::Friday };
    let last = day("2012-10-26");
    SalesAndForecast {
        subject: "all items".to_owned(),
        unit: Unit::Money(Currency::USD),
        granularity,
        history_days: (-2..=0).map(|step| granularity.step(last, step)).collect(),
        history: vec![Some(100.0), None, Some(120.255)],
        forecast_days: (1..=2).map(|step| granularity.step(last, step)).collect(),
        mean: vec![110.0, 130.0],
        interval80: (vec![100.0, 115.0], vec![120.0, 145.0]),
        interval95: (vec![90.0, 105.0], vec![130.0, 155.0]),
        baseline: None,
        model: None,
        last_year: Some(vec![Some(90.0); 5]),
        holidays: vec![("Halloween".to_owned(), day("2012-11-02"))],
        zoom: true,
    }
}

fn option(spec: &ChartSpec) -> Value {
    serde_json::from_str(&spec.option_json).unwrap()
}

#[test]
fn it_says_what_it_shows() {
    let spec = sales_and_forecast(&sample(), &Palette::light());
    assert_eq!(
        spec.summary,
        "Sales of all items were $120.25 in the week to 26 Oct 2012. $240.00 are expected over the next 2 weeks; the first \
         is expected between $100.00 and $120.00 with a probability of 80 %."
    );
    assert_eq!(option(&spec)["aria"]["label"]["description"], spec.summary);
    let last = spec.table.rows.last().unwrap();
    assert_eq!(
        last.as_slice(),
        ["week to 9 Nov 2012", "–", "$130.00", "$115.00 to $145.00", "$105.00 to $155.00", "$90.00", ""]
    );
}

#[test]
fn the_bands_stand_on_their_lower_bounds() {
    let option = option(&sales_and_forecast(&sample(), &Palette::light()));
    let series = |id: &str| {
        option["series"].as_array().unwrap().iter().find(|s| s["id"] == id).map(|s| s["data"].clone()).unwrap()
    };
    assert_eq!(series("low:80"), serde_json::json!([null, null, null, 100.0, 115.0]));
    assert_eq!(series("band:80"), serde_json::json!([null, null, null, 20.0, 30.0]));
    assert_eq!(series("Sales"), serde_json::json!([100.0, null, 120.26, null, null]));
    assert_eq!(series("Forecast"), serde_json::json!([null, null, 120.26, 110.0, 130.0]));
}

#[test]
fn nothing_to_show_is_said() {
    let empty = SalesAndForecast {
        history_days: vec![],
        history: vec![],
        forecast_days: vec![],
        mean: vec![],
        interval80: (vec![], vec![]),
        interval95: (vec![], vec![]),
        last_year: None,
        ..sample()
    };
    let spec = sales_and_forecast(&empty, &Palette::dark());
    assert_eq!(spec.summary, "No sales of all items are known.");
    assert!(spec.table.rows.is_empty());
}
