-- Rolling-origin evaluations of the way of fitting: what was asked, and the errors that were found.

CREATE TABLE evaluations (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    measure      TEXT COLLATE "C" NOT NULL,
    data_version TEXT NOT NULL,
    plan         TEXT NOT NULL,
    report       TEXT NOT NULL,
    job_id       TEXT COLLATE "C" NOT NULL REFERENCES jobs (id),
    created_by   TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    UNIQUE (job_id, measure)
);
CREATE INDEX evaluations_by_measure ON evaluations (measure, id);
