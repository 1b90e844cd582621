//! A series: what one item sells at one location.

use crate::{ItemId, LocationId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Names one series. Written `location/item` with `/` and `%` in either part percent-encoded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SeriesKey {
    /// Where.
    pub location: LocationId,
    /// What.
    pub item: ItemId,
}

impl SeriesKey {
    /// Reads `location/item`; `None` where either part is missing or not an identifier.
    pub fn parse(text: &str) -> Option<Self> {
        let (location, item) = text.split_once('/')?;
        let plain = |part: &str| part.replace("%2F", "/").replace("%25", "%");
        Some(Self { location: LocationId::new(plain(location)).ok()?, item: ItemId::new(plain(item)).ok()? })
    }
}

impl fmt::Display for SeriesKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let coded = |part: &str| part.replace('%', "%25").replace('/', "%2F");
        write!(f, "{}/{}", coded(self.location.as_str()), coded(self.item.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_the_round_trip() {
        for (location, item) in [("1", "72"), ("a/b", "50%"), ("%2F", "x")] {
            let key = SeriesKey { location: LocationId::new(location).unwrap(), item: ItemId::new(item).unwrap() };
            assert_eq!(SeriesKey::parse(&key.to_string()), Some(key));
        }
        assert_eq!(SeriesKey::parse("only"), None);
    }
}
