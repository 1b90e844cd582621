//! The impact of holidays measured on made-up shops whose truth is known.
#![expect(clippy::unwrap_used, reason = "tests state facts; a wrong one may panic")]

use aisle_domain::{
    CalendarEvent, Day, Granularity, HolidayKind, ItemId, LocationId, Measure, SeriesKey, Weekday, holidays,
};
use aisle_engine::impact::{HolidayImpact, ImpactBasis, ImpactUnit, UnitImpact};
use aisle_training::{ImpactLevels, ImpactRequest, Panel, PanelParts, PanelSeries, holiday_impact};
use std::collections::{BTreeMap, BTreeSet};

/// A small seeded source of normal draws.
struct Draws(u64);

impl Draws {
    fn uniform(&mut self) -> f64 {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

/// What an event does: ln(uplift) on each of the days before it, on it, and after it.
struct Truth {
    name: &'static str,
    before: (i32, f64),
    on: f64,
    after: (i32, f64),
}

const EVENTS: [Truth; 6] = [
    Truth { name: "Easter Sunday", before: (7, 0.5), on: -0.7, after: (3, -0.15) },
    Truth { name: "Mother's Day", before: (3, 0.6), on: 0.3, after: (0, 0.0) },
    Truth { name: "Independence Day", before: (2, 0.3), on: -0.4, after: (0, 0.0) },
    Truth { name: "Columbus Day", before: (0, 0.0), on: 0.0, after: (0, 0.0) },
    Truth { name: "Thanksgiving", before: (5, 0.45), on: -1.5, after: (3, 0.4) },
    Truth { name: "Christmas Day", before: (14, 0.6), on: -2.5, after: (6, -0.25) },
];

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn dates(name: &str, last: Day) -> Vec<Day> {
    let all = holidays::country("US").unwrap().holidays(None, day("2019-01-01"), last);
    all.into_iter().filter(|holiday| holiday.full_name() == name).map(|holiday| holiday.first).collect()
}

/// Daily means of one series with and without each event, and the sales drawn around them.
struct Shop {
    days: Vec<Day>,
    means: Vec<Vec<f64>>,
    /// ln(uplift) of each event, as it happened.
    logs: Vec<Vec<f64>>,
    /// The same, as it typically is.
    typical: Vec<Vec<f64>>,
    sold: Vec<Vec<f64>>,
}

fn shop(seed: u64, series: usize, years: i32, persistence: f64) -> Shop {
    let mut draws = Draws(seed);
    let first = day("2020-01-04");
    let count = years * 364;
    let days: Vec<Day> = (0..count).map(|ahead| first.plus(ahead)).collect();
    let mut logs = vec![vec![0.0; days.len()]; EVENTS.len()];
    let mut typical = logs.clone();
    for (event, truth) in EVENTS.iter().enumerate() {
        for date in dates(truth.name, first.plus(count + 60)) {
            // Occurrences differ a little.
            let strength = 1.0 + 0.1 * draws.normal();
            for (t, day) in days.iter().enumerate() {
                let apart = day.since(date);
                let log = match apart {
                    0 => truth.on,
                    apart if (-truth.before.0..0).contains(&apart) => truth.before.1,
                    apart if (1..=truth.after.0).contains(&apart) => truth.after.1,
                    _ => 0.0,
                };
                logs[event][t] += log * strength;
                typical[event][t] += log;
            }
        }
    }
    let (mut means, mut sold) = (Vec::new(), Vec::new());
    for _ in 0..series {
        let level = 40.0 * (0.5 * draws.normal()).exp();
        let (amplitude, phase, trend) = (0.15 + 0.1 * draws.uniform(), draws.uniform(), 0.05 * draws.normal());
        let (mut drift, mut mean, mut actual) = (0.0, Vec::new(), Vec::new());
        for (t, day) in days.iter().enumerate() {
            let year = f64::from(day.day_of_year()) / 365.25;
            let season = amplitude * (std::f64::consts::TAU * (year - phase)).cos();
            let weekday = if day.weekday() >= Weekday::Saturday { 0.3 } else { 0.0 };
            drift = persistence * drift + 0.06 * draws.normal();
            let base = level * (season + weekday + trend * t as f64 / 365.25).exp();
            let log: f64 = logs.iter().map(|event| event[t]).sum();
            mean.push(base * log.exp());
            let noisy = base * (log + drift).exp();
            actual.push((noisy + noisy.sqrt() * draws.normal()).max(0.0).round());
        }
        means.push(mean);
        sold.push(actual);
    }
    Shop { days, means, logs, typical, sold }
}

fn summed(values: &[f64], days: &[Day], granularity: Granularity) -> (Vec<Day>, Vec<f64>) {
    let mut sums: BTreeMap<Day, (f64, usize)> = BTreeMap::new();
    for (day, value) in days.iter().zip(values) {
        let sum = sums.entry(granularity.end_of(*day)).or_default();
        *sum = (sum.0 + value, sum.1 + 1);
    }
    sums.into_iter().map(|(end, (sum, _))| (end, sum)).unzip()
}

fn panel(shop: &Shop, granularity: Granularity) -> Panel {
    let mut ends = Vec::new();
    let mut series = Vec::new();
    for (index, sold) in shop.sold.iter().enumerate() {
        let (periods, values) = summed(sold, &shop.days, granularity);
        ends = periods;
        let location = LocationId::new(if index % 2 == 0 { "north" } else { "south" }).unwrap();
        let key = SeriesKey { location, item: ItemId::new(format!("item {}", index / 2)).unwrap() };
        series.push(PanelSeries { key, values, group: "all".to_owned() });
    }
    let last = shop.days[shop.days.len() - 1].plus(420);
    let mut events = Vec::new();
    for truth in &EVENTS {
        for first in dates(truth.name, last) {
            events.push(CalendarEvent { name: truth.name.to_owned(), first, last: first, location: None });
        }
    }
    Panel::new(PanelParts {
        data_version: "made-up".to_owned(),
        measure: Measure::Quantity,
        granularity,
        currency: None,
        ends,
        series,
        drivers: Vec::new(),
        locations: Vec::new(),
        events,
    })
    .unwrap()
}

const WEEKS: Granularity = Granularity::Week { ends: Weekday::Friday };

/// The typical relative uplift, in truth, over the periods that were reported.
fn truth_over(shop: &Shop, members: &[usize], event: usize, granularity: Granularity, unit: &UnitImpact) -> f64 {
    let ends: BTreeSet<Day> = unit.occurrences.iter().flat_map(|o| o.periods.iter().map(|p| p.end)).collect();
    let (mut with, mut without) = (0.0, 0.0);
    for (t, day) in shop.days.iter().enumerate() {
        if ends.contains(&granularity.end_of(*day)) {
            for member in members {
                let base = shop.means[*member][t] / shop.logs[event][t].exp();
                with += base * shop.typical[event][t].exp();
                without += base;
            }
        }
    }
    with / without - 1.0
}

fn total(impact: &HolidayImpact) -> &UnitImpact {
    impact.units.iter().find(|unit| unit.unit == ImpactUnit::Total).unwrap()
}

fn request(levels: ImpactLevels) -> ImpactRequest {
    ImpactRequest { levels, ..ImpactRequest::default() }
}

/// Share of true uplifts inside of their intervals, over many shops; and how wide those are.
fn coverage(granularity: Granularity, seeds: std::ops::Range<u64>) -> (f64, f64, usize) {
    let (mut inside, mut all, mut width) = (0, 0, 0.0);
    for seed in seeds {
        let shop = shop(seed, 4, 3 + (seed % 3) as i32, if seed % 2 == 0 { 0.0 } else { 0.6 });
        for impact in holiday_impact(&panel(&shop, granularity), &request(ImpactLevels::ALL)) {
            let event = EVENTS.iter().position(|truth| truth.name == impact.event).unwrap();
            for unit in impact.units.iter().filter(|unit| unit.basis == ImpactBasis::Own) {
                let members: Vec<usize> = match &unit.unit {
                    ImpactUnit::Total => (0..4).collect(),
                    ImpactUnit::Location(name) => vec![usize::from(name == "south"), 2 + usize::from(name == "south")],
                    ImpactUnit::Item(name) => {
                        let pair = usize::from(name == "item 1") * 2;
                        vec![pair, pair + 1]
                    }
                    ImpactUnit::Series(key) => {
                        let pair = usize::from(key.item.as_str() == "item 1") * 2;
                        vec![pair + usize::from(key.location.as_str() == "south")]
                    }
                    ImpactUnit::Group(_) => continue,
                };
                let truth = truth_over(&shop, &members, event, granularity, unit);
                inside += usize::from(unit.relative.low <= truth && truth <= unit.relative.high);
                width += unit.relative.high - unit.relative.low;
                all += 1;
            }
        }
    }
    (inside as f64 / all as f64, width / all as f64, all)
}

#[test]
fn the_80_percent_interval_holds_the_true_uplift_in_about_80_of_100_cases() {
    let measured = [(WEEKS, 0..40), (Granularity::Day, 0..12)]
        .map(|(granularity, seeds)| (granularity, coverage(granularity, seeds)));
    for (granularity, (share, width, count)) in measured {
        println!("{granularity:?}: {share:.3} of {count} inside, mean width {width:.3}");
        assert!((0.75..=0.90).contains(&share), "{granularity:?}: {share} of {count}");
    }
}

#[test]
fn an_easter_that_moves_by_three_weeks_is_found_where_it_falls() {
    let shop = shop(7, 4, 4, 0.0);
    let impacts = holiday_impact(&panel(&shop, WEEKS), &request(ImpactLevels::OVERVIEW));
    let easter = impacts.iter().find(|impact| impact.event == "Easter Sunday").unwrap();
    let unit = total(easter);
    let days: Vec<String> = unit.occurrences.iter().map(|o| o.first.to_string()).collect();
    assert_eq!(days, ["2020-04-12", "2021-04-04", "2022-04-17", "2023-04-09"]);
    assert!(unit.days_before >= 7, "{}", unit.days_before);
    assert!(unit.relative.low > 0.1, "{:?}", unit.relative);
    let next = unit.next.as_ref().unwrap();
    assert_eq!(next.first, day("2024-03-31"));
    let sum: f64 = next.periods.iter().map(|period| period.uplift).sum();
    assert!((sum - next.uplift.value).abs() < 1e-6 * next.uplift.value.abs());
    // What is shown adds up.
    for occurrence in &unit.occurrences {
        let actual: f64 = occurrence.periods.iter().filter_map(|period| period.actual).sum();
        assert!((actual - occurrence.actual).abs() < 1e-9 * actual);
        assert!((occurrence.uplift - (occurrence.actual - occurrence.expected)).abs() < 1e-9 * actual);
        assert!(
            occurrence.relative.low < occurrence.relative.value && occurrence.relative.value < occurrence.relative.high
        );
    }
}

#[test]
fn an_event_without_a_past_takes_what_others_of_its_kind_did() {
    let shop = shop(3, 4, 3, 0.0);
    let mut parts = panel(&shop, WEEKS).parts().clone();
    let end = parts.ends[parts.ends.len() - 1];
    let new = |name: &str, ahead: i32| {
        let first = end.plus(ahead);
        CalendarEvent { name: name.to_owned(), first, last: first, location: None }
    };
    parts.events.extend([new("Jubilee", 24), new("Inventory", 40), new("Fair", 60)]);
    let kinds = [
        ("Thanksgiving", HolidayKind::Public),
        ("Christmas Day", HolidayKind::Public),
        ("Jubilee", HolidayKind::Public),
        ("Inventory", HolidayKind::Closure),
        ("Fair", HolidayKind::Season),
    ];
    let kinds = kinds.into_iter().map(|(name, kind)| (name.to_owned(), kind)).collect();
    let impacts = holiday_impact(&Panel::new(parts).unwrap(), &ImpactRequest { kinds, ..ImpactRequest::default() });
    let unit = |name: &str| total(impacts.iter().find(|impact| impact.event == name).unwrap()).clone();
    let jubilee = unit("Jubilee");
    let (a, b) = (unit("Thanksgiving").relative.value, unit("Christmas Day").relative.value);
    assert_eq!(jubilee.basis, ImpactBasis::SameKind);
    assert!(a.min(b) <= jubilee.relative.value && jubilee.relative.value <= a.max(b));
    assert!(jubilee.next.is_some());
    let closed = unit("Inventory");
    assert_eq!((closed.basis, closed.relative.value), (ImpactBasis::Closure, -1.0));
    assert_eq!(unit("Fair").basis, ImpactBasis::Unknown);
}

#[test]
fn events_in_the_same_weeks_are_told_to_be_inseparable() {
    let shop = shop(5, 2, 3, 0.0);
    let mut parts = panel(&shop, WEEKS).parts().clone();
    let twins: Vec<CalendarEvent> = parts.events.iter().filter(|event| event.name == "Thanksgiving").cloned().collect();
    parts.events.extend(twins.into_iter().map(|event| CalendarEvent { name: "Black Friday".to_owned(), ..event }));
    let impacts = holiday_impact(&Panel::new(parts).unwrap(), &request(ImpactLevels::OVERVIEW));
    let black = impacts.iter().find(|impact| impact.event == "Black Friday").unwrap();
    assert_eq!(black.shared_with, ["Thanksgiving"]);
}

#[test]
fn odd_series_are_measured_or_left_out() {
    let shop = shop(2, 2, 3, 0.0);
    for spoil in [
        (|_, _| f64::NAN) as fn(usize, f64) -> f64,
        |_, _| 0.0,
        |_, _| -5.0,
        |_, _| 1e300,
        |t, v| if t < 140 { f64::NAN } else { v },
        |t, v| if t % 3 == 0 { f64::NAN } else { v },
        |t, v| if t == 50 { 1e12 } else { v },
    ] {
        let mut parts = panel(&shop, WEEKS).parts().clone();
        for series in &mut parts.series {
            series.values = series.values.iter().enumerate().map(|(t, v)| spoil(t, *v)).collect();
        }
        for impact in holiday_impact(&Panel::new(parts).unwrap(), &request(ImpactLevels::ALL)) {
            for unit in &impact.units {
                assert!(unit.relative.value.is_finite() && unit.relative.low <= unit.relative.high);
                assert!(unit.next.as_ref().is_none_or(|next| next.uplift.value.is_finite()));
                // At most twice by growth, and half as much again by season.
                let last = unit.occurrences.iter().max_by_key(|past| past.first).filter(|last| last.expected > 0.0);
                let next = unit.next.as_ref().map(|next| next.expected);
                assert!(last.zip(next).is_none_or(|(last, next)| next <= 3.001 * last.expected));
            }
        }
    }
}

#[test]
fn of_a_level_only_the_units_that_sell_most_are_measured_where_so_many_are_asked_for() {
    let shop = shop(1, 4, 3, 0.0);
    let panel = panel(&shop, Granularity::Day);
    let of = |largest: usize| holiday_impact(&panel, &ImpactRequest { largest, ..request(ImpactLevels::ALL) });
    let sold = |item: &str| {
        let series = panel.parts().series.iter().filter(|series| series.key.item.as_str() == item);
        series.flat_map(|series| &series.values).filter(|value| value.is_finite()).sum::<f64>()
    };
    let items = |impacts: &[HolidayImpact]| -> Vec<String> {
        let units = impacts[0].units.iter();
        units
            .filter_map(|unit| if let ImpactUnit::Item(name) = &unit.unit { Some(name.clone()) } else { None })
            .collect()
    };
    let all = items(&of(usize::MAX));
    let largest = all.iter().max_by(|a, b| sold(a).total_cmp(&sold(b))).unwrap();
    assert!(all.len() > 1);
    assert_eq!(items(&of(1)), std::slice::from_ref(largest));
    let one = of(1);
    let levels = one[0].units.iter().map(|unit| std::mem::discriminant(&unit.unit)).collect::<Vec<_>>();
    assert_eq!(levels.len(), 5, "the total and one unit of each level");
}
