-- +goose Up
-- Every key begins with org_id, so that the same schema can be partitioned by it elsewhere. Unsigned 64-bit numbers are kept
-- with the same bits in signed columns. Moments are milliseconds since 1970 in UTC.

CREATE TABLE organisations (
  org_id  BLOB   NOT NULL,
  name    TEXT   NOT NULL,
  created BIGINT NOT NULL,
  clock   BIGINT NOT NULL, -- the server's last reading, so that it never repeats one
  marks   TEXT   NOT NULL DEFAULT '', -- what was done once, each followed by a space
  PRIMARY KEY (org_id)
);

CREATE TABLE buckets (
  org_id   BLOB   NOT NULL,
  bucket   TEXT   NOT NULL,
  epoch    BIGINT NOT NULL, -- names this numbering
  seq      BIGINT NOT NULL, -- the last number given
  chain    BIGINT NOT NULL, -- running hash of all commits
  checksum BLOB   NOT NULL, -- additive, over the live records
  live     BIGINT NOT NULL, -- live records
  PRIMARY KEY (org_id, bucket)
);

-- The chain at the end of each commit in a bucket.
CREATE TABLE bucket_log (
  org_id BLOB   NOT NULL,
  bucket TEXT   NOT NULL,
  seq    BIGINT NOT NULL,
  chain  BIGINT NOT NULL,
  PRIMARY KEY (org_id, bucket, seq)
) WITHOUT ROWID;

CREATE TABLE records (
  org_id      BLOB    NOT NULL,
  kind        INTEGER NOT NULL,
  id          BLOB    NOT NULL,
  bucket      TEXT    NOT NULL,
  seq         BIGINT  NOT NULL,
  parent_kind INTEGER NOT NULL, -- the record whose bucket this one shares, 0 for none
  parent_id   BLOB,
  creator     TEXT    NOT NULL,
  version     BIGINT  NOT NULL, -- counts the changes of the record
  deleted     INTEGER NOT NULL,
  state       BLOB    NOT NULL, -- rounds.sync.v1.RecordState
  PRIMARY KEY (org_id, kind, id)
);
CREATE UNIQUE INDEX records_by_seq ON records (org_id, bucket, seq);
CREATE INDEX records_by_parent ON records (org_id, parent_id) WHERE parent_id IS NOT NULL;

-- Records that left a bucket, so that those who see the bucket hear of it.
CREATE TABLE departures (
  org_id BLOB    NOT NULL,
  bucket TEXT    NOT NULL,
  kind   INTEGER NOT NULL,
  id     BLOB    NOT NULL,
  seq    BIGINT  NOT NULL,
  PRIMARY KEY (org_id, bucket, kind, id)
);
CREATE UNIQUE INDEX departures_by_seq ON departures (org_id, bucket, seq);

-- Every change ever offered, with its verdict; those with a version are the history of their record.
CREATE TABLE changes (
  org_id      BLOB    NOT NULL,
  id          BLOB    NOT NULL,
  digest      BLOB    NOT NULL, -- SHA-256 of its content
  incarnation BLOB,
  counter     BIGINT  NOT NULL,
  author      TEXT    NOT NULL,
  device      TEXT    NOT NULL,
  received    BIGINT  NOT NULL,
  hlc         BIGINT  NOT NULL, -- its stamp, bounded
  node        BIGINT  NOT NULL,
  kind        INTEGER NOT NULL,
  record_id   BLOB    NOT NULL,
  verb        INTEGER NOT NULL,
  version     BIGINT,           -- of the record, once applied
  outcome     INTEGER NOT NULL,
  lost        TEXT    NOT NULL DEFAULT '', -- field numbers, with commas
  code        TEXT    NOT NULL DEFAULT '',
  field       TEXT    NOT NULL DEFAULT '',
  message     TEXT    NOT NULL DEFAULT '',
  payload     BLOB    NOT NULL, -- rounds.sync.v1.Change
  effect      BLOB,             -- rounds.sync.v1.HistoryEntry, where it says more than the payload
  PRIMARY KEY (org_id, id)
);
CREATE INDEX changes_by_record ON changes (org_id, kind, record_id, version);

CREATE TABLE incarnations (
  org_id       BLOB   NOT NULL,
  incarnation  BLOB   NOT NULL,
  user_id      TEXT   NOT NULL,
  device       TEXT   NOT NULL,
  first_seen   BIGINT NOT NULL,
  last_seen    BIGINT NOT NULL,
  last_counter BIGINT NOT NULL,
  last_hlc     BIGINT NOT NULL, -- its newest stamp, bounded
  PRIMARY KEY (org_id, incarnation)
);

CREATE TABLE accounts (
  org_id   BLOB   NOT NULL,
  name     TEXT   NOT NULL, -- sign-in name, lower case
  user_id  TEXT   NOT NULL, -- the record of kind user
  password TEXT   NOT NULL, -- argon2id
  created  BIGINT NOT NULL,
  changed  BIGINT NOT NULL,
  PRIMARY KEY (org_id, name)
);
CREATE UNIQUE INDEX accounts_by_user ON accounts (org_id, user_id);

CREATE TABLE tokens (
  org_id      BLOB   NOT NULL,
  hash        BLOB   NOT NULL, -- SHA-256 of the token, which itself is kept nowhere
  id          TEXT   NOT NULL, -- names it in lists
  user_id     TEXT   NOT NULL,
  purpose     TEXT   NOT NULL, -- device or console
  device      TEXT   NOT NULL,
  incarnation TEXT   NOT NULL,
  created     BIGINT NOT NULL,
  used        BIGINT NOT NULL,
  expires     BIGINT NOT NULL,
  revoked     BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (org_id, hash)
);
CREATE INDEX tokens_by_user ON tokens (org_id, user_id);

CREATE TABLE audit (
  org_id  BLOB   NOT NULL,
  id      BLOB   NOT NULL, -- UUIDv7
  at      BIGINT NOT NULL,
  actor   TEXT   NOT NULL,
  action  TEXT   NOT NULL,
  subject TEXT   NOT NULL,
  detail  TEXT   NOT NULL,
  PRIMARY KEY (org_id, id)
);
-- +goose StatementBegin
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_is_fixed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
-- +goose StatementEnd
