//! The connection to the database, whichever it is.
use crate::StoreError;

/// Which database holds the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite in WAL mode, one machine.
    Sqlite,
    /// PostgreSQL, or what speaks its protocol.
    Postgres,
}

/// The state of the shop: cheap to clone, safe to share.
#[derive(Debug, Clone)]
pub struct Store {}

impl Store {
    /// Connects to `sqlite:PATH` (created where missing) or `postgres://…`, and applies the migrations.
    ///
    /// # Errors
    /// [`StoreError::Address`], [`StoreError::Migration`], [`StoreError::Database`].
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        todo!()
    }
    /// Which database this is.
    pub fn dialect(&self) -> Dialect {
        todo!()
    }
    /// Asks the database for a sign of life.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn ping(&self) -> Result<(), StoreError> {
        todo!()
    }
    /// Closes every connection; waits for statements under way.
    pub async fn close(&self) {
        todo!()
    }
}
