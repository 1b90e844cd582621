//! Facts about the global model on made-up shops.
#![expect(clippy::unwrap_used, reason = "tests state facts; a wrong one may panic")]

use aisle_domain::{CalendarEvent, Day, Granularity, ItemId, LocationId, Measure, SeriesKey, Weekday};
use aisle_engine::trees::{FeatureSource, Link, TreeContext, TreePlan};
use aisle_engine::{DriverKind, LocationDrivers, Scenario};
use aisle_training::global_trees::{FittedTrees, GlobalTrees, TreeHistory};
use aisle_training::{Calendar, Panel, PanelDriver, PanelLocation, PanelParts, PanelSeries};

const WEEKS: usize = 140;
const HORIZON: usize = 10;

/// Numbers that look random, from -0.5 to 0.5.
fn noise(seed: usize) -> f64 {
    let mut z = (seed as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ z >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (z >> 11) as f64 / (1u64 << 53) as f64 - 0.5
}

fn promoted(store: usize, week: usize) -> bool {
    noise(store * 1_009 + week * 7) > 0.25
}

/// Twenty shops with season, growth and promotions that double sales; `odd` series beside them.
fn panel(granularity: Granularity, value: impl Fn(usize, usize) -> f64, odd: Vec<Vec<f64>>) -> Panel {
    let first = granularity.end_of(Day::parse("2010-02-05").unwrap());
    let key = |store: usize, item: &str| SeriesKey {
        location: LocationId::new(store.to_string()).unwrap(),
        item: ItemId::new(item).unwrap(),
    };
    let mut series: Vec<PanelSeries> = (0..20)
        .map(|store| PanelSeries {
            key: key(store, "full"),
            values: (0..WEEKS).map(|week| value(store, week)).collect(),
            group: "full".to_owned(),
        })
        .collect();
    for (index, values) in odd.into_iter().enumerate() {
        let name = format!("odd {index}");
        series.push(PanelSeries { key: key(0, &name), values, group: name });
    }
    let place = |store: usize| PanelLocation {
        location: LocationId::new(store.to_string()).unwrap(),
        drivers: vec![(0..WEEKS + HORIZON).map(|week| f64::from(u8::from(promoted(store, week)))).collect()],
    };
    let fair = |year: i32| Day::from_civil(year, 6, 18).unwrap();
    let event = |day: Day| CalendarEvent { name: "Fair".to_owned(), first: day, last: day, location: None };
    Panel::new(PanelParts {
        data_version: "made-up".to_owned(),
        measure: Measure::Revenue,
        granularity,
        currency: None,
        ends: (0..WEEKS as i32).map(|week| granularity.step(first, week)).collect(),
        series,
        drivers: vec![PanelDriver { name: "Promotion".to_owned(), kind: DriverKind::Promotion }],
        locations: (0..20).map(place).collect(),
        events: (2010..2014).map(fair).map(event).collect(),
    })
    .unwrap()
}

const WEEKLY: Granularity = Granularity::Week { ends: Weekday::Friday };

fn sold(store: usize, week: usize) -> f64 {
    let season = 1.0 + 0.3 * (std::f64::consts::TAU * week as f64 / 52.0).sin();
    let promotion = if promoted(store, week) { 2.0 } else { 1.0 };
    (100.0 + 90.0 * store as f64) * season * promotion * (1.0 + 0.1 * noise(week * 31 + store))
}

fn fitted(panel: &Panel, trees: &GlobalTrees) -> Option<FittedTrees> {
    let calendar = Calendar::new(panel, HORIZON);
    let series = &panel.parts().series;
    let values: Vec<&[f64]> = series.iter().map(|series| series.values.as_slice()).collect();
    let place = |series: &PanelSeries| calendar.locations.binary_search(&series.key.location).unwrap();
    let locations: Vec<usize> = series.iter().map(place).collect();
    let groups: Vec<usize> = series.iter().map(|series| usize::from(series.group != "full")).collect();
    trees.fit(&TreeHistory {
        calendar: &calendar,
        values: &values,
        locations: &locations,
        groups: &groups,
        origin: panel.periods(),
        horizon: HORIZON,
    })
}

#[test]
fn promotions_that_double_sales_are_learnt_and_can_be_cancelled() {
    let panel = panel(WEEKLY, sold, Vec::new());
    let found = fitted(&panel, &GlobalTrees::default()).unwrap();
    let (mut wrong, mut size) = (0.0, 0.0);
    let series = &panel.parts().series;
    for (index, series) in series.iter().enumerate() {
        let store: usize = series.key.location.as_str().parse().unwrap();
        for (step, forecast) in found.forecast(index, HORIZON).unwrap().iter().enumerate() {
            let actual = sold(store, WEEKS + step);
            wrong += (forecast - actual).abs();
            size += actual;
        }
    }
    assert!(wrong < 0.15 * size, "WAPE {}", wrong / size);
    let calendar = Calendar::new(&panel, HORIZON);
    let locations: Vec<LocationDrivers> = (0..20)
        .map(|place| LocationDrivers {
            location: calendar.locations[place].clone(),
            values: calendar.raw[place][0][WEEKS..].iter().map(|value| *value as f32).collect(),
            reference: vec![calendar.raw[place][0][WEEKS - 52..WEEKS].iter().sum::<f64>() as f32 / 52.0],
        })
        .collect();
    let context = TreeContext {
        granularity: WEEKLY,
        trained_through: calendar.ends[WEEKS - 1],
        horizon: HORIZON,
        drivers: &calendar.drivers,
        events: &calendar.events,
        locations: &locations,
    };
    let under = |scenario: &Scenario| {
        let plan = TreePlan::new(&found.model, &context, scenario).unwrap();
        let forecast = |series: &Option<_>| found.model.forecast(&plan, series.as_ref().unwrap());
        found.series.iter().map(forecast).collect::<Vec<_>>()
    };
    let (baseline, without) = (under(&Scenario::default()), under(&Scenario { markdown: 0.0, ..Scenario::default() }));
    let (mut on, mut off) = (Vec::new(), Vec::new());
    for (index, series) in series.iter().enumerate() {
        let again = found.forecast(index, HORIZON).unwrap();
        let bits = |path: &[f64]| path.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&again), bits(&baseline[index]));
        let store: usize = series.key.location.as_str().parse().unwrap();
        for step in 0..HORIZON {
            let ratio = without[index][step] / baseline[index][step];
            if promoted(store, WEEKS + step) { on.push(ratio) } else { off.push(ratio) }
        }
    }
    let mean = |ratios: &[f64]| ratios.iter().sum::<f64>() / ratios.len() as f64;
    assert!(mean(&on) < 0.75, "{}", mean(&on));
    assert_eq!(mean(&off), 1.0);
}

