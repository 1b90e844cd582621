//! Public holidays and the days that shops know, for any year from 1950 to 2100, by rules.
//!
//! A country is a list of rules (`countries/`): on a month's day, on the n-th weekday of a month, around Easter, by the
//! Islamic, Hebrew, Chinese or an Indian calendar; with the years in which it was kept, the regions that keep it, and where
//! it goes when it falls on a weekend. [`Country::holidays`] lays them out by date. Retail events ([`HolidayKind::Retail`],
//! [`HolidayKind::Season`]) are no days off, but they move demand as much: Black Friday, Mother's Day, Ramadan.
//!
//! What no rule tells is a list of dates: decreed once, or sighted a day earlier. Feasts by the moon are within a day of
//! what will be announced. China's working weekends are decreed each year and not here.

mod chinese;
mod christian;
mod countries;
mod hebrew;
mod hindu;
mod islamic;
mod retail;
mod rule;
mod territory;
mod transfer;

pub use christian::easter;
pub use territory::{Territory, TerritoryError};

use crate::{CalendarEvent, Day, LocationId};
use rule::Rule;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What kind of day it is. Events of one kind resemble each other enough that a new one borrows their effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HolidayKind {
    /// A day off by law.
    Public,
    /// The day off in lieu of one that fell on an awkward day.
    Observed,
    /// No day off, but known to shops: Valentine's Day, Black Friday.
    Retail,
    /// A stretch of days or weeks: Ramadan, back to school.
    Season,
    /// The shop is shut.
    Closure,
    /// The shop's own or its town's: a fair, a match.
    Local,
    /// A sale, a campaign.
    Promotion,
}

impl HolidayKind {
    /// Every kind.
    pub const ALL: [Self; 7] =
        [Self::Public, Self::Observed, Self::Retail, Self::Season, Self::Closure, Self::Local, Self::Promotion];

    /// The word stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Observed => "observed",
            Self::Retail => "retail",
            Self::Season => "season",
            Self::Closure => "closure",
            Self::Local => "local",
            Self::Promotion => "promotion",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == word)
    }
}

/// One time that a holiday happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holiday {
    /// Its name in English, the same every year and for the day in lieu (see [`Self::full_name`]).
    pub name: &'static str,
    /// What kind of day.
    pub kind: HolidayKind,
    /// First day.
    pub first: Day,
    /// Last day, inclusive.
    pub last: Day,
    /// Whether most shops are shut, by law or by custom.
    pub closed: bool,
}

impl Holiday {
    /// Its name, the day in lieu told apart.
    pub fn full_name(&self) -> String {
        if self.kind == HolidayKind::Observed { format!("{} (observed)", self.name) } else { self.name.to_owned() }
    }

    /// The event of the shop's calendar that it makes, at one location or (`None`) everywhere.
    pub fn event(&self, location: Option<LocationId>) -> CalendarEvent {
        CalendarEvent { name: self.full_name(), first: self.first, last: self.last, location }
    }
}

/// A country whose holidays are known.
#[derive(Debug)]
pub struct Country {
    /// ISO 3166-1 code of two letters.
    pub code: &'static str,
    /// Its name in English.
    pub name: &'static str,
    /// Regions with holidays of their own, by the second half of their ISO 3166-2 codes.
    pub regions: &'static [&'static str],
    rules: &'static [Rule],
    /// Whether a working day between two holidays is one too (Japan).
    bridges: bool,
}

/// First and last year that are computed.
pub const YEARS: std::ops::RangeInclusive<i32> = 1950..=2100;

/// Every country, by code.
pub fn countries() -> &'static [Country] {
    &countries::ALL
}

/// The country with this code, in either case.
pub fn country(code: &str) -> Option<&'static Country> {
    countries::ALL.iter().find(|country| country.code.eq_ignore_ascii_case(code))
}

