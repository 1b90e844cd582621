//! Master data met while reading: each identifier once, with what the rows around its first appearance say of it.

use crate::distinct::Distinct;
use crate::{Seen, StateRows};
use aisle_domain::{CalendarEvent, Customer, CustomerId, Item, ItemId, Location, LocationId};
use std::collections::{BTreeMap, BTreeSet};
use xxhash_rust::xxh3::xxh3_128;

/// Identifiers kept in mind from chunk to chunk; beyond them the memory begins anew, and some are told a second time.
const MOST_REMEMBERED: usize = 1 << 20;
/// The same for customers whom facts name: about 35 MB.
const MOST_BUYERS: usize = 1 << 21;

/// One kind of master data, by identifier.
#[derive(Debug)]
struct Met<T> {
    ids: Distinct,
    /// Identifiers of earlier chunks come before this number: they were told then.
    told: usize,
    /// What is said of those that are new in this chunk; `None` where the text is no identifier.
    rows: Vec<Option<T>>,
}

impl<T> Default for Met<T> {
    fn default() -> Self {
        Self { ids: Distinct::default(), told: 0, rows: Vec::new() }
    }
}

impl<T> Met<T> {
    /// The row of an identifier that is new in this chunk, made where it is new altogether.
    #[inline]
    fn entry(&mut self, id: &str, make: impl FnOnce() -> Option<T>) -> Option<&mut T> {
        let (number, new) = self.ids.number(id.as_bytes());
        if new {
            self.rows.push(make());
        }
        let row = number.checked_sub(self.told)?;
        self.rows.get_mut(row)?.as_mut()
    }

    /// What this chunk tells. Where each chunk tells all that it met (`anew`), nothing is remembered.
    fn finish(&mut self, anew: bool) -> impl Iterator<Item = T> + use<T> {
        self.told = self.ids.len();
        if anew || self.told > MOST_REMEMBERED {
            (self.ids, self.told) = (Distinct::default(), 0);
        }
        std::mem::take(&mut self.rows).into_iter().flatten()
    }
}

/// Customers whom facts name. There may be millions, and nothing is said of them but that they exist: their fingerprints do.
#[derive(Debug, Default)]
struct Buyers {
    told: Seen,
    new: Vec<Customer>,
}

/// Master data of a chunk.
#[derive(Debug, Default)]
pub(crate) struct Master {
    /// Items, and whether their name is from a row of goods sold.
    items: Met<(Item, bool)>,
    locations: Met<Location>,
    customers: Met<Customer>,
    buyers: Buyers,
    pub(crate) events: BTreeSet<CalendarEvent>,
}

/// What a row says of something besides its identifier.
#[derive(Debug, Clone, Default)]
pub(crate) struct Said<'a> {
    pub(crate) name: Option<&'a str>,
    /// Category or kind.
    pub(crate) group: Option<&'a str>,
    pub(crate) attributes: BTreeMap<String, String>,
    /// Whether the name is to be trusted over others: stock corrections carry remarks in place of names.
    pub(crate) sure: bool,
}

impl Master {
    #[inline]
    pub(crate) fn item(&mut self, id: &str, said: Said<'_>) {
        let make = || {
            let id = ItemId::new(id).ok()?;
            let name = id.as_str().to_owned();
            Some((Item { id, name, category: None, attributes: BTreeMap::new() }, false))
        };
        let Some((item, sure)) = self.items.entry(id, make) else { return };
        if let Some(name) = said.name.filter(|name| *name != item.name) {
            let unnamed = item.name == item.id.as_str();
            if unnamed || said.sure || !*sure {
                item.name.clear();
                item.name.push_str(name);
            }
        }
        *sure |= said.sure;
        set(&mut item.category, said.group);
        item.attributes.extend(said.attributes);
    }

    #[inline]
    pub(crate) fn location(&mut self, id: &str, said: Said<'_>) {
        let make = || {
            let id = LocationId::new(id).ok()?;
            let name = id.as_str().to_owned();
            Some(Location { id, name, kind: None, attributes: BTreeMap::new() })
        };
        let Some(location) = self.locations.entry(id, make) else { return };
        if let Some(name) = said.name.filter(|name| *name != location.name) {
            location.name = name.to_owned();
        }
        set(&mut location.kind, said.group);
        location.attributes.extend(said.attributes);
    }

    /// A customer whom a fact names.
    #[inline]
    pub(crate) fn buyer(&mut self, id: &str) {
        let hash = xxh3_128(id.as_bytes());
        if self.buyers.told.insert((hash >> 64) as u64, hash as u64)
            && let Ok(id) = CustomerId::new(id)
        {
            self.buyers.new.push(Customer { id, attributes: BTreeMap::new() });
        }
    }

    pub(crate) fn customer(&mut self, id: &str, attributes: BTreeMap<String, String>) {
        let make = || Some(Customer { id: CustomerId::new(id).ok()?, attributes: BTreeMap::new() });
        if let Some(customer) = self.customers.entry(id, make) {
            customer.attributes.extend(attributes);
        }
    }

    /// What a chunk tells. Facts only say that something exists, which is told once a file (`anew` false); files of master
    /// data say what it is, and the last word counts (`anew` true).
    pub(crate) fn finish(&mut self, anew: bool) -> StateRows {
        if self.buyers.told.len() > MOST_BUYERS {
            self.buyers.told = Seen::new();
        }
        StateRows {
            items: self.items.finish(anew).map(|(item, _)| item).collect(),
            locations: self.locations.finish(anew).collect(),
            customers: self.customers.finish(anew).chain(std::mem::take(&mut self.buyers.new)).collect(),
            events: std::mem::take(&mut self.events).into_iter().collect(),
        }
    }
}

fn set(held: &mut Option<String>, said: Option<&str>) {
    if let Some(said) = said
        && held.as_deref() != Some(said)
    {
        *held = Some(said.to_owned());
    }
}
