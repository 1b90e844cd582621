//! The calendar's page and API: events entered, files used, countries chosen.

use crate::calendar::events_of_file;
use crate::clock;
use crate::failure;
use crate::shop;
use crate::state::Aisle;
use aisle_app::ports::calendar::{
    CalendarDesk, CalendarFileView, CalendarQuery, CalendarView, CountriesView, EventForm, FileEventLine, FileLine,
};
use aisle_app::ports::{Answer, Visitor};
use aisle_domain::{CalendarEvent, Day, HolidayKind, LocationId, ShopEvent, Territory, icalendar};
use aisle_store::calendar_files::{self, CalendarFile};
use aisle_store::own_events::{self, OwnEvent};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Longest stretch that is listed: five years, in days.
const LONGEST: i32 = 1_827;
/// Longest own event, in days.
const LONGEST_EVENT: i32 = 400;
/// Largest calendar file, in bytes.
pub(crate) const LARGEST_FILE: usize = 2_000_000;
/// Most countries that count for the whole shop.
const MOST_COUNTRIES: usize = 10;
const DAYS_A_YEAR: i32 = 365;

#[async_trait::async_trait]
impl CalendarDesk for Aisle {
    async fn calendar(&self, query: CalendarQuery) -> Answer<CalendarView> {
        let board = self.board().await?;
        let (first, last) = self.stretch(&query).await?;
        let everywhere = |told: &ShopEvent, place: &String| {
            told.event.location.as_ref().is_none_or(|location| location.as_str() == place)
        };
        let mut events = self.calendar_events(first, last).await?;
        events.retain(|told| {
            query.source.is_none_or(|source| source == told.source)
                && query.kind.is_none_or(|kind| kind == told.kind)
                && query.location.as_ref().is_none_or(|place| everywhere(told, place))
        });
        let files = calendar_files::in_use(&self.store).await.map_err(failure::store)?;
        let names: BTreeMap<&str, &str> =
            board.shop.locations.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
        let line = |file: CalendarFile| FileLine {
            events: events_of_file(&file, first, last).len() as u64,
            location: file
                .location
                .map(|id| names.get(id.as_str()).map_or_else(|| id.to_string(), |n| (*n).to_owned())),
            id: file.id,
            name: file.name,
            created_by: file.created_by,
            created_at: file.created_at,
        };
        let mut countries: Vec<Territory> = self.territories().await?;
        if !countries.is_empty() {
            countries.extend(self.territories_by_location().await?.into_values());
            countries.sort();
            countries.dedup();
        }
        Ok(CalendarView {
            first,
            last,
            events,
            files: files.into_iter().map(line).collect(),
            countries: countries.iter().map(|country| (country.to_string(), country.name())).collect(),
            locations: board.shop.locations.clone(),
            outdated: board.shop.artefact.is_some() && board.shop.calendar_changed,
        })
    }

    async fn enter(&self, by: &Visitor, event: EventForm) -> Answer<String> {
        Ok(self.enter_event(&by.login, &event).await?.id)
    }

    async fn change_event(&self, by: &Visitor, id: &str, event: EventForm) -> Answer<()> {
        self.put_event(&by.login, id, &event).await.map(|_| ())
    }

    async fn remove_event(&self, by: &Visitor, id: &str) -> Answer<()> {
        let gone = own_events::delete(&self.store, id).await.map_err(failure::store)?;
        self.note(&by.login, "calendar.remove", id, told(&gone)).await?;
        self.calendar_changed().await
    }

    async fn calendar_file(&self, id: &str) -> Answer<CalendarFileView> {
        let file = calendar_files::get(&self.store, id).await.map_err(failure::store)?;
        let board = self.board().await?;
        let (first, last) = self.looked_at().await?;
        let read = icalendar::read(&file.content, first, last);
        let mut lines: BTreeMap<String, FileEventLine> = BTreeMap::new();
        for found in read.events {
            let day = found.event.first;
            let line = lines.entry(found.event.name.clone()).or_insert_with(|| FileEventLine {
                taken: !file.left_out.contains(&found.event.name),
                name: found.event.name,
                kind: found.kind,
                times: 0,
                days: (day, day),
            });
            line.times += 1;
            line.days = (line.days.0.min(day), line.days.1.max(day));
        }
        Ok(CalendarFileView {
            id: file.id,
            name: file.name,
            active: file.active,
            events: lines.into_values().collect(),
            rejected: read.rejected,
            location: file.location.map(|location| location.to_string()).unwrap_or_default(),
            locations: board.shop.locations.clone(),
            days: (first, last),
        })
    }

