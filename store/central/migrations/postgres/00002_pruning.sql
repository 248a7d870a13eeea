-- +goose Up
-- What is older than the horizon is forgotten; these say up to where, and of whom.

ALTER TABLE buckets ADD COLUMN pruned BIGINT NOT NULL DEFAULT 0; -- up to this number, deletions and departures may have been forgotten

ALTER TABLE bucket_log ADD COLUMN at BIGINT NOT NULL DEFAULT 0; -- when it was committed
UPDATE bucket_log SET at = CAST(EXTRACT(EPOCH FROM now()) AS BIGINT) * 1000;

-- Records that were deleted and forgotten: they never come back.
CREATE TABLE graves (
  org_id BYTEA NOT NULL,
  kind   INTEGER NOT NULL,
  id     BYTEA NOT NULL,
  at     BIGINT NOT NULL, -- when it was forgotten
  known  INTEGER NOT NULL DEFAULT 1, -- whether the ids of its changes are still kept
  PRIMARY KEY (org_id, kind, id)
) PARTITION BY LIST (org_id);
CREATE TABLE graves_default PARTITION OF graves DEFAULT;
CREATE INDEX graves_known ON graves (org_id, at) WHERE known = 1;

CREATE INDEX records_deleted ON records (org_id, bucket, seq) WHERE deleted = 1;
