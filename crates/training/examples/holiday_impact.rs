//! What holidays did to Walmart's weekly sales: every event's uplift in total, past occurrences side by side, the next.
//!
//! `AISLE_TEST_DATA=FOLDER cargo run --release -p aisle-training --example holiday_impact`, where FOLDER holds
//! `walmart/train.csv`. Events come from the country's calendar (Christmas among them, whose shopping weeks the data do not
//! flag), laid over weeks by date.
#![expect(clippy::print_stdout, reason = "an example that prints a table")]

use aisle_domain::{Day, Granularity, HolidayKind, ItemId, LocationId, Measure, SeriesKey, Weekday, holidays};
use aisle_engine::impact::ImpactUnit;
use aisle_training::{ImpactLevels, ImpactRequest, Panel, PanelParts, PanelSeries, holiday_impact};
use std::collections::BTreeMap;
use std::time::Instant;

type Failure = Box<dyn std::error::Error>;

/// Events that American shops feel, by their names in the calendar.
const EVENTS: [&str; 12] = [
    "Super Bowl",
    "Valentine's Day",
    "Easter Sunday",
    "Mother's Day",
    "Memorial Day",
    "Father's Day",
    "Independence Day",
    "Back to School",
    "Labor Day",
    "Halloween",
    "Thanksgiving",
    "Christmas Day",
];

fn main() -> Result<(), Failure> {
    let Ok(folder) = std::env::var("AISLE_TEST_DATA") else {
        println!("left out: AISLE_TEST_DATA does not name the folder with the data");
        return Ok(());
    };
    let (panel, kinds) = walmart(&folder)?;
    let all = std::env::args().any(|argument| argument == "--series");
    let levels = if all { ImpactLevels::ALL } else { ImpactLevels::OVERVIEW };
    let started = Instant::now();
    let impacts = holiday_impact(&panel, &ImpactRequest { kinds, levels, ..ImpactRequest::default() });
    let units: usize = impacts.iter().map(|impact| impact.units.len()).sum();
    println!("{units} effects of {} events in {:.2} s", impacts.len(), started.elapsed().as_secs_f64());
    for impact in &impacts {
        let Some(unit) = impact.units.iter().find(|unit| unit.unit == ImpactUnit::Total) else { continue };
        let percent = |share: f64| format!("{:+.1} %", 100.0 * share);
        println!(
            "{:17} window -{}..+{} days: {} [{}, {}], {:+.2} M [{:+.2}, {:+.2}]{}",
            impact.event,
            unit.days_before,
            unit.days_after,
            percent(unit.relative.value),
            percent(unit.relative.low),
            percent(unit.relative.high),
            unit.absolute.value / 1e6,
            unit.absolute.low / 1e6,
            unit.absolute.high / 1e6,
            if impact.shared_with.is_empty() { String::new() } else { format!(" with {:?}", impact.shared_with) },
        );
        for occurrence in &unit.occurrences {
            let weeks = occurrence.periods.iter().map(|period| {
                let share = period.actual.unwrap_or(f64::NAN) / period.expected - 1.0;
                format!("{} {}", period.end, percent(share))
            });
            println!(
                "    {}: {} ({})",
                occurrence.first,
                percent(occurrence.relative.value),
                weeks.collect::<Vec<_>>().join(", ")
            );
        }
        if let Some(next) = &unit.next {
            println!(
                "    next {}: {:+.2} M [{:+.2}, {:+.2}] on {:.1} M",
                next.first,
                next.uplift.value / 1e6,
                next.uplift.low / 1e6,
                next.uplift.high / 1e6,
                next.expected / 1e6
            );
        }
        let mut groups: Vec<_> = impact.units.iter().filter(|unit| matches!(unit.unit, ImpactUnit::Group(_))).collect();
        groups.sort_by(|a, b| b.absolute.value.total_cmp(&a.absolute.value));
        for unit in groups.iter().take(3) {
            let ImpactUnit::Group(name) = &unit.unit else { continue };
            println!(
                "    department {name:3}: {} [{}, {}], {:+.2} M",
                percent(unit.relative.value),
                percent(unit.relative.low),
                percent(unit.relative.high),
                unit.absolute.value / 1e6
            );
        }
    }
    Ok(())
}

fn walmart(folder: &str) -> Result<(Panel, BTreeMap<String, HolidayKind>), Failure> {
    let sales = std::fs::read_to_string(std::path::Path::new(folder).join("walmart/train.csv"))?;
    let granularity = Granularity::Week { ends: Weekday::Friday };
    let first = Day::parse("2010-02-05")?;
    let mut rows: BTreeMap<(String, String), BTreeMap<usize, f64>> = BTreeMap::new();
    for line in sales.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let week = granularity.steps_between(first, Day::parse(cells[2])?) as usize;
        rows.entry((cells[0].to_owned(), cells[1].to_owned())).or_default().insert(week, cells[3].parse()?);
    }
    let last = rows.values().filter_map(|weeks| weeks.keys().next_back()).max().copied().unwrap_or(0);
    let mut series = Vec::with_capacity(rows.len());
    for ((store, department), weeks) in rows {
        let values = (0..=last).map(|week| weeks.get(&week).copied().unwrap_or(f64::NAN)).collect();
        let key = SeriesKey { location: LocationId::new(store)?, item: ItemId::new(department.clone())? };
        series.push(PanelSeries { key, values, group: department });
    }
    let (mut events, mut kinds) = (Vec::new(), BTreeMap::new());
    let country = holidays::country("US").ok_or("no such country")?;
    for holiday in country.holidays(None, Day::parse("2009-12-01")?, Day::parse("2013-03-01")?) {
        if EVENTS.contains(&holiday.full_name().as_str()) {
            kinds.insert(holiday.full_name(), holiday.kind);
            events.push(holiday.event(None));
        }
    }
    let panel = Panel::new(PanelParts {
        data_version: "walmart".to_owned(),
        measure: Measure::Revenue,
        granularity,
        currency: None,
        ends: (0..=last as i32).map(|week| granularity.step(first, week)).collect(),
        series,
        drivers: Vec::new(),
        locations: Vec::new(),
        events,
    })?;
    Ok((panel, kinds))
}
