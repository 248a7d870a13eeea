package central

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/wire"
)

// sortedMost is how many records of a kind are put in order for a page; beyond that they come in the order of their ids, so that a page
// of a large table costs little.
const sortedMost = 20_000

// Browse asks for a page of one kind's records, for people who look at the server directly.
type Browse struct {
	Kind   string
	Text   string // only records with this text in any field, whatever the case
	Limit  int
	Offset int
}

// Browse gives a page of the records that the caller sees, and how many there are in all.
func (j *Journal) Browse(ctx context.Context, caller wire.Caller, q Browse) (page []sales.Record, total int, err error) {
	k, ok := sales.KindNamed(q.Kind)
	if !ok {
		return nil, 0, &sales.Error{Code: sales.CodeUnknownKind, Message: "no kind of record is called " + q.Kind}
	}
	err = j.db.Read(ctx, func(tx *sql.Tx) error {
		counts, err := j.visibleCounts(ctx, tx, caller)
		if err != nil {
			return err
		}
		ordered := counts[q.Kind] <= sortedMost
		var all []sales.Record
		err = j.scan(ctx, tx, caller, k, func(r sales.Record) {
			if q.Text != "" && !mentions(r, q.Text) {
				return
			}
			total++
			if ordered || total > q.Offset && len(all) < q.Limit {
				all = append(all, r)
			}
		})
		if err != nil {
			return err
		}
		if ordered {
			sortBy(all, k.Sort)
			all = all[min(q.Offset, len(all)):]
		}
		page = all[:min(q.Limit, len(all))]
		return nil
	})
	return page, total, store.Explain("look through the records", err)
}

// scan reads the live records of a kind that the caller sees, in order of id.
func (j *Journal) scan(ctx context.Context, tx *sql.Tx, caller wire.Caller, k *sales.Kind, f func(sales.Record)) error {
	tree, err := j.territories(ctx, tx)
	if err != nil {
		return err
	}
	sees := map[string]bool{}
	rows, err := tx.QueryContext(ctx, j.sql.bind("SELECT bucket, seq, state FROM records WHERE org_id = ? AND kind = ? AND deleted = 0 ORDER BY id"), j.org, k.Number)
	if err != nil {
		return err
	}
	defer rows.Close()
	var blob sql.RawBytes
	for rows.Next() {
		var bucket string
		var seq int64
		if err := rows.Scan(&bucket, &seq, &blob); err != nil {
			return err
		}
		ok, known := sees[bucket]
		if !known {
			ok = caller.Sees(tree, bucket)
			sees[bucket] = ok
		}
		if !ok {
			continue
		}
		state, err := decodeState(blob, bucket, seq)
		if err != nil {
			return err
		}
		f(state.Record())
	}
	return rows.Err()
}

func mentions(r sales.Record, text string) bool {
	text = strings.ToLower(text)
	for _, v := range r.Values {
		switch x := v.(type) {
		case string:
			if strings.Contains(strings.ToLower(x), text) {
				return true
			}
		case []string:
			if slices.ContainsFunc(x, func(s string) bool { return strings.Contains(strings.ToLower(s), text) }) {
				return true
			}
		}
	}
	return r.ID == text
}

// sortBy orders records by a field, "-" in front for descending; those without a value come last.
func sortBy(list []sales.Record, field string) {
	name := strings.TrimPrefix(field, "-")
	if name == "" {
		return
	}
	slices.SortStableFunc(list, func(a, b sales.Record) int {
		va, vb := a.Values[name], b.Values[name]
		if sales.Empty(va) != sales.Empty(vb) {
			if sales.Empty(va) {
				return 1
			}
			return -1
		}
		c := 0
		switch x := va.(type) {
		case string:
			c = cmp.Compare(x, b.Text(name))
		case int64:
			c = cmp.Compare(x, b.Int(name))
		}
		if name != field {
			c = -c
		}
		return c
	})
}

// KindCounts counts the live records of each kind that the caller sees.
func (j *Journal) KindCounts(ctx context.Context, caller wire.Caller) (map[string]int, error) {
	var counts map[string]int
	err := j.db.Read(ctx, func(tx *sql.Tx) error {
		var err error
		counts, err = j.visibleCounts(ctx, tx, caller)
		return err
	})
	return counts, store.Explain("count the records", err)
}

func (j *Journal) visibleCounts(ctx context.Context, tx *sql.Tx, caller wire.Caller) (map[string]int, error) {
	tree, err := j.territories(ctx, tx)
	if err != nil {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, j.sql.bind("SELECT kind, bucket, COUNT(*) FROM records WHERE org_id = ? AND deleted = 0 GROUP BY kind, bucket"), j.org)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	counts := map[string]int{}
	for rows.Next() {
		var kind, n int
		var bucket string
		if err := rows.Scan(&kind, &bucket, &n); err != nil {
			return nil, err
		}
		if k, ok := sales.KindNumbered(kind); ok && caller.Sees(tree, bucket) {
			counts[k.Name] += n
		}
	}
	return counts, rows.Err()
}

// Record gives one record that the caller sees, or an Error with CodeNotFound.
func (j *Journal) Record(ctx context.Context, caller wire.Caller, kind, id string) (sales.Record, error) {
	var rec sales.Record
	err := j.db.Read(ctx, func(tx *sql.Tx) error {
		tree, err := j.territories(ctx, tx)
		if err != nil {
			return err
		}
		r, err := j.find(ctx, tx, key{kind, id})
		if err != nil {
			return err
		}
		if r == nil || r.state.Deleted || caller.UserID != "" && !caller.Sees(tree, r.state.Bucket) {
			return &sales.Error{Code: sales.CodeNotFound, Kind: kind, ID: id, Message: "there is no such record for you", Hint: "it may have been deleted or moved to another territory"}
		}
		rec = r.state.Record()
		return nil
	})
	return rec, store.Explain("read the record", err)
}