    async fn use_calendar_file(
        &self,
        by: &Visitor,
        id: &str,
        names: Option<Vec<String>>,
        location: &str,
    ) -> Answer<()> {
        let view = self.calendar_file(id).await?;
        let location = self.place(location).await?;
        let left_out: Vec<String> = match &names {
            None => Vec::new(),
            Some(names) => view.events.into_iter().map(|line| line.name).filter(|name| !names.contains(name)).collect(),
        };
        let used = calendar_files::put_to_use(&self.store, id, &left_out, location.as_ref()).await;
        let used = used.map_err(failure::store)?;
        let detail = json!({ "hash": &used.hash[..used.hash.len().min(12)], "left_out": left_out.join(", ") });
        self.note(&by.login, "calendar.use_file", &used.name, detail).await?;
        self.calendar_changed().await
    }

    async fn forget_calendar_file(&self, by: &Visitor, id: &str) -> Answer<()> {
        let gone = calendar_files::delete(&self.store, id).await.map_err(failure::store)?;
        self.note(&by.login, "calendar.forget_file", &gone.name, json!({ "in_use": gone.active })).await?;
        if gone.active { self.calendar_changed().await } else { Ok(()) }
    }

    async fn countries(&self) -> Answer<CountriesView> {
        let board = self.board().await?;
        let name = |id: &LocationId| board.locations.get(id).map_or_else(|| id.to_string(), |place| place.name.clone());
        let by_location = self.territories_by_location().await?;
        Ok(CountriesView {
            known: Territory::all().iter().map(|one| (one.to_string(), one.name())).collect(),
            chosen: self.territories().await?.iter().map(Territory::to_string).collect(),
            by_location: by_location.iter().map(|(id, country)| (name(id), country.name())).collect(),
        })
    }

    async fn choose_countries(&self, by: &Visitor, codes: Vec<String>) -> Answer<()> {
        let mut chosen: Vec<Territory> = Vec::new();
        for code in codes {
            let one = Territory::parse(&code).map_err(|error| failure::invalid("countries", error.to_string()))?;
            if !chosen.contains(&one) {
                chosen.push(one);
            }
        }
        if chosen.len() > MOST_COUNTRIES {
            let detail = format!("{} countries are too many; at most {MOST_COUNTRIES}", chosen.len());
            return Err(failure::invalid("countries", detail));
        }
        let kept = shop::settings(&self.store).await.map_err(failure::store)?;
        let codes: Vec<String> = chosen.iter().map(Territory::to_string).collect();
        let kept = shop::ShopSettings { countries: Some(codes.clone()), ..kept };
        shop::keep(&self.store, &kept, clock::now()).await.map_err(failure::store)?;
        self.note(&by.login, "calendar.choose_countries", "shop", json!({ "countries": codes.join(", ") })).await?;
        self.calendar_changed().await
    }
}

/// An event as the audit log has it.
fn told(own: &OwnEvent) -> serde_json::Value {
    let place = own.event.location.as_ref().map_or("everywhere", LocationId::as_str);
    json!({ "name": own.event.name, "kind": own.kind, "first": own.event.first, "last": own.event.last, "where": place })
}

impl Aisle {
    /// Enters an event.
    pub(crate) async fn enter_event(&self, by: &str, form: &EventForm) -> Answer<OwnEvent> {
        let event = self.checked(form).await?;
        let made =
            own_events::create(&self.store, &event, form.kind, by, clock::now()).await.map_err(failure::store)?;
        self.note(by, "calendar.enter", &made.id, told(&made)).await?;
        self.calendar_changed().await?;
        Ok(made)
    }

    /// Changes an event.
    pub(crate) async fn put_event(&self, by: &str, id: &str, form: &EventForm) -> Answer<OwnEvent> {
        let event = self.checked(form).await?;
        let changed = own_events::change(&self.store, id, &event, form.kind).await.map_err(failure::store)?;
        self.note(by, "calendar.change", id, told(&changed)).await?;
        self.calendar_changed().await?;
        Ok(changed)
    }

