package replica

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// Mend syncs, fetches the given records anew, by bucket, and compares the given buckets with the server's. It gives the number of records that were fetched
// or dropped; the state of syncing shows what goes on meanwhile.
func (e *Engine) Mend(ctx context.Context, records map[string][]wire.RecordSum, buckets []string) (int, error) {
	p := &pass{store: e.store, transport: e.transport, now: e.now, progress: func(int, int) {}}
	e.running.Lock()
	defer e.running.Unlock()
	if err := p.run(ctx); err != nil {
		return 0, fmt.Errorf("sync before mending: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(records)) {
		for part := range slices.Chunk(records[name], wire.MaxRepairRecords) {
			agrees, err := p.refetch(ctx, name, part)
			if sales.HasCode(err, sales.CodeNotFound) {
				continue // the bucket is no longer seen, and the pull has taken it away
			}
			if err != nil {
				return p.report.Mended, fmt.Errorf("fetch %d records of bucket %s again: %w", len(part), name, err)
			}
			if !agrees && !slices.Contains(buckets, name) {
				buckets = append(buckets, name)
			}
		}
	}
	for range maxRounds {
		again, err := p.repair(ctx, buckets)
		if err != nil || !again {
			return p.report.Mended, err
		}
		if err := p.run(ctx); err != nil {
			return p.report.Mended, err
		}
	}
	return p.report.Mended, nil
}

// refetch fetches some records of a bucket; what the server does not have there is dropped. It says whether the bucket then agrees.
func (p *pass) refetch(ctx context.Context, name string, records []wire.RecordSum) (agrees bool, err error) {
	var ids []string
	for i := range records {
		if uuid.Validate(records[i].ID) == nil { // an id may be what is damaged
			ids = append(ids, records[i].ID)
		}
	}
	for range maxRounds {
		resp, err := p.transport.Repair(ctx, wire.RepairRequest{Bucket: name, Records: ids})
		if err != nil {
			return false, err
		}
		m := Mending{Cursor: resp.Cursor, Put: resp.Records, Checksum: resp.Checksum, Count: resp.Count}
		for _, r := range records {
			if !slices.ContainsFunc(resp.Records, func(st wire.RecordState) bool { return st.ID == r.ID }) {
				m.Drop = append(m.Drop, r)
			}
		}
		done, err := p.store.Mend(ctx, m)
		if err != nil {
			return false, err
		}
		if !done.Moved {
			p.report.Mended += len(m.Put) + len(m.Drop)
			return done.Agrees, nil
		}
		if err := p.run(ctx); err != nil {
			return false, err
		}
	}
	return true, nil // it moves all the time: the next check finds what is left
}
