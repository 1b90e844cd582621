-- Who uses the installation and what they did. Moments are microseconds since 1970 UTC; booleans are 0 or 1 (STRICT
-- tables know no other); JSON is text.

CREATE TABLE users (
    id                   TEXT    NOT NULL PRIMARY KEY,
    -- Lower case, so that a name is taken whatever its case.
    login                TEXT    NOT NULL UNIQUE,
    display_name         TEXT    NOT NULL,
    role                 TEXT    NOT NULL,
    password_hash        TEXT    NOT NULL,
    disabled             INTEGER NOT NULL,
    must_change_password INTEGER NOT NULL,
    preferences          TEXT    NOT NULL,
    created_at           INTEGER NOT NULL,
    updated_at           INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
    -- Only the hash of the token: whoever reads this table cannot sign in with it.
    token_hash   BLOB    NOT NULL PRIMARY KEY,
    user_id      TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    csrf_secret  BLOB    NOT NULL,
    created_at   INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    user_agent   TEXT    NOT NULL,
    ip           TEXT    NOT NULL
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);

-- One counter for each account and each address that failed to sign in.
CREATE TABLE sign_in_failures (
    subject      TEXT    NOT NULL PRIMARY KEY,
    failures     INTEGER NOT NULL,
    window_start INTEGER NOT NULL,
    locked_until INTEGER
) STRICT;

CREATE TABLE api_keys (
    id           TEXT    NOT NULL PRIMARY KEY,
    prefix       TEXT    NOT NULL UNIQUE,
    key_hash     BLOB    NOT NULL,
    owner        TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name         TEXT    NOT NULL,
    scopes       TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    last_used_at INTEGER,
    revoked_at   INTEGER
) STRICT;
CREATE INDEX api_keys_by_owner ON api_keys (owner, id);

-- Append-only. No foreign keys: an entry outlives what it speaks of.
CREATE TABLE audit (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    actor   TEXT    NOT NULL,
    action  TEXT    NOT NULL,
    subject TEXT    NOT NULL,
    detail  TEXT    NOT NULL
) STRICT;
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'audit entries are never changed'); END;

CREATE TABLE settings (
    name       TEXT    NOT NULL PRIMARY KEY,
    value      TEXT    NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- Random bytes made once for an installation: keys that sign report links and cookies.
CREATE TABLE secrets (
    name       TEXT    NOT NULL PRIMARY KEY,
    bytes      BLOB    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
