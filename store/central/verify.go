package central

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/syncpb"
	"github.com/rounds-field/rounds/sync/wire"
)

// Report is what a verification found.
type Report struct {
	Organisation string
	Records      int64 // live ones
	Tombstones   int64
	Changes      int64
	Buckets      []BucketInfo
	Faults       []string // the first hundred, for people
	MoreFaults   int      // beyond those
	WrongSums    []string // buckets whose kept checksum or count is not that of their records: MendSums mends them

	unreadable map[string]string // by bucket: a record that cannot be summed up
}

// Good says whether nothing was found.
func (r *Report) Good() bool { return len(r.Faults) == 0 }

func (r *Report) fault(format string, a ...any) {
	if len(r.Faults) == 100 {
		r.MoreFaults++
		return
	}
	r.Faults = append(r.Faults, fmt.Sprintf(format, a...))
}

// VerifyAll reads everything from one snapshot and compares whatever is kept twice: checksums and counts with the records, the heads of the buckets with their
// logs, numbers with one another, records with their parents and their history, contents with their digests.
func (j *Journal) VerifyAll(ctx context.Context) (*Report, error) {
	var r *Report
	err := j.db.Read(ctx, func(tx *sql.Tx) (err error) {
		r, err = j.verify(ctx, tx)
		return err
	})
	return r, store.Explain("verify the database", err)
}

type verifying struct {
	*Report
	j       *Journal
	ctx     context.Context
	tx      *sql.Tx
	heads   map[string]*bucketRow
	sums    map[string]wire.Sum
	counts  map[string]int64
	strayed map[string]int  // records in buckets that are not there
	users   map[string]bool // also deleted and forgotten ones
}

func (j *Journal) verify(ctx context.Context, tx *sql.Tx) (*Report, error) {
	v := &verifying{
		Report: &Report{Organisation: j.orgID, unreadable: map[string]string{}}, j: j, ctx: ctx, tx: tx,
		heads: map[string]*bucketRow{}, sums: map[string]wire.Sum{}, counts: map[string]int64{}, strayed: map[string]int{}, users: map[string]bool{},
	}
	for _, step := range []struct {
		doing string
		do    func() error
	}{
		{"read the buckets", v.readBuckets},
		{"verify the records", v.records},
		{"verify the buckets", v.buckets},
		{"verify the numbers", v.numbers},
		{"verify the logs", v.logs},
		{"verify the parents", v.parents},
		{"verify the changes", v.changes},
		{"verify the history", v.history},
		{"verify what was forgotten", v.graves},
		{"verify the accounts", v.accounts},
	} {
		if err := step.do(); err != nil {
			return nil, fmt.Errorf("%s: %w", step.doing, err)
		}
	}
	return v.Report, nil
}

