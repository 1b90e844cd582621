//! A location that is shut sells nothing, and its days open sell what they would have.
#![expect(clippy::unwrap_used, reason = "tests state facts; a wrong one may panic")]

use aisle_domain::{CalendarEvent, Day, Granularity, ItemId, LocationId, Measure, SeriesKey, Weekday};
use aisle_engine::{Scenario, score, score_totals};
use aisle_training::closures::{as_if_open, shut};
use aisle_training::{FitParameters, Panel, PanelParts, PanelSeries, fit};

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// Three items at two locations, 120 weeks with a season.
fn artefact() -> aisle_engine::Artefact {
    let week = Granularity::Week { ends: Weekday::Sunday };
    let mut series = Vec::new();
    for place in ["north", "south"] {
        for (number, item) in ["a", "b", "c"].into_iter().enumerate() {
            let key = SeriesKey { location: LocationId::new(place).unwrap(), item: ItemId::new(item).unwrap() };
            let value = |week: i32| {
                let turn = f64::from(week) / 52.0 * std::f64::consts::TAU;
                100.0 + 20.0 * number as f64 + 10.0 * turn.sin() + f64::from(week * 7 % 5)
            };
            series.push(PanelSeries { key, values: (0..120).map(value).collect(), group: item.to_owned() });
        }
    }
    let panel = Panel::new(PanelParts {
        data_version: "v".to_owned(),
        measure: Measure::Quantity,
        granularity: week,
        currency: None,
        ends: (0..120).map(|step| week.step(day("2020-01-05"), step)).collect(),
        series,
        drivers: Vec::new(),
        locations: Vec::new(),
        events: Vec::new(),
    })
    .unwrap();
    let parameters = FitParameters { horizon: 8, ..FitParameters::default() }.check().unwrap();
    fit(&panel, &parameters, &|_| {}, &|| false).unwrap().artefact
}

#[test]
fn forecasts_are_cut_to_the_open_days_of_their_location() {
    let before = artefact();
    let ends = before.periods();
    let closed = |from: i32, to: i32, place: Option<&str>| CalendarEvent {
        name: "Works".to_owned(),
        first: ends[2].plus(from),
        last: ends[2].plus(to),
        location: place.map(|place| LocationId::new(place).unwrap()),
    };
    // North: the third week throughout, and two days of the fourth.
    let after = shut(before.clone(), &[closed(-6, 2, Some("north"))]).unwrap();
    for index in 0..before.series().len() {
        let was = score(&before, index, &Scenario::default()).unwrap();
        let is = score(&after, index, &Scenario::default()).unwrap();
        let north = was.key.location.as_str() == "north";
        for step in 0..8 {
            let share = match (north, step) {
                (true, 2) => 0.0,
                (true, 3) => 5.0 / 7.0,
                _ => 1.0,
            };
            let (expected, found) = (was.mean[step] * share, is.mean[step]);
            assert!((expected - found).abs() < 1e-3, "{} step {step}: {found}, expected {expected}", was.key);
            assert!(found >= 0.0);
        }
    }
    let total = score_totals(&after, None, &Scenario::default()).unwrap();
    let was = score_totals(&before, None, &Scenario::default()).unwrap();
    assert!(total.mean[2] < was.mean[2] && (total.mean[1] - was.mean[1]).abs() < 1e-6);
}

#[test]
fn what_is_past_or_beyond_the_horizon_changes_nothing() {
    let before = artefact();
    let event = |first: &str, last: &str| CalendarEvent {
        name: "Works".to_owned(),
        first: day(first),
        last: day(last),
        location: None,
    };
    let after = shut(before.clone(), &[event("2020-03-01", "2020-03-20"), event("2035-01-01", "2035-02-01")]).unwrap();
    assert_eq!(before.hash(), after.hash());
}

#[test]
fn history_is_laid_out_as_if_it_had_been_open() {
    assert!((as_if_open(50.0, 5.0 / 7.0) - 70.0).abs() < 1e-9);
    assert!(as_if_open(0.0, 0.0).is_nan(), "nothing is known of demand on closed days");
    assert_eq!(as_if_open(12.0, 1.0), 12.0);
}
