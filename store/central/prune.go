package central

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/rounds-field/rounds/store"
)

// Horizon says how old things may get before they are forgotten. What is 0 is kept for good.
type Horizon struct {
	Deleted time.Duration // tombstones, departures, the log of commits, sign-ins that ended; a device that was away for longer takes its buckets anew
	Changes time.Duration // from then on, the ids of changes of forgotten records; longer than any device sends again what was acknowledged
	History time.Duration // what changes of living records did; who and when stays
}

// DefaultHorizon is right for devices that are away for weeks.
var DefaultHorizon = Horizon{Deleted: 90 * 24 * time.Hour, Changes: 180 * 24 * time.Hour}

// Pruned counts what was forgotten.
type Pruned struct {
	Tombstones int64 // deleted records
	Departures int64 // notes that a record left a bucket
	Log        int64 // entries of the log of commits
	Changes    int64 // ids of changes
	Payloads   int64 // contents of changes
	Tokens     int64 // sign-ins that had ended
}

func (p Pruned) String() string {
	return fmt.Sprintf("%d deleted records, %d departures, %d log entries, %d change ids, %d contents of changes, %d ended sign-ins",
		p.Tombstones, p.Departures, p.Log, p.Changes, p.Payloads, p.Tokens)
}

// pruneChunk is how many records one transaction forgets, so that pushes never wait for long.
const pruneChunk = 500

// Prune forgets what is beyond the horizon, in many short transactions. It can be interrupted anywhere and goes on the next time.
//
// The log of a bucket loses its entries before the newest commit beyond the horizon, so that the chain of an older cursor is not found any more and its
// device takes the bucket anew (sync/doc.go). In their place lies one entry whose chain no commit ever had: that of cursors at which a device stands
// that is taking the bucket anew, page by page.
func (j *Journal) Prune(ctx context.Context, h Horizon) (Pruned, error) {
	p := pruning{j: j, ctx: ctx, now: j.now(), h: h}
	err := p.run()
	return p.did, store.Explain("prune the journal", err)
}

type pruning struct {
	j   *Journal
	ctx context.Context
	now time.Time
	h   Horizon
	did Pruned
}

func (p *pruning) run() error {
	if p.h.Deleted > 0 {
		names, err := p.buckets()
		if err != nil {
			return err
		}
		for _, name := range names {
			if err := p.bucket(name); err != nil {
				return fmt.Errorf("prune bucket %s: %w", name, err)
			}
		}
		err = p.write(&p.did.Tokens, "DELETE FROM tokens WHERE org_id = ? AND (expires < ? OR revoked > 0 AND revoked < ?)", p.j.org, p.before(p.h.Deleted), p.before(p.h.Deleted))
		if err != nil {
			return fmt.Errorf("prune ended sign-ins: %w", err)
		}
	}
	if p.h.Changes > 0 {
		if err := p.changes(); err != nil {
			return fmt.Errorf("prune ids of changes: %w", err)
		}
	}
	if p.h.History > 0 {
		err := p.write(&p.did.Payloads, "UPDATE changes SET payload = ?, effect = NULL WHERE org_id = ? AND received < ? AND version IS NOT NULL AND LENGTH(payload) > 0",
			[]byte{}, p.j.org, p.before(p.h.History))
		if err != nil {
			return fmt.Errorf("prune the history: %w", err)
		}
	}
	return nil
}

// before is the moment before which something of this age lies.
func (p *pruning) before(age time.Duration) int64 { return p.now.Add(-age).UnixMilli() }

// transaction runs fn in a transaction. It may run again when the database asks for that, and then counts anew.
func (p *pruning) transaction(fn func(tx *sql.Tx) error) error {
	was := p.did
	return p.j.db.Write(p.ctx, func(tx *sql.Tx) error {
		p.did = was
		return fn(tx)
	})
}

// write runs one statement in a transaction of its own and counts its rows.
func (p *pruning) write(count *int64, query string, args ...any) error {
	return p.transaction(func(tx *sql.Tx) error { return p.exec(tx, count, query, args...) })
}

func (p *pruning) exec(tx *sql.Tx, count *int64, query string, args ...any) error {
	r, err := tx.ExecContext(p.ctx, p.j.sql.bind(query), args...)
	if err != nil {
		return err
	}
	n, err := r.RowsAffected()
	if count != nil {
		*count += n
	}
	return err
}

func (p *pruning) buckets() (names []string, err error) {
	err = p.j.db.Read(p.ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(p.ctx, p.j.sql.bind("SELECT bucket FROM buckets WHERE org_id = ? ORDER BY bucket"), p.j.org)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				return err
			}
			names = append(names, name)
		}
		return rows.Err()
	})
	return names, err
}

