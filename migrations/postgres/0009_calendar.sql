-- Events that people entered. Days are counted since 1970-01-01; the empty location stands for everywhere, as in
-- calendar_events, which holds what the data flags.

CREATE TABLE own_events (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name       TEXT COLLATE "C" NOT NULL,
    kind       TEXT NOT NULL,
    first_day  BIGINT NOT NULL,
    last_day   BIGINT NOT NULL,
    location   TEXT COLLATE "C" NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (name, kind, first_day, last_day, location),
    CHECK (first_day <= last_day)
);
CREATE INDEX own_events_by_day ON own_events (first_day);

-- Calendar files (iCalendar) as they came: their events are laid out whenever they are asked for, so that what recurs goes on
-- as far as is looked ahead. One that is not active waits for its preview to be confirmed. `left_out`: names of its events
-- that do not count, as a JSON list.
CREATE TABLE calendar_files (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name       TEXT COLLATE "C" NOT NULL,
    hash       TEXT NOT NULL,
    content    BYTEA NOT NULL,
    active     BOOLEAN NOT NULL,
    left_out   TEXT NOT NULL,
    location   TEXT COLLATE "C" NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX calendar_files_in_use ON calendar_files (name) WHERE active;

-- What holidays did to sales, measured by the latest training of each measure: one row an event, replaced as a whole.
-- `total` is what a list shows, `units` holds every unit; both JSON.
CREATE TABLE holiday_impacts (
    measure      TEXT COLLATE "C" NOT NULL,
    event        TEXT COLLATE "C" NOT NULL,
    data_version TEXT NOT NULL,
    total        TEXT NOT NULL,
    units        TEXT NOT NULL,
    made_at      BIGINT NOT NULL,
    PRIMARY KEY (measure, event)
);
