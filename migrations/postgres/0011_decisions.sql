-- What monitoring decided about forecasts and why, also where it decided to do nothing; old ones are removed. No references:
-- jobs and models may be removed before the decision that speaks of them.

CREATE TABLE decisions (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    at           BIGINT NOT NULL,
    measure      TEXT COLLATE "C" NOT NULL,
    cause        TEXT NOT NULL,
    action       TEXT NOT NULL,
    reason       TEXT NOT NULL,
    figures      TEXT NOT NULL,
    data_version TEXT NOT NULL,
    artefact_id  TEXT COLLATE "C",
    job_id       TEXT COLLATE "C",
    decided_by   TEXT NOT NULL
);
CREATE INDEX decisions_by_measure ON decisions (measure, id);
CREATE INDEX decisions_by_time ON decisions (at);

-- Work that one process does for all: who holds it, until when.

CREATE TABLE leases (
    name       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    holder     TEXT NOT NULL,
    held_until BIGINT NOT NULL
);
