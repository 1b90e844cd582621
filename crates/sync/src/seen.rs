//! Fingerprints of the rows that are there already, sharded so that growing the set never needs twice the memory. Of 128
//! bits it holds 104, eight of them by the choice of the shard: 10 million take about 170 MB, and the chance that any two
//! of them are taken for the same is one in 10^17.
//!
//! Where one key may have one value only (sales by period, features, prices), the upper half of a fingerprint is the key's
//! and the lower half the whole row's, so the same set finds rows that contradict each other, also across imports. The
//! whole upper half is held, so keys differ by 64 bits and values by 40.

use crate::records::Block;
use crate::{Chunk, SyncError};
use aisle_domain::import::Rejection;
use arrow::array::{Array, BooleanArray, Int64Array};
use arrow::compute::filter_record_batch;
use arrow::record_batch::RecordBatch;

const SHARDS: usize = 256;
const FIRST_SLOTS: usize = 64;
/// Rows whose slots are fetched ahead: the set is larger than any cache, and memory answers many questions at a time.
const AHEAD: usize = 32;

/// A set of 128-bit fingerprints.
#[derive(Debug, Clone)]
pub struct Seen {
    shards: Vec<Shard>,
    len: usize,
}

#[derive(Debug, Clone, Default)]
struct Shard {
    /// Open addressing with linear probing; all zero is empty.
    slots: Vec<Slot>,
    len: usize,
}

/// The upper half of a fingerprint without the shard's eight bits, then the first 40 bits of the lower half.
type Slot = [u32; 3];

const EMPTY: Slot = [0; 3];

/// What a fingerprint meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Met {
    Nothing,
    Same,
    /// The key with another value.
    Other,
}

impl Default for Seen {
    fn default() -> Self {
        Self { shards: vec![Shard::default(); SHARDS], len: 0 }
    }
}

impl Seen {
    /// An empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Fingerprints held.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Bytes that its slots take.
    pub fn bytes(&self) -> usize {
        self.shards.iter().map(|shard| shard.slots.capacity() * size_of::<Slot>()).sum()
    }

    /// Adds fingerprints that the lake has, as the columns `fingerprint_hi` and `fingerprint_lo` hold them.
    pub fn insert_batch(&mut self, hi: &[i64], lo: &[i64]) {
        for (hi, lo) in hi.iter().zip(lo) {
            self.insert(*hi as u64, *lo as u64);
        }
    }

    /// Adds a fingerprint; false where it was there.
    pub fn insert(&mut self, hi: u64, lo: u64) -> bool {
        let fresh = self.shards[(hi >> 56) as usize].insert(written(hi, lo));
        self.len += usize::from(fresh);
        fresh
    }

    fn meet(&self, hi: u64, lo: u64, keyed: bool) -> Met {
        self.shards[(hi >> 56) as usize].meet(written(hi, lo), keyed)
    }

    /// Fetches the slots where the search for these fingerprints begins, all at once.
    fn fetch(&self, hi: &[i64]) {
        let first = |hi: &i64| {
            let shard = &self.shards[(*hi as u64 >> 56) as usize];
            shard.slots.get(shard.first_slot((*hi as u64 >> 24) as u32)).map_or(0, |slot| slot[0])
        };
        std::hint::black_box(hi.iter().map(first).fold(0, u32::wrapping_add));
    }
}

/// The pair as it is stored: zero means an empty slot.
#[inline]
fn written(hi: u64, lo: u64) -> Slot {
    let slot = [(hi >> 24) as u32, (hi as u32) << 8 | (lo >> 56) as u32, (lo >> 24) as u32];
    if slot == EMPTY { [0, 0, 1] } else { slot }
}

/// Whether two slots of a shard hold the same upper half.
#[inline]
fn same_key(a: Slot, b: Slot) -> bool {
    a[0] == b[0] && a[1] >> 8 == b[1] >> 8
}

impl Shard {
    #[inline]
    fn first_slot(&self, begin: u32) -> usize {
        ((u64::from(begin) * self.slots.len() as u64) >> 32) as usize
    }

    #[inline]
    fn meet(&self, print: Slot, keyed: bool) -> Met {
        if self.slots.is_empty() {
            return Met::Nothing;
        }
        let (mut at, mut other) = (self.first_slot(print[0]), false);
        loop {
            match self.slots[at] {
                EMPTY => return if other { Met::Other } else { Met::Nothing },
                held if held == print => return Met::Same,
                held => other |= keyed && same_key(held, print),
            }
            at = if at + 1 == self.slots.len() { 0 } else { at + 1 };
        }
    }

    #[inline]
    fn insert(&mut self, print: Slot) -> bool {
        if self.len * 5 >= self.slots.len() * 4 {
            let larger = (self.slots.len() * 9 / 8).max(FIRST_SLOTS);
            let old = std::mem::replace(&mut self.slots, vec![EMPTY; larger]);
            for held in old {
                if held != EMPTY {
                    self.place(held);
                }
            }
        }
        let fresh = self.place(print);
        self.len += usize::from(fresh);
        fresh
    }

    #[inline]
    fn place(&mut self, print: Slot) -> bool {
        let mut at = self.first_slot(print[0]);
        loop {
            if self.slots[at] == EMPTY {
                self.slots[at] = print;
                return true;
            }
            if self.slots[at] == print {
                return false;
            }
            at = if at + 1 == self.slots.len() { 0 } else { at + 1 };
        }
    }
}

