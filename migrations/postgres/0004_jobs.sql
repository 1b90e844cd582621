-- Long work: claimed with a lease, so that a worker that dies loses it to another one.

CREATE TABLE jobs (
    id               TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind             TEXT COLLATE "C" NOT NULL,
    params           TEXT NOT NULL,
    state            TEXT COLLATE "C" NOT NULL,
    progress_done    BIGINT NOT NULL DEFAULT 0,
    progress_total   BIGINT,
    progress_note    TEXT NOT NULL DEFAULT '',
    attempts         BIGINT NOT NULL DEFAULT 0,
    max_attempts     BIGINT NOT NULL,
    -- Leases that ran out since the attempt began: a crash resumes the attempt, but not for ever.
    lost_leases      BIGINT NOT NULL DEFAULT 0,
    error            TEXT,
    created_by       TEXT NOT NULL,
    created_at       BIGINT NOT NULL,
    ready_at         BIGINT NOT NULL,
    started_at       BIGINT,
    finished_at      BIGINT,
    result           TEXT,
    worker           TEXT,
    lease_until      BIGINT,
    cancel_requested BOOLEAN NOT NULL DEFAULT FALSE,
    dedupe_key       TEXT COLLATE "C"
);
CREATE INDEX jobs_ready ON jobs (ready_at, id) WHERE state = 'queued';
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_by_state ON jobs (state, id);
-- While one such job waits or runs, a second one is not made.
CREATE UNIQUE INDEX one_live_job_by_key ON jobs (dedupe_key) WHERE state IN ('queued', 'running');
