//! What holidays and events do to sales: the result that pages, reports and the API show.
//!
//! Written by training, read by everybody: plain values, no computing. Amounts are in the measure's major unit (dollars,
//! pieces), relative uplifts are shares of what was expected without the event (0.5: half as much again).

use aisle_domain::{Day, HolidayKind, SeriesKey};
use serde::{Deserialize, Serialize};

/// One event's effect, on everything that was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HolidayImpact {
    /// The event's name.
    pub event: String,
    /// Its kind.
    pub kind: HolidayKind,
    /// Per unit, in the order: total, groups, locations, items, series.
    pub units: Vec<UnitImpact>,
    /// Events whose days fall into the same periods year for year, so that history cannot tell their effects apart.
    pub shared_with: Vec<String>,
}

/// Whose sales an effect is measured on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "level", content = "name")]
pub enum ImpactUnit {
    /// All series together.
    Total,
    /// The series of one group (a department, a category).
    Group(String),
    /// The series at one location.
    Location(String),
    /// The series of one item.
    Item(String),
    /// One series.
    Series(SeriesKey),
}

/// One event's effect on one unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitImpact {
    /// The unit.
    pub unit: ImpactUnit,
    /// Days before the event's first day at which its window begins, as found from history.
    pub days_before: u16,
    /// Days after its last day at which its window ends.
    pub days_after: u16,
    /// Uplift over the window as a share of what was expected without the event.
    pub relative: Estimate,
    /// The same in the measure's unit, for one occurrence.
    pub absolute: Estimate,
    /// Where the estimate comes from.
    pub basis: ImpactBasis,
    /// Every past occurrence that history holds whole, oldest first.
    pub occurrences: Vec<OccurrenceImpact>,
    /// What to expect of the next one.
    pub next: Option<NextOccurrence>,
}

/// Where an estimate comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImpactBasis {
    /// The unit's own past occurrences.
    Own,
    /// Other events of the same kind: there is no past occurrence.
    SameKind,
    /// A closure: nothing is sold.
    Closure,
    /// Nothing is known: no effect is assumed.
    Unknown,
}

/// A value with the interval that holds the true one in 80 of 100 cases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The value.
    pub value: f64,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

/// One past occurrence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OccurrenceImpact {
    /// First day of the event.
    pub first: Day,
    /// Last day, inclusive.
    pub last: Day,
    /// Sold over the window.
    pub actual: f64,
    /// Expected over the window without the event.
    pub expected: f64,
    /// What was sold more (less where negative).
    pub uplift: f64,
    /// The same as a share of what was expected, with its interval.
    pub relative: Estimate,
    /// The window, period by period.
    pub periods: Vec<ImpactPeriod>,
}

/// One period of an occurrence's window.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ImpactPeriod {
    /// Its last day.
    pub end: Day,
    /// Days from the event's first day to the period's last; negative before.
    pub offset: i32,
    /// Sold; `None` where not known.
    pub actual: Option<f64>,
    /// Expected without the event.
    pub expected: f64,
}

/// The next occurrence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NextOccurrence {
    /// First day.
    pub first: Day,
    /// Last day, inclusive.
    pub last: Day,
    /// Expected over the window without the event.
    pub expected: f64,
    /// Uplift over the window, in the measure's unit, with the interval that holds this occurrence's.
    pub uplift: Estimate,
    /// The window, period by period: without the event, and the uplift's part.
    pub periods: Vec<NextPeriod>,
}

/// One period of the next occurrence's window.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct NextPeriod {
    /// Its last day.
    pub end: Day,
    /// Expected without the event.
    pub expected: f64,
    /// What the event adds.
    pub uplift: f64,
}
