//! What can go wrong with the state, as one closed enum.

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address names no database that Aisle knows.
    #[error("{found:?} is not a database address; expected sqlite:PATH or postgres://USER@HOST/NAME")]
    Address {
        /// What was given, without its password.
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
    /// The migrations could not be applied.
    #[error("the database could not be brought to this version's tables: {0}")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// The database could not be reached, or refused a statement.
    #[error("the database failed: {0}")]
    Database(#[source] sqlx::Error),
}
