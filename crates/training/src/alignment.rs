//! Which periods of a year ago a period resembles: by date around events, by weekday everywhere else.
//!
//! A year ago means 364 days, 52 weeks or 12 months: weekdays are kept. Around an event that is wrong by as much as the
//! event moves: Christmas by a day or two, Easter by up to five weeks. There a period takes the days that lay as far from
//! last year's occurrence, blended between two periods where they straddle them. Where last year's event lay and this
//! year's does not, the periods around it stand in.

use aisle_domain::{Day, Granularity};
use aisle_engine::EventModel;

/// Days from an event's first day to a period's last within which the event rules the period.
fn ruled(granularity: Granularity) -> std::ops::RangeInclusive<i32> {
    match granularity {
        Granularity::Day => -7..=2,
        Granularity::Week { .. } => -13..=7,
        // Months are not aligned: an event rules a part of its month only.
        Granularity::Month => 0..=0,
    }
}

/// Per period, what of a year ago it resembles: indices of periods with weights that sum to one. Empty in the first year.
pub(crate) fn year_ago(
    granularity: Granularity,
    year: usize,
    ends: &[Day],
    events: &[EventModel],
) -> Vec<Vec<(usize, f64)>> {
    let families = families(granularity, ends, events);
    (0..ends.len()).map(|period| resembles(granularity, year, ends, &families, period)).collect()
}

/// First days of an event's occurrences everywhere, in order.
type Family = Vec<Day>;

/// Events with dates. An event as long as a period is a flag on the period, which says nothing of where in it it lies; for
/// weeks Christmas and New Year are known anyway.
fn families(granularity: Granularity, ends: &[Day], events: &[EventModel]) -> Vec<Family> {
    let longest = match granularity {
        Granularity::Day => 4,
        Granularity::Week { .. } => 5,
        Granularity::Month => return Vec::new(),
    };
    let mut families: Vec<Family> = Vec::new();
    for event in events {
        let dated = event.occurrences.iter().filter(|o| o.location.is_none() && o.last.since(o.first) < longest);
        let mut days: Family = dated.map(|occurrence| occurrence.first).collect();
        days.sort_unstable();
        days.dedup();
        families.push(days);
    }
    if let (Granularity::Week { .. }, Some(first), Some(last)) = (granularity, ends.first(), ends.last()) {
        for (month, date) in [(12, 25), (1, 1)] {
            let years = first.civil().0 - 1..=last.civil().0 + 1;
            families.push(years.filter_map(|year| Day::from_civil(year, month, date).ok()).collect());
        }
    }
    families
}

fn resembles(
    granularity: Granularity,
    year: usize,
    ends: &[Day],
    families: &[Family],
    period: usize,
) -> Vec<(usize, f64)> {
    let Some(plain) = period.checked_sub(year) else { return Vec::new() };
    let (ruled, days) = (ruled(granularity), if granularity == Granularity::Day { 1 } else { 7 });
    let end = ends[period];
    let mut nearest: Option<(i32, i32)> = None;
    for family in families {
        for (now, before) in family.iter().filter_map(|now| Some((*now, last_year(family, *now)?))) {
            let apart = end.since(now);
            if ruled.contains(&apart) && nearest.is_none_or(|(other, _)| apart.abs() < other.abs()) {
                nearest = Some((apart, now.since(before)));
            }
        }
    }
    if let Some((_, gap)) = nearest {
        // The day that lies as far from last year's occurrence, in periods from the first.
        let place = f64::from(end.plus(-gap).since(ends[0])) / f64::from(days);
        let (whole, beyond) = (place.floor(), place - place.floor());
        if whole < 0.0 {
            return vec![(plain, 1.0)];
        }
        let whole = whole as usize;
        return if beyond > 1e-9 { vec![(whole, 1.0 - beyond), (whole + 1, beyond)] } else { vec![(whole, 1.0)] };
    }
    let moved_away = |place: usize| {
        let day = ends[place];
        families.iter().any(|family| {
            family.iter().any(|before| {
                let next = next_year(family, *before);
                let moved = next.is_some_and(|next| (next.since(*before) - 364).abs() >= 7);
                moved && ruled.contains(&day.since(*before))
            })
        })
    };
    if !moved_away(plain) {
        return vec![(plain, 1.0)];
    }
    let before = (0..plain).rev().take(4 * 7).find(|place| !moved_away(*place));
    let after = (plain + 1..period).take(4 * 7).find(|place| !moved_away(*place));
    match (before, after) {
        (Some(before), Some(after)) => vec![(before, 0.5), (after, 0.5)],
        (Some(one), None) | (None, Some(one)) => vec![(one, 1.0)],
        (None, None) => vec![(plain, 1.0)],
    }
}

