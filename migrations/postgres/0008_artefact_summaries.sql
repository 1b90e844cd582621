-- What a list of artefacts shows, beside the metrics of every series, which are large.

ALTER TABLE artefacts ADD COLUMN summary TEXT NOT NULL DEFAULT '{}';
