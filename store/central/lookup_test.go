package central_test

import (
	"context"
	"database/sql"
	"testing"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// A push reads what it names, however much else there is and whatever PostgreSQL believes about it: its statistics are of another day.
func TestAPushReadsNoMoreThanItNamesWhateverTheStatisticsSay(t *testing.T) {
	if !onPostgres {
		return // SQLite keeps no statistics of these tables
	}
	w := newWorld(t)
	d := w.device("li.na", sales.RoleRep, "31")
	tasks := func(n int) []wire.Change {
		list := make([]wire.Change, n)
		for i := range list {
			list[i] = d.create(sales.Task{Title: "Call back"})
		}
		return list
	}
	// Of the day on which there was hardly a task, and hardly a change.
	if _, err := connect(t, w.database).Exec(t.Context(), "ANALYZE"); err != nil {
		t.Fatal(err)
	}
	w.journal.BeforeCommit(func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "SELECT pg_stat_force_next_flush()") // so that the counts below begin with their own transaction
		return err
	})
	d.push(tasks(3000)...)
	read := -1
	w.journal.BeforeCommit(func(ctx context.Context, tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables`).Scan(&read)
	})
	for _, v := range d.push(tasks(40)...) {
		if v.Outcome != wire.Applied {
			t.Fatal(v)
		}
	}
	if read < 0 || read > 200 {
		t.Errorf("a push of 40 new tasks read %d rows", read)
	}
}
