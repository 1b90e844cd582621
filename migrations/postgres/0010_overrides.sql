-- Planners' overrides of forecasts. A row is never changed but for being withdrawn, and never deleted: what it was worth
-- is measured when the sales are known.

CREATE TABLE forecast_overrides (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    -- NULL: every measure.
    measure      TEXT COLLATE "C",
    -- The part of the shop: series that fit everything that is named. All NULL: the whole shop.
    location     TEXT COLLATE "C",
    region       TEXT COLLATE "C",
    item         TEXT COLLATE "C",
    category     TEXT COLLATE "C",
    change       TEXT NOT NULL,
    amount       TEXT COLLATE "C" NOT NULL,
    -- Days since 1970-01-01, inclusive.
    first_day    BIGINT NOT NULL,
    last_day     BIGINT NOT NULL,
    reason       TEXT NOT NULL,
    author       TEXT COLLATE "C" NOT NULL,
    author_name  TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_day  BIGINT,
    -- What it changed when it was made: sums before and after by period, for each measure.
    effects      TEXT NOT NULL,
    withdrawn_at BIGINT,
    withdrawn_by TEXT,
    -- The same request again, as a form sent twice, makes no second override.
    request      TEXT COLLATE "C" NOT NULL UNIQUE
);
CREATE INDEX forecast_overrides_in_force ON forecast_overrides (id) WHERE withdrawn_at IS NULL;