    /// Keeps an uploaded calendar as a draft; the very file that is in use of that name is answered as it is.
    pub(crate) async fn draft_calendar(&self, by: &str, name: &str, content: &[u8]) -> Answer<CalendarFile> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 150 || name.chars().any(char::is_control) {
            return Err(failure::invalid("name", "a calendar's name takes 1 to 150 characters"));
        }
        if content.len() > LARGEST_FILE {
            let detail = format!("the calendar is larger than {LARGEST_FILE} bytes; split it");
            return Err(aisle_domain::Problem::new(aisle_domain::ProblemCode::TooLarge, detail));
        }
        let (first, last) = self.looked_at().await?;
        let read = icalendar::read(content, first, last);
        if let Some(line) = read.rejected.iter().find(|line| line.expected == "BEGIN:VCALENDAR") {
            let detail = format!(
                "this is no calendar file: line {} holds {:?}, expected BEGIN:VCALENDAR (iCalendar, .ics)",
                line.line, line.found
            );
            return Err(failure::invalid("file", detail));
        }
        let hash = hex::encode(Sha256::digest(content));
        match calendar_files::named(&self.store, name).await {
            Ok(same) if same.hash == hash => return Ok(same),
            Ok(_) | Err(aisle_store::StoreError::NotFound { .. }) => {}
            Err(error) => return Err(failure::store(error)),
        }
        calendar_files::draft(&self.store, name, &hash, content, by, clock::now()).await.map_err(failure::store)
    }

    /// The days that the calendar of forecasts covers: around the sales, or around today where there are none.
    pub(crate) async fn looked_at(&self) -> Answer<(Day, Day)> {
        let (first, last) = self.board().await?.shop.days.unwrap_or_else(|| (today(), today()));
        Ok((first.plus(-400), last.plus(800)))
    }

    /// The days that a query names, or those around the last sale.
    async fn stretch(&self, query: &CalendarQuery) -> Answer<(Day, Day)> {
        let first = match query.first {
            Some(first) => first,
            None => {
                let last_sale = self.board().await?.shop.days.map_or_else(today, |(_, last)| last);
                let (year, month, _) = last_sale.plus(-60).civil();
                Day::from_civil(year, month, 1).unwrap_or(last_sale)
            }
        };
        let last = query.last.unwrap_or_else(|| first.plus(DAYS_A_YEAR - 1));
        if last < first {
            return Err(failure::invalid("to", format!("the last day {last} is before the first, {first}")));
        }
        if last.since(first) > LONGEST {
            return Err(failure::invalid("to", format!("{first} to {last} is more than five years; ask in parts")));
        }
        Ok((first, last))
    }

    async fn place(&self, location: &str) -> Answer<Option<LocationId>> {
        if location.is_empty() {
            return Ok(None);
        }
        let id = LocationId::new(location).ok();
        let board = self.board().await?;
        let known = id.filter(|id| board.locations.contains_key(id));
        let unknown = || format!("there is no location {location:?}; leave it out for everywhere");
        known.map(Some).ok_or_else(|| failure::invalid("location", unknown()))
    }

    async fn checked(&self, form: &EventForm) -> Answer<CalendarEvent> {
        let name = form.name.trim();
        if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
            return Err(failure::invalid("name", "an event's name takes 1 to 200 characters"));
        }
        if matches!(form.kind, HolidayKind::Observed | HolidayKind::Retail | HolidayKind::Season) {
            let detail = "an event that is entered is public, promotion, local or closure";
            return Err(failure::invalid("kind", detail));
        }
        let day = |field: &'static str, text: &str| {
            Day::parse(text.trim()).map_err(|error| failure::invalid(field, error.to_string()))
        };
        let first = day("first", &form.first)?;
        let last = if form.last.trim().is_empty() { first } else { day("last", &form.last)? };
        if last < first {
            return Err(failure::invalid("last", format!("the last day {last} is before the first, {first}")));
        }
        if last.since(first) >= LONGEST_EVENT {
            return Err(failure::invalid("last", format!("an event lasts at most {LONGEST_EVENT} days")));
        }
        Ok(CalendarEvent { name: name.to_owned(), first, last, location: self.place(&form.location).await? })
    }
}

fn today() -> Day {
    Day::from_epoch_days(i32::try_from(clock::now().div_euclid(clock::DAY)).unwrap_or(0))
}
