//! One event is told once, whoever tells it.

use super::*;
use crate::{Granularity, Territory, Weekday};

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn event(name: &str, first: &str, last: &str) -> CalendarEvent {
    CalendarEvent { name: name.to_owned(), first: day(first), last: day(last), location: None }
}

fn own(name: &str, first: &str, last: &str, kind: HolidayKind) -> ShopEvent {
    ShopEvent { event: event(name, first, last), kind, source: EventSource::Own, origin: "1".to_owned() }
}

fn american(first: &str, last: &str) -> Vec<PlacedHoliday> {
    let holidays = Territory::parse("US").unwrap().holidays(day(first), day(last));
    holidays.into_iter().map(|holiday| PlacedHoliday { holiday, territory: "US".to_owned(), location: None }).collect()
}

fn named<'a>(events: &'a [ShopEvent], name: &str) -> Vec<&'a ShopEvent> {
    events.iter().filter(|told| told.event.name == name).collect()
}

#[test]
fn names_that_differ_by_a_word_of_form_are_the_same() {
    for (a, b) in [
        ("Christmas", "Christmas Day"),
        ("New Year", "New Year's Day"),
        ("Mothers Day", "Mother’s Day"),
        ("Easter", "Easter Sunday"),
        ("Labour Day", "Labor day"),
        ("Thanksgiving Day", "THANKSGIVING"),
    ] {
        assert_eq!(essence(a), essence(b), "{a}, {b}");
    }
    for (a, b) in [("Christmas", "Christmas Eve"), ("New Year", "New Year's Eve"), ("Easter", "Easter Monday")] {
        assert_ne!(essence(a), essence(b), "{a}, {b}");
    }
    assert!(is_nameless("Holiday") && is_nameless("Public holiday") && !is_nameless("Labor Day"));
}

/// Walmart's data flags whole weeks until February 2013; the rule goes on where they end, by the same name.
#[test]
fn the_datas_flag_wins_and_the_rule_goes_on_by_its_name() {
    let data = vec![event("Christmas", "2011-12-24", "2011-12-30"), event("Christmas", "2012-12-22", "2012-12-28")];
    let all = joined(data, Vec::new(), american("2011-01-01", "2013-12-31"));
    let christmas: Vec<(String, EventSource)> =
        named(&all, "Christmas").iter().map(|told| (told.event.first.to_string(), told.source)).collect();
    let expected =
        [("2011-12-24", EventSource::Data), ("2012-12-22", EventSource::Data), ("2013-12-25", EventSource::Country)];
    assert_eq!(christmas, expected.map(|(day, source)| (day.to_owned(), source)));
    assert!(named(&all, "Christmas Day").is_empty());
    assert!(named(&all, "Christmas").iter().all(|told| told.kind == HolidayKind::Public));
    assert_eq!(named(&all, "Thanksgiving").len(), 3);
}

#[test]
fn a_flag_without_a_name_takes_the_public_holidays() {
    let data = vec![event("Holiday", "2011-11-19", "2011-11-25"), event("Holiday", "2011-03-05", "2011-03-11")];
    let all = joined(data, Vec::new(), american("2011-01-01", "2012-12-31"));
    let thanksgiving = named(&all, "Thanksgiving");
    assert_eq!(thanksgiving.len(), 2);
    assert_eq!((thanksgiving[0].event.first, thanksgiving[0].source), (day("2011-11-19"), EventSource::Data));
    assert_eq!(named(&all, "Holiday").len(), 1, "no public holiday in its days: it keeps its name");
}

#[test]
fn a_persons_event_wins_over_the_rule_and_a_closure_is_no_holiday() {
    let entered = vec![
        own("Thanksgiving Day", "2012-11-21", "2012-11-22", HolidayKind::Public),
        own("Christmas", "2012-12-25", "2012-12-25", HolidayKind::Closure),
        own("Town fair", "2012-06-01", "2012-06-03", HolidayKind::Local),
    ];
    let all = joined(Vec::new(), entered, american("2012-01-01", "2012-12-31"));
    let thanksgiving = named(&all, "Thanksgiving Day");
    assert_eq!((thanksgiving.len(), thanksgiving[0].event.first), (1, day("2012-11-21")));
    assert!(named(&all, "Thanksgiving").is_empty());
    assert_eq!(named(&all, "Christmas").len(), 1, "the closure");
    assert_eq!(named(&all, "Christmas Day").len(), 1, "the holiday");
    assert_eq!(named(&all, "Town fair").len(), 1);
}

#[test]
fn an_event_elsewhere_is_another_one() {
    let at = |place: &str| Some(LocationId::new(place).unwrap());
    let placed = |place: &str| PlacedHoliday {
        holiday: Territory::parse("US").unwrap().holidays(day("2012-07-04"), day("2012-07-04"))[0],
        territory: "US".to_owned(),
        location: at(place),
    };
    let flagged = CalendarEvent { location: at("1"), ..event("Independence Day", "2012-07-04", "2012-07-04") };
    let all = joined(vec![flagged], Vec::new(), vec![placed("1"), placed("2"), placed("2")]);
    let sources: Vec<EventSource> = all.iter().map(|told| told.source).collect();
    assert_eq!(sources, [EventSource::Data, EventSource::Country]);
    assert_eq!(all[1].event.location, at("2"));
}

/// Whatever is told, joining what was joined changes nothing.
#[test]
fn joining_again_changes_nothing() {
    let data = vec![event("Holiday", "2011-12-24", "2011-12-30"), event("Easter", "2011-04-24", "2011-04-24")];
    let entered = vec![own("Super Bowl Sunday", "2012-02-05", "2012-02-05", HolidayKind::Retail)];
    let rules = american("2011-01-01", "2012-12-31");
    let once = joined(data, entered.clone(), rules.clone());
    let (flagged, rest): (Vec<_>, Vec<_>) = once.iter().cloned().partition(|told| told.source == EventSource::Data);
    let entered = rest.into_iter().filter(|told| told.source == EventSource::Own).collect();
    let twice = joined(flagged.into_iter().map(|told| told.event).collect(), entered, rules);
    assert_eq!(once, twice);
}

#[test]
fn the_share_of_open_days_counts_each_closed_day_once() {
    let week = Period { granularity: Granularity::Week { ends: Weekday::Sunday }, end: day("2024-01-07") };
    let place = LocationId::new("1").unwrap();
    let elsewhere = LocationId::new("2").unwrap();
    let closed = |first: &str, last: &str, location: Option<&LocationId>| CalendarEvent {
        location: location.cloned(),
        ..event("Works", first, last)
    };
    assert_eq!(open_share(&[], &place, week), 1.0);
    let twice = [closed("2024-01-01", "2024-01-02", None), closed("2024-01-02", "2024-01-02", Some(&place))];
    assert!((open_share(&twice, &place, week) - 5.0 / 7.0).abs() < 1e-12);
    assert_eq!(open_share(&[closed("2023-12-01", "2024-02-01", Some(&elsewhere))], &place, week), 1.0);
    assert_eq!(open_share(&[closed("2023-12-01", "2024-02-01", None)], &place, week), 0.0);
}
