//! State: sqlx on SQLite or PostgreSQL, one module per aggregate.
