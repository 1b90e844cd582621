//! The shop's calendar, put together from its sources: the data's flags, own events, calendar files, countries' holidays.

use crate::failure;
use crate::shop;
use crate::state::Aisle;
use aisle_app::ports::Answer;
use aisle_domain::shop_calendar::{PlacedHoliday, joined};
use aisle_domain::{
    CalendarEvent, Day, EventSource, HolidayKind, Location, LocationId, ShopEvent, Territory, icalendar,
};
use aisle_store::calendar_files::{self, CalendarFile};
use aisle_store::own_events::{self, OwnEvent};
use aisle_store::{catalogue, settings};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Days before the first sale that the calendar of forecasts begins, and after the last one that it ends.
const AROUND: (i32, i32) = (400, 800);

/// The calendar that forecasts reckon with.
pub(crate) struct ModelCalendar {
    /// Events that models learn from.
    pub(crate) events: Vec<CalendarEvent>,
    /// Their kinds by name.
    pub(crate) kinds: BTreeMap<String, HolidayKind>,
    /// Days on which locations are shut.
    pub(crate) closures: Vec<CalendarEvent>,
    /// Names the state of everything in the calendar besides the data: the same text, the same calendar. Empty where there
    /// is nothing but the data.
    pub(crate) version: String,
}

/// What the calendar is made of besides the data.
struct Sources {
    territories: Vec<Territory>,
    by_location: BTreeMap<LocationId, Territory>,
    locations: Vec<LocationId>,
    own: Vec<OwnEvent>,
    files: Vec<CalendarFile>,
}

impl Aisle {
    /// Every event that touches the days from `first` to `last`, by first day.
    pub(crate) async fn calendar_events(&self, first: Day, last: Day) -> Answer<Vec<ShopEvent>> {
        let sources = self.calendar_sources().await?;
        self.events_of(&sources, first, last).await
    }

    async fn events_of(&self, sources: &Sources, first: Day, last: Day) -> Answer<Vec<ShopEvent>> {
        // All that the data flags, whichever days are asked for: an event has its name from the years in which it is told.
        let (always, ever) = (Day::from_epoch_days(i32::MIN), Day::from_epoch_days(i32::MAX));
        let data = catalogue::events(&self.store, always, ever).await.map_err(failure::store)?;
        let mut told = joined(data, sources.entered(first, last), sources.holidays(first, last));
        told.retain(|told| told.event.last >= first && told.event.first <= last);
        Ok(told)
    }

    /// What forecasts of sales from `first` to `last` reckon with.
    pub(crate) async fn model_calendar(&self, first: Day, last: Day) -> Answer<ModelCalendar> {
        let sources = self.calendar_sources().await?;
        let told = self.events_of(&sources, first.plus(-AROUND.0), last.plus(AROUND.1)).await?;
        let (closures, events): (Vec<_>, Vec<_>) =
            told.into_iter().partition(|told| told.kind == HolidayKind::Closure && told.source != EventSource::Country);
        let events: Vec<ShopEvent> = events.into_iter().filter(counts).collect();
        Ok(ModelCalendar {
            kinds: events.iter().map(|told| (told.event.name.clone(), told.kind)).collect(),
            events: events.into_iter().map(|told| told.event).collect(),
            closures: closures.into_iter().map(|told| told.event).collect(),
            version: sources.version(),
        })
    }

    /// The countries whose holidays count: those of the settings, else those of the configuration.
    pub(crate) async fn territories(&self) -> Answer<Vec<Territory>> {
        let kept = shop::settings(&self.store).await.map_err(failure::store)?;
        let Some(codes) = kept.countries else { return Ok(self.config.territories()) };
        let known = |code: &String| {
            // Written by a version that knew more countries.
            let parsed = Territory::parse(code);
            parsed.inspect_err(|error| tracing::warn!(%error, "a country of the settings is left out")).ok()
        };
        Ok(codes.iter().filter_map(known).collect())
    }

    /// Locations that carry a country of their own, where countries count at all.
    pub(crate) async fn territories_by_location(&self) -> Answer<BTreeMap<LocationId, Territory>> {
        let locations = crate::board::locations(self).await?;
        Ok(own_territories(locations.values()))
    }

    async fn calendar_sources(&self) -> Answer<Sources> {
        let territories = self.territories().await?;
        let locations = if territories.is_empty() { BTreeMap::new() } else { crate::board::locations(self).await? };
        Ok(Sources {
            territories,
            by_location: own_territories(locations.values()),
            locations: locations.into_keys().collect(),
            own: own_events::list(&self.store).await.map_err(failure::store)?,
            files: calendar_files::in_use(&self.store).await.map_err(failure::store)?,
        })
    }

