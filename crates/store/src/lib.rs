//! State: sqlx on SQLite or PostgreSQL, one module per aggregate, queries beside their row types.
//!
//! Every module holds free functions over a [`Store`]. There is no clock inside: what needs a time takes `now`, in
//! microseconds since 1970 UTC. Lists are paged by keyset: the caller passes the key of the last row it has, and a limit.
//!
//! One SQL text runs on both databases: `$1` placeholders, `ON CONFLICT`, `RETURNING`, `BIGINT` for every number, JSON as
//! text. Where the dialects differ there are two texts, chosen by [`Store::dialect`].

pub mod artefacts;
pub mod audit;
mod bulk;
pub mod calendar_files;
pub mod catalogue;
pub mod chunks;
pub mod column;
mod connection;
pub mod dead_letters;
pub mod decisions;
pub mod error;
pub mod evaluations;
mod events;
pub mod holiday_impacts;
pub mod imports;
pub mod jobs;
pub mod keys;
pub mod leases;
pub mod mappings;
pub mod overrides;
pub mod own_events;
mod queue;
pub mod sessions;
pub mod settings;
#[cfg(feature = "testing")]
pub mod testing;
pub mod throttle;
pub mod users;

pub use connection::{Dialect, Store};
pub use error::StoreError;
