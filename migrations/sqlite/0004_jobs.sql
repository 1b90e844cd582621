-- Long work: claimed with a lease, so that a worker that dies loses it to another one.

CREATE TABLE jobs (
    id               TEXT    NOT NULL PRIMARY KEY,
    kind             TEXT    NOT NULL,
    params           TEXT    NOT NULL,
    state            TEXT    NOT NULL,
    progress_done    INTEGER NOT NULL DEFAULT 0,
    progress_total   INTEGER,
    progress_note    TEXT    NOT NULL DEFAULT '',
    attempts         INTEGER NOT NULL DEFAULT 0,
    max_attempts     INTEGER NOT NULL,
    -- Leases that ran out since the attempt began: a crash resumes the attempt, but not for ever.
    lost_leases      INTEGER NOT NULL DEFAULT 0,
    error            TEXT,
    created_by       TEXT    NOT NULL,
    created_at       INTEGER NOT NULL,
    ready_at         INTEGER NOT NULL,
    started_at       INTEGER,
    finished_at      INTEGER,
    result           TEXT,
    worker           TEXT,
    lease_until      INTEGER,
    cancel_requested INTEGER NOT NULL DEFAULT 0,
    dedupe_key       TEXT
) STRICT;
CREATE INDEX jobs_ready ON jobs (ready_at, id) WHERE state = 'queued';
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_by_state ON jobs (state, id);
-- While one such job waits or runs, a second one is not made.
CREATE UNIQUE INDEX one_live_job_by_key ON jobs (dedupe_key) WHERE state IN ('queued', 'running');
