//! The connection to the database, whichever it is, and the three ways to run a statement on it.

use crate::StoreError;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use std::str::FromStr;
use std::time::Duration;

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
pub struct Store {
    pub(crate) pools: Pools,
}

/// The connections. SQLite has one writer at a time: writers of this process queue for the one connection instead of
/// polling for the lock; other processes wait for the lock.
#[derive(Debug, Clone)]
pub(crate) enum Pools {
    Sqlite { read: SqlitePool, write: SqlitePool },
    Postgres(PgPool),
}

static SQLITE: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations/sqlite");
static POSTGRES: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations/postgres");

const SQLITE_READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;
const STARTS: u32 = 20;
const START_AGAIN: Duration = Duration::from_millis(150);
const BUSY: Duration = Duration::from_secs(30);
const ACQUIRE: Duration = Duration::from_secs(30);

impl Store {
    /// Connects to `sqlite:PATH` (created where missing) or `postgres://…`, and applies the migrations.
    ///
    /// # Errors
    /// [`StoreError::Address`], [`StoreError::Migration`], [`StoreError::Database`].
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        let pools = if let Some(rest) = url.strip_prefix("sqlite:") {
            connect_sqlite(rest.strip_prefix("//").unwrap_or(rest)).await?
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            connect_postgres(url).await?
        } else {
            let found = url.split(':').next().unwrap_or_default().to_owned();
            return Err(StoreError::Address { found });
        };
        Ok(Self { pools })
    }

    /// Which database this is.
    pub fn dialect(&self) -> Dialect {
        match self.pools {
            Pools::Sqlite { .. } => Dialect::Sqlite,
            Pools::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Asks the database for a sign of life.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn ping(&self) -> Result<(), StoreError> {
        let _one: i64 = reading!(self, pool => sqlx::query_scalar("SELECT CAST(1 AS BIGINT)").fetch_one(pool))?;
        Ok(())
    }

    /// Closes every connection; waits for statements under way.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

/// Runs one statement that reads: `reading!(store, pool => query.fetch_all(pool))`.
macro_rules! reading {
    ($store:expr, $pool:ident => $statement:expr) => {
        match &$store.pools {
            $crate::connection::Pools::Sqlite { read: $pool, .. } => $statement.await,
            $crate::connection::Pools::Postgres($pool) => $statement.await,
        }
    };
}

/// Runs one statement that writes: `writing!(store, pool => query.execute(pool))`. Gives `Ok` of the rows, or of the rows
/// affected where the statement is executed.
macro_rules! writing {
    ($store:expr, $pool:ident => $statement:expr) => {
        match &$store.pools {
            $crate::connection::Pools::Sqlite { write: $pool, .. } => $statement.await,
            $crate::connection::Pools::Postgres($pool) => $statement.await,
        }
    };
}

/// Executes one statement that writes and gives the rows affected.
macro_rules! executing {
    ($store:expr, $query:expr) => {
        match &$store.pools {
            $crate::connection::Pools::Sqlite { write, .. } => {
                $query.execute(write).await.map(|done| done.rows_affected())
            }
            $crate::connection::Pools::Postgres(pool) => $query.execute(pool).await.map(|done| done.rows_affected()),
        }
    };
}

/// Runs a block in one transaction and gives its value; a `?` or `return` inside rolls back.
///
/// SQLite takes the write lock at the start (`IMMEDIATE`): a transaction that reads first and writes later would otherwise
/// fail, without waiting, when another writer came in between.
macro_rules! transaction {
    ($store:expr, $tx:ident => $body:block) => {
        match &$store.pools {
            $crate::connection::Pools::Sqlite { write, .. } => {
                let mut $tx = write.begin_with("BEGIN IMMEDIATE").await?;
                let value = $body;
                $tx.commit().await?;
                value
            }
            $crate::connection::Pools::Postgres(pool) => {
                let mut $tx = pool.begin().await?;
                let value = $body;
                $tx.commit().await?;
                value
            }
        }
    };
}

pub(crate) use {executing, reading, transaction, writing};

async fn connect_sqlite(path: &str) -> Result<Pools, StoreError> {
    // FULL, not NORMAL: an import's chunk must be on disk before its facts are committed to the lake, also when the power
    // fails, or the facts could not be told from new ones.
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY);
    // Of processes that start together, one switches the new file to WAL and makes the tables while the others are turned
    // away at once, or find tables half made: sqlx locks nothing while it migrates SQLite. They look again a little later.
    for _ in 0..STARTS {
        match open_sqlite(&options).await {
            Err(error) if is_passing(&error) => tokio::time::sleep(START_AGAIN).await,
            settled => return settled,
        }
    }
    open_sqlite(&options).await
}

async fn open_sqlite(options: &SqliteConnectOptions) -> Result<Pools, StoreError> {
    let pool = |connections| SqlitePoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE);
    let write = pool(1).connect_with(options.clone()).await?;
    SQLITE.run(&write).await.map_err(StoreError::Migration)?;
    let read = pool(SQLITE_READERS).connect_with(options.clone().pragma("query_only", "ON")).await?;
    Ok(Pools::Sqlite { read, write })
}

/// Whether SQLite only said that another process was faster.
fn is_passing(error: &StoreError) -> bool {
    use sqlx::migrate::MigrateError;
    let cause = match error {
        StoreError::Database(cause)
        | StoreError::Migration(MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _)) => cause,
        _ => return false,
    };
    let sqlx::Error::Database(cause) = cause else { return false };
    // The primary code is in the low byte: 5 is SQLITE_BUSY, 6 SQLITE_LOCKED; 1 a table that exists already, 19 a version
    // that is noted already.
    let code = cause.code().and_then(|code| code.parse::<u32>().ok());
    code.is_some_and(|code| matches!(code & 0xff, 1 | 5 | 6 | 19))
}

async fn connect_postgres(url: &str) -> Result<Pools, StoreError> {
    let options = PgConnectOptions::from_str(url)?.application_name("aisle");
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(ACQUIRE)
        .connect_with(options)
        .await?;
    POSTGRES.run(&pool).await.map_err(StoreError::Migration)?;
    Ok(Pools::Postgres(pool))
}
