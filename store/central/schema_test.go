package central_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rounds-field/rounds/internal/pgtest"
	"github.com/rounds-field/rounds/store/central"
)

// Both databases have the same tables and columns after all migrations, so that the same statements run on both and a journal can be moved from one
// to the other; and in PostgreSQL every table is partitioned by organisation, which leads every key.
func TestBothDatabasesHaveTheSameTables(t *testing.T) {
	file := journalIn(t, t.TempDir()+"/journal.db", central.Options{})
	server := journalIn(t, pgtest.New(t), central.Options{})
	columns := file.Strings(t.Context(), "SELECT m.name || '.' || p.name FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"+ours)
	there := server.Strings(t.Context(), "SELECT table_name || '.' || column_name FROM information_schema.columns m WHERE table_schema = 'public' AND table_name NOT LIKE '%\\_default'"+
		strings.ReplaceAll(ours, "m.name", "table_name"))
	slices.Sort(columns)
	slices.Sort(there)
	if !slices.Equal(columns, there) {
		t.Errorf("SQLite has  %v\nPostgreSQL has %v", columns, there)
	}
	if flat := server.Strings(t.Context(), "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"+
		" WHERE n.nspname = 'public' AND c.relkind = 'r' AND NOT c.relispartition"+strings.ReplaceAll(ours, "m.name", "c.relname")); len(flat) > 0 {
		t.Errorf("tables that are not partitioned: %v", flat)
	}
	if keys := server.Strings(t.Context(), "SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace"+
		" JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] WHERE n.nspname = 'public' AND a.attname <> 'org_id'"+strings.ReplaceAll(ours, "m.name", "c.relname")); len(keys) > 0 {
		t.Errorf("keys that do not begin with the organisation: %v", keys)
	}
	if loose := server.Strings(t.Context(), "SELECT table_name || '.' || column_name FROM information_schema.columns m WHERE table_schema = 'public' AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'"+
		strings.ReplaceAll(ours, "m.name", "table_name")); len(loose) > 0 {
		t.Errorf("texts that are not compared byte by byte: %v", loose)
	}
	if serial := server.Strings(t.Context(), "SELECT sequencename FROM pg_sequences m WHERE TRUE"+strings.ReplaceAll(ours, "m.name", "sequencename")); len(serial) > 0 {
		t.Errorf("serial numbers: %v", serial)
	}
}

// ours leaves out the tables of the parts that keep their own: the migrations and the queue of jobs.
const ours = " AND m.name NOT LIKE 'goose%' AND m.name NOT LIKE 'river%'"