impl Country {
    /// Everything from `first` to `last` (within [`YEARS`]), in the whole country or in one of its [`Self::regions`] (the
    /// country's own included), by first day. An unknown region keeps the country's.
    pub fn holidays(&self, region: Option<&str>, first: Day, last: Day) -> Vec<Holiday> {
        let region = region.filter(|region| self.regions.contains(region));
        let (from, to) = (first.civil().0.max(*YEARS.start()), last.civil().0.min(*YEARS.end()));
        let mut found = Vec::new();
        // Days in lieu may cross the turn of a year.
        for year in from - 1..=to + 1 {
            self.of_year(region, year, &mut found);
        }
        found.sort_by_key(|(holiday, _)| (holiday.first, holiday.last));
        self.put_in_lieu(&mut found);
        let mut holidays: Vec<Holiday> = found.into_iter().map(|(holiday, _)| holiday).collect();
        if self.bridges {
            bridge(&mut holidays);
        }
        let reaches = |holiday: &Holiday| {
            holiday.last >= first && holiday.first <= last && YEARS.contains(&holiday.first.civil().0)
        };
        holidays.retain(reaches);
        holidays.sort_by_key(|holiday| (holiday.first, holiday.last, holiday.kind));
        holidays
    }

    fn of_year(&self, region: Option<&str>, year: i32, found: &mut Vec<(Holiday, &'static Rule)>) {
        let own = self.rules.iter().filter(|rule| rule.applies(region));
        for rule in own.chain(retail::rules_of(self.code)) {
            for first in rule.days_of(year) {
                let last = first.plus(i32::from(rule.days) - 1);
                found.push((Holiday { name: rule.name, kind: rule.kind, first, last, closed: rule.closed }, rule));
            }
        }
    }

    /// Adds the days in lieu, or moves holidays to them.
    fn put_in_lieu(&self, found: &mut Vec<(Holiday, &'static Rule)>) {
        let public = found.iter().filter(|(holiday, _)| holiday.kind == HolidayKind::Public);
        let mut holds: BTreeMap<Day, u8> = BTreeMap::new();
        for day in public.flat_map(|(holiday, _)| days(holiday.first, holiday.last)) {
            *holds.entry(day).or_default() += 1;
        }
        let mut taken: BTreeSet<Day> = holds.keys().copied().collect();
        let (mut observed, mut made_up) = (Vec::new(), BTreeSet::new());
        for (holiday, rule) in found.iter_mut().filter(|(h, rule)| rule.transfers(h.first.civil().0)) {
            for day in days(holiday.first, holiday.last) {
                let meets = holds.get(&day).is_some_and(|count| *count > 1) && !made_up.contains(&day);
                let Some(lieu) = rule.transfer.in_lieu(day, meets, &taken) else { continue };
                if rule.transfer.replaces() {
                    (holiday.first, holiday.last) = (lieu, lieu);
                } else if taken.insert(lieu) {
                    made_up.insert(day);
                    let kind = HolidayKind::Observed;
                    observed.push((Holiday { kind, first: lieu, last: lieu, closed: false, ..*holiday }, *rule));
                }
            }
        }
        found.extend(observed);
    }
}

fn days(first: Day, last: Day) -> impl Iterator<Item = Day> {
    (0..=last.since(first).clamp(0, 366)).map(move |ahead| first.plus(ahead))
}

/// A working day between two public holidays is a holiday (Japan's "citizens' holiday", since 1988).
fn bridge(holidays: &mut Vec<Holiday>) {
    let taken: BTreeSet<Day> = holidays
        .iter()
        .filter(|holiday| holiday.kind == HolidayKind::Public)
        .flat_map(|holiday| days(holiday.first, holiday.last))
        .collect();
    let between = |day: &Day| taken.contains(&day.plus(-2)) && !taken.contains(&day.plus(-1));
    let bridged: Vec<Day> = taken.iter().filter(|day| between(day)).map(|day| day.plus(-1)).collect();
    for day in bridged.into_iter().filter(|day| day.civil().0 >= 1988 && day.weekday() != crate::Weekday::Sunday) {
        let kind = HolidayKind::Public;
        holidays.push(Holiday { name: "Citizens' Holiday", kind, first: day, last: day, closed: false });
    }
}

#[cfg(test)]
mod tests;
