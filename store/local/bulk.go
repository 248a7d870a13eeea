package local

import (
	"context"
	"database/sql"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// inlineEntries is up to how many records the search index is made within the first checkpoint; more are indexed after it.
const inlineEntries = 5000

// beginBulk prepares the very first sync: while nearly nothing is there, rows go in without secondary indexes, and the search index is made when
// all are there. Killed in between, the next page goes on where this one ended.
func (p *pulling) beginBulk(ctx context.Context, page wire.PullResponse) error {
	begun, err := meta(ctx, p, "indexes_deferred")
	if err != nil || begun != "" {
		return err
	}
	if err := p.emptyIndex(ctx); err != nil {
		return err
	}
	if len(page.Records)+int(page.Remaining) > inlineEntries {
		if err := dropIndexes(ctx, p.Tx); err != nil {
			return err
		}
	}
	return setMeta(ctx, p, "indexes_deferred", "yes")
}

// emptyIndex empties the search index, to be filled by indexSome.
func (t *txn) emptyIndex(ctx context.Context) error {
	clear(t.entries)
	for _, tb := range tables {
		if tb.searched() {
			if _, err := t.ExecContext(ctx, "INSERT OR REPLACE INTO wb_indexing (kind, upto) VALUES (?, 0)", tb.kind.Name); err != nil {
				return err
			}
		}
	}
	for _, query := range []string{
		"INSERT INTO wb_search (wb_search) VALUES ('delete-all')",
		"INSERT INTO wb_search (wb_search, rank) VALUES ('automerge', 0)", // its parts are merged once, at the end
	} {
		if _, err := t.ExecContext(ctx, query); err != nil {
			return err
		}
	}
	t.s.indexPending.Store(true)
	return nil
}

// Reindex makes the search index anew from the records, in the background; WaitForSearch waits for its end.
func (s *Store) Reindex(ctx context.Context) error {
	if err := s.write(ctx, "make the search index anew", func(t *txn) error { return t.emptyIndex(ctx) }); err != nil {
		return err
	}
	s.startIndexing()
	return nil
}

// putNew inserts a record that this device does not have yet; false when it has one.
func (p *pulling) putNew(ctx context.Context, tb *table, st *wire.RecordState) (bool, error) {
	stmt := p.stmts[tb.kind.Name]
	if stmt == nil {
		var err error
		if stmt, err = p.PrepareContext(ctx, tb.add); err != nil {
			return false, err
		}
		p.stmts[tb.kind.Name] = stmt
	}
	r := rowOf(tb, st)
	r.sum = sumBytes(st)
	args, err := tb.args(r)
	if err != nil {
		return false, err
	}
	res, err := stmt.ExecContext(ctx, args...)
	if err != nil {
		return false, err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return false, err
	}
	p.kinds[tb.kind.Name] = true
	p.account("", nil, st.Bucket, r.sum)
	if st.Kind == "conflict" && openConflict(st) {
		p.conflicts++
	}
	return true, nil
}

// endBulk makes the indexes, and the search index when that is a matter of a moment; it says whether the latter is still to be made.
func (p *pulling) endBulk(ctx context.Context) (later bool, err error) {
	if err := createIndexes(ctx, p.Tx); err != nil {
		return false, err
	}
	for key, v := range map[string]string{"indexes_deferred": "", "first_sync": "done"} {
		if err := setMeta(ctx, p, key, v); err != nil {
			return false, err
		}
	}
	total := 0
	for _, k := range sales.Kinds() {
		if tb := tables[k.Name]; tb.searched() {
			var n int
			if err := p.QueryRowContext(ctx, "SELECT count(*) FROM "+tb.name).Scan(&n); err != nil {
				return false, err
			}
			total += n
		}
	}
	if total > inlineEntries {
		return true, nil
	}
	for {
		more, err := p.indexSome(ctx, inlineEntries)
		if err != nil || !more {
			return false, err
		}
	}
}

// indexSome makes the next entries of the search index, at most n; false when none are left to make.
func (t *txn) indexSome(ctx context.Context, n int) (bool, error) {
	names, err := texts(ctx, t, "SELECT kind FROM wb_indexing ORDER BY kind LIMIT 1")
	if err != nil {
		return false, err
	}
	if len(names) == 0 {
		t.s.indexPending.Store(false)
		_, err := t.ExecContext(ctx, "INSERT INTO wb_search (wb_search, rank) VALUES ('automerge', 4)")
		return false, err
	}
	tb, ok := tables[names[0]]
	if !ok {
		_, err := t.ExecContext(ctx, "DELETE FROM wb_indexing WHERE kind = ?", names[0])
		return true, err
	}
	var upto int64
	if err := t.QueryRowContext(ctx, "SELECT upto FROM wb_indexing WHERE kind = ?", names[0]).Scan(&upto); err != nil {
		return false, err
	}
	list, err := t.rowsAfter(ctx, tb, upto, n)
	if err != nil {
		return false, err
	}
	if len(list) == 0 {
		_, err := t.ExecContext(ctx, "DELETE FROM wb_indexing WHERE kind = ?", names[0])
		return true, err
	}
	put, err := t.PrepareContext(ctx, "INSERT INTO wb_search (rowid, title, body, pinyin, digits) VALUES (?, ?, ?, ?, ?)")
	if err != nil {
		return false, err
	}
	defer put.Close()
	for _, r := range list {
		e := entryOf(tb.kind, r.rec)
		if _, err := put.ExecContext(ctx, entryNumber(tb.kind, r.number), e.title, e.body, e.pinyin, e.digits); err != nil {
			return false, err
		}
	}
	_, err = t.ExecContext(ctx, "UPDATE wb_indexing SET upto = ? WHERE kind = ?", list[len(list)-1].number, names[0])
	return true, err
}

func (t *txn) rowsAfter(ctx context.Context, tb *table, number int64, n int) ([]*row, error) {
	rows, err := t.QueryContext(ctx, tb.list+" WHERE _row > ? ORDER BY _row LIMIT ?", number, n)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*row
	for rows.Next() {
		r, err := tb.scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// indexSlice is how many entries are made between two chances for others to write.
const indexSlice = 1500

// startIndexing makes the search index in the background, a little at a time.
func (s *Store) startIndexing() {
	s.indexing.Go(func() {
		s.analyse(s.stopped)
		for more := true; more; {
			err := s.write(s.stopped, "make the search index", func(t *txn) error {
				var err error
				more, err = t.indexSome(s.stopped, indexSlice)
				return err
			})
			if err != nil {
				if s.stopped.Err() == nil {
					s.log.Error("make the search index", "error", err)
				}
				return
			}
		}
		s.mergeParts(s.stopped)
	})
}

// mergePages is how many pages of the search index are merged between two chances for others to write.
const mergePages = 60

// mergeParts makes one of the parts in which the search index was written, a little at a time, and folds the write-ahead log into the
// database, so that the next save does not have to.
func (s *Store) mergeParts(ctx context.Context) {
	pages, steps := -mergePages, 0 // negative: begin with all parts
	for ctx.Err() == nil && steps < 10_000 {
		var before, after int64
		err := s.db.Write(ctx, func(tx *sql.Tx) error {
			if err := tx.QueryRowContext(ctx, "SELECT total_changes()").Scan(&before); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, "INSERT INTO wb_search (wb_search, rank) VALUES ('merge', ?)", pages); err != nil {
				return err
			}
			return tx.QueryRowContext(ctx, "SELECT total_changes()").Scan(&after)
		})
		if err != nil {
			if ctx.Err() == nil {
				s.log.Warn("merge the search index", "error", err)
			}
			return
		}
		if after-before < 2 { // the documented sign that nothing is left to merge
			break
		}
		pages = mergePages
		steps++
	}
	if _, err := s.db.Writer().ExecContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)"); err != nil && ctx.Err() == nil {
		s.log.Warn("fold the write-ahead log", "error", err)
	}
}

// analyse lets the database look at how values are spread in the tables of records, so that it chooses the right index. Those of the search index are left
// out: it does its own work by statements that such figures mislead.
func (s *Store) analyse(ctx context.Context) {
	for _, k := range sales.Kinds() {
		if _, err := s.db.Writer().ExecContext(ctx, "ANALYZE "+tables[k.Name].name); err != nil {
			if ctx.Err() == nil {
				s.log.Warn("analyse the workbook", "error", err)
			}
			return
		}
	}
}

// SearchReady says whether the search index is complete.
func (s *Store) SearchReady() bool { return !s.indexPending.Load() }

// WaitForSearch waits until the search index is complete after a first sync.
func (s *Store) WaitForSearch() { s.indexing.Wait() }

func (s *Store) resumeIndexing(ctx context.Context) error {
	open, err := texts(ctx, s.db.Writer(), "SELECT kind FROM wb_indexing")
	if err != nil || len(open) == 0 {
		return err
	}
	s.indexPending.Store(true)
	done, err := meta(ctx, s.db.Writer(), "first_sync")
	if err == nil && done != "" {
		s.startIndexing()
	}
	return err
}