// Titles names what records refer to, by id: only what the caller sees.
func (j *Journal) Titles(ctx context.Context, caller wire.Caller, records []sales.Record) (map[string]string, error) {
	titles := map[string]string{}
	err := j.db.Read(ctx, func(tx *sql.Tx) error {
		tree, err := j.territories(ctx, tx)
		if err != nil {
			return err
		}
		for _, rec := range records {
			k := sales.MustKind(rec.Kind)
			for i := range k.Fields {
				f := &k.Fields[i]
				id := rec.Text(f.Name)
				if _, done := titles[id]; f.Type != sales.Ref || id == "" || done {
					continue
				}
				r, err := j.find(ctx, tx, key{f.Of, id})
				if err != nil {
					return err
				}
				titles[id] = ""
				if r != nil && caller.Sees(tree, r.state.Bucket) {
					target := r.state.Record()
					titles[id] = target.Title()
				}
			}
		}
		return nil
	})
	return titles, store.Explain("name the records", err)
}

// BucketInfo is the state of one bucket.
type BucketInfo struct {
	Name     string
	Epoch    time.Time // when its numbering began
	Seq      uint64    // the last number given
	Live     uint64    // live records
	Checksum [16]byte
}

// Buckets lists the buckets by name; those of other people come with the rest, as they hold no content here.
func (j *Journal) Buckets(ctx context.Context) ([]BucketInfo, error) {
	var out []BucketInfo
	err := j.db.Read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, j.sql.bind("SELECT bucket, epoch, seq, live, checksum FROM buckets WHERE org_id = ? ORDER BY bucket"), j.org)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var b BucketInfo
			var epoch, seq, live int64
			var sum []byte
			if err := rows.Scan(&b.Name, &epoch, &seq, &live, &sum); err != nil {
				return err
			}
			b.Epoch, b.Seq, b.Live = hlc.Reading(epoch).Time(), uint64(seq), uint64(live)
			copy(b.Checksum[:], sum)
			out = append(out, b)
		}
		return rows.Err()
	})
	return out, store.Explain("list the buckets", err)
}

// Verify computes every bucket's checksum and count anew from its records and lists the buckets where they differ from what was
// kept along the way.
func (j *Journal) Verify(ctx context.Context) ([]string, error) {
	var wrong []string
	err := j.db.Read(ctx, func(tx *sql.Tx) error {
		sums, counts := map[string]wire.Sum{}, map[string]int64{}
		rows, err := tx.QueryContext(ctx, j.sql.bind("SELECT bucket, seq, state FROM records WHERE org_id = ? AND deleted = 0"), j.org)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var bucket string
			var seq int64
			var blob []byte
			if err := rows.Scan(&bucket, &seq, &blob); err != nil {
				return err
			}
			state, err := decodeState(blob, bucket, seq)
			if err != nil {
				return err
			}
			sums[bucket] = sums[bucket].Add(wire.ChecksumOf(&state))
			counts[bucket]++
		}
		if err := rows.Err(); err != nil {
			return err
		}
		wrong, err = j.compare(ctx, tx, sums, counts)
		return err
	})
	return wrong, store.Explain("verify the buckets", err)
}

func (j *Journal) compare(ctx context.Context, tx *sql.Tx, sums map[string]wire.Sum, counts map[string]int64) ([]string, error) {
	rows, err := tx.QueryContext(ctx, j.sql.bind("SELECT bucket, checksum, live FROM buckets WHERE org_id = ? ORDER BY bucket"), j.org)
	if err != nil {
		return nil, fmt.Errorf("read the buckets: %w", err)
	}
	defer rows.Close()
	var wrong []string
	for rows.Next() {
		var bucket string
		var sum []byte
		var live int64
		if err := rows.Scan(&bucket, &sum, &live); err != nil {
			return nil, fmt.Errorf("read the buckets: %w", err)
		}
		if wire.SumFrom(sum) != sums[bucket] || live != counts[bucket] {
			wrong = append(wrong, bucket)
		}
	}
	return wrong, rows.Err()
}

// Copy is one copy of a device's database that has pushed.
type Copy struct {
	Incarnation string
	UserID      string
	Device      string
	FirstSeen   time.Time
	LastSeen    time.Time
	Changes     uint64 // the highest counter that it has sent
}

// Copies lists the copies of devices' databases that have pushed, last seen first.
func (j *Journal) Copies(ctx context.Context) ([]Copy, error) {
	var out []Copy
	err := j.db.Read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, j.sql.bind("SELECT incarnation, user_id, device, first_seen, last_seen, last_counter FROM incarnations WHERE org_id = ? ORDER BY last_seen DESC LIMIT 500"), j.org)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var c Copy
			var id []byte
			var first, last, counter int64
			if err := rows.Scan(&id, &c.UserID, &c.Device, &first, &last, &counter); err != nil {
				return err
			}
			c.Incarnation, c.FirstSeen, c.LastSeen, c.Changes = idText(id), time.UnixMilli(first).UTC(), time.UnixMilli(last).UTC(), uint64(counter)
			out = append(out, c)
		}
		return rows.Err()
	})
	return out, store.Explain("list the devices", err)
}
