-- +goose Up
-- The same tables as in SQLite. Every key begins with org_id, and every table is partitioned by it: all organisations lie in the default
-- partition until an administrator gives a large one a partition of its own. Texts are compared byte by byte, as in SQLite. Unsigned 64-bit
-- numbers are kept with the same bits in signed columns. Moments are milliseconds since 1970 in UTC.

CREATE TABLE organisations (
  org_id  BYTEA NOT NULL,
  name    TEXT COLLATE "C" NOT NULL,
  created BIGINT NOT NULL,
  clock   BIGINT NOT NULL, -- the server's last reading, so that it never repeats one
  marks   TEXT COLLATE "C" NOT NULL DEFAULT '', -- what was done once, each followed by a space
  PRIMARY KEY (org_id)
) PARTITION BY LIST (org_id);
CREATE TABLE organisations_default PARTITION OF organisations DEFAULT;

CREATE TABLE buckets (
  org_id   BYTEA NOT NULL,
  bucket   TEXT COLLATE "C" NOT NULL,
  epoch    BIGINT NOT NULL, -- names this numbering
  seq      BIGINT NOT NULL, -- the last number given
  chain    BIGINT NOT NULL, -- running hash of all commits
  checksum BYTEA NOT NULL, -- additive, over the live records
  live     BIGINT NOT NULL, -- live records
  PRIMARY KEY (org_id, bucket)
) PARTITION BY LIST (org_id);
CREATE TABLE buckets_default PARTITION OF buckets DEFAULT WITH (fillfactor = 50);

-- The chain at the end of each commit in a bucket.
CREATE TABLE bucket_log (
  org_id BYTEA NOT NULL,
  bucket TEXT COLLATE "C" NOT NULL,
  seq    BIGINT NOT NULL,
  chain  BIGINT NOT NULL,
  PRIMARY KEY (org_id, bucket, seq)
) PARTITION BY LIST (org_id);
CREATE TABLE bucket_log_default PARTITION OF bucket_log DEFAULT;

CREATE TABLE records (
  org_id      BYTEA NOT NULL,
  kind        INTEGER NOT NULL,
  id          BYTEA NOT NULL,
  bucket      TEXT COLLATE "C" NOT NULL,
  seq         BIGINT NOT NULL,
  parent_kind INTEGER NOT NULL, -- the record whose bucket this one shares, 0 for none
  parent_id   BYTEA,
  creator     TEXT COLLATE "C" NOT NULL,
  version     BIGINT NOT NULL, -- counts the changes of the record
  deleted     INTEGER NOT NULL,
  state       BYTEA NOT NULL, -- rounds.sync.v1.RecordState
  PRIMARY KEY (org_id, kind, id)
) PARTITION BY LIST (org_id);
CREATE TABLE records_default PARTITION OF records DEFAULT;
CREATE UNIQUE INDEX records_by_seq ON records (org_id, bucket, seq);
CREATE INDEX records_by_parent ON records (org_id, parent_id) WHERE parent_id IS NOT NULL;

-- Records that left a bucket, so that those who see the bucket hear of it.
CREATE TABLE departures (
  org_id BYTEA NOT NULL,
  bucket TEXT COLLATE "C" NOT NULL,
  kind   INTEGER NOT NULL,
  id     BYTEA NOT NULL,
  seq    BIGINT NOT NULL,
  PRIMARY KEY (org_id, bucket, kind, id)
) PARTITION BY LIST (org_id);
CREATE TABLE departures_default PARTITION OF departures DEFAULT;
CREATE UNIQUE INDEX departures_by_seq ON departures (org_id, bucket, seq);

