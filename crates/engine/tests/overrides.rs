//! Overrides reach what was asked, keep shares, add up, and do not depend on the order in which they are given.
#![expect(clippy::unwrap_used, reason = "tests state facts; a wrong one may panic")]

use aisle_domain::{Day, UserId};
use aisle_engine::hierarchy::{Attribute, Hierarchy};
use aisle_engine::overrides::{Amount, Change, Override, apply, carried, value_added};
use proptest::prelude::*;

const STEPS: usize = 4;

/// Six series: two regions, three items.
fn shops() -> Hierarchy {
    let attribute = |name: &str, label: fn(usize) -> usize| Attribute {
        name: name.to_owned(),
        labels: (0..6).map(|series| label(series).to_string()).collect(),
    };
    let levels = [vec![], vec!["region".to_owned()], vec!["item".to_owned()]];
    Hierarchy::new(6, &[attribute("region", |s| s / 3), attribute("item", |s| s % 3)], &levels).unwrap()
}

fn ends() -> Vec<Day> {
    (1..=STEPS as i32).map(|step| today().plus(7 * step)).collect()
}

fn today() -> Day {
    Day::parse("2026-01-02").unwrap()
}

fn given(id: u64, node: &[(&str, &str)], change: Change) -> Override {
    Override {
        id,
        node: node.iter().map(|(name, label)| ((*name).to_owned(), (*label).to_owned())).collect(),
        series: None,
        change,
        amount: Amount::PerPeriod,
        periods: (today(), today().plus(1_000)),
        reason: "a fair in town".to_owned(),
        author: UserId::new("ana").unwrap(),
        created: id as i64,
        expires: None,
    }
}

fn values() -> impl Strategy<Value = Vec<f64>> {
    proptest::collection::vec(prop_oneof![1 => Just(0.0), 3 => 0.0..100.0f64], 6 * STEPS)
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (0.0..500.0f64).prop_map(Change::Set),
        (-50.0..200.0f64).prop_map(Change::Add),
        (-100.0..300.0f64).prop_map(Change::Percent)
    ]
}

fn any_override(id: u64) -> impl Strategy<Value = Override> {
    let nodes = [vec![], vec![("region", "0")], vec![("region", "1")], vec![("item", "2")], vec![("item", "9")]];
    (0..nodes.len(), proptest::option::of(0..6u32), change(), any::<bool>(), 0..5i32).prop_map(
        move |(node, series, change, together, from)| Override {
            series: series.filter(|_| node == 0),
            amount: if together { Amount::Together } else { Amount::PerPeriod },
            periods: (today().plus(7 * from), today().plus(1_000)),
            ..given(id, &nodes[node], change)
        },
    )
}

fn sum(series: &[f64], members: &[usize], step: usize) -> f64 {
    members.iter().map(|member| series[member * STEPS + step]).sum()
}

proptest! {
    #[test]
    fn a_node_reaches_what_was_asked_and_its_series_keep_their_shares(forecast in values(), amount in 0.0..500.0f64) {
        let hierarchy = shops();
        let asked = [given(1, &[("region", "1")], Change::Set(amount))];
        let found = apply(&hierarchy, &forecast, &ends(), &[], &asked, today()).unwrap();
        for step in 0..STEPS {
            prop_assert!((sum(&found.series, &[3, 4, 5], step) - amount).abs() < 1e-9 * amount.max(1.0));
            prop_assert_eq!(sum(&found.series, &[0, 1, 2], step), sum(&forecast, &[0, 1, 2], step));
            let before = sum(&forecast, &[3, 4, 5], step);
            for series in 3..6 {
                let share = if before > 0.0 { forecast[series * STEPS + step] / before } else { 1.0 / 3.0 };
                prop_assert!((found.series[series * STEPS + step] - share * amount).abs() < 1e-9 * amount.max(1.0));
            }
        }
        let reached = &found.applied[0];
        prop_assert_eq!(&reached.after, &reached.finally);
    }

    #[test]
    fn amounts_together_are_reached_over_all_periods(forecast in values(), amount in 0.0..900.0f64) {
        let hierarchy = shops();
        let asked = [Override { amount: Amount::Together, ..given(1, &[("item", "1")], Change::Set(amount)) }];
        let found = apply(&hierarchy, &forecast, &ends(), &[], &asked, today()).unwrap();
        let all: f64 = (0..STEPS).map(|step| sum(&found.series, &[1, 4], step)).sum();
        prop_assert!((all - amount).abs() < 1e-8 * amount.max(1.0));
    }

    #[test]
    fn the_order_in_which_they_are_given_does_not_matter(
        forecast in values(), mut all in (any_override(1), any_override(2), any_override(3), any_override(4))
            .prop_map(|(a, b, c, d)| vec![a, b, c, d]), turn in 0..4usize
    ) {
        let hierarchy = shops();
        let one = apply(&hierarchy, &forecast, &ends(), &[], &all, today()).unwrap();
        all.rotate_left(turn);
        all.swap(0, 3);
        prop_assert_eq!(&one, &apply(&hierarchy, &forecast, &ends(), &[], &all, today()).unwrap());
        prop_assert!(one.series.iter().all(|value| *value >= 0.0));
        let sizes: Vec<usize> = one.applied.iter().map(|done| hierarchy.members(done.node).len()).collect();
        prop_assert!(sizes.windows(2).all(|pair| pair[0] >= pair[1]));
        for done in &one.applied {
            let members = hierarchy.members(done.node);
            for (step, value) in done.steps.iter().zip(&done.finally) {
                prop_assert!((sum(&one.series, &members, *step) - value).abs() < 1e-9 * value.max(1.0));
            }
        }
    }

    #[test]
    fn the_most_specific_override_is_reached_whatever_else_there_is(forecast in values(), others in (any_override(1), any_override(2))) {
        let hierarchy = shops();
        let mine = Override { series: Some(4), created: i64::MAX, ..given(9, &[], Change::Set(77.0)) };
        let found = apply(&hierarchy, &forecast, &ends(), &[], &[mine, others.0, others.1], today()).unwrap();
        prop_assert!((0..STEPS).all(|step| (found.series[4 * STEPS + step] - 77.0).abs() < 1e-9));
    }
}

