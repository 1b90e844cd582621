-- Master data: the last word wins. `search` holds identifier, name and group in lower case, made by the program because
-- the two databases do not agree on how to lower letters outside ASCII.

CREATE TABLE items (
    id         TEXT    NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL,
    category   TEXT,
    attributes TEXT    NOT NULL,
    search     TEXT    NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX items_by_category ON items (category, id);

CREATE TABLE locations (
    id         TEXT    NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL,
    kind       TEXT,
    attributes TEXT    NOT NULL,
    search     TEXT    NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX locations_by_kind ON locations (kind, id);

CREATE TABLE customers (
    id         TEXT    NOT NULL PRIMARY KEY,
    attributes TEXT    NOT NULL,
    search     TEXT    NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- Days are counted since 1970-01-01. The empty location stands for everywhere: NULL is never equal to itself, and an event
-- must not be there twice.
CREATE TABLE calendar_events (
    name      TEXT    NOT NULL,
    first_day INTEGER NOT NULL,
    last_day  INTEGER NOT NULL,
    location  TEXT    NOT NULL,
    PRIMARY KEY (name, first_day, last_day, location),
    CHECK (first_day <= last_day)
) STRICT;
CREATE INDEX calendar_events_by_day ON calendar_events (first_day);
