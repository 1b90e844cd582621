//! Master data met while reading: each identifier once a chunk, with what its rows say of it.

use crate::StateRows;
use aisle_domain::{CalendarEvent, Customer, CustomerId, Item, ItemId, Location, LocationId};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

/// A fast hash for short texts; chunks are small and its collisions only cost time.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct ShortText(u64);

impl Hasher for ShortText {
    fn write_u64(&mut self, word: u64) {
        self.fold(word);
    }

    fn write(&mut self, bytes: &[u8]) {
        let mut parts = bytes.chunks_exact(8);
        for part in &mut parts {
            self.fold(part.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)));
        }
        let rest = parts.remainder();
        self.fold(rest.iter().fold(rest.len() as u64, |word, byte| word << 8 | u64::from(*byte)));
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
}

impl ShortText {
    fn fold(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

pub(crate) type FastHash = BuildHasherDefault<ShortText>;

/// One kind of master data, by identifier.
#[derive(Debug)]
pub(crate) struct Met<T> {
    /// Rows by the hash of their identifier; a number further on where two share one.
    index: HashMap<u64, usize, FastHash>,
    pub(crate) rows: Vec<T>,
    keys: Vec<Box<str>>,
    last: usize,
}

impl<T> Default for Met<T> {
    fn default() -> Self {
        Self { index: HashMap::default(), rows: Vec::new(), keys: Vec::new(), last: 0 }
    }
}

impl<T> Met<T> {
    /// The row of an identifier, made where it is new. The identifier has been checked.
    pub(crate) fn entry(&mut self, id: &str, make: impl FnOnce() -> Option<T>) -> Option<&mut T> {
        // Files are often sorted: the row before is the best guess.
        if self.keys.get(self.last).is_some_and(|last| &**last == id) {
            return self.rows.get_mut(self.last);
        }
        let mut hash = xxhash_rust::xxh3::xxh3_64(id.as_bytes());
        let at = loop {
            match self.index.get(&hash) {
                Some(at) if &*self.keys[*at] == id => break *at,
                Some(_) => hash = hash.wrapping_add(1),
                None => {
                    self.rows.push(make()?);
                    self.keys.push(id.into());
                    self.index.insert(hash, self.rows.len() - 1);
                    break self.rows.len() - 1;
                }
            }
        };
        self.last = at;
        self.rows.get_mut(at)
    }
}

/// Master data of a chunk.
#[derive(Debug, Default)]
pub(crate) struct Master {
    /// Items, and whether their name is from a row of goods sold.
    items: Met<(Item, bool)>,
    locations: Met<Location>,
    customers: Met<Customer>,
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

    pub(crate) fn customer(&mut self, id: &str, attributes: BTreeMap<String, String>) {
        let make = || Some(Customer { id: CustomerId::new(id).ok()?, attributes: BTreeMap::new() });
        if let Some(customer) = self.customers.entry(id, make) {
            customer.attributes.extend(attributes);
        }
    }

    pub(crate) fn finish(self) -> StateRows {
        StateRows {
            items: self.items.rows.into_iter().map(|(item, _)| item).collect(),
            locations: self.locations.rows,
            customers: self.customers.rows,
            events: self.events.into_iter().collect(),
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
