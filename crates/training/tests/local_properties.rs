//! What local models promise for any values: finite forecasts within bounds, no look ahead, the same in every unit, and
//! the same state whether values come at once or later.
#![expect(clippy::unwrap_used, reason = "tests state facts; a wrong one may panic")]

use aisle_domain::{Day, Granularity, ItemId, LocationId, Measure, SeriesKey, Weekday};
use aisle_training::local::ets::{Ets, Shapes};
use aisle_training::local::intermittent::Intermittent;
use aisle_training::local::mstl::Seasonality;
use aisle_training::local::mstl_ets::{MstlEts, MstlEtsFitter};
use aisle_training::local::theta::{Theta, ThetaLine};
use aisle_training::{Calendar, History, LocalModel, Model, Panel, PanelParts, PanelSeries};
use proptest::prelude::*;

const HORIZON: usize = 20;
const GRANULARITIES: [Granularity; 3] =
    [Granularity::Day, Granularity::Week { ends: Weekday::Friday }, Granularity::Month];

fn calendar(granularity: Granularity, periods: usize) -> Calendar {
    let first = granularity.end_of(Day::parse("2019-03-01").unwrap());
    let series = PanelSeries {
        key: SeriesKey { location: LocationId::new("1").unwrap(), item: ItemId::new("a").unwrap() },
        values: vec![0.0; periods],
        group: "a".to_owned(),
    };
    let panel = Panel::new(PanelParts {
        data_version: "made up".to_owned(),
        measure: Measure::Quantity,
        granularity,
        currency: None,
        ends: (0..periods as i32).map(|step| granularity.step(first, step)).collect(),
        series: vec![series],
        drivers: Vec::new(),
        locations: Vec::new(),
        events: Vec::new(),
    });
    Calendar::new(&panel.unwrap(), HORIZON)
}

fn forecast(model: LocalModel, granularity: Granularity, values: &[f64], origin: usize) -> Option<Vec<f64>> {
    let calendar = calendar(granularity, values.len());
    let history = History { calendar: &calendar, values: &[values], locations: &[0], origin };
    model.fit(&history)?.forecast(0, HORIZON)
}

/// Values as they come in the worst of data: absent, zero, huge, tiny, negative, constant stretches.
fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        3 => (0..50u32).prop_map(f64::from),
        2 => Just(0.0),
        2 => Just(f64::NAN),
        1 => -1e3..1e3f64,
        1 => prop_oneof![Just(1e300), Just(-1e300), Just(f64::MAX), Just(1e-300), Just(f64::MIN_POSITIVE)],
        1 => Just(7.0),
    ]
}

