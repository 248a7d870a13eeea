package central_test

import (
	"bytes"
	"testing"

	"github.com/rounds-field/rounds/store/central"
)

// The backup before an update is made by whichever program is installed already: it must not be the one that brings the tables up to date.
func TestABackupOfOlderTablesChangesNothingAndIsRestored(t *testing.T) {
	for version := int64(1); version <= 3; version++ {
		database := newDatabase(t)
		if err := central.MakeOlder(t.Context(), database, version); err != nil {
			t.Fatal(err)
		}
		var backup bytes.Buffer
		c, err := central.BackupOf(t.Context(), database, &backup, "test")
		if err != nil || c.Schema != version || c.Rows() != 2 {
			t.Fatalf("version %d: %+v, %v", version, c, err)
		}
		if is, err := central.SchemaOf(t.Context(), database); err != nil || is != version {
			t.Errorf("version %d: the tables have version %d now, %v", version, is, err)
		}
		other := newDatabase(t)
		if _, report, err := central.Restore(t.Context(), other, &backup, central.RestoreOptions{}); err != nil || !report.Good() {
			t.Errorf("version %d: %+v, %v", version, report, err)
		}
		if is, err := central.SchemaOf(t.Context(), other); err != nil || is != 3 {
			t.Errorf("version %d: restored, the tables have version %d, %v", version, is, err)
		}
	}
}

func TestABackupOfNewerTablesIsRefused(t *testing.T) {
	database := newDatabase(t)
	if err := central.MakeOlder(t.Context(), database, 0); err != nil {
		t.Fatal(err)
	}
	j := journalIn(t, database, central.Options{})
	j.Exec(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)")
	var backup bytes.Buffer
	if _, err := central.BackupOf(t.Context(), database, &backup, "test"); err == nil {
		t.Error("tables that this program does not know were left out without a word")
	}
}
