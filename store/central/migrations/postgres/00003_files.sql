-- +goose Up
-- The content of files, which lies in the blob store; here is what there is and who put it there.

-- Which content each attachment names, kept with the record. Whether the record is live, and in which bucket, is in its own row.
CREATE TABLE file_refs (
  org_id    BYTEA NOT NULL,
  record_id BYTEA NOT NULL, -- of kind attachment
  hash      BYTEA NOT NULL, -- SHA-256 of the content
  PRIMARY KEY (org_id, record_id)
) PARTITION BY LIST (org_id);
CREATE TABLE file_refs_default PARTITION OF file_refs DEFAULT;
CREATE INDEX file_refs_by_hash ON file_refs (org_id, hash);

-- The manifests.
CREATE TABLE files (
  org_id     BYTEA NOT NULL,
  hash       BYTEA NOT NULL, -- SHA-256 of the whole content
  size       BIGINT NOT NULL,
  media_type TEXT COLLATE "C" NOT NULL,
  uploader   TEXT COLLATE "C" NOT NULL, -- the user whose room it takes
  touched    BIGINT NOT NULL, -- when somebody last offered it
  ready      BIGINT NOT NULL, -- when it was found whole, 0 before
  PRIMARY KEY (org_id, hash)
) PARTITION BY LIST (org_id);
CREATE TABLE files_default PARTITION OF files DEFAULT;
CREATE INDEX files_by_uploader ON files (org_id, uploader);

-- The chunks of each file, in order.
CREATE TABLE file_parts (
  org_id BYTEA NOT NULL,
  hash   BYTEA NOT NULL, -- of the file
  pos    INTEGER NOT NULL, -- from 0
  chunk  BYTEA NOT NULL, -- SHA-256 of the chunk
  PRIMARY KEY (org_id, hash, pos)
) PARTITION BY LIST (org_id);
CREATE TABLE file_parts_default PARTITION OF file_parts DEFAULT;
CREATE INDEX file_parts_by_chunk ON file_parts (org_id, chunk);

-- The chunks that are in the blob store.
CREATE TABLE file_chunks (
  org_id   BYTEA NOT NULL,
  chunk    BYTEA NOT NULL, -- SHA-256 of it
  blob     TEXT COLLATE "C" NOT NULL, -- its key there; a chunk that comes again after it was collected gets another one
  size     BIGINT NOT NULL,
  uploaded BIGINT NOT NULL,
  PRIMARY KEY (org_id, chunk)
) PARTITION BY LIST (org_id);
CREATE TABLE file_chunks_default PARTITION OF file_chunks DEFAULT;
