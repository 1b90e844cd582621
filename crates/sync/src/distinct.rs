//! Distinct texts, numbered in the order in which they were met. They lie end to end in one buffer: meeting a text again
//! allocates nothing, and meeting a new one hardly ever.

use xxhash_rust::xxh3::xxh3_64;

const FIRST_SLOTS: usize = 64;

/// A set of texts, each with a number.
#[derive(Debug, Default)]
pub(crate) struct Distinct {
    /// Half of a text's hash, and its number plus one: zero is an empty slot. The length is a power of two.
    slots: Vec<(u32, u32)>,
    bytes: Vec<u8>,
    ends: Vec<u32>,
    last: usize,
}

impl Distinct {
    /// Texts held.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// A text by its number.
    pub(crate) fn text(&self, number: usize) -> &[u8] {
        let start = if number == 0 { 0 } else { self.ends[number - 1] as usize };
        &self.bytes[start..self.ends[number] as usize]
    }

    /// The number of a text that was met before.
    #[inline]
    pub(crate) fn find(&mut self, text: &[u8]) -> Option<usize> {
        // Files are often sorted: the text before is the best guess.
        if self.last < self.len() && self.text(self.last) == text {
            return Some(self.last);
        }
        let found = self.look_up(text, hash(text)).ok();
        self.last = found.unwrap_or(self.last);
        found
    }

    /// The number of a text, and whether it is new.
    #[inline]
    pub(crate) fn number(&mut self, text: &[u8]) -> (usize, bool) {
        if let Some(number) = self.find(text) {
            return (number, false);
        }
        if self.len() * 2 >= self.slots.len() {
            self.grow();
        }
        let hash = hash(text);
        let number = self.len();
        if let Err(slot) = self.look_up(text, hash) {
            self.slots[slot] = (hash as u32, number as u32 + 1);
        }
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len() as u32);
        self.last = number;
        (number, true)
    }

    /// The number, or the slot where it would be noted.
    #[inline]
    fn look_up(&self, text: &[u8], hash: u64) -> Result<usize, usize> {
        if self.slots.is_empty() {
            return Err(0);
        }
        let mask = self.slots.len() - 1;
        let mut at = (hash >> 32) as usize & mask;
        loop {
            match self.slots[at] {
                (_, 0) => return Err(at),
                (half, number) if half == hash as u32 && self.text(number as usize - 1) == text => {
                    return Ok(number as usize - 1);
                }
                _ => at = (at + 1) & mask,
            }
        }
    }

    fn grow(&mut self) {
        let slots = (self.slots.len() * 2).max(FIRST_SLOTS);
        self.slots.clear();
        self.slots.resize(slots, (0, 0));
        for number in 0..self.len() {
            let hash = hash(self.text(number));
            let mut at = (hash >> 32) as usize & (slots - 1);
            while self.slots[at].1 != 0 {
                at = (at + 1) & (slots - 1);
            }
            self.slots[at] = (hash as u32, number as u32 + 1);
        }
    }
}

/// A fast hash of a short text: its two ends, multiplied. Texts that share one cost time, nothing else.
#[inline]
fn hash(text: &[u8]) -> u64 {
    let (a, b) = if text.len() > 16 {
        (xxh3_64(text), 0)
    } else if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        (u64::from_le_bytes(*first), u64::from_le_bytes(*last))
    } else if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        (u64::from(u32::from_le_bytes(*first)), u64::from(u32::from_le_bytes(*last)))
    } else {
        (text.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)), 0)
    };
    let product =
        u128::from(a ^ 0x9e37_79b9_7f4a_7c15 ^ (text.len() as u64) << 56) * u128::from(b ^ 0xbf58_476d_1ce4_e5b9);
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    proptest! {
        #[test]
        fn texts_are_numbered_as_they_come(texts in prop::collection::vec("[ab]{0,3}|[a-c]{6,20}", 0..400)) {
            let (mut distinct, mut known) = (Distinct::default(), HashMap::new());
            for text in &texts {
                let next = known.len();
                let expected = *known.entry(text.clone()).or_insert(next);
                prop_assert_eq!(distinct.number(text.as_bytes()), (expected, expected == next));
                prop_assert_eq!(distinct.find(text.as_bytes()), Some(expected));
                prop_assert_eq!(distinct.text(expected), text.as_bytes());
            }
            prop_assert_eq!(distinct.len(), known.len());
            prop_assert_eq!(distinct.find(b"absent"), None);
        }
    }
}
