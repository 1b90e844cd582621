//! How words, identifiers and JSON lie in columns of text, and how a new row gets its identifier.

use crate::StoreError;
use crate::dead_letters::LetterState;
use crate::imports::ImportState;
use aisle_domain::import::{ImportReport, Mapping};
use aisle_domain::job::{JobKind, JobState};
use aisle_domain::overrides::{Amount, Change, Effect};
use aisle_domain::{
    ArtefactId, CustomerId, HolidayKind, ImportId, ItemId, JobId, LocationId, Measure, OverrideId, Permission, Role,
    UserId,
};
use serde::Serialize;
use sqlx::error::BoxDynError;
use std::collections::BTreeMap;

/// A value read from a column of text; a value that does not parse is an error that names it, never a default.
#[derive(Debug, Clone, PartialEq)]
pub struct Text<T>(pub T);

/// What can be read from a column of text.
pub trait FromColumn: Sized {
    /// Reads the column; `None` is NULL.
    ///
    /// # Errors
    /// Says what was found.
    fn from_column(text: Option<&str>) -> Result<Self, BoxDynError>;
}

impl<DB: sqlx::Database, T> sqlx::Type<DB> for Text<T>
where
    String: sqlx::Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        <String as sqlx::Type<DB>>::type_info()
    }

    fn compatible(found: &DB::TypeInfo) -> bool {
        <String as sqlx::Type<DB>>::compatible(found)
    }
}

impl<'r, DB: sqlx::Database, T: FromColumn> sqlx::Decode<'r, DB> for Text<T>
where
    Option<String>: sqlx::Decode<'r, DB>,
{
    fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
        let text = <Option<String> as sqlx::Decode<'r, DB>>::decode(value)?;
        T::from_column(text.as_deref()).map(Self)
    }
}

/// Writes a value as JSON.
pub(crate) fn json<T: Serialize + ?Sized>(what: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|source| StoreError::Json { what, source })
}

/// A new identifier, ascending in time to the millisecond (UUID version 7), for a row made at `now`.
pub(crate) fn new_id(now: i64) -> String {
    let micros = u64::try_from(now).unwrap_or_default();
    let nanos = u32::try_from(micros % 1_000_000).unwrap_or_default() * 1_000;
    uuid::Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, micros / 1_000_000, nanos)).to_string()
}

/// PostgreSQL keeps no NUL in text; it is shown as the replacement character instead.
pub(crate) fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// A pattern that finds `part` anywhere, whatever its case; for `LIKE … ESCAPE '\'` on a column in lower case.
pub(crate) fn pattern(part: &str) -> String {
    let lowered = storable(&part.to_lowercase());
    format!("%{}%", lowered.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}

/// A count or size as a column holds it.
pub(crate) fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn present(text: Option<&str>) -> Result<&str, BoxDynError> {
    text.ok_or_else(|| "found NULL, expected a text".into())
}

macro_rules! readable {
    ($($kind:ty, $text:ident => $read:expr;)*) => {$(
        impl FromColumn for $kind {
            fn from_column(text: Option<&str>) -> Result<Self, BoxDynError> {
                let $text = present(text)?;
                $read
            }
        }

        impl FromColumn for Option<$kind> {
            fn from_column(text: Option<&str>) -> Result<Self, BoxDynError> {
                text.map(|text| <$kind>::from_column(Some(text))).transpose()
            }
        }

        impl From<Text<$kind>> for $kind {
            fn from(column: Text<$kind>) -> $kind {
                column.0
            }
        }

        impl From<Text<Option<$kind>>> for Option<$kind> {
            fn from(column: Text<Option<$kind>>) -> Option<$kind> {
                column.0
            }
        }
    )*};
}

fn word<T>(found: Option<T>, text: &str) -> Result<T, BoxDynError> {
    found.ok_or_else(|| format!("found the unknown word {text:?}; was it written by a newer version?").into())
}

readable! {
    Role, text => word(Role::parse(text), text);
    HolidayKind, text => word(HolidayKind::parse(text), text);
    JobKind, text => word(JobKind::parse(text), text);
    JobState, text => word(JobState::parse(text), text);
    ImportState, text => word(ImportState::parse(text), text);
    LetterState, text => word(LetterState::parse(text), text);
    Measure, text => word(Measure::parse(text), text);
    Amount, text => word(Amount::parse(text), text);
    Change, text => Ok(serde_json::from_str(text)?);
    Vec<Effect>, text => Ok(serde_json::from_str(text)?);
    OverrideId, text => Ok(OverrideId::new(text)?);
    UserId, text => Ok(UserId::new(text)?);
    ImportId, text => Ok(ImportId::new(text)?);
    JobId, text => Ok(JobId::new(text)?);
    ArtefactId, text => Ok(ArtefactId::new(text)?);
    ItemId, text => Ok(ItemId::new(text)?);
    LocationId, text => Ok(LocationId::new(text)?);
    CustomerId, text => Ok(CustomerId::new(text)?);
    Vec<Permission>, text => Ok(serde_json::from_str(text)?);
    Vec<String>, text => Ok(serde_json::from_str(text)?);
    BTreeMap<String, String>, text => Ok(serde_json::from_str(text)?);
    serde_json::Value, text => Ok(serde_json::from_str(text)?);
    Mapping, text => Ok(serde_json::from_str(text)?);
    ImportReport, text => Ok(serde_json::from_str(text)?);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_ascend_with_time() {
        let ids: Vec<_> = (0..50).map(|step| new_id(1_700_000_000_000_000 + step * 1_000)).collect();
        assert!(ids.is_sorted());
    }

    #[test]
    fn a_pattern_has_no_wildcards_of_its_own() {
        assert_eq!(pattern("50%_Ä\\"), "%50\\%\\_ä\\\\%");
    }
}
