//! What a retailer talks about: items, locations, money, periods, sales, roles.
//!
//! Pure vocabulary: no I/O, no clock, no random source, no locale. Everything here compiles for the server and for WASM,
//! serialises with serde, and validates on construction, so that a value that exists is a value that is right.

pub mod access;
pub mod calendar;
pub mod catalogue;
pub mod facts;
pub mod holidays;
pub mod icalendar;
pub mod id;
pub mod import;
pub mod job;
pub mod measure;
pub mod overrides;
pub mod planning;
pub mod problem;
pub mod query_string;
pub mod series;
pub mod shop_calendar;

pub use access::{Permission, Role};
pub use calendar::{Day, Granularity, Period, Weekday};
pub use catalogue::{CalendarEvent, Customer, Item, Location};
pub use holidays::{Country, Holiday, HolidayKind, Territory};
pub use id::{ArtefactId, CustomerId, ImportId, ItemId, JobId, LocationId, OrderId, OverrideId, UserId};
pub use measure::{Currency, Measure, Money, Quantity};
pub use planning::{PlanningPeriod, Schedule};
pub use problem::{Problem, ProblemCode};
pub use series::SeriesKey;
pub use shop_calendar::{EventSource, ShopEvent};
