package local

import (
	"context"
	"time"
)

// For how long the server may lose what it has acknowledged is counted by the server's clock: the device's own may be wrong by years, and would then have
// acknowledged changes forgotten that the server may still ask for.

// noteServerTime takes note of a moment of the server's clock.
func (s *Store) noteServerTime(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at.After(s.server) {
		s.server = at
	}
}

// serverTime is the latest moment that the server is known to have seen; the device's own clock before it was ever asked.
func (s *Store) serverTime() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server.IsZero() {
		return s.now()
	}
	return s.server
}

func (s *Store) openServerTime(ctx context.Context) error {
	ms, err := metaUint(ctx, s.db.Writer(), "server_time")
	if err == nil && ms > 0 {
		s.noteServerTime(time.UnixMilli(int64(ms)).UTC())
	}
	return err
}

// keepServerTime writes down what is known, together with whatever the transaction does.
func (t *txn) keepServerTime(ctx context.Context) error {
	t.s.mu.Lock()
	at := t.s.server
	t.s.mu.Unlock()
	if at.IsZero() {
		return nil
	}
	return setMetaUint(ctx, t, "server_time", uint64(at.UnixMilli()))
}