    /// Called after every change of the calendar: pages look anew.
    pub(crate) async fn calendar_changed(&self) -> Answer<()> {
        let now = crate::clock::now();
        settings::set(&self.store, shop::SETTINGS_STAMP, &now, now).await.map_err(failure::store)?;
        self.board.forget_freshness();
        Ok(())
    }
}

/// Whether models learn from an event: of a country's holidays those that are days off.
fn counts(told: &ShopEvent) -> bool {
    told.source != EventSource::Country || told.kind == HolidayKind::Public
}

fn own_territories<'a>(locations: impl Iterator<Item = &'a Location>) -> BTreeMap<LocationId, Territory> {
    locations.filter_map(|location| Some((location.id.clone(), territory_of(location)?))).collect()
}

/// The country (and region) that a location's attributes name.
fn territory_of(location: &Location) -> Option<Territory> {
    let attribute = |names: &[&str]| {
        let found = location.attributes.iter().find(|(name, _)| names.contains(&name.to_lowercase().as_str()));
        found.map(|(_, value)| value.as_str())
    };
    let territory = Territory::parse(attribute(&["country", "country_code"])?).ok()?;
    Some(match attribute(&["state", "province", "region", "region_code"]) {
        Some(region) => territory.with_region(region),
        None => territory,
    })
}

/// The events of a calendar file from `first` to `last`, as it is used.
pub(crate) fn events_of_file(file: &CalendarFile, first: Day, last: Day) -> Vec<ShopEvent> {
    let found = icalendar::read(&file.content, first, last).events.into_iter();
    let kept = found.filter(|found| !file.left_out.contains(&found.event.name));
    let told = kept.map(|found| ShopEvent {
        event: CalendarEvent { location: file.location.clone(), ..found.event },
        kind: found.kind,
        source: EventSource::File,
        origin: file.name.clone(),
    });
    told.collect()
}

impl Sources {
    /// Own events (all of them), and those of files from `first` to `last`.
    fn entered(&self, first: Day, last: Day) -> Vec<ShopEvent> {
        let own = self.own.iter().map(|own| ShopEvent {
            event: own.event.clone(),
            kind: own.kind,
            source: EventSource::Own,
            origin: own.id.clone(),
        });
        let of_files = self.files.iter().flat_map(|file| events_of_file(file, first, last));
        own.chain(of_files).collect()
    }

    /// Holidays everywhere, or by location where locations lie in several countries.
    fn holidays(&self, first: Day, last: Day) -> Vec<PlacedHoliday> {
        let placed = |territory: &Territory, location: Option<&LocationId>| {
            let code = territory.to_string();
            let holidays = territory.holidays(first, last).into_iter();
            let place = |holiday| PlacedHoliday { holiday, territory: code.clone(), location: location.cloned() };
            holidays.map(place).collect::<Vec<_>>()
        };
        let alike = |own: &Territory| self.territories.iter().all(|territory| territory == own);
        if self.by_location.values().all(alike) {
            return self.territories.iter().flat_map(|territory| placed(territory, None)).collect();
        }
        let mut all = Vec::new();
        for location in &self.locations {
            let kept = self.by_location.get(location).map_or(self.territories.as_slice(), std::slice::from_ref);
            all.extend(kept.iter().flat_map(|territory| placed(territory, Some(location))));
        }
        all
    }

    fn version(&self) -> String {
        if self.territories.is_empty() && self.own.is_empty() && self.files.is_empty() {
            return String::new();
        }
        let mut hash = Sha256::new();
        let mut tell = |parts: &[&str]| {
            for part in parts {
                hash.update((part.len() as u64).to_le_bytes());
                hash.update(part.as_bytes());
            }
        };
        for territory in &self.territories {
            tell(&["country", &territory.to_string()]);
        }
        for (location, territory) in &self.by_location {
            tell(&["location", location.as_str(), &territory.to_string()]);
        }
        for own in &self.own {
            let place = own.event.location.as_ref().map_or("", LocationId::as_str);
            let (first, last) = (own.event.first.to_string(), own.event.last.to_string());
            tell(&["event", &own.event.name, own.kind.name(), &first, &last, place]);
        }
        for file in &self.files {
            tell(&["file", &file.name, &file.hash, file.location.as_ref().map_or("", LocationId::as_str)]);
            file.left_out.iter().for_each(|name| tell(&["without", name]));
        }
        hex::encode(&hash.finalize()[..6])
    }
}
