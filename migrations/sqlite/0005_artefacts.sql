-- Fitted artefacts. The bytes lie in a table of their own, so that lists never touch them and any server can serve them.

CREATE TABLE artefacts (
    id           TEXT    NOT NULL PRIMARY KEY,
    hash         TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    data_version TEXT    NOT NULL,
    params       TEXT    NOT NULL,
    metrics      TEXT    NOT NULL,
    bytes        INTEGER NOT NULL,
    job_id       TEXT    REFERENCES jobs (id),
    created_at   INTEGER NOT NULL,
    UNIQUE (kind, hash)
) STRICT;

CREATE TABLE artefact_bytes (
    artefact_id TEXT NOT NULL PRIMARY KEY REFERENCES artefacts (id) ON DELETE CASCADE,
    content     BLOB NOT NULL
) STRICT;

-- Lineage: which version of which dataset an artefact was fitted on. Dataset -> job -> artefact -> number.
CREATE TABLE artefact_inputs (
    artefact_id TEXT NOT NULL REFERENCES artefacts (id) ON DELETE CASCADE,
    dataset     TEXT NOT NULL,
    version     TEXT NOT NULL,
    PRIMARY KEY (artefact_id, dataset)
) STRICT;

-- What was live when: the last promotion of a kind names the artefact that is live now.
CREATE TABLE promotions (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    kind        TEXT    NOT NULL,
    artefact_id TEXT    NOT NULL REFERENCES artefacts (id),
    promoted_by TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    at          INTEGER NOT NULL
) STRICT;
CREATE INDEX promotions_by_kind ON promotions (kind, id);
