package central

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"sync"

	"github.com/rounds-field/rounds/store"
	"github.com/rounds-field/rounds/sync/wire"
)

// moves tells who listens which buckets moved. The zero value is ready.
type moves struct {
	mu        sync.Mutex
	next      int
	listeners map[int]func(origin string, moved []wire.Cursor)
}

// OnCommit has f called after each commit of this process that moved buckets, until cancel is called: with the incarnation that wrote, "" for the
// server itself, and with the new heads. It is called before the writer has its answer, so f must be quick. What other processes write is only
// seen by Head and Heads.
func (j *Journal) OnCommit(f func(origin string, moved []wire.Cursor)) (cancel func()) {
	m := &j.moves
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.listeners == nil {
		m.listeners = map[int]func(string, []wire.Cursor){}
	}
	id := m.next
	m.next++
	m.listeners[id] = f
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.listeners, id)
	}
}

// tell calls the listeners; for after the commit.
func (m *moves) tell(origin string, moved []wire.Cursor) {
	if len(moved) == 0 {
		return
	}
	m.mu.Lock()
	listeners := slices.Collect(maps.Values(m.listeners))
	m.mu.Unlock()
	for _, f := range listeners {
		f(origin, moved)
	}
}

// Head is a number that differs after every commit that moved a bucket, in whichever process: cheap enough to be asked several times a second.
func (j *Journal) Head(ctx context.Context) (int64, error) {
	var n int64
	err := j.db.Read(ctx, func(tx *sql.Tx) error {
		// Numbers only grow, so that their sum tells every commit apart.
		return tx.QueryRowContext(ctx, j.sql.bind("SELECT CAST(COALESCE(SUM(seq), 0) AS BIGINT) FROM buckets WHERE org_id = ?"), j.org).Scan(&n)
	})
	return n, store.Explain("ask how far the buckets have come", err)
}

// Heads gives how far each bucket has come.
func (j *Journal) Heads(ctx context.Context) ([]wire.Cursor, error) {
	var out []wire.Cursor
	err := j.db.Read(ctx, func(tx *sql.Tx) error {
		out = nil
		return j.eachHead(ctx, tx, func(h *head) { out = append(out, h.cursor) })
	})
	return out, store.Explain("read how far the buckets have come", err)
}
