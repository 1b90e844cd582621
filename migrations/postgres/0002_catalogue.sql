-- Master data: the last word wins. `search` holds identifier, name and group in lower case, made by the program because
-- the two databases do not agree on how to lower letters outside ASCII.

CREATE TABLE items (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL,
    category   TEXT COLLATE "C",
    attributes TEXT NOT NULL,
    search     TEXT COLLATE "C" NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX items_by_category ON items (category, id);

CREATE TABLE locations (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL,
    kind       TEXT COLLATE "C",
    attributes TEXT NOT NULL,
    search     TEXT COLLATE "C" NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX locations_by_kind ON locations (kind, id);

CREATE TABLE customers (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    attributes TEXT NOT NULL,
    search     TEXT COLLATE "C" NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Days are counted since 1970-01-01. The empty location stands for everywhere: NULL is never equal to itself, and an event
-- must not be there twice.
CREATE TABLE calendar_events (
    name      TEXT COLLATE "C" NOT NULL,
    first_day BIGINT NOT NULL,
    last_day  BIGINT NOT NULL,
    location  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (name, first_day, last_day, location),
    CHECK (first_day <= last_day)
);
CREATE INDEX calendar_events_by_day ON calendar_events (first_day);
