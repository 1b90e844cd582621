//! Master data: items, locations, customers and the events of the calendar. State, not facts: the last word wins.

use crate::{CustomerId, Day, ItemId, LocationId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A thing that is sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its identifier.
    pub id: ItemId,
    /// Its name, as shown; the identifier where no name is known.
    pub name: String,
    /// Department, category or product group, where known.
    pub category: Option<String>,
    /// Further attributes by name (brand, pack size, …).
    pub attributes: BTreeMap<String, String>,
}

/// A place that sells or holds stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// Its identifier.
    pub id: LocationId,
    /// Its name, as shown.
    pub name: String,
    /// Its kind, where known: a store type, warehouse, web shop.
    pub kind: Option<String>,
    /// Further attributes by name (size, region, …).
    pub attributes: BTreeMap<String, String>,
}

impl Location {
    /// The region that it lies in, where its attributes say so.
    pub fn region(&self) -> Option<&str> {
        let found = self.attributes.iter().find(|(name, _)| name.eq_ignore_ascii_case("region"));
        found.map(|(_, region)| region.as_str()).filter(|region| !region.is_empty())
    }
}

/// A customer or household. Only what sales refer to: no names, no addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// Their identifier.
    pub id: CustomerId,
    /// Further attributes by name (country, segment, …).
    pub attributes: BTreeMap<String, String>,
}

/// Something that moves demand on known days: a holiday, a closure, a local event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CalendarEvent {
    /// Its name, the same every year: `Thanksgiving`.
    pub name: String,
    /// First day.
    pub first: Day,
    /// Last day, inclusive.
    pub last: Day,
    /// Where it applies; everywhere when `None`.
    pub location: Option<LocationId>,
}