// each calls fn for each row of a query about the organisation.
func (v *verifying) each(query string, fn func(scan func(...any) error) error) error {
	rows, err := v.tx.QueryContext(v.ctx, v.j.sql.bind(query), v.j.org)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (v *verifying) readBuckets() error {
	return v.each("SELECT bucket, epoch, seq, chain, checksum, live, pruned FROM buckets WHERE org_id = ? ORDER BY bucket", func(scan func(...any) error) error {
		b := &bucketRow{}
		var epoch, seq, chain, pruned int64
		var sum []byte
		if err := scan(&b.name, &epoch, &seq, &chain, &sum, &b.live, &pruned); err != nil {
			return err
		}
		b.seq, b.chain, b.sum = uint64(seq), uint64(chain), wire.SumFrom(sum)
		v.heads[b.name] = b
		v.Buckets = append(v.Buckets, BucketInfo{Name: b.name, Epoch: hlc.Reading(epoch).Time(), Seq: b.seq, Live: uint64(b.live), Checksum: b.sum.Bytes()})
		if pruned > seq {
			v.fault("bucket %s: forgotten up to number %d, and the last one given is %d", b.name, pruned, seq)
		}
		return nil
	})
}

// records decodes every record and compares its columns with its content.
func (v *verifying) records() error {
	return v.each("SELECT "+rowColumns+", deleted FROM records WHERE org_id = ?", func(scan func(...any) error) error {
		var kind, deleted int
		var id []byte
		var bucket string
		r, err := scanRow(scannerFunc(func(dest ...any) error {
			err := scan(append(dest, &deleted)...)
			kind, id, bucket = *dest[0].(*int), *dest[1].(*[]byte), *dest[2].(*string)
			return err
		}))
		name := fmt.Sprintf("record %s of kind %d in bucket %s", idText(id), kind, bucket)
		if err != nil {
			if id == nil {
				return err // not read at all
			}
			v.fault("%s cannot be decoded: %v", name, err)
			v.unreadable[bucket] = name + " cannot be decoded"
			return nil
		}
		k, ok := sales.KindNumbered(kind)
		if !ok || k.Name != r.state.Kind || idText(id) != r.state.ID {
			v.fault("%s holds %s %s", name, r.state.Kind, r.state.ID)
			v.unreadable[bucket] = name + " holds another one"
			return nil
		}
		if k.Name == "user" {
			v.users[r.state.ID] = true
		}
		if r.state.Deleted != (deleted == 1) {
			v.fault("%s: deleted is %v in its content and %d beside it", name, r.state.Deleted, deleted)
			v.unreadable[bucket] = name + " is both deleted and not"
		}
		head := v.heads[bucket]
		if head == nil {
			v.strayed[bucket]++
			return nil
		}
		if r.state.Seq == 0 || r.state.Seq > head.seq {
			v.fault("%s has number %d, and the last one given is %d", name, r.state.Seq, head.seq)
		}
		if r.parent.kind == "" && !r.state.Deleted { // a tombstone has no fields to derive it from
			if want, _ := sales.BucketOf(r.state.Record(), r.creator, func(string, string) (sales.Record, bool) { return sales.Record{}, false }); want != bucket {
				v.fault("%s belongs into bucket %s", name, want)
			}
		}
		if r.state.Deleted {
			v.Tombstones++
			return nil
		}
		v.Records++
		v.sums[bucket] = v.sums[bucket].Add(r.sum())
		v.counts[bucket]++
		return nil
	})
}

type scannerFunc func(dest ...any) error

func (f scannerFunc) Scan(dest ...any) error { return f(dest...) }

// buckets compares what was kept along the way with what the records say.
func (v *verifying) buckets() error {
	for _, info := range v.Buckets {
		b := v.heads[info.Name]
		if b.live != v.counts[b.name] {
			v.fault("bucket %s counts %d records and has %d", b.name, b.live, v.counts[b.name])
		}
		if b.sum != v.sums[b.name] {
			v.fault("bucket %s has checksum %x, and its records have %x", b.name, b.sum.Bytes(), v.sums[b.name].Bytes())
		}
		if b.live != v.counts[b.name] || b.sum != v.sums[b.name] {
			v.WrongSums = append(v.WrongSums, b.name)
		}
	}
	for bucket, n := range v.strayed {
		v.fault("bucket %s is not there, and %d records lie in it", bucket, n)
	}
	return nil
}

// numbers looks for numbers given twice, and for departures that are none.
func (v *verifying) numbers() error {
	err := v.each("SELECT bucket, seq, COUNT(*) FROM (SELECT org_id, bucket, seq FROM records UNION ALL SELECT org_id, bucket, seq FROM departures) n"+
		" WHERE org_id = ? GROUP BY bucket, seq HAVING COUNT(*) > 1", func(scan func(...any) error) error {
		var bucket string
		var seq, n int64
		err := scan(&bucket, &seq, &n)
		v.fault("bucket %s: number %d was given %d times", bucket, seq, n)
		return err
	})
	if err != nil {
		return err
	}
	return v.each("SELECT d.bucket, d.id, d.seq, r.bucket FROM departures d LEFT JOIN records r ON r.org_id = d.org_id AND r.kind = d.kind AND r.id = d.id"+
		" LEFT JOIN graves g ON g.org_id = d.org_id AND g.kind = d.kind AND g.id = d.id WHERE d.org_id = ? AND (r.bucket = d.bucket OR r.id IS NULL AND g.id IS NULL)",
		func(scan func(...any) error) error {
			var bucket string
			var id []byte
			var seq int64
			var now sql.NullString
			err := scan(&bucket, &id, &seq, &now)
			v.fault("record %s left bucket %s at number %d, and is there (%v) or nowhere", idText(id), bucket, seq, now.Valid)
			return err
		})
}

// logs compares the head of each bucket with the end of its log.
func (v *verifying) logs() error {
	ends := map[string]bool{}
	err := v.each("SELECT l.bucket, l.seq, l.chain FROM bucket_log l WHERE l.org_id = ? AND l.seq ="+
		" (SELECT MAX(m.seq) FROM bucket_log m WHERE m.org_id = l.org_id AND m.bucket = l.bucket)", func(scan func(...any) error) error {
		var bucket string
		var seq, chain int64
		if err := scan(&bucket, &seq, &chain); err != nil {
			return err
		}
		ends[bucket] = true
		head := v.heads[bucket]
		switch {
		case head == nil:
			v.fault("bucket %s is not there, and its log is", bucket)
		case head.seq != uint64(seq) || head.chain != uint64(chain):
			v.fault("bucket %s stands at number %d with chain %x, and its log at %d with %x", bucket, head.seq, head.chain, seq, uint64(chain))
		}
		return nil
	})
	for _, info := range v.Buckets {
		if err == nil && !ends[info.Name] {
			v.fault("bucket %s has no log", info.Name)
		}
	}
	return err
}

// parents finds records that do not lie where their parent lies.
func (v *verifying) parents() error {
	return v.each("SELECT c.kind, c.id, c.bucket, p.bucket FROM records c LEFT JOIN records p ON p.org_id = c.org_id AND p.kind = c.parent_kind AND p.id = c.parent_id"+
		" WHERE c.org_id = ? AND c.parent_kind <> 0 AND (p.bucket IS NULL OR p.bucket <> c.bucket)", func(scan func(...any) error) error {
		var kind int
		var id []byte
		var bucket string
		var parent sql.NullString
		err := scan(&kind, &id, &bucket, &parent)
		if parent.Valid {
			v.fault("record %s of kind %d lies in bucket %s, and its parent in %s", idText(id), kind, bucket, parent.String)
		} else {
			v.fault("record %s of kind %d in bucket %s has a parent that is not there", idText(id), kind, bucket)
		}
		return err
	})
}

// changes decodes what every change held and compares it with its digest.
func (v *verifying) changes() error {
	return v.each("SELECT id, digest, payload, effect FROM changes WHERE org_id = ?", func(scan func(...any) error) error {
		var id, digest, payload, effect []byte
		if err := scan(&id, &digest, &payload, &effect); err != nil {
			return err
		}
		v.Changes++
		if sum := sha256.Sum256(payload); len(payload) > 0 && !bytes.Equal(sum[:], digest) {
			v.fault("change %s holds something else than what was sent", idText(id))
		}
		if err := proto.Unmarshal(payload, &syncpb.Change{}); err != nil {
			v.fault("change %s cannot be decoded: %v", idText(id), err)
		}
		if err := proto.Unmarshal(effect, &syncpb.HistoryEntry{}); err != nil {
			v.fault("what change %s did cannot be decoded: %v", idText(id), err)
		}
		return nil
	})
}

// history compares the version of each record with the changes that made it.
func (v *verifying) history() error {
	return v.each("SELECT r.kind, r.id, r.version, c.n, c.least, c.most FROM records r LEFT JOIN"+
		" (SELECT org_id, kind, record_id, COUNT(*) AS n, MIN(version) AS least, MAX(version) AS most FROM changes WHERE version IS NOT NULL GROUP BY org_id, kind, record_id) c"+
		" ON c.org_id = r.org_id AND c.kind = r.kind AND c.record_id = r.id WHERE r.org_id = ? AND (c.n IS NULL OR c.n <> r.version OR c.least <> 1 OR c.most <> r.version)",
		func(scan func(...any) error) error {
			var kind int
			var id []byte
			var version int64
			var n, least, most sql.NullInt64
			err := scan(&kind, &id, &version, &n, &least, &most)
			v.fault("record %s of kind %d has version %d, and its history %d changes with versions %d to %d", idText(id), kind, version, n.Int64, least.Int64, most.Int64)
			return err
		})
}

func (v *verifying) graves() error {
	return v.each("SELECT g.kind, g.id, r.bucket FROM graves g LEFT JOIN records r ON r.org_id = g.org_id AND r.kind = g.kind AND r.id = g.id WHERE g.org_id = ?", func(scan func(...any) error) error {
		var kind int
		var id []byte
		var bucket sql.NullString
		err := scan(&kind, &id, &bucket)
		if bucket.Valid {
			v.fault("record %s of kind %d was deleted and forgotten, and is in bucket %s", idText(id), kind, bucket.String)
		}
		if kind == kindNumber("user") {
			v.users[idText(id)] = true
		}
		return err
	})
}

func (v *verifying) accounts() error {
	return v.each("SELECT name, user_id FROM accounts WHERE org_id = ?", func(scan func(...any) error) error {
		var name, user string
		err := scan(&name, &user)
		if !v.users[user] {
			v.fault("account %s is of user %s, who is not there", name, user)
		}
		return err
	})
}
