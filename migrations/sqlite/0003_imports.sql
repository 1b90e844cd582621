-- Imports and what became of their rows. A chunk is stored as pending before its facts are committed to the lake and
-- confirmed after, so that a crash in between can be settled by asking the lake.

CREATE TABLE imports (
    id          TEXT    NOT NULL PRIMARY KEY,
    state       TEXT    NOT NULL,
    created_by  TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    finished_at INTEGER,
    error       TEXT,
    report      TEXT
) STRICT;
CREATE INDEX imports_by_state ON imports (state, id);

CREATE TABLE import_files (
    import_id TEXT    NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    file      INTEGER NOT NULL,
    name      TEXT    NOT NULL,
    path      TEXT    NOT NULL,
    bytes     INTEGER NOT NULL,
    sha256    BLOB    NOT NULL,
    mapping   TEXT,
    PRIMARY KEY (import_id, file)
) STRICT;
CREATE INDEX import_files_by_content ON import_files (sha256);

CREATE TABLE import_chunks (
    import_id TEXT    NOT NULL,
    file      INTEGER NOT NULL,
    sequence  INTEGER NOT NULL,
    confirmed INTEGER NOT NULL,
    tally     TEXT    NOT NULL,
    begun_at  INTEGER NOT NULL,
    PRIMARY KEY (import_id, file, sequence),
    FOREIGN KEY (import_id, file) REFERENCES import_files (import_id, file) ON DELETE CASCADE
) STRICT;
-- At most one chunk of an import is under way.
CREATE UNIQUE INDEX one_pending_chunk ON import_chunks (import_id) WHERE NOT confirmed;

-- Rows that could not be taken. They hang on their chunk: when a pending chunk is discarded, they go with it.
CREATE TABLE dead_letters (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    import_id   TEXT    NOT NULL,
    file        INTEGER NOT NULL,
    sequence    INTEGER NOT NULL,
    file_name   TEXT    NOT NULL,
    line        INTEGER NOT NULL,
    column_name TEXT,
    reason      TEXT    NOT NULL,
    raw         BLOB    NOT NULL,
    mended      TEXT,
    state       TEXT    NOT NULL,
    outcome     TEXT,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    FOREIGN KEY (import_id, file, sequence) REFERENCES import_chunks (import_id, file, sequence) ON DELETE CASCADE
) STRICT;
CREATE INDEX dead_letters_by_chunk ON dead_letters (import_id, file, sequence);
CREATE INDEX dead_letters_by_state ON dead_letters (state, id);

-- Mappings that were settled once, found again by the shape of a file.
CREATE TABLE mappings (
    shape      TEXT    NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL,
    toml       TEXT    NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
