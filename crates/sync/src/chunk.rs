//! A piece of a file, read: facts in columns, state in rows, and what could not be taken.

use crate::records::Block;
use aisle_domain::facts::Table;
use aisle_domain::import::{Entity, Rejection};
use aisle_domain::{CalendarEvent, Customer, Item, Location};
use arrow::record_batch::RecordBatch;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Master data met in a chunk, each identifier once.
///
/// An item or location named by its own identifier is only known to exist: whoever stores it keeps the name, category and
/// kind that are there already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StateRows {
    /// Items.
    pub items: Vec<Item>,
    /// Locations.
    pub locations: Vec<Location>,
    /// Customers.
    pub customers: Vec<Customer>,
    /// Events of the calendar.
    pub events: Vec<CalendarEvent>,
}

/// Products of price and quantity that are finer than the minor unit, and what rounding them (half to even) changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rounding {
    /// Rows rounded.
    pub rows: u64,
    /// Rounded minus exact, summed, in [`Rounding::PER_MINOR`]ths of a minor unit.
    pub difference: i64,
}

/// Up to 65,536 records of a file. Boundaries depend on the file alone, so a resumed import can skip what it has.
#[derive(Debug, Clone)]
pub struct Chunk {
    /// Number of the chunk within its file, from 0.
    pub sequence: u64,
    /// What its records are.
    pub entity: Entity,
    /// Facts by table, columns exactly as [`aisle_domain::facts`] lays them out. Tables without a row are left out.
    pub facts: Vec<(&'static Table, RecordBatch)>,
    /// Master data met.
    pub state: StateRows,
    /// Records that could not be taken.
    pub rejections: Vec<Rejection>,
    /// Records read, whatever became of them.
    pub read: u64,
    /// Records that were there already; 0 until [`dedupe`](crate::dedupe) has run.
    pub duplicate: u64,
    /// Money rounded to the minor unit.
    pub rounding: Rounding,
    /// Bytes of the file read so far (unpacked bytes of the member, in a zip).
    pub bytes_done: u64,
    /// Bytes of the file (unpacked bytes of the member, in a zip).
    pub bytes_total: u64,
    /// The records themselves, for the dead letters of rows found to conflict later.
    pub(crate) source: Arc<Block>,
    /// Name of the file, likewise.
    pub(crate) file_name: Arc<str>,
    /// Whether one key may have one value only.
    pub(crate) keyed: bool,
}

impl Rounding {
    /// Parts of a minor unit in which differences are counted.
    pub const PER_MINOR: i64 = 1_000_000_000;
}

impl Chunk {
    /// Records that became facts or state: read, not there already, not rejected.
    pub fn taken(&self) -> u64 {
        self.read - self.duplicate - self.rejections.len() as u64
    }
}
