package local

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// Finding is something that Check found wrong.
type Finding struct {
	Code    string `json:"code"` // integrity, backup, sum, count, stamps, row, shadow, counter, outbox, search, differs
	Where   string `json:"where"`
	Message string `json:"message"`
	Hint    string `json:"hint"`
	Kind    string `json:"kind,omitempty"` // of a damaged record, which can be fetched anew
	ID      string `json:"id,omitempty"`
	Bucket  string `json:"bucket,omitempty"` // that it is in, or whose books are wrong
}

// CheckOptions say how to check; the zero value looks at the books only.
type CheckOptions struct {
	Deep bool
	// Pace is called between slices of a deep check, so that it can be slowed down or ended by an error.
	Pace func(ctx context.Context) error
}

// Check looks whether the workbook agrees with itself: the outbox counts without gaps, the sums of the buckets fit their rows, the search index
// has every record, the daily backup could be made; and it tells which buckets differ from the server for good. deep also reads every page of the database
// and every change of the outbox, compares each record with what was written there, recomputes every sum from the stamps, and makes a search index that
// lacks records anew, because it holds nothing that the records do not. No findings means all is well.
func (s *Store) Check(ctx context.Context, deep bool) ([]Finding, error) {
	return s.CheckWith(ctx, CheckOptions{Deep: deep})
}

// CheckWith checks as the options say; see Check.
func (s *Store) CheckWith(ctx context.Context, o CheckOptions) ([]Finding, error) {
	if o.Pace == nil {
		o.Pace = unpaced
	}
	c := &checking{s: s, o: o, seen: map[string]bool{}, bare: map[string][]int64{}}
	if err := c.run(ctx); err != nil {
		return c.out, s.explain("check the workbook", err)
	}
	if !o.Deep {
		return c.out, nil
	}
	if err := s.giveChecks(ctx, c.bare); err != nil {
		return c.out, err
	}
	if slices.ContainsFunc(c.out, func(f Finding) bool { return f.Code == "search" }) {
		return c.out, s.Reindex(ctx)
	}
	return c.out, nil
}

// checking is a check under way.
type checking struct {
	s    *Store
	o    CheckOptions
	out  []Finding
	seen map[string]bool // damaged records, each told once
	bare map[string][]int64
}

func (c *checking) report(code, where, hint, format string, args ...any) {
	c.out = append(c.out, Finding{Code: code, Where: where, Message: fmt.Sprintf(format, args...), Hint: hint})
}

// found adds a finding about a record.
func (c *checking) found(f Finding) {
	if !c.seen[f.ID] {
		c.seen[f.ID] = true
		c.out = append(c.out, f)
	}
}

func (c *checking) run(ctx context.Context) error {
	if err := c.database(ctx); err != nil {
		return err
	}
	if c.s.backing.Wait(); c.s.unsaved != nil {
		c.report("backup", filepath.Join(c.s.dir, backupFolder), "make room there and see that you may write to it; your work itself is safe", "no daily backup could be made: %v", c.s.unsaved)
	}
	differing, err := c.s.Differences(ctx)
	if err != nil {
		return err
	}
	for _, d := range differing {
		c.out = append(c.out, Finding{Code: "differs", Where: "bucket " + d.Bucket, Message: d.String(), Hint: sales.DifferenceHint})
	}
	return c.s.db.Read(ctx, func(tx *sql.Tx) error {
		if err := checkCounter(ctx, tx, c.report); err != nil {
			return err
		}
		if c.o.Deep {
			d := &deep{tx: tx, pace: c.o.Pace, report: c.report, found: c.found, bare: c.bare}
			for _, step := range []func(context.Context) error{d.rows, d.outbox, d.search} {
				if err := step(ctx); err != nil {
					return err
				}
			}
		} else if err := checkSearch(ctx, tx, c.report); err != nil {
			return err
		}
		return c.sums(ctx, tx)
	})
}

// database has SQLite look at its own file; deep also at every index, a table at a time.
func (c *checking) database(ctx context.Context) error {
	pragmas := []string{"quick_check"}
	if c.o.Deep {
		var err error
		if pragmas, err = texts(ctx, c.s.db.Reader(), "SELECT 'integrity_check(' || quote(name) || ')' FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY name"); err != nil {
			return err
		}
	}
	problems, err := c.s.integrity(ctx, c.o.Pace, pragmas...)
	for _, p := range problems {
		c.report("integrity", DatabaseName, "move every file "+DatabaseName+"* elsewhere and keep them, copy the newest file of `backups` to "+DatabaseName+", then sync", "%s", p)
	}
	return err
}

// unpaced is a pace that never waits.
func unpaced(ctx context.Context) error { return ctx.Err() }

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

// sums compares the books of the buckets with their records.
func (c *checking) sums(ctx context.Context, tx *sql.Tx) error {
	const hint = "sync: the bucket is compared with the server's and mended" // by Doubt
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
			continue // found by the deep check
		}
		shadowed[st.ID] = true
		add(st.Bucket, sumBytes(st))
	}
	for _, k := range sales.Kinds() {
		if err := tables[k.Name].eachSum(ctx, tx, func(id, bucket string, sum []byte) {
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
			c.out = append(c.out, Finding{Code: "count", Where: "bucket " + name, Message: fmt.Sprintf("%d records, %d expected", counts[name], count), Hint: hint, Bucket: name})
		}
		if sums[name] != wire.SumFrom(sum) {
			c.out = append(c.out, Finding{Code: "sum", Where: "bucket " + name, Message: "the sum over its records is not the one kept", Hint: hint, Bucket: name})
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

// eachSum gives the parts of the records that the server knows.
func (t *table) eachSum(ctx context.Context, q querier, f func(id, bucket string, sum []byte)) error {
	rows, err := q.QueryContext(ctx, "SELECT id, _bucket, _sum FROM "+t.name+" WHERE _bucket != ''")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id, bucket string
		var sum []byte
		if err := rows.Scan(&id, &bucket, &sum); err != nil {
			return err
		}
		f(id, bucket, sum)
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
			report("search", k.Name, "a deep check (`roundsctl doctor --deep`) makes it anew", "%d records, %d entries in the search index", records, entries)
		}
	}
	return nil
}