fn check(granularity: Granularity, values: &[f64]) -> Result<(), TestCaseError> {
    for model in LocalModel::ALL {
        let Some(path) = forecast(model, granularity, values, values.len()) else { continue };
        prop_assert_eq!(path.len(), HORIZON);
        prop_assert!(path.iter().all(|value| value.is_finite()), "{:?} {:?}", model, path);
        if values.iter().all(|value| value.is_nan() || *value >= 0.0) {
            prop_assert!(path.iter().all(|value| *value >= 0.0), "{:?} {:?}", model, path);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn forecasts_are_finite_whatever_came(values in proptest::collection::vec(value(), 1..90), which in 0..3usize) {
        check(GRANULARITIES[which], &values)?;
    }

    #[test]
    fn forecasts_of_shop_like_series_stay_near_what_was_seen(
        level in 0.5..500.0f64, slope in -0.5..0.5f64, swing in 0.0..0.9f64, noise in proptest::collection::vec(0.2..1.8f64, 20..130), which in 0..3usize,
    ) {
        let shape = |t: usize| (level + slope * t as f64).max(0.1) * (1.0 + swing * (t as f64 * std::f64::consts::TAU / 7.0).sin());
        let values: Vec<f64> = noise.iter().enumerate().map(|(t, factor)| shape(t) * factor).collect();
        let most = values.iter().copied().fold(0.0, f64::max);
        for model in LocalModel::ALL {
            if let Some(path) = forecast(model, GRANULARITIES[which], &values, values.len()) {
                prop_assert!(path.iter().all(|value| (0.0..=2.0 * most).contains(value)), "{:?} {:?} of {}", model, path, most);
            }
        }
    }

    #[test]
    fn what_comes_after_the_origin_is_not_seen(values in proptest::collection::vec(value(), 30..80), other in proptest::collection::vec(value(), 12), which in 0..3usize) {
        let origin = values.len() - 12;
        let mut changed = values.clone();
        changed[origin..].copy_from_slice(&other);
        for model in LocalModel::ALL {
            let (one, two) = (forecast(model, GRANULARITIES[which], &values, origin), forecast(model, GRANULARITIES[which], &changed, origin));
            prop_assert_eq!(one, two);
        }
    }

    #[test]
    fn the_unit_does_not_matter(values in proptest::collection::vec(1..400u32, 25..80)) {
        let values: Vec<f64> = values.into_iter().map(f64::from).collect();
        let larger: Vec<f64> = values.iter().map(|value| value * 1024.0).collect();
        let ets = |values: &[f64]| Ets { season: 7, shapes: Shapes::Fading }.fit_average(values).unwrap().forecast(9);
        let theta = |values: &[f64]| Theta { season: 7, line: Some(ThetaLine::Dynamic) }.fit(values).unwrap().forecast(9);
        let rate = |values: &[f64]| Intermittent { season: 7, dead_after: 20 }.fit(values).forecast(9);
        for (one, other) in [(ets(&values), ets(&larger)), (theta(&values), theta(&larger)), (rate(&values), rate(&larger))] {
            for (small, large) in one.iter().zip(&other) {
                prop_assert!((small * 1024.0 - large).abs() <= 1e-6 * large.abs().max(1.0), "{} {}", small * 1024.0, large);
            }
        }
    }

    #[test]
    fn a_value_that_was_expected_changes_no_forecast(values in proptest::collection::vec(5..90u32, 40..90)) {
        let values: Vec<f64> = values.into_iter().map(f64::from).collect();
        let mut ets = Ets { season: 7, shapes: Shapes::All }.fit(&values).unwrap();
        let mut theta = Theta { season: 7, line: Some(ThetaLine::DynamicOptimised) }.fit(&values).unwrap();
        let mut mstl = MstlEtsFitter::default().fit(&MstlEts::new(vec![Seasonality::Phases(7)]), &values).unwrap();
        let before = [ets.forecast(8), theta.forecast(8), mstl.forecast(8)];
        ets.advance(before[0][0]);
        theta.advance(before[1][0]);
        mstl.advance(before[2][0]);
        for (before, after) in before.iter().zip([ets.forecast(7), theta.forecast(7), mstl.forecast(7)]) {
            for (expected, found) in before[1..].iter().zip(after) {
                prop_assert!((expected - found).abs() < 1e-6 * (1.0 + expected.abs()), "{} {}", expected, found);
            }
        }
    }
}

#[test]
fn short_constant_and_dead_series() {
    for granularity in GRANULARITIES {
        for length in 0..12 {
            check(granularity, &vec![3.0; length.max(1)]).unwrap();
            check(granularity, &vec![f64::NAN; length.max(1)]).unwrap();
        }
        let constant = forecast(LocalModel::Ets, granularity, &[6.0; 60], 60).unwrap();
        assert!(constant.iter().all(|value| (value - 6.0).abs() < 1e-9));
        let mut ended = vec![4.0; 80];
        ended.extend([0.0; 60]);
        let dead = forecast(LocalModel::Intermittent, granularity, &ended, 140).unwrap();
        assert!(dead.iter().all(|value| *value == 0.0));
    }
}

#[test]
fn new_values_are_taken_in_without_a_fit() {
    // A level that wanders, so that models follow it; then it lies higher.
    let mut level = 60.0;
    let mut values = Vec::new();
    for t in 0..220usize {
        level += ((t * 7_919 + 104_729) % 1_009) as f64 / 200.0 - 2.5;
        values.push(level + if t < 180 { 0.0 } else { 60.0 });
    }
    let calendar = calendar(Granularity::Day, values.len());
    let history = History { calendar: &calendar, values: &[&values], locations: &[0], origin: 180 };
    for model in [LocalModel::Ets, LocalModel::Theta, LocalModel::MstlEts, LocalModel::Intermittent] {
        let mut fitted = model.fit(&history).unwrap();
        let before = fitted.forecast(0, 1).unwrap()[0];
        assert!(fitted.advance(0, &values[180..]));
        let after = fitted.forecast(0, 1).unwrap()[0];
        assert!(after > before + 20.0, "{model:?}: {before} {after}");
        assert!(!fitted.advance(1, &values[180..]));
    }
}
