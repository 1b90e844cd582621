//! What can go wrong with the state, as one closed enum, and how a broken constraint becomes a conflict.

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address names no database that Aisle knows.
    #[error("{found:?} is not a database address; expected sqlite:PATH or postgres://USER@HOST/NAME")]
    Address {
        /// The scheme that was given: never the rest, which may hold a password.
        found: String,
    },
    /// Something of that name exists already, or the state of things does not allow it.
    #[error("{what}")]
    Conflict {
        /// What is in the way, in a sentence a user may read.
        what: String,
    },
    /// There is no such row.
    #[error("there is no {what} {id:?}")]
    NotFound {
        /// What was looked for: `user`, `import`, `job`, …
        what: &'static str,
        /// Its key.
        id: String,
    },
    /// Another worker holds the job now, or it has ended.
    #[error("job {job:?} is no longer leased to this worker; stop working on it")]
    LeaseLost {
        /// The job.
        job: String,
    },
    /// A value does not fit its column.
    #[error("{what} does not serialise as JSON: {source}")]
    Json {
        /// What was to be stored.
        what: &'static str,
        /// Why not.
        source: serde_json::Error,
    },
    /// The migrations could not be applied.
    #[error("the database could not be brought to this version's tables: {0}")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// The database could not be reached, or refused a statement.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
}

impl StoreError {
    /// A conflict, told in a sentence a user may read.
    pub(crate) fn conflict(what: impl Into<String>) -> Self {
        Self::Conflict { what: what.into() }
    }

    /// A missing row.
    pub(crate) fn missing(what: &'static str, id: impl ToString) -> Self {
        Self::NotFound { what, id: id.to_string() }
    }
}

/// Says what a broken constraint means where it was broken.
pub(crate) trait OnConstraint<T> {
    /// A broken unique constraint is this conflict.
    fn on_taken(self, what: impl FnOnce() -> String) -> Result<T, StoreError>;
    /// A broken foreign key is this missing row.
    fn on_orphan(self, what: &'static str, id: &str) -> Result<T, StoreError>;
}

impl<T, E: Into<StoreError>> OnConstraint<T> for Result<T, E> {
    fn on_taken(self, what: impl FnOnce() -> String) -> Result<T, StoreError> {
        self.map_err(|error| match error.into() {
            StoreError::Database(sqlx::Error::Database(cause)) if cause.is_unique_violation() => {
                StoreError::Conflict { what: what() }
            }
            other => other,
        })
    }

    fn on_orphan(self, what: &'static str, id: &str) -> Result<T, StoreError> {
        self.map_err(|error| match error.into() {
            StoreError::Database(sqlx::Error::Database(cause)) if cause.is_foreign_key_violation() => {
                StoreError::missing(what, id)
            }
            other => other,
        })
    }
}
