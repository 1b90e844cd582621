//! A shop's calendar: what its data flags, what its people entered, and its countries' holidays, each event once.
//!
//! The same day told twice is one event. Names that differ by a word of form only (`Christmas`, `Christmas Day`) are the
//! same; a flag that says no more than `Holiday` takes the name of the public holiday in its days. The data's own days win
//! over a person's, and a person's over a rule's; the name first used stays in use in all years, so that next year's event
//! is known by what was sold at last year's.

use crate::{CalendarEvent, Day, Holiday, HolidayKind, LocationId, Period};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Where an event of the calendar comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventSource {
    /// Flagged in the data that was imported.
    Data,
    /// Entered by a person.
    Own,
    /// From a calendar file.
    File,
    /// A holiday of the shop's country.
    Country,
}

impl EventSource {
    /// Every source, in the order in which they win.
    pub const ALL: [Self; 4] = [Self::Data, Self::Own, Self::File, Self::Country];

    /// The word stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Own => "own",
            Self::File => "file",
            Self::Country => "country",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == word)
    }
}

/// One time that an event happens, and who says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopEvent {
    /// Name, days and place.
    pub event: CalendarEvent,
    /// What kind of event.
    pub kind: HolidayKind,
    /// Where it comes from.
    pub source: EventSource,
    /// Which one of that source: the event's identifier, the file's name, the territory's code; empty for data.
    pub origin: String,
}

/// A holiday of a territory: everywhere, or at the locations that lie there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedHoliday {
    /// The holiday.
    pub holiday: Holiday,
    /// The territory's code.
    pub territory: String,
    /// Where; everywhere when `None`.
    pub location: Option<LocationId>,
}

/// Joins the sources: `data` as flagged, `entered` by people (own events and files), `holidays` by rule. By first day, name,
/// place.
pub fn joined(data: Vec<CalendarEvent>, entered: Vec<ShopEvent>, holidays: Vec<PlacedHoliday>) -> Vec<ShopEvent> {
    let rules = Rules::new(&holidays);
    let mut all: Vec<ShopEvent> = data.into_iter().map(|event| rules.flagged(event)).collect();
    let told = Told::new(&all);
    // A closure is no holiday, whatever its name: it is never the same as one.
    let is_new = |told: &Told, event: &ShopEvent| event.kind == HolidayKind::Closure || !told.knows(&event.event);
    let mut entered: Vec<ShopEvent> = entered.into_iter().filter(|event| is_new(&told, event)).collect();
    entered.sort_by(|a, b| (a.source, &a.event).cmp(&(b.source, &b.event)));
    entered.dedup_by(|a, b| a.event == b.event && a.kind == b.kind);
    all.extend(entered);
    let told = Told::new(&all);
    let mut ruled: BTreeSet<CalendarEvent> = BTreeSet::new();
    for placed in holidays {
        let event = placed.holiday.event(placed.location);
        if told.knows(&event) || !ruled.insert(event.clone()) {
            continue;
        }
        let kind = placed.holiday.kind;
        all.push(ShopEvent { event, kind, source: EventSource::Country, origin: placed.territory });
    }
    let names = first_names(&all);
    for shop_event in &mut all {
        if let Some(name) =
            names.get(&essence(&shop_event.event.name)).filter(|_| shop_event.kind != HolidayKind::Closure)
        {
            shop_event.event.name.clone_from(name);
        }
    }
    all.sort_by(|a, b| {
        let key = |e: &ShopEvent| (e.event.first, e.event.name.clone(), e.event.location.clone(), e.source);
        key(a).cmp(&key(b))
    });
    all
}

/// The share of a period's days on which a location is open, 0 to 1; days count alike.
pub fn open_share(closures: &[CalendarEvent], location: &LocationId, period: Period) -> f64 {
    let here = closures.iter().filter(|event| event.location.as_ref().is_none_or(|place| place == location));
    let here: Vec<(Day, Day)> = here.map(|event| (event.first, event.last)).collect();
    let days = period.end.since(period.start()) + 1;
    let is_open = |day: &i32| {
        let day = period.start().plus(*day);
        !here.iter().any(|(first, last)| *first <= day && day <= *last)
    };
    (0..days).filter(is_open).count() as f64 / f64::from(days.max(1))
}

