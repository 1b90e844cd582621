-- Who uses the installation and what they did. Moments are microseconds since 1970 UTC; JSON is text. Keys collate by
-- their bytes ("C"), so that lists come in the same order as from SQLite, whatever the locale of the server.

CREATE TABLE users (
    id                   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    -- Lower case, so that a name is taken whatever its case.
    login                TEXT COLLATE "C" NOT NULL UNIQUE,
    display_name         TEXT NOT NULL,
    role                 TEXT COLLATE "C" NOT NULL,
    password_hash        TEXT NOT NULL,
    disabled             BOOLEAN NOT NULL,
    must_change_password BOOLEAN NOT NULL,
    preferences          TEXT NOT NULL,
    created_at           BIGINT NOT NULL,
    updated_at           BIGINT NOT NULL
);

CREATE TABLE sessions (
    -- Only the hash of the token: whoever reads this table cannot sign in with it.
    token_hash   BYTEA NOT NULL PRIMARY KEY,
    user_id      TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    csrf_secret  BYTEA NOT NULL,
    created_at   BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    user_agent   TEXT NOT NULL,
    ip           TEXT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);

-- One counter for each account and each address that failed to sign in.
CREATE TABLE sign_in_failures (
    subject      TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    failures     BIGINT NOT NULL,
    window_start BIGINT NOT NULL,
    locked_until BIGINT
);

CREATE TABLE api_keys (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    prefix       TEXT COLLATE "C" NOT NULL UNIQUE,
    key_hash     BYTEA NOT NULL,
    owner        TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name         TEXT COLLATE "C" NOT NULL,
    scopes       TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT,
    last_used_at BIGINT,
    revoked_at   BIGINT
);
CREATE INDEX api_keys_by_owner ON api_keys (owner, id);

-- Append-only. No foreign keys: an entry outlives what it speaks of.
CREATE TABLE audit (
    id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      BIGINT NOT NULL,
    actor   TEXT NOT NULL,
    action  TEXT NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    detail  TEXT NOT NULL
);
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'audit entries are never changed'; END $$;
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();

CREATE TABLE settings (
    name       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value      TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Random bytes made once for an installation: keys that sign report links and cookies.
CREATE TABLE secrets (
    name       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    bytes      BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);
