//! The whole way from a panel to an artefact, on made-up shops whose truth is known.
#![expect(clippy::unwrap_used, reason = "tests state facts; a wrong one may panic")]

use aisle_domain::{CalendarEvent, Currency, Day, Granularity, ItemId, LocationId, Measure, SeriesKey, Weekday};
use aisle_engine::artefact::NOMINAL;
use aisle_engine::{DriverChange, DriverKind, EventChange, ModelKind, Scenario, score, score_totals};
use aisle_training::{
    FitOutcome, FitParameters, Panel, PanelDriver, PanelLocation, PanelParts, PanelSeries, Progress, TrainingError,
    Trees, fit,
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

fn with_trees(threads: usize) -> FitOutcome {
    let parameters =
        FitParameters { horizon: HORIZON, threads, trees: Trees::On, tree_rows: 20_000, ..FitParameters::default() };
    fit(&Panel::new(promoted()).unwrap(), &parameters.check().unwrap(), &|_| {}, &|| false).unwrap()
}

/// Thirty items at eight stores whose promotions, known ahead, nearly double sales.
fn promoted() -> PanelParts {
    let mut parts = parts();
    let promotion = |week: usize, store: usize| if noise(week * 31 + store * 7) > 0.3 { 1_000.0 } else { 0.0 };
    parts.series.clear();
    for (store, item) in (0..8).flat_map(|store| (0..30).map(move |item| (store, item))) {
        let value = |week: usize| {
            let lift = if promotion(week, store) > 0.0 { 0.6 } else { 0.0 };
            (100.0 + 10.0 * item as f64) * (lift + 0.1 * noise(week * 17 + store * 5 + item)).exp()
        };
        let key = key(&store.to_string(), &format!("i{item}"));
        parts.series.push(PanelSeries {
            key,
            values: (0..WEEKS).map(value).collect(),
            group: format!("g{}", item % 3),
        });
    }
    parts.drivers = vec![PanelDriver { name: "Promotion".to_owned(), kind: DriverKind::Promotion }];
    for (store, location) in parts.locations.iter_mut().enumerate() {
        location.drivers = vec![(0..WEEKS + HORIZON).map(|week| promotion(week, store)).collect()];
    }
    parts
}

#[test]
fn trees_compete_and_the_number_of_threads_still_changes_nothing() {
    let (one, three) = (with_trees(1), with_trees(3));
    assert_eq!(one.artefact.to_bytes().unwrap(), three.artefact.to_bytes().unwrap());
    let wape = |model: &str| one.report.models[model].wape;
    assert!(wape("global_trees") < 0.5 * wape("seasonal_naive"), "{:?}", one.report.models);
    assert!(wape("chosen") < 0.5 * wape("seasonal_naive"));
}

/// An item of twenty weeks has seen neither a summer nor the fair; what sells beside it has.
#[test]
fn a_young_series_borrows_the_year_of_its_relatives() {
    let mut parts = parts();
    let old = parts.series.iter().find(|series| series.key == key("3", "full")).unwrap().values.clone();
    let young = |week: usize| if week < WEEKS - 20 { f64::NAN } else { old[week] * 0.4 };
    let values = (0..WEEKS).map(young).collect();
    parts.series.push(PanelSeries { key: key("3", "young"), values, group: "young".to_owned() });
    let parameters = FitParameters { horizon: HORIZON, ..FitParameters::default() }.check().unwrap();
    let artefact = fit(&Panel::new(parts).unwrap(), &parameters, &|_| {}, &|| false).unwrap().artefact;
    let forecast = |item: &str| {
        let index = artefact.find(&key("3", item)).unwrap();
        (artefact.series()[index].model, score(&artefact, index, &Scenario::default()).unwrap().mean)
    };
    let ((model, young), (_, old)) = (forecast("young"), forecast("full"));
    assert!([ModelKind::Neighbours, ModelKind::Combination].contains(&model), "{model:?}");
    let apart = young.iter().zip(&old).map(|(young, old)| (young - 0.4 * old).abs()).sum::<f64>();
    let share = apart / old.iter().map(|old| 0.4 * old).sum::<f64>();
    assert!(share < 0.12, "{share}");
}

/// What the trees ascribe to promotions is in the forecast's promotion, and all parts still add up to the forecast.
#[test]
fn promotions_that_trees_know_are_told_apart() {
    let artefact = with_trees(2).artefact;
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for (index, series) in artefact.series().iter().enumerate().filter(|(_, series)| series.driver_parts.is_some()) {
        let forecast = score(&artefact, index, &Scenario::default()).unwrap();
        let promotions = &artefact.locations()[series.location as usize].values;
        for (step, promotion) in promotions.iter().enumerate() {
            let share = forecast.components.promotion[step] / forecast.mean[step];
            if *promotion > 0.0 {
                with.push(share)
            } else {
                without.push(share)
            }
            let parts: f64 = forecast.components.named().iter().map(|(_, values)| values[step]).sum();
            assert!((parts - forecast.mean[step]).abs() < 1e-6 * forecast.mean[step]);
            assert!(forecast.mean[step] > 0.0);
        }
    }
    let mean = |shares: &[f64]| shares.iter().sum::<f64>() / shares.len() as f64;
    assert!(with.len() > 1_000 && mean(&with) > mean(&without) + 0.1, "{} {}", mean(&with), mean(&without));
}

#[test]
fn trees_compete_where_there_is_enough_to_learn_from_unless_told_otherwise() {
    let kinds = |trees, parts| {
        let p = FitParameters { horizon: 4, origins: 1, trees, ..FitParameters::default() }.check().unwrap();
        let report = fit(&Panel::new(parts).unwrap(), &p, &|_| {}, &|| false).unwrap().report;
        // A model that never applies errs as the fallback does.
        (report.models["global_trees"].wape - report.models["fallback"].wape).abs() > 1e-9
    };
    assert!(kinds(Trees::Auto, promoted()) && kinds(Trees::On, parts()));
    assert!(!kinds(Trees::Auto, parts()) && !kinds(Trees::Off, promoted()));
}

#[test]
fn the_artefact_tells_how_often_its_intervals_held() {
    let artefact = fit(
        &Panel::new(promoted()).unwrap(),
        &FitParameters { horizon: HORIZON, ..FitParameters::default() }.check().unwrap(),
        &|_| {},
        &|| false,
    )
    .unwrap()
    .artefact;
    let coverage = &artefact.header().accuracy.coverage;
    let all = coverage.iter().find(|coverage| coverage.part == "all").unwrap();
    assert!(all.points >= 240 * 26 && coverage.iter().any(|coverage| coverage.part == "event"));
    for (covered, nominal) in all.covered.iter().zip(NOMINAL) {
        assert!((covered - nominal).abs() < 0.05, "{coverage:?}");
    }
    assert!(artefact.series().iter().all(|series| series.volume > 50.0 && series.error_scale > 0.0));
}