/// What is left of a name without words of form: `New Year's Day` and `New Year` are alike.
fn essence(name: &str) -> String {
    let lowered = name.to_lowercase().replace(['\u{2019}', '`'], "'").replace("'s", "").replace('\'', "");
    let words: Vec<&str> = lowered.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let form = ["day", "of", "the", "sunday", "holiday"];
    let kept = words.iter().filter(|word| !form.contains(word)).map(|word| match *word {
        "labour" => "labor",
        "st" => "saint",
        other => other.strip_suffix('s').filter(|rest| rest.len() > 3).unwrap_or(other),
    });
    let kept: Vec<&str> = kept.collect();
    // A name that is made of such words only is told apart as it is.
    if kept.is_empty() { words.join(" ") } else { kept.join(" ") }
}

/// Whether a flag says only that there is a holiday.
fn is_nameless(name: &str) -> bool {
    ["holiday", "public", "bank", "feiertag", "feriado", "férié", "jour férié", "festivo"]
        .contains(&essence(name).as_str())
}

fn meet(a: &CalendarEvent, first: Day, last: Day, location: Option<&LocationId>) -> bool {
    let same_place = match (&a.location, location) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    };
    same_place && a.first <= last && first <= a.last
}

/// Holidays by rule, to name what the data flags.
struct Rules<'a> {
    by_essence: BTreeMap<String, HolidayKind>,
    holidays: &'a [PlacedHoliday],
}

impl<'a> Rules<'a> {
    fn new(holidays: &'a [PlacedHoliday]) -> Self {
        let kinds = holidays.iter().map(|placed| (essence(&placed.holiday.full_name()), placed.holiday.kind));
        Self { by_essence: kinds.collect(), holidays }
    }

    fn flagged(&self, mut event: CalendarEvent) -> ShopEvent {
        if is_nameless(&event.name) {
            let in_its_days = self.holidays.iter().filter(|placed| {
                let (holiday, place) = (&placed.holiday, placed.location.as_ref());
                holiday.kind == HolidayKind::Public && meet(&event, holiday.first, holiday.last, place)
            });
            if let Some(placed) = in_its_days.min_by_key(|placed| placed.holiday.first) {
                event.name = placed.holiday.full_name();
            }
        }
        let kind = self.by_essence.get(&essence(&event.name)).copied().unwrap_or(HolidayKind::Local);
        ShopEvent { event, kind, source: EventSource::Data, origin: String::new() }
    }
}

/// Events told already, by the essence of their names.
struct Told {
    by_essence: BTreeMap<String, Vec<CalendarEvent>>,
}

impl Told {
    fn new(events: &[ShopEvent]) -> Self {
        let mut by_essence: BTreeMap<String, Vec<CalendarEvent>> = BTreeMap::new();
        for told in events.iter().filter(|told| told.kind != HolidayKind::Closure) {
            by_essence.entry(essence(&told.event.name)).or_default().push(told.event.clone());
        }
        Self { by_essence }
    }

    /// Whether an event of such a name is told for one of these days and this place.
    fn knows(&self, event: &CalendarEvent) -> bool {
        let alike = self.by_essence.get(&essence(&event.name)).map_or(&[][..], Vec::as_slice);
        alike.iter().any(|told| meet(told, event.first, event.last, event.location.as_ref()))
    }
}

/// The name in use for each essence: of the source that wins, its first by the alphabet.
fn first_names(events: &[ShopEvent]) -> BTreeMap<String, String> {
    let mut names: BTreeMap<String, (EventSource, String)> = BTreeMap::new();
    for told in events.iter().filter(|told| told.kind != HolidayKind::Closure) {
        let found = (told.source, told.event.name.clone());
        let name = names.entry(essence(&told.event.name)).or_insert_with(|| found.clone());
        if found < *name {
            *name = found;
        }
    }
    names.into_iter().map(|(essence, (_, name))| (essence, name)).collect()
}

#[cfg(test)]
mod tests;
