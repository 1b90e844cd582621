-- Imports exclude each other: each looks at what is committed to find the rows that are there already, and two at a time
-- would not see each other's. The index makes it so whatever workers do.

UPDATE jobs SET state = 'queued', worker = NULL, lease_until = NULL
WHERE kind = 'import' AND state = 'running'
  AND id > (SELECT min(id) FROM jobs WHERE kind = 'import' AND state = 'running');
CREATE UNIQUE INDEX one_running_import ON jobs (kind) WHERE kind = 'import' AND state = 'running';