#[test]
fn nothing_after_the_origin_is_read() {
    let whole = panel(WEEKLY, sold, Vec::new());
    let changed = panel(WEEKLY, |store, week| if week < 110 { sold(store, week) } else { 1e6 }, Vec::new());
    let forecasts = |panel: &Panel| {
        let found = fitted(&panel.truncated(110), &GlobalTrees::default()).unwrap();
        (0..20).map(|series| found.forecast(series, HORIZON).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(forecasts(&whole), forecasts(&changed));
}

#[test]
fn odd_series_are_left_out_or_forecast_with_finite_numbers() {
    let from = |start: usize, value: f64| {
        (0..WEEKS).map(move |week| if week < start { f64::NAN } else { value }).collect::<Vec<f64>>()
    };
    let odd = vec![
        from(WEEKS - 1, 5.0),
        from(WEEKS - 6, 5.0),
        from(0, 0.0),
        from(WEEKS, 0.0),
        from(0, 7.0),
        from(0, -7.0),
        from(0, 1e12),
        from(0, 1e-12),
        (0..WEEKS).map(|week| if week % 9 == 0 { -40.0 } else { 30.0 }).collect(),
        (0..WEEKS).map(|week| if week == 100 { 1e14 } else { 1.0 }).collect(),
    ];
    let count = odd.len();
    for granularity in [Granularity::Day, WEEKLY, Granularity::Month] {
        let found = fitted(&panel(granularity, sold, odd.clone()), &GlobalTrees::default()).unwrap();
        for series in 0..20 + count {
            let forecast = found.forecast(series, HORIZON);
            assert_eq!(forecast.is_some(), found.series[series].is_some());
            assert!(forecast.iter().flatten().all(|value| value.is_finite()));
        }
        assert!(found.model.features.iter().any(|source| matches!(source, FeatureSource::Driver(0))));
    }
}

#[test]
fn too_little_history_fits_nothing() {
    let panel = panel(WEEKLY, sold, Vec::new());
    for periods in [1, 2, 3, 6] {
        assert!(fitted(&panel.truncated(periods), &GlobalTrees::default()).is_none(), "{periods}");
    }
    for periods in [20, 53, 66, 100] {
        let found = fitted(&panel.truncated(periods), &GlobalTrees::default()).unwrap();
        assert!(found.forecast(3, HORIZON).unwrap().iter().all(|value| value.is_finite()), "{periods}");
    }
}

#[test]
fn intermittent_demand_is_forecast_in_the_mean() {
    let sold = |store: usize, week: usize| {
        let rate = 0.2 + 0.02 * store as f64;
        if noise(store * 7_919 + week * 13) + 0.5 < rate {
            1.0 + (3.0 * (noise(500_000 + week * 41 + store * 1_013) + 0.5)).floor()
        } else {
            0.0
        }
    };
    let found = fitted(&panel(WEEKLY, sold, Vec::new()), &GlobalTrees::default()).unwrap();
    assert!(found.model.blocks.iter().all(|block| block.ensemble.link() == Link::Exp));
    let total: f64 = (0..20).map(|series| found.forecast(series, HORIZON).unwrap().iter().sum::<f64>()).sum();
    let expected: f64 = (0..20).map(|store| 2.0 * (0.2 + 0.02 * f64::from(store)) * HORIZON as f64).sum();
    assert!((total / expected - 1.0).abs() < 0.2, "{total} of {expected}");
}
