//! An artefact's bytes: `AISLEART`, format version (u16, little-endian), SHA-256 of the body, postcard body. Subsets.

use crate::{Artefact, ArtefactParts, EngineError};
use sha2::{Digest as _, Sha256};

/// What an artefact starts with.
pub const MAGIC: &str = "AISLEART";
/// The version of the format that this crate writes and reads.
pub const FORMAT_VERSION: u16 = 3;
const HASH_FROM: usize = MAGIC.len() + 2;
const BODY_FROM: usize = HASH_FROM + 32;

impl Artefact {
    /// The artefact as bytes, the same every time.
    ///
    /// # Errors
    /// [`EngineError::Undecodable`] where the encoder fails, which no checked artefact makes it do.
    pub fn to_bytes(&self) -> Result<Vec<u8>, EngineError> {
        let body = encode_body(self.parts())?;
        let mut bytes = Vec::with_capacity(BODY_FROM + body.len());
        bytes.extend_from_slice(MAGIC.as_bytes());
        bytes.extend_from_slice(&FORMAT_VERSION.to_le_bytes());
        bytes.extend_from_slice(&self.hash);
        bytes.extend_from_slice(&body);
        Ok(bytes)
    }

    /// Reads an artefact: magic, version, hash, then the body with all its invariants.
    ///
    /// # Errors
    /// [`EngineError`] saying which of them does not hold; never panics, whatever the bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EngineError> {
        let foreign = EngineError::NotAnArtefact { expected: MAGIC };
        if bytes.len() < BODY_FROM || !bytes.starts_with(MAGIC.as_bytes()) {
            return Err(foreign);
        }
        let found = u16::from_le_bytes([bytes[MAGIC.len()], bytes[MAGIC.len() + 1]]);
        if found != FORMAT_VERSION {
            return Err(EngineError::FormatVersion { found, expected: FORMAT_VERSION });
        }
        let (written, body) = (&bytes[HASH_FROM..BODY_FROM], &bytes[BODY_FROM..]);
        let hash = body_hash(body);
        if written != hash {
            let hex = crate::verification::hex;
            return Err(EngineError::Damaged { found: hex(&hash), expected: hex(written) });
        }
        let (parts, rest) = postcard::take_from_bytes::<ArtefactParts>(body).map_err(undecodable)?;
        if !rest.is_empty() {
            return Err(EngineError::Undecodable { reason: format!("{} bytes left over", rest.len()) });
        }
        Self::from_checked(parts, hash)
    }

    /// The artefact with only these series (indices, any order, repeats ignored), the locations and groups they use, and
    /// the hash of the whole as its parent. Forecasts and [`verify`](crate::verify) are the same as on the whole.
    ///
    /// # Errors
    /// [`EngineError::NoSuchSeries`].
    pub fn subset(&self, series: &[usize]) -> Result<Self, EngineError> {
        let count = self.series().len();
        let mut wanted = series.to_vec();
        wanted.sort_unstable();
        wanted.dedup();
        if let Some(index) = wanted.iter().copied().find(|index| *index >= count) {
            return Err(EngineError::NoSuchSeries { index, count });
        }
        let mut locations = Kept::new(self.locations().len());
        let mut groups = Kept::new(self.groups().len());
        let mut kept = Vec::with_capacity(wanted.len());
        for index in wanted {
            let mut model = self.series()[index].clone();
            model.location = locations.renumber(model.location);
            model.group = groups.renumber(model.group);
            kept.push(model);
        }
        let mut header = self.header().clone();
        for event in &mut header.events {
            // An event elsewhere concerns none of the series kept.
            event.occurrences.retain(|o| o.location.is_none_or(|index| locations.new_index(index).is_some()));
            for occurrence in &mut event.occurrences {
                occurrence.location = occurrence.location.and_then(|index| locations.new_index(index));
            }
        }
        Self::new(ArtefactParts {
            header,
            locations: locations.order.iter().map(|index| self.locations()[*index].clone()).collect(),
            groups: groups.order.iter().map(|index| self.groups()[*index].clone()).collect(),
            series: kept,
            parent: Some(self.parts().parent.unwrap_or(self.hash)),
        })
    }
}

/// Rows of a shared table that a subset still needs, renumbered in order of first use.
struct Kept {
    new: Vec<Option<u32>>,
    order: Vec<usize>,
}

impl Kept {
    fn new(rows: usize) -> Self {
        Self { new: vec![None; rows], order: Vec::new() }
    }

    fn renumber(&mut self, old: u32) -> u32 {
        let next = self.order.len() as u32;
        *self.new[old as usize].get_or_insert_with(|| {
            self.order.push(old as usize);
            next
        })
    }

    fn new_index(&self, old: u32) -> Option<u32> {
        self.new.get(old as usize).copied().flatten()
    }
}

fn undecodable(error: postcard::Error) -> EngineError {
    EngineError::Undecodable { reason: error.to_string() }
}

pub(crate) fn encode_body(parts: &ArtefactParts) -> Result<Vec<u8>, EngineError> {
    postcard::to_allocvec(parts).map_err(undecodable)
}

pub(crate) fn body_hash(body: &[u8]) -> [u8; 32] {
    Sha256::digest(body).into()
}

/// Postcard cannot read internally tagged enums, so a granularity travels as one number: 0 day, 1 month, 2 to 8 weeks
/// that end on Monday to Sunday.
pub(crate) mod granularity {
    use aisle_domain::{Granularity, Weekday};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(granularity: &Granularity, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(match granularity {
            Granularity::Day => 0,
            Granularity::Month => 1,
            Granularity::Week { ends } => 2 + *ends as u8,
        })
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Granularity, D::Error> {
        match u8::deserialize(deserializer)? {
            0 => Ok(Granularity::Day),
            1 => Ok(Granularity::Month),
            code @ 2..=8 => Ok(Granularity::Week { ends: Weekday::ALL[usize::from(code - 2)] }),
            code => Err(D::Error::custom(format!("{code} is not a granularity"))),
        }
    }
}
