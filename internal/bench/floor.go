package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the drivers of the floors
	_ "modernc.org/sqlite"

	"github.com/rounds-field/rounds/sales"
)

// A floor is what the parts below Rounds do by themselves, in the same run on the same disk: nothing that is built on them can be faster.

// inFolder gives a floor a folder for its database and removes it afterwards.
func (b *bench) inFolder(do func(dir string) error) (err error) {
	dir, err := os.MkdirTemp(b.dir, "floor")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	return do(dir)
}

// pullFloor is the same number of rows through the bare driver, and the same bytes over bare HTTP.
func (b *bench) pullFloor(ctx context.Context, r sales.SyncReport) (string, error) {
	text := ""
	err := b.inFolder(func(dir string) error {
		insert, err := bareInsert(ctx, filepath.Join(dir, "floor.db"), r.Pulled)
		if err != nil {
			return err
		}
		carry, err := bareHTTP(ctx, r.BytesIn)
		text = fmt.Sprintf("%.0f/s bare inserts; its bytes over bare HTTP %.2f s", float64(r.Pulled)/insert.Seconds(), carry.Seconds())
		return err
	})
	return text, err
}

// editFloor is what an edit's way to another device takes at the least: the device, the server and the other device each commit two rows, and two calls.
func (b *bench) editFloor(ctx context.Context) (string, error) {
	text := ""
	err := b.inFolder(func(dir string) error {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(w, r.Body) // who asked notices
		}))
		defer srv.Close()
		commit, done, err := committer(ctx, filepath.Join(dir, "floor.db"))
		if err != nil {
			return err
		}
		defer done()
		got, err := measure(100, func(i int) error {
			for range 3 {
				if err := commit(i); err != nil {
					return err
				}
			}
			for range 2 {
				if _, err := call(ctx, srv.URL, strings.NewReader("an edit")); err != nil {
					return err
				}
			}
			return nil
		})
		text = fmt.Sprintf("%s for three bare commits and two bare calls", got)
		return err
	})
	return text, err
}

// bareHTTP carries bytes over HTTP on this computer.
func bareHTTP(ctx context.Context, n int64) (time.Duration, error) {
	body := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for left := n; left > 0; left -= int64(len(body)) {
			if _, err := w.Write(body[:min(left, int64(len(body)))]); err != nil {
				return // who asked notices
			}
		}
	}))
	defer srv.Close()
	begun := time.Now()
	got, err := call(ctx, srv.URL, nil)
	if err != nil {
		return 0, err
	}
	if got != n {
		return 0, fmt.Errorf("bare HTTP: %d of %d bytes came", got, n)
	}
	return time.Since(begun), nil
}

// call makes one call and reads its answer to the end.
func call(ctx context.Context, url string, body io.Reader) (int64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, body)
	if err != nil {
		return 0, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(io.Discard, resp.Body)
	return n, errors.Join(err, resp.Body.Close())
}

// pushFloor is what the server's database takes by itself: two rows of 300 bytes a change, batch changes in a durable transaction, written in the quickest
// way that its driver has: row by row where that is a call, as one statement of whole columns where it is a trip to a server.
func (b *bench) pushFloor(ctx context.Context, batch int) (string, error) {
	const changes = 10_000
	text := ""
	err := b.inFolder(func(dir string) error {
		driver, source, rows, how := "sqlite", filepath.Join(dir, "floor.db")+"?_pragma=journal_mode(wal)&_pragma=synchronous(full)", bareRows, "row by row"
		if b.url != "" {
			driver, source, rows, how = "pgx", b.url, bareColumns, "in columns"
		}
		db, err := sql.Open(driver, source)
		if err != nil {
			return err
		}
		defer db.Close()
		for _, table := range []string{"floor_a", "floor_b"} {
			for _, q := range []string{"DROP TABLE IF EXISTS " + table, "CREATE TABLE " + table + " (id TEXT PRIMARY KEY, n BIGINT, body TEXT)"} {
				if _, err := db.ExecContext(ctx, q); err != nil {
					return err
				}
			}
		}
		begun := time.Now()
		for from := 0; from < changes; from += batch {
			if err := bareBatch(ctx, db, batch, rows); err != nil {
				return err
			}
		}
		text = fmt.Sprintf("%.0f/s bare inserts, %d a transaction, %s", changes/time.Since(begun).Seconds(), batch, how)
		for _, table := range []string{"floor_a", "floor_b"} {
			if _, err := db.ExecContext(ctx, "DROP TABLE "+table); err != nil {
				return err
			}
		}
		return nil
	})
	return text, err
}

