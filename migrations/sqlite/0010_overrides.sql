-- Planners' overrides of forecasts. A row is never changed but for being withdrawn, and never deleted: what it was worth
-- is measured when the sales are known.

CREATE TABLE forecast_overrides (
    id           TEXT    NOT NULL PRIMARY KEY,
    -- NULL: every measure.
    measure      TEXT,
    -- The part of the shop: series that fit everything that is named. All NULL: the whole shop.
    location     TEXT,
    region       TEXT,
    item         TEXT,
    category     TEXT,
    change       TEXT    NOT NULL,
    amount       TEXT    NOT NULL,
    -- Days since 1970-01-01, inclusive.
    first_day    INTEGER NOT NULL,
    last_day     INTEGER NOT NULL,
    reason       TEXT    NOT NULL,
    author       TEXT    NOT NULL,
    author_name  TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_day  INTEGER,
    -- What it changed when it was made: sums before and after by period, for each measure.
    effects      TEXT    NOT NULL,
    withdrawn_at INTEGER,
    withdrawn_by TEXT,
    -- The same request again, as a form sent twice, makes no second override.
    request      TEXT    NOT NULL UNIQUE
) STRICT;
CREATE INDEX forecast_overrides_in_force ON forecast_overrides (id) WHERE withdrawn_at IS NULL;
