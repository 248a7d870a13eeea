package local

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store"
	"github.com/rounds-field/rounds/sync/wire"
)

// Finding is something that Check found wrong.
type Finding struct {
	Code    string `json:"code"` // integrity, backup, sum, count, stamps, counter, search, shadow
	Where   string `json:"where"`
	Message string `json:"message"`
	Hint    string `json:"hint"`
}

// Check looks whether the workbook agrees with itself: the outbox counts without gaps, the sums of the buckets fit their rows, the search index
// has every record, the daily backup could be made. deep also reads every page of the database, recomputes every sum from the stamps, and makes a search index that lacks
// records anew, because it holds nothing that the records do not. No findings means all is well.
func (s *Store) Check(ctx context.Context, deep bool) ([]Finding, error) {
	var out []Finding
	report := func(code, where, hint, format string, args ...any) {
		out = append(out, Finding{Code: code, Where: where, Message: fmt.Sprintf(format, args...), Hint: hint})
	}
	pragma := "quick_check"
	if deep {
		pragma = "integrity_check"
	}
	problems, err := s.integrity(ctx, pragma)
	if err != nil {
		return nil, store.Explain("check the workbook", err)
	}
	for _, p := range problems {
		report("integrity", DatabaseName, "put the newest file of `backups` in its place, then sync", "%s", p)
	}
	if s.backing.Wait(); s.unsaved != nil {
		report("backup", filepath.Join(s.dir, backupFolder), "make room there and see that you may write to it; your work itself is safe", "no daily backup could be made: %v", s.unsaved)
	}
	err = s.db.Read(ctx, func(tx *sql.Tx) error {
		if err := checkCounter(ctx, tx, report); err != nil {
			return err
		}
		if err := checkSums(ctx, tx, deep, report); err != nil {
			return err
		}
		return checkSearch(ctx, tx, report)
	})
	if err != nil || !deep || !slices.ContainsFunc(out, func(f Finding) bool { return f.Code == "search" }) {
		return out, store.Explain("check the workbook", err)
	}
	return out, s.Reindex(ctx)
}

type reporter func(code, where, hint, format string, args ...any)

// checkCounter: from the oldest change that is kept on, each incarnation counts without gaps.
func checkCounter(ctx context.Context, tx *sql.Tx, report reporter) error {
	rows, err := tx.QueryContext(ctx, "SELECT incarnation, count(*), min(counter), max(counter) FROM wb_outbox GROUP BY incarnation")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var count, low, high int64
		if err := rows.Scan(&id, &count, &low, &high); err != nil {
			return err
		}
		if count != high-low+1 {
			report("counter", "outbox of "+id, "send the report of `roundsctl doctor` to support", "%d changes between %d and %d", count, low, high)
		}
	}
	return rows.Err()
}

func checkSums(ctx context.Context, tx *sql.Tx, deep bool, report reporter) error {
	const hint = "sync: the bucket is taken anew by itself"
	sums, counts := map[string]wire.Sum{}, map[string]uint64{}
	add := func(bucket string, sum []byte) {
		sums[bucket] = sums[bucket].Add(wire.SumFrom(sum))
		counts[bucket]++
	}
	shadows, err := texts(ctx, tx, "SELECT state FROM wb_shadow")
	if err != nil {
		return err
	}
	shadowed := map[string]bool{}
	for _, text := range shadows {
		st, err := decodeState(text)
		if err != nil {
			return err
		}
		shadowed[st.ID] = true
		add(st.Bucket, sumBytes(st))
	}
	for _, k := range sales.Kinds() {
		if err := tables[k.Name].eachSum(ctx, tx, deep, func(id, bucket string, sum []byte, wrong bool) {
			if wrong && !shadowed[id] {
				report("stamps", k.Name+" "+id, hint, "the record's part in the sum does not fit its stamps")
			}
			if !shadowed[id] {
				add(bucket, sum)
			}
		}); err != nil {
			return err
		}
	}
	if err := eachForeign(ctx, tx, add); err != nil {
		return err
	}
	rows, err := tx.QueryContext(ctx, "SELECT bucket, sum, count FROM wb_bucket")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var sum []byte
		var count int64
		if err := rows.Scan(&name, &sum, &count); err != nil {
			return err
		}
		if counts[name] != uint64(count) {
			report("count", "bucket "+name, hint, "%d records, %d expected", counts[name], count)
		}
		if sums[name] != wire.SumFrom(sum) {
			report("sum", "bucket "+name, hint, "the sum over its records is not the one kept")
		}
	}
	return rows.Err()
}

func eachForeign(ctx context.Context, tx *sql.Tx, add func(bucket string, sum []byte)) error {
	rows, err := tx.QueryContext(ctx, "SELECT bucket, sum FROM wb_foreign")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var sum []byte
		if err := rows.Scan(&name, &sum); err != nil {
			return err
		}
		add(name, sum)
	}
	return rows.Err()
}

// eachSum gives the parts of the records that the server knows; deep computes them anew where no edit lies over them.
func (t *table) eachSum(ctx context.Context, q querier, deep bool, f func(id, bucket string, sum []byte, wrong bool)) error {
	rows, err := q.QueryContext(ctx, "SELECT id, _bucket, _sum, _stamps FROM "+t.name+" WHERE _bucket != ''")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id, bucket string
		var sum, packed []byte
		if err := rows.Scan(&id, &bucket, &sum, &packed); err != nil {
			return err
		}
		wrong := false
		if deep {
			created, stamps, err := unpackStamps(packed)
			if err != nil {
				return err
			}
			st := &wire.RecordState{ID: id, Created: created}
			for _, s := range stamps {
				st.Fields = append(st.Fields, wire.FieldState{Number: s.number, Stamp: s.stamp})
			}
			wrong = !bytes.Equal(sumBytes(st), sum)
		}
		f(id, bucket, sum, wrong)
	}
	return rows.Err()
}

// checkSearch: every record of a searched kind has an entry, unless the index is still being made.
func checkSearch(ctx context.Context, tx *sql.Tx, report reporter) error {
	var busy bool
	if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM wb_indexing)").Scan(&busy); err != nil || busy {
		return err
	}
	for _, k := range sales.Kinds() {
		tb := tables[k.Name]
		if !tb.searched() {
			continue
		}
		var records, entries int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM "+tb.name).Scan(&records); err != nil {
			return err
		}
		from, to := entryRange(k)
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM wb_search_docsize WHERE id BETWEEN ? AND ?", from, to).Scan(&entries); err != nil {
			return err
		}
		if records != entries {
			report("search", k.Name, "a deep check (`roundsctl doctor`) makes it anew", "%d records, %d entries in the search index", records, entries)
		}
	}
	return nil
}
