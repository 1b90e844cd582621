//! Properties that travel one way.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A property of an island: the server writes it, the browser reads it. Leptos asks both sides to be able to do both; the
/// browser's half would carry code, and spend time, on writing what nobody reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent<T>(pub T);

#[cfg(feature = "ssr")]
impl<T: Serialize> Serialize for Sent<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

#[cfg(not(feature = "ssr"))]
impl<T> Serialize for Sent<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Sent<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self)
    }
}
