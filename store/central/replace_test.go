package central_test

import (
	"strings"
	"testing"

	"github.com/rounds-field/rounds/internal/pgtest"
	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/central"
)

// A database in which somebody is at work, be it a server or the backup that is being restored, cannot be emptied: waiting for that would never end.
func TestADatabaseInUseIsNotReplacedAndNotWaitedForForever(t *testing.T) {
	if !onPostgres {
		return
	}
	w, _ := lived(t)
	file, saved := w.backup()
	busy := connect(t, w.database)
	if _, err := busy.Exec(t.Context(), "BEGIN; SELECT COUNT(*) FROM records"); err != nil {
		t.Fatal(err)
	}
	_, _, err := central.Restore(t.Context(), w.database+"&lock_timeout=50ms", file, central.RestoreOptions{Replace: true})
	if !sales.HasCode(err, sales.CodeInUse) || !strings.Contains(err.Error(), "stop every rounds-server") || strings.Contains(err.Error(), pgtest.Password()) {
		t.Errorf("it gives %v", err)
	}
	if now, err := w.journal.Contents(t.Context()); err != nil || len(saved.Differences(now)) > 0 {
		t.Error("the database is not as it was:", err)
	}
	if got := central.PatienceOf(t.Context(), w.database); got != "10s" {
		t.Errorf("without a limit of its own it would wait for %s", got)
	}
}

// What PostgreSQL refuses while a backup is restored has nothing to do with the disk of this computer.
func TestARefusalOfPostgreSQLInARestoreIsToldAsOne(t *testing.T) {
	if !onPostgres {
		return
	}
	w, _ := lived(t)
	file, _ := w.backup()
	w.journal.Exec(t.Context(), "DROP TABLE tokens")
	if _, _, err := central.Restore(t.Context(), w.database, file, central.RestoreOptions{Replace: true}); !sales.HasCode(err, sales.CodeStorage) || strings.Contains(err.Error(), "disk") {
		t.Errorf("it gives %v", err)
	}
}

func TestTwoURLsOfOneDatabaseAreToldFromThoseOfTwo(t *testing.T) {
	if !onPostgres {
		return
	}
	w := newWorld(t)
	conn := connect(t, w.database)
	if _, err := conn.Exec(t.Context(), "CREATE SCHEMA other; CREATE TABLE other.organisations (id INT)"); err != nil {
		t.Fatal(err)
	}
	filled := newWorld(t)
	for url, want := range map[string]bool{
		w.database: true, w.database + "&pool_max_conns=8": true, strings.Replace(w.database, "127.0.0.1", "localhost", 1): true,
		pgtest.New(t): false, filled.database: false, w.database + "&search_path=other": false,
	} {
		if got, err := central.SameDatabase(t.Context(), w.database, url); err != nil || got != want {
			t.Errorf("%s: %v, %v", url, got, err)
		}
	}
}