func bareBatch(ctx context.Context, db *sql.DB, n int, rows func(ctx context.Context, tx *sql.Tx, table string, n int, body string) error) error {
	body := strings.Repeat("三百字节", 25)
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, table := range []string{"floor_a", "floor_b"} {
		if err := rows(ctx, tx, table, n, body); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func bareRows(ctx context.Context, tx *sql.Tx, table string, n int, body string) error {
	stmt, err := tx.PrepareContext(ctx, "INSERT INTO "+table+" VALUES (?, ?, ?)") // #nosec G202 -- one of two names above
	if err != nil {
		return err
	}
	defer stmt.Close()
	for i := range n {
		if _, err := stmt.ExecContext(ctx, sales.NewID(), i, body); err != nil {
			return err
		}
	}
	return nil
}

func bareColumns(ctx context.Context, tx *sql.Tx, table string, n int, body string) error {
	ids, numbers, bodies := make([]string, n), make([]int64, n), slices.Repeat([]string{body}, n)
	for i := range n {
		ids[i], numbers[i] = sales.NewID(), int64(i)
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO "+table+" SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[])", ids, numbers, bodies) // #nosec G202 -- one of two names above
	return err
}

// bareInsert is the same number of rows of 600 bytes through the bare driver, with two indexes, in one transaction.
func bareInsert(ctx context.Context, path string, n int) (time.Duration, error) {
	db, err := sql.Open("sqlite", path+"?_pragma=journal_mode(wal)")
	if err != nil {
		return 0, err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, "CREATE TABLE r (id TEXT PRIMARY KEY, a TEXT, b INTEGER, body TEXT); CREATE INDEX ra ON r(a); CREATE INDEX rb ON r(b)"); err != nil {
		return 0, err
	}
	body := strings.Repeat("六百字节", 50)
	begun := time.Now()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback()
	stmt, err := tx.PrepareContext(ctx, "INSERT INTO r VALUES (?,?,?,?)")
	if err != nil {
		return 0, err
	}
	defer stmt.Close()
	for i := range n {
		if _, err := stmt.ExecContext(ctx, sales.NewID(), fmt.Sprintf("P%05d", i%4000), i, body); err != nil {
			return 0, err
		}
	}
	if err := tx.Commit(); err != nil {
		return 0, err
	}
	return time.Since(begun), nil
}

// bareCommit is two rows of 600 bytes in a durable transaction of their own, many times.
func bareCommit(ctx context.Context, path string) (times, error) {
	commit, done, err := committer(ctx, path)
	if err != nil {
		return nil, err
	}
	defer done()
	return measure(500, commit)
}

// committer opens a database and gives what commits two rows of 600 bytes in it.
func committer(ctx context.Context, path string) (commit func(int) error, done func(), err error) {
	db, err := sql.Open("sqlite", path+"?_pragma=journal_mode(wal)&_pragma=synchronous(full)")
	if err != nil {
		return nil, nil, err
	}
	done = func() { db.Close() }
	if _, err := db.ExecContext(ctx, "CREATE TABLE a (id TEXT PRIMARY KEY, body TEXT); CREATE TABLE b (id TEXT PRIMARY KEY, body TEXT)"); err != nil {
		done()
		return nil, nil, err
	}
	body := strings.Repeat("六百字节", 50)
	return func(int) error {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		for _, q := range []string{"INSERT INTO a VALUES (?,?)", "INSERT INTO b VALUES (?,?)"} {
			if _, err := tx.ExecContext(ctx, q, sales.NewID(), body); err != nil {
				return err
			}
		}
		return tx.Commit()
	}, done, nil
}
