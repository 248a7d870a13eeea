-- +goose Up
-- What a workbook keeps besides its records. The tables of the records follow from the declarations in package sales.
CREATE TABLE wb_meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

-- What the window remembers on this device: drafts, filters, sizes. Never synced.
CREATE TABLE wb_state (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

-- Changes of this device. Everything before `state` is immutable from the moment of writing.
CREATE TABLE wb_outbox (
  pos         INTEGER PRIMARY KEY AUTOINCREMENT,
  id          TEXT NOT NULL UNIQUE,
  incarnation TEXT NOT NULL,
  counter     INTEGER NOT NULL,
  grp         INTEGER NOT NULL,
  kind        TEXT NOT NULL,
  record_id   TEXT NOT NULL,
  verb        INTEGER NOT NULL,
  hlc         INTEGER NOT NULL,
  schema      INTEGER NOT NULL,
  base        BLOB,
  fields      TEXT NOT NULL,
  author      TEXT NOT NULL,
  title       TEXT NOT NULL,
  written_at  INTEGER NOT NULL,
  state       INTEGER NOT NULL,
  offered     INTEGER NOT NULL DEFAULT 0,
  resent      INTEGER NOT NULL DEFAULT 0,
  outcome     INTEGER NOT NULL DEFAULT 0,
  lost        TEXT NOT NULL DEFAULT '',
  code        TEXT NOT NULL DEFAULT '',
  field       TEXT NOT NULL DEFAULT '',
  message     TEXT NOT NULL DEFAULT '',
  hint        TEXT NOT NULL DEFAULT '',
  settled_at  INTEGER NOT NULL DEFAULT 0,
  mark        INTEGER NOT NULL DEFAULT 0,
  UNIQUE (incarnation, counter)
);
CREATE INDEX wb_outbox_record ON wb_outbox (record_id, pos);
CREATE INDEX wb_outbox_state ON wb_outbox (state, pos);

-- The last server state of records that have edits of this device on top.
CREATE TABLE wb_shadow (
  record_id TEXT PRIMARY KEY,
  kind      TEXT NOT NULL,
  state     TEXT NOT NULL
) WITHOUT ROWID;

-- The last state of records that were deleted elsewhere while this device had edits of them, so that they can be made anew.
CREATE TABLE wb_grave (
  record_id TEXT PRIMARY KEY,
  state     TEXT NOT NULL
) WITHOUT ROWID;

-- Records of kinds that this version of the program does not know, kept for a later one.
CREATE TABLE wb_foreign (
  record_id TEXT PRIMARY KEY,
  kind      TEXT NOT NULL,
  bucket    TEXT NOT NULL,
  state     TEXT NOT NULL,
  sum       BLOB NOT NULL
) WITHOUT ROWID;

-- Where this device stands in each bucket, and the sum over the server states that it holds of it.
CREATE TABLE wb_bucket (
  bucket TEXT PRIMARY KEY,
  epoch  INTEGER NOT NULL,
  seq    INTEGER NOT NULL,
  chain  INTEGER NOT NULL,
  sum    BLOB NOT NULL,
  count  INTEGER NOT NULL,
  retake INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- The pages of a checkpoint that is not whole yet.
CREATE TABLE wb_stage (
  pos   INTEGER PRIMARY KEY,
  state TEXT NOT NULL
);
CREATE TABLE wb_stage_bucket (
  bucket TEXT PRIMARY KEY,
  epoch  INTEGER NOT NULL,
  seq    INTEGER NOT NULL,
  chain  INTEGER NOT NULL,
  reset_at INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- What others did to records, as far as this device saw it, and what this device did before its changes were tidied away.
CREATE TABLE wb_history (
  pos       INTEGER PRIMARY KEY,
  record_id TEXT NOT NULL,
  entry     TEXT NOT NULL
);
CREATE INDEX wb_history_record ON wb_history (record_id, pos);

-- The kinds whose search index is still being built after a first sync, and how far it is.
CREATE TABLE wb_indexing (
  kind TEXT PRIMARY KEY,
  upto INTEGER NOT NULL
) WITHOUT ROWID;

-- Overlapping pairs of Chinese characters, words, pinyin and digits, made in Go. The texts themselves are in the records.
CREATE VIRTUAL TABLE wb_search USING fts5 (
  title, body, pinyin, digits,
  content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2"
);
-- More is gathered in memory before it is written: fewer and larger parts to merge.
INSERT INTO wb_search (wb_search, rank) VALUES ('hashsize', 8388608);