/// One table's facts of a chunk, walked record by record.
struct Walk<'a> {
    lines: &'a [i64],
    hi: &'a [i64],
    lo: &'a [i64],
    at: usize,
    keep: Vec<bool>,
}

/// Drops the facts that are in `seen`, adds the others to it, and counts duplicates; records whose key is there with another
/// value become rejections. A record is a duplicate when it has facts and all of them were there.
///
/// # Errors
/// [`SyncError::Assembly`] where the columns are not those of a fact table.
pub fn dedupe(mut chunk: Chunk, seen: &mut Seen) -> Result<Chunk, SyncError> {
    let facts = std::mem::take(&mut chunk.facts);
    let mut walks = Vec::with_capacity(facts.len());
    for (_, batch) in &facts {
        let (lines, hi, lo) =
            (integers(batch, "line")?, integers(batch, "fingerprint_hi")?, integers(batch, "fingerprint_lo")?);
        walks.push(Walk { lines, hi, lo, at: 0, keep: Vec::with_capacity(lines.len()) });
    }
    let mut rejected = Vec::new();
    while let Some(line) = walks.iter().filter_map(|walk| walk.lines.get(walk.at)).min().copied() {
        let (mut same, mut fresh, mut other) = (0u64, 0u64, false);
        for walk in &mut walks {
            while walk.lines.get(walk.keep.len()) == Some(&line) {
                let row = walk.keep.len();
                if row.is_multiple_of(AHEAD) {
                    seen.fetch(&walk.hi[row..walk.hi.len().min(row + AHEAD)]);
                }
                match seen.meet(walk.hi[row] as u64, walk.lo[row] as u64, chunk.keyed) {
                    Met::Same => same += 1,
                    Met::Nothing => fresh += 1,
                    Met::Other => other = true,
                }
                walk.keep.push(true);
            }
        }
        for walk in &mut walks {
            for row in walk.at..walk.keep.len() {
                walk.keep[row] = !other && seen.insert(walk.hi[row] as u64, walk.lo[row] as u64);
            }
            walk.at = walk.keep.len();
        }
        if other {
            rejected.push(conflict(&chunk.file_name, &chunk.source, line as u64));
        } else if fresh == 0 && same > 0 {
            chunk.duplicate += 1;
        }
    }
    let masks: Vec<Vec<bool>> = walks.into_iter().map(|walk| walk.keep).collect();
    for ((table, batch), keep) in facts.into_iter().zip(masks) {
        let kept = keep.iter().filter(|keep| **keep).count();
        if kept == batch.num_rows() {
            chunk.facts.push((table, batch));
        } else if kept > 0 {
            let batch = filter_record_batch(&batch, &BooleanArray::from(keep)).map_err(assembly)?;
            chunk.facts.push((table, batch));
        }
    }
    chunk.rejections.extend(rejected);
    Ok(chunk)
}

fn conflict(file: &str, source: &Block, line: u64) -> Rejection {
    let reason = "there is a row already with the same key (place, item, day) and another value; keep the right one of the two \
                  and remove or correct the other";
    let raw = source.row_of_line(line).map(|row| source.raw(row).to_vec()).unwrap_or_default();
    Rejection { file: file.to_owned(), line, column: None, reason: reason.to_owned(), raw }
}

fn assembly(error: arrow::error::ArrowError) -> SyncError {
    SyncError::Assembly { reason: error.to_string() }
}

/// The values of an integer column without nulls.
pub(crate) fn integers<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a [i64], SyncError> {
    let column = batch.column_by_name(name).and_then(|column| column.as_any().downcast_ref::<Int64Array>());
    let column = column.filter(|column| column.null_count() == 0);
    let missing = || SyncError::Assembly { reason: format!("no whole-number column {name}") };
    column.map(|column| &column.values()[..]).ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(n: u64) -> (u64, u64) {
        let hash = xxhash_rust::xxh3::xxh3_128(&n.to_le_bytes());
        ((hash >> 64) as u64, hash as u64)
    }

    #[test]
    fn holds_what_was_put_in_within_its_memory() {
        let mut seen = Seen::new();
        for n in 0..1_000_000 {
            let (hi, lo) = print(n);
            assert!(seen.insert(hi, lo));
        }
        assert!((0..1_000_000).all(|n| !seen.insert(print(n).0, print(n).1)));
        assert_eq!(seen.meet(print(2_000_000).0, 1, true), Met::Nothing);
        assert_eq!(seen.meet(print(5).0, 1, true), Met::Other);
        assert_eq!(seen.meet(print(5).0, 1, false), Met::Nothing);
        // Every bit of the upper half tells keys apart, and forty of the lower half values.
        for bit in 0..64 {
            assert_eq!(seen.meet(print(5).0 ^ 1 << bit, print(5).1, true), Met::Nothing, "{bit}");
        }
        for bit in 24..64 {
            assert_eq!(seen.meet(print(5).0, print(5).1 ^ 1 << bit, true), Met::Other, "{bit}");
        }
        assert_eq!(seen.len(), 1_000_000);
        assert!(seen.bytes() < 21_000_000, "{}", seen.bytes());
        assert!(Seen::new().insert(0, 0));
    }
}
