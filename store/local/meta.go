package local

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
)

type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// meta reads one of the workbook's own values; "" when it was never set.
func meta(ctx context.Context, q querier, key string) (string, error) {
	var v string
	err := q.QueryRowContext(ctx, "SELECT value FROM wb_meta WHERE key = ?", key).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return v, err
}

func setMeta(ctx context.Context, e execer, key, v string) error {
	_, err := e.ExecContext(ctx, "INSERT INTO wb_meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", key, v)
	return err
}

func metaUint(ctx context.Context, q querier, key string) (uint64, error) {
	s, err := meta(ctx, q, key)
	if err != nil || s == "" {
		return 0, err
	}
	return strconv.ParseUint(s, 10, 64)
}

func setMetaUint(ctx context.Context, e execer, key string, n uint64) error {
	return setMeta(ctx, e, key, strconv.FormatUint(n, 10))
}

// GetState gives what the window kept under a key on this device; "" when nothing was kept. It is never synced.
func (s *Store) GetState(ctx context.Context, key string) (string, error) {
	var v string
	err := s.reading.QueryRowContext(ctx, "SELECT value FROM wb_state WHERE key = ?", key).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return v, s.explain("read what the window kept", err)
}

// SetState keeps a text under a key on this device; "" forgets the key.
func (s *Store) SetState(ctx context.Context, key, value string) error {
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		if value == "" {
			_, err := tx.ExecContext(ctx, "DELETE FROM wb_state WHERE key = ?", key)
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO wb_state (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", key, value)
		return err
	})
	return s.explain("keep the window's state", err)
}
