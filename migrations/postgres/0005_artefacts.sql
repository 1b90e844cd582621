-- Fitted artefacts. The bytes lie in a table of their own, so that lists never touch them and any server can serve them.

CREATE TABLE artefacts (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    hash         TEXT COLLATE "C" NOT NULL,
    kind         TEXT COLLATE "C" NOT NULL,
    data_version TEXT NOT NULL,
    params       TEXT NOT NULL,
    metrics      TEXT NOT NULL,
    bytes        BIGINT NOT NULL,
    job_id       TEXT COLLATE "C" REFERENCES jobs (id),
    created_at   BIGINT NOT NULL,
    UNIQUE (kind, hash)
);

CREATE TABLE artefact_bytes (
    artefact_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES artefacts (id) ON DELETE CASCADE,
    content     BYTEA NOT NULL
);

-- Lineage: which version of which dataset an artefact was fitted on. Dataset -> job -> artefact -> number.
CREATE TABLE artefact_inputs (
    artefact_id TEXT COLLATE "C" NOT NULL REFERENCES artefacts (id) ON DELETE CASCADE,
    dataset     TEXT COLLATE "C" NOT NULL,
    version     TEXT NOT NULL,
    PRIMARY KEY (artefact_id, dataset)
);

-- What was live when: the last promotion of a kind names the artefact that is live now.
CREATE TABLE promotions (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        TEXT COLLATE "C" NOT NULL,
    artefact_id TEXT COLLATE "C" NOT NULL REFERENCES artefacts (id),
    promoted_by TEXT NOT NULL,
    reason      TEXT NOT NULL,
    at          BIGINT NOT NULL
);
CREATE INDEX promotions_by_kind ON promotions (kind, id);