/// The occurrence about a year before one; none where the event did not happen then.
fn last_year(family: &[Day], now: Day) -> Option<Day> {
    let about = |day: &&Day| (320..=410).contains(&now.since(**day));
    family.iter().filter(about).min_by_key(|day| (now.since(**day) - 364).abs()).copied()
}

fn next_year(family: &[Day], before: Day) -> Option<Day> {
    let about = |day: &&Day| (320..=410).contains(&day.since(before));
    family.iter().filter(about).min_by_key(|day| (day.since(before) - 364).abs()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use aisle_domain::{Weekday, holidays};
    use aisle_engine::Occurrence;

    const WEEKS: Granularity = Granularity::Week { ends: Weekday::Friday };

    fn ends(first: &str, count: i32, granularity: Granularity) -> Vec<Day> {
        let first = Day::parse(first).unwrap();
        (0..count).map(|step| granularity.step(first, step)).collect()
    }

    fn event(name: &str, granularity: Granularity) -> EventModel {
        let country = holidays::country("US").unwrap();
        let (first, last) = (Day::parse("2009-01-01").unwrap(), Day::parse("2014-12-31").unwrap());
        let days = country.holidays(None, first, last).into_iter().filter(|holiday| holiday.full_name() == name);
        let occurrences = days.map(|h| Occurrence { first: h.first, last: h.last, location: None }).collect();
        let _ = granularity;
        EventModel { name: name.to_owned(), before: 1, after: 1, occurrences }
    }

    fn at(ends: &[Day], day: &str) -> usize {
        ends.iter().position(|end| *end == Day::parse(day).unwrap()).unwrap()
    }

    #[test]
    fn weeks_before_christmas_are_aligned_by_date() {
        let ends = ends("2010-02-05", 160, WEEKS);
        let ago = year_ago(WEEKS, 52, &ends, &[]);
        // The week to 23 December 2011 covers dates one day before those of the week to 24 December 2010.
        let (eve, last) = (at(&ends, "2011-12-23"), at(&ends, "2010-12-24"));
        assert_eq!(ago[eve].iter().map(|(index, _)| *index).collect::<Vec<_>>(), [last - 1, last]);
        assert!((ago[eve][1].1 - 6.0 / 7.0).abs() < 1e-9);
        // Two days in a leap year.
        let eve = at(&ends, "2012-12-21");
        assert!((ago[eve][0].1 - 2.0 / 7.0).abs() < 1e-9);
        assert_eq!(ago[at(&ends, "2011-07-01")], [(at(&ends, "2010-07-02"), 1.0)]);
        assert!(ago[..52].iter().all(Vec::is_empty));
    }

    #[test]
    fn easter_takes_its_weeks_from_last_years_easter() {
        let ends = ends("2010-02-05", 150, WEEKS);
        let ago = year_ago(WEEKS, 52, &ends, &[event("Easter Sunday", WEEKS)]);
        // Easter was on 4 April 2010 and on 24 April 2011: the shopping weeks end on the Fridays before.
        assert_eq!(ago[at(&ends, "2011-04-22")], [(at(&ends, "2010-04-02"), 1.0)]);
        // Where Easter lay last year, the weeks around it stand in.
        let ordinary = &ago[at(&ends, "2011-04-01")];
        assert!(ordinary.iter().all(|(index, _)| ![at(&ends, "2010-04-02"), at(&ends, "2010-04-09")].contains(index)));
        assert!((ordinary.iter().map(|(_, weight)| weight).sum::<f64>() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn days_are_aligned_to_the_date_around_events_and_to_the_weekday_elsewhere() {
        let ends = ends("2011-01-01", 800, Granularity::Day);
        let ago = year_ago(Granularity::Day, 364, &ends, &[event("Christmas Day", Granularity::Day)]);
        assert_eq!(ago[at(&ends, "2012-12-24")], [(at(&ends, "2011-12-24"), 1.0)]);
        assert_eq!(ago[at(&ends, "2012-12-10")], [(at(&ends, "2011-12-12"), 1.0)]);
    }

    #[test]
    fn months_and_flags_on_whole_weeks_keep_their_place() {
        let months = ends("2010-01-31", 40, Granularity::Month);
        let ago = year_ago(Granularity::Month, 12, &months, &[event("Easter Sunday", Granularity::Month)]);
        assert_eq!(ago[15], [(3, 1.0)]);
        let weeks = ends("2010-02-05", 150, WEEKS);
        let flag = |end: &str| {
            let last = Day::parse(end).unwrap();
            Occurrence { first: last.plus(-6), last, location: None }
        };
        let flags = EventModel {
            name: "Flag".to_owned(),
            before: 2,
            after: 1,
            occurrences: vec![flag("2010-09-10"), flag("2011-09-16")],
        };
        let ago = year_ago(WEEKS, 52, &weeks, &[flags]);
        assert_eq!(ago[at(&weeks, "2011-09-16")], [(at(&weeks, "2010-09-17"), 1.0)]);
    }
}