-- Every change ever offered, with its verdict; those with a version are the history of their record.
CREATE TABLE changes (
  org_id      BYTEA NOT NULL,
  id          BYTEA NOT NULL,
  digest      BYTEA NOT NULL, -- SHA-256 of its content
  incarnation BYTEA,
  counter     BIGINT NOT NULL,
  author      TEXT COLLATE "C" NOT NULL,
  device      TEXT COLLATE "C" NOT NULL,
  received    BIGINT NOT NULL,
  hlc         BIGINT NOT NULL, -- its stamp, bounded
  node        BIGINT NOT NULL,
  kind        INTEGER NOT NULL,
  record_id   BYTEA NOT NULL,
  verb        INTEGER NOT NULL,
  version     BIGINT, -- of the record, once applied
  outcome     INTEGER NOT NULL,
  lost        TEXT COLLATE "C" NOT NULL DEFAULT '', -- field numbers, with commas
  code        TEXT COLLATE "C" NOT NULL DEFAULT '',
  field       TEXT COLLATE "C" NOT NULL DEFAULT '',
  message     TEXT COLLATE "C" NOT NULL DEFAULT '',
  payload     BYTEA NOT NULL, -- rounds.sync.v1.Change
  effect      BYTEA, -- rounds.sync.v1.HistoryEntry, where it says more than the payload
  PRIMARY KEY (org_id, id)
) PARTITION BY LIST (org_id);
CREATE TABLE changes_default PARTITION OF changes DEFAULT;
CREATE INDEX changes_by_record ON changes (org_id, kind, record_id, version);

CREATE TABLE incarnations (
  org_id       BYTEA NOT NULL,
  incarnation  BYTEA NOT NULL,
  user_id      TEXT COLLATE "C" NOT NULL,
  device       TEXT COLLATE "C" NOT NULL,
  first_seen   BIGINT NOT NULL,
  last_seen    BIGINT NOT NULL,
  last_counter BIGINT NOT NULL,
  last_hlc     BIGINT NOT NULL, -- its newest stamp, bounded
  PRIMARY KEY (org_id, incarnation)
) PARTITION BY LIST (org_id);
CREATE TABLE incarnations_default PARTITION OF incarnations DEFAULT WITH (fillfactor = 50);

CREATE TABLE accounts (
  org_id   BYTEA NOT NULL,
  name     TEXT COLLATE "C" NOT NULL, -- sign-in name, lower case
  user_id  TEXT COLLATE "C" NOT NULL, -- the record of kind user
  password TEXT COLLATE "C" NOT NULL, -- argon2id
  created  BIGINT NOT NULL,
  changed  BIGINT NOT NULL,
  PRIMARY KEY (org_id, name)
) PARTITION BY LIST (org_id);
CREATE TABLE accounts_default PARTITION OF accounts DEFAULT;
CREATE UNIQUE INDEX accounts_by_user ON accounts (org_id, user_id);

CREATE TABLE tokens (
  org_id      BYTEA NOT NULL,
  hash        BYTEA NOT NULL, -- SHA-256 of the token, which itself is kept nowhere
  id          TEXT COLLATE "C" NOT NULL, -- names it in lists
  user_id     TEXT COLLATE "C" NOT NULL,
  purpose     TEXT COLLATE "C" NOT NULL, -- device or console
  device      TEXT COLLATE "C" NOT NULL,
  incarnation TEXT COLLATE "C" NOT NULL,
  created     BIGINT NOT NULL,
  used        BIGINT NOT NULL,
  expires     BIGINT NOT NULL,
  revoked     BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (org_id, hash)
) PARTITION BY LIST (org_id);
CREATE TABLE tokens_default PARTITION OF tokens DEFAULT WITH (fillfactor = 50);
CREATE INDEX tokens_by_user ON tokens (org_id, user_id);

CREATE TABLE audit (
  org_id  BYTEA NOT NULL,
  id      BYTEA NOT NULL, -- UUIDv7
  at      BIGINT NOT NULL,
  actor   TEXT COLLATE "C" NOT NULL,
  action  TEXT COLLATE "C" NOT NULL,
  subject TEXT COLLATE "C" NOT NULL,
  detail  TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (org_id, id)
) PARTITION BY LIST (org_id);
CREATE TABLE audit_default PARTITION OF audit DEFAULT;

-- +goose StatementBegin
CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_is_kept BEFORE DELETE OR UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION audit_stays();
CREATE TRIGGER audit_is_whole BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_stays();
