//! Fingerprints of rows: by what they say, not by where they stand, so that the same row is known again in any file.

use crate::Seen;
use crate::fact_columns::Sale;
use aisle_domain::import::Entity;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed, xxh3_128};

/// Identifiers hold no control characters, so a unit separator keeps them apart.
pub(crate) fn write_key(key: &mut Vec<u8>, parts: &[&str]) {
    for part in parts {
        key.extend_from_slice(part.as_bytes());
        key.push(0x1f);
    }
}

pub(crate) fn halves(key_hash: u64, row: &[u8], keyed: bool) -> (u64, u64) {
    if keyed {
        (key_hash, xxh3_64_with_seed(row, 1))
    } else {
        let hash = xxh3_128(row);
        ((hash >> 64) as u64, hash as u64)
    }
}

/// By what was sold, and in orders also by the name and the price as written: repeated rows say exactly the same.
pub(crate) fn sale_fingerprint(
    sale: &Sale<'_>,
    besides: [&[u8]; 2],
    entity: Entity,
    keyed: bool,
    key: &mut Vec<u8>,
) -> (u64, u64) {
    key.clear();
    write_key(key, &[entity.name(), sale.location, sale.item, sale.kind]);
    key.extend_from_slice(&sale.day.epoch_days().to_le_bytes());
    let key_hash = if keyed { xxh3_64(key) } else { 0 };
    write_key(key, &[sale.customer.unwrap_or_default(), sale.order.unwrap_or_default()]);
    for number in [sale.occurred, sale.quantity, sale.revenue] {
        key.push(u8::from(number.is_some()));
        key.extend_from_slice(&number.unwrap_or(0).to_le_bytes());
    }
    if entity == Entity::Orders {
        for text in besides {
            key.extend_from_slice(text);
            key.push(0x1f);
        }
    }
    halves(key_hash, key, keyed)
}

/// In files where each repeated row counts, the second and later ones get a number of their own.
pub(crate) fn number_occurrence(occurrences: &mut Option<Seen>, print: (u64, u64)) -> (u64, u64) {
    let Some(seen) = occurrences else { return print };
    let (mut numbered, mut n) = (print, 0u64);
    while !seen.insert(numbered.0, numbered.1) {
        n += 1;
        let mut bytes = [0u8; 24];
        for (slot, word) in bytes.chunks_exact_mut(8).zip([print.0, print.1, n]) {
            slot.copy_from_slice(&word.to_le_bytes());
        }
        numbered = halves(0, &bytes, false);
    }
    numbered
}
