-- +goose Up
-- The contents of attachments, which lie beside the database under their hashes. A content that was never here has a row as soon as there is something to
-- remember about it.
CREATE TABLE wb_file (
  hash     TEXT PRIMARY KEY,
  size     INTEGER NOT NULL DEFAULT 0,
  media    TEXT    NOT NULL DEFAULT '',
  own      INTEGER NOT NULL DEFAULT 0, -- it was added on this device
  added_at INTEGER NOT NULL DEFAULT 0,
  sent_at  INTEGER NOT NULL DEFAULT 0, -- since when the server has it whole; 0: not known to
  here     INTEGER NOT NULL DEFAULT 0, -- the content is on this device
  used_at  INTEGER NOT NULL DEFAULT 0, -- when it was fetched or opened last
  thumb    INTEGER NOT NULL DEFAULT 0, -- 0 not known, 1 there is one here, 2 there is none
  coming   INTEGER NOT NULL DEFAULT 0, -- the server said that it is not whole there yet
  asked_at INTEGER NOT NULL DEFAULT 0, -- when the server was asked last and could not help
  problem  TEXT    NOT NULL DEFAULT '' -- why the server does not take it
) WITHOUT ROWID;
