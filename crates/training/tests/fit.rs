//! The whole way from a panel to an artefact, on made-up shops whose truth is known.
#![expect(clippy::unwrap_used, reason = "tests state facts; a wrong one may panic")]

use aisle_domain::{CalendarEvent, Currency, Day, Granularity, ItemId, LocationId, Measure, SeriesKey, Weekday};
use aisle_engine::{DriverChange, DriverKind, EventChange, ModelKind, Scenario, score, score_totals};
use aisle_training::{
    FitOutcome, FitParameters, Panel, PanelDriver, PanelLocation, PanelParts, PanelSeries, Progress, TrainingError, fit,
};
use std::sync::atomic::{AtomicUsize, Ordering};

const WEEKS: usize = 150;
const HORIZON: usize = 30;
/// True change of ln(sales) per dollar of fuel.
const FUEL: f64 = -0.15;

fn key(location: &str, item: &str) -> SeriesKey {
    SeriesKey { location: LocationId::new(location).unwrap(), item: ItemId::new(item).unwrap() }
}

/// Noise without a random source: a shuffled lattice.
fn noise(seed: usize) -> f64 {
    ((seed * 7_919 + 104_729) % 1_009) as f64 / 1_009.0 - 0.5
}

fn fuel(week: usize) -> f64 {
    3.0 + (week as f64 / 9.0).sin() * 0.6 + noise(week) * 0.3
}

fn fair(granularity: Granularity, first: Day) -> Vec<usize> {
    let days = ["2010-06-18", "2011-06-17", "2012-06-22", "2013-06-21"];
    let weeks = days.map(|day| granularity.steps_between(first, granularity.end_of(Day::parse(day).unwrap())) as usize);
    weeks.to_vec()
}

fn parts() -> PanelParts {
    let granularity = Granularity::Week { ends: Weekday::Friday };
    let first = Day::parse("2010-02-05").unwrap();
    let fairs = fair(granularity, first);
    let mut series = Vec::new();
    for store in 0..8 {
        let level = 500.0 + 400.0 * f64::from(store);
        let value = |week: usize| {
            let season = 0.3 * (std::f64::consts::TAU * week as f64 / 52.18).sin();
            let event = if fairs.contains(&week) { 0.7 } else { 0.0 };
            let log = season + event + FUEL * (fuel(week) - 3.0) + 0.05 * noise(week * 13 + store as usize);
            level * log.exp()
        };
        series.push(PanelSeries {
            key: key(&store.to_string(), "full"),
            values: (0..WEEKS).map(value).collect(),
            group: "full".to_owned(),
        });
    }
    let mut odd =
        |item: &str, values: Vec<f64>| series.push(PanelSeries { key: key("0", item), values, group: item.to_owned() });
    let from = |start: usize, value: f64| (0..WEEKS).map(|week| if week < start { f64::NAN } else { value }).collect();
    odd("new", from(WEEKS - 2, 12.0));
    odd("single", (0..WEEKS).map(|week| if week == 40 { 9.0 } else { f64::NAN }).collect());
    odd("empty", from(WEEKS, 0.0));
    odd("zero", from(0, 0.0));
    odd("dead", (0..WEEKS).map(|week| if week < 60 { 100.0 } else { f64::NAN }).collect());
    odd("returns", (0..WEEKS).map(|week| if week % 9 == 0 { -40.0 } else { 30.0 }).collect());
    odd("huge", (0..WEEKS).map(|week| if week == 100 { 1e12 } else { 1.0 }).collect());
    let event = |week: &usize| {
        let end = granularity.step(first, *week as i32);
        CalendarEvent { name: "Fair".to_owned(), first: end.plus(-6), last: end, location: None }
    };
    let place = |store: usize| PanelLocation {
        location: LocationId::new(store.to_string()).unwrap(),
        drivers: vec![(0..WEEKS + HORIZON).map(fuel).collect()],
    };
    PanelParts {
        data_version: "made-up".to_owned(),
        measure: Measure::Revenue,
        granularity,
        currency: Some(Currency::EUR),
        ends: (0..WEEKS as i32).map(|week| granularity.step(first, week)).collect(),
        series,
        drivers: vec![PanelDriver { name: "Fuel".to_owned(), kind: DriverKind::Other }],
        locations: (0..8).map(place).collect(),
        events: fairs.iter().map(event).collect(),
    }
}

fn fitted(threads: usize) -> FitOutcome {
    let parameters = FitParameters { horizon: HORIZON, threads, ..FitParameters::default() }.check().unwrap();
    fit(&Panel::new(parts()).unwrap(), &parameters, &|_| {}, &|| false).unwrap()
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let (one, four) = (fitted(1), fitted(4));
    assert_eq!(one.artefact.to_bytes().unwrap(), four.artefact.to_bytes().unwrap());
    assert_eq!(one.report, four.report);
}

