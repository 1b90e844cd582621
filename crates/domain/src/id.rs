//! Identifiers: non-empty texts of at most 200 characters without control characters, each kind a type of its own.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Longest identifier, in characters.
pub const MAX_ID_CHARS: usize = 200;

/// Why a text is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The text is empty or only white space.
    #[error("{kind} is empty; expected 1 to {MAX_ID_CHARS} characters")]
    Empty {
        /// What the text was to identify.
        kind: &'static str,
    },
    /// The text is longer than [`MAX_ID_CHARS`].
    #[error("{kind} has {chars} characters; expected at most {MAX_ID_CHARS}")]
    TooLong {
        /// What the text was to identify.
        kind: &'static str,
        /// Its length in characters.
        chars: usize,
    },
    /// The text contains a control character.
    #[error("{kind} contains a control character; remove it")]
    Control {
        /// What the text was to identify.
        kind: &'static str,
    },
}

fn check(kind: &'static str, text: &str) -> Result<String, IdError> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(IdError::Empty { kind });
    }
    let chars = trimmed.chars().count();
    if chars > MAX_ID_CHARS {
        return Err(IdError::TooLong { kind, chars });
    }
    if trimmed.chars().any(char::is_control) {
        return Err(IdError::Control { kind });
    }
    Ok(trimmed.to_owned())
}

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident = $kind:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads an identifier; surrounding white space is dropped.
            ///
            /// # Errors
            /// [`IdError`] where the text is empty, too long or holds a control character.
            pub fn new(text: impl AsRef<str>) -> Result<Self, IdError> {
                check($kind, text.as_ref()).map(Self)
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

identifiers! {
    /// A thing that is sold: a SKU, or a department where that is the finest grain of the data.
    ItemId = "item";
    /// A place that sells or holds stock: a store, a warehouse, a web shop, a country.
    LocationId = "location";
    /// A customer or household.
    CustomerId = "customer";
    /// An order, invoice or basket.
    OrderId = "order";
    /// One import.
    ImportId = "import";
    /// One job.
    JobId = "job";
    /// One fitted artefact.
    ArtefactId = "artefact";
    /// One override of a forecast.
    OverrideId = "override";
    /// One user.
    UserId = "user";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_trimmed_and_bounded() {
        assert_eq!(ItemId::new(" 85123A ").map(String::from), Ok("85123A".to_owned()));
        assert_eq!(ItemId::new("  "), Err(IdError::Empty { kind: "item" }));
        assert_eq!(LocationId::new("x".repeat(201)), Err(IdError::TooLong { kind: "location", chars: 201 }));
        assert_eq!(OrderId::new("a\u{0}b"), Err(IdError::Control { kind: "order" }));
    }
}