// bucket cuts the log first: from then on no device counts on the rest.
func (p *pruning) bucket(name string) error {
	var upTo int64
	err := p.transaction(func(tx *sql.Tx) error {
		var err error
		upTo, err = p.cut(tx, name)
		return err
	})
	if err != nil || upTo == 0 {
		return err
	}
	if err := p.write(&p.did.Departures, "DELETE FROM departures WHERE org_id = ? AND bucket = ? AND seq <= ?", p.j.org, name, upTo); err != nil {
		return err
	}
	for {
		n := 0
		err := p.transaction(func(tx *sql.Tx) error {
			var err error
			n, err = p.bury(tx, name, upTo)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

// cut shortens the log of a bucket to the horizon and gives the number up to which deletions may be forgotten.
func (p *pruning) cut(tx *sql.Tx, name string) (upTo int64, err error) {
	var pruned int64
	row := tx.QueryRowContext(p.ctx, p.j.sql.bind("SELECT pruned FROM buckets WHERE org_id = ? AND bucket = ?"+p.j.sql.forUpdate()), p.j.org, name)
	if err := row.Scan(&pruned); err != nil {
		return 0, err
	}
	var chain int64
	row = tx.QueryRowContext(p.ctx, p.j.sql.bind("SELECT seq, chain FROM bucket_log WHERE org_id = ? AND bucket = ? AND at < ? ORDER BY seq DESC LIMIT 1"),
		p.j.org, name, p.before(p.h.Deleted))
	err = row.Scan(&upTo, &chain)
	if errors.Is(err, sql.ErrNoRows) || err == nil && upTo <= pruned {
		return pruned, nil
	}
	if err != nil {
		return 0, err
	}
	if err := p.exec(tx, &p.did.Log, "DELETE FROM bucket_log WHERE org_id = ? AND bucket = ? AND seq < ?", p.j.org, name, upTo); err != nil {
		return 0, err
	}
	err = p.exec(tx, nil, "INSERT INTO bucket_log (org_id, bucket, seq, chain, at) VALUES (?, ?, ?, ?, ?)", p.j.org, name, upTo-1, int64(anew(uint64(chain))), p.now.UnixMilli())
	if err != nil {
		return 0, err
	}
	return upTo, p.exec(tx, nil, "UPDATE buckets SET pruned = ? WHERE org_id = ? AND bucket = ?", upTo, p.j.org, name)
}

// anew is the chain of cursors before the pruned number: of devices that are taking the bucket anew.
func anew(chain uint64) uint64 {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64([]byte("pruned"), chain))
	return binary.BigEndian.Uint64(sum[:])
}

// bury forgets some tombstones and gives how many. One that other records still hang on stays: it tells in which bucket they lie.
func (p *pruning) bury(tx *sql.Tx, bucket string, upTo int64) (int, error) {
	type tombstone struct {
		kind int
		id   []byte
	}
	rows, err := tx.QueryContext(p.ctx, p.j.sql.bind("SELECT r.kind, r.id FROM records r WHERE r.org_id = ? AND r.bucket = ? AND r.deleted = 1 AND r.seq <= ?"+
		" AND NOT EXISTS (SELECT 1 FROM records c WHERE c.org_id = r.org_id AND c.parent_id = r.id AND c.parent_kind = r.kind)"+
		" ORDER BY r.kind, r.id LIMIT ?"+p.j.sql.forUpdate()), p.j.org, bucket, upTo, pruneChunk)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var list []tombstone
	for rows.Next() {
		var t tombstone
		if err := rows.Scan(&t.kind, &t.id); err != nil {
			return 0, err
		}
		list = append(list, t)
	}
	if err := rows.Err(); err != nil {
		return 0, err
	}
	for _, t := range list {
		if err := p.exec(tx, nil, "INSERT INTO graves (org_id, kind, id, at) VALUES (?, ?, ?, ?)", p.j.org, t.kind, t.id, p.now.UnixMilli()); err != nil {
			return 0, err
		}
		if err := p.exec(tx, &p.did.Tombstones, "DELETE FROM records WHERE org_id = ? AND kind = ? AND id = ?", p.j.org, t.kind, t.id); err != nil {
			return 0, err
		}
		// The ids stay for those who send again; what the changes held goes.
		if err := p.exec(tx, &p.did.Payloads, "UPDATE changes SET payload = ?, effect = NULL WHERE org_id = ? AND kind = ? AND record_id = ?", []byte{}, p.j.org, t.kind, t.id); err != nil {
			return 0, err
		}
	}
	return len(list), nil
}

// changes forgets the ids of the changes of records that were forgotten long ago. Whatever is sent of them is answered with "gone".
func (p *pruning) changes() error {
	for {
		n := int64(0)
		err := p.transaction(func(tx *sql.Tx) error {
			n = 0
			rows, err := tx.QueryContext(p.ctx, p.j.sql.bind("SELECT kind, id FROM graves WHERE org_id = ? AND known = 1 AND at < ? ORDER BY at LIMIT ?"), p.j.org, p.before(p.h.Changes), pruneChunk)
			if err != nil {
				return err
			}
			defer rows.Close()
			var kinds []int
			var ids [][]byte
			for rows.Next() {
				var kind int
				var id []byte
				if err := rows.Scan(&kind, &id); err != nil {
					return err
				}
				kinds, ids = append(kinds, kind), append(ids, id)
			}
			if err := rows.Err(); err != nil {
				return err
			}
			for i, id := range ids {
				if err := p.exec(tx, &p.did.Changes, "DELETE FROM changes WHERE org_id = ? AND kind = ? AND record_id = ?", p.j.org, kinds[i], id); err != nil {
					return err
				}
				if err := p.exec(tx, &n, "UPDATE graves SET known = 0 WHERE org_id = ? AND kind = ? AND id = ?", p.j.org, kinds[i], id); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || n == 0 {
			return err
		}
	}
}