#[test]
fn what_is_expired_unknown_or_absurd_is_passed_over() {
    let (hierarchy, forecast) = (shops(), vec![1.0; 6 * STEPS]);
    let expired = Override { expires: Some(today().plus(-1)), ..given(1, &[], Change::Set(9.0)) };
    let unknown = given(2, &[("region", "7")], Change::Set(9.0));
    let absurd = given(3, &[], Change::Percent(f64::NAN));
    let past = Override { periods: (today().plus(-90), today()), ..given(4, &[], Change::Set(9.0)) };
    let found = apply(&hierarchy, &forecast, &ends(), &[], &[expired, unknown, absurd, past], today()).unwrap();
    assert_eq!((found.series, found.applied.len()), (forecast, 0));
}

#[test]
fn negative_targets_stop_at_zero_only_where_demand_does() {
    let (hierarchy, forecast) = (shops(), vec![1.0; 6 * STEPS]);
    let less = [given(1, &[], Change::Add(-30.0))];
    let found = apply(&hierarchy, &forecast, &ends(), &[false, true, true, true, true, true], &less, today()).unwrap();
    assert_eq!((found.series[0], found.series[STEPS]), (-4.0, 0.0));
}

/// Forecast 1 each, 2 came for region 0 in every series: raising to 5 brings 3 too few down to 1, raising the item is harm.
#[test]
fn value_added_is_the_error_that_an_override_took_away() {
    let (hierarchy, forecast) = (shops(), vec![1.0; 6 * STEPS]);
    let mut actual = forecast.clone();
    actual[..3 * STEPS].fill(2.0);
    actual[3 * STEPS] = f64::NAN;
    let region = given(1, &[("region", "0")], Change::Set(5.0));
    let one = Override { series: Some(3), ..given(2, &[], Change::Add(2.0)) };
    let found = value_added(&hierarchy, &forecast, &actual, &ends(), &[], &[region, one], today()).unwrap();
    assert_eq!((found[0].id, found[0].error_without, found[0].error_with), (1, 12.0, 4.0));
    assert_eq!((found[1].id, found[1].value(), found[1].periods), (2, -6.0, 3));
}

proptest! {
    #[test]
    fn what_is_carried_to_the_baseline_itself_is_the_override_and_bounds_keep_their_order(
        pairs in proptest::collection::vec((0.0..100.0f64, 0.0..300.0f64, 0.0..50.0f64, 0.0..50.0f64), 1..6)
    ) {
        let model: Vec<f64> = pairs.iter().map(|pair| pair.0).collect();
        let overridden: Vec<f64> = pairs.iter().map(|pair| pair.1).collect();
        let same = carried(&model, &overridden, &model);
        prop_assert!(same.iter().zip(&overridden).all(|(a, b)| (a - b).abs() < 1e-9));
        let low: Vec<f64> = pairs.iter().map(|pair| pair.0 - pair.2.min(pair.0)).collect();
        let high: Vec<f64> = pairs.iter().map(|pair| pair.0 + pair.3).collect();
        let (low, high) = (carried(&model, &overridden, &low), carried(&model, &overridden, &high));
        for step in 0..model.len() {
            prop_assert!(low[step] <= overridden[step] + 1e-9 && overridden[step] <= high[step] + 1e-9);
        }
        let untouched = carried(&model, &model, &high);
        prop_assert_eq!(untouched, high);
    }
}