#[test]
fn odd_series_get_safe_forecasts() {
    let artefact = fitted(2).artefact;
    for (item, expected) in [("new", 12.0), ("empty", 0.0), ("single", 0.0), ("zero", 0.0), ("dead", 0.0)] {
        let index = artefact.find(&key("0", item)).unwrap();
        let forecast = score(&artefact, index, &Scenario::default()).unwrap();
        // A series of zeros has a season of zeros: any model will do.
        assert!(item == "zero" || artefact.series()[index].model == ModelKind::Fallback, "{item}");
        assert!(forecast.mean.iter().all(|mean| (mean - expected).abs() < 1e-3), "{item}: {:?}", forecast.mean);
    }
    for item in ["returns", "huge"] {
        let forecast = score(&artefact, artefact.find(&key("0", item)).unwrap(), &Scenario::default()).unwrap();
        assert!(forecast.mean.iter().all(|mean| mean.is_finite()), "{item}");
    }
}

#[test]
fn a_known_driver_effect_is_found_and_applied() {
    let artefact = fitted(2).artefact;
    let index = artefact.find(&key("3", "full")).unwrap();
    let dearer = Scenario {
        drivers: [("Fuel".to_owned(), DriverChange { times: 1.0, add: 1.0 })].into(),
        ..Scenario::default()
    };
    let base = score(&artefact, index, &Scenario::default()).unwrap().mean;
    let changed = score(&artefact, index, &dearer).unwrap().mean;
    for (changed, base) in changed.iter().zip(&base) {
        assert!(((changed / base).ln() - FUEL).abs() < 0.03, "{} for a true effect of {FUEL}", (changed / base).ln());
    }
}

#[test]
fn a_known_event_is_found_and_can_be_cancelled() {
    let artefact = fitted(2).artefact;
    let index = artefact.find(&key("5", "full")).unwrap();
    let week = artefact.periods().iter().position(|end| end.to_string() == "2013-06-21").unwrap();
    let without = Scenario { events: [("Fair".to_owned(), EventChange::Cancelled)].into(), ..Scenario::default() };
    let base = score(&artefact, index, &Scenario::default()).unwrap();
    let cancelled = score(&artefact, index, &without).unwrap();
    let ratio = base.mean[week] / cancelled.mean[week];
    assert!((1.6..2.6).contains(&ratio), "{ratio} where the truth is {}", 0.7f64.exp());
    assert_eq!(base.mean[0], cancelled.mean[0]);
}

#[test]
fn the_forecast_comes_close_to_the_truth_and_totals_add_up() {
    let FitOutcome { artefact, report } = fitted(2);
    let full = report.series.iter().filter(|series| series.key.item.as_str() == "full");
    assert!(full.clone().count() == 8 && full.clone().all(|series| series.wape.is_some_and(|wape| wape < 0.1)));
    assert!(full.clone().all(|series| series.past.len() == 26));
    let totals = score_totals(&artefact, None, &Scenario::default()).unwrap();
    let sum: f64 =
        (0..artefact.series().len()).map(|i| score(&artefact, i, &Scenario::default()).unwrap().mean[3]).sum();
    assert!((totals.mean[3] - sum).abs() < 1e-6 * sum);
    assert_eq!(artefact.header().data_version, "made-up");
}

#[test]
fn a_fit_can_be_cancelled_and_tells_its_progress() {
    let panel = Panel::new(parts()).unwrap();
    let parameters = FitParameters { threads: 1, ..FitParameters::default() }.check().unwrap();
    let groups = AtomicUsize::new(0);
    let told = |progress: Progress| {
        assert!(progress.done <= progress.total);
        groups.fetch_add(1, Ordering::Relaxed);
    };
    let outcome = fit(&panel, &parameters, &told, &|| groups.load(Ordering::Relaxed) >= 2);
    assert_eq!(outcome.err(), Some(TrainingError::Cancelled));
    assert_eq!(groups.load(Ordering::Relaxed), 2);
}

#[test]
fn short_daily_and_monthly_panels_are_fitted_too() {
    for (granularity, periods) in
        [(Granularity::Day, 45), (Granularity::Month, 30), (Granularity::Month, 1), (Granularity::Day, 500)]
    {
        let first = granularity.end_of(Day::parse("2011-01-01").unwrap());
        let mut shop = parts();
        shop.granularity = granularity;
        shop.ends = (0..periods).map(|step| granularity.step(first, step)).collect();
        shop.locations.clear();
        shop.series.truncate(3);
        for series in &mut shop.series {
            series.values = (0..periods).map(|t| 100.0 + 30.0 * f64::from(t % 7) + noise(t as usize)).collect();
        }
        let parameters = FitParameters { horizon: 14, ..FitParameters::default() }.check().unwrap();
        let outcome = fit(&Panel::new(shop).unwrap(), &parameters, &|_| {}, &|| false).unwrap();
        let totals = score_totals(&outcome.artefact, None, &Scenario::default()).unwrap();
        assert!(totals.mean.iter().all(|mean| mean.is_finite() && *mean >= 0.0));
    }
}

#[test]
fn panels_that_contradict_themselves_are_refused() {
    let spoil = |spoil: fn(&mut PanelParts)| {
        let mut shop = parts();
        spoil(&mut shop);
        Panel::new(shop).is_err()
    };
    assert!(spoil(|shop| shop.ends.clear()));
    assert!(spoil(|shop| shop.ends.swap(0, 1)));
    assert!(spoil(|shop| shop.series[0].values.truncate(3)));
    assert!(spoil(|shop| shop.series[0].values[0] = f64::INFINITY));
    assert!(spoil(|shop| shop.series[1].key = shop.series[0].key.clone()));
    assert!(spoil(|shop| shop.locations[0].drivers.clear()));
}
