//! The shop's calendar: what happens when, who says so, and whose holidays count.

use super::{Answer, Visitor};
use aisle_domain::icalendar::RejectedLine;
use aisle_domain::{Day, EventSource, HolidayKind, ShopEvent};

/// The shop's calendar.
#[async_trait::async_trait]
pub trait CalendarDesk: Send + Sync {
    /// The events asked for, and what surrounds them.
    async fn calendar(&self, query: CalendarQuery) -> Answer<CalendarView>;
    /// Enters an event; answers with its identifier.
    async fn enter(&self, by: &Visitor, event: EventForm) -> Answer<String>;
    /// Changes an event that was entered.
    async fn change_event(&self, by: &Visitor, id: &str, event: EventForm) -> Answer<()>;
    /// Removes an event that was entered.
    async fn remove_event(&self, by: &Visitor, id: &str) -> Answer<()>;
    /// A calendar file with what it holds, a draft or one in use.
    async fn calendar_file(&self, id: &str) -> Answer<CalendarFileView>;
    /// Puts a file to use: only events of these names (all where `None`), at a location (by identifier; everywhere where
    /// empty).
    async fn use_calendar_file(&self, by: &Visitor, id: &str, names: Option<Vec<String>>, location: &str)
    -> Answer<()>;
    /// Forgets a file and its events.
    async fn forget_calendar_file(&self, by: &Visitor, id: &str) -> Answer<()>;
    /// Countries whose holidays can be counted, and which are.
    async fn countries(&self) -> Answer<CountriesView>;
    /// Chooses whose holidays count: codes such as `US` or `DE-BY`; none: the data's events alone.
    async fn choose_countries(&self, by: &Visitor, codes: Vec<String>) -> Answer<()>;
}

/// Which events.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CalendarQuery {
    /// First day; two months before the last sale where `None`.
    pub first: Option<Day>,
    /// Last day; a year after the first where `None`, at most five.
    pub last: Option<Day>,
    /// Of one source only.
    pub source: Option<EventSource>,
    /// Of one kind only.
    pub kind: Option<HolidayKind>,
    /// Those that hold at this location only (everywhere included).
    pub location: Option<String>,
}

/// What the calendar holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarView {
    /// First day shown.
    pub first: Day,
    /// Last day shown.
    pub last: Day,
    /// The events, by first day.
    pub events: Vec<ShopEvent>,
    /// Calendar files in use.
    pub files: Vec<FileLine>,
    /// Codes and names of the countries whose holidays count.
    pub countries: Vec<(String, String)>,
    /// Locations, as (id, name).
    pub locations: Vec<(String, String)>,
    /// Whether the live forecast was trained on another calendar.
    pub outdated: bool,
}

/// A calendar file in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileLine {
    /// Identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Events of its that count within the days shown.
    pub events: u64,
    /// Name of the location it holds for; everywhere where `None`.
    pub location: Option<String>,
    /// Who brought it.
    pub created_by: String,
    /// When, in microseconds since 1970 UTC.
    pub created_at: i64,
}

/// An event as a form sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventForm {
    /// Its name.
    pub name: String,
    /// Holiday, promotion, local event or closure.
    pub kind: HolidayKind,
    /// First day, YYYY-MM-DD.
    pub first: String,
    /// Last day, inclusive; the first where empty.
    pub last: String,
    /// Where, by identifier; everywhere where empty.
    pub location: String,
}

/// A calendar file and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarFileView {
    /// Identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is in use.
    pub active: bool,
    /// What it holds by name, within the days that are looked at.
    pub events: Vec<FileEventLine>,
    /// What could not be read, by line.
    pub rejected: Vec<RejectedLine>,
    /// Identifier of the location it holds for; everywhere where empty.
    pub location: String,
    /// Locations, as (id, name).
    pub locations: Vec<(String, String)>,
    /// The days that are looked at.
    pub days: (Day, Day),
}

/// The events of one name in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEventLine {
    /// The name.
    pub name: String,
    /// What kind.
    pub kind: HolidayKind,
    /// How often it happens within the days that are looked at.
    pub times: u64,
    /// First day of the first and of the last time.
    pub days: (Day, Day),
    /// Whether it counts.
    pub taken: bool,
}

/// Countries, and which of them count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountriesView {
    /// Codes and names of every country and region.
    pub known: Vec<(String, String)>,
    /// Codes of those that count.
    pub chosen: Vec<String>,
    /// Locations that carry a country of their own, as (name of the location, name of the country).
    pub by_location: Vec<(String, String)>,
}
