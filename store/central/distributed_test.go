package central_test

import (
	"context"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/rounds-field/rounds/internal/pgtest"
	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/central"
)

const applySchema = "../../scripts/apply-schema.sh"

// printed is what the script would have a database do.
func printed(t *testing.T, engine string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "bash", applySchema, "--print", engine).Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return conn
}

// columnsIn lists every column of every table that is not a partition, with its type and whether it may be empty, and the primary keys.
func columnsIn(t *testing.T, url string) []string {
	t.Helper()
	rows, err := connect(t, url).Query(t.Context(), `SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' ' ||
		coalesce((SELECT array_position(i.indkey::int2[], a.attnum)::text FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary), '-')
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped AND c.relname <> 'goose_db_version' ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// What the script makes is what the migrations make, for every engine, as far as a plain PostgreSQL can tell; and the journal works on it.
func TestTheScriptMakesTheTablesOfTheMigrationsInTheFormOfEachEngine(t *testing.T) {
	if !onPostgres {
		return
	}
	plain := pgtest.New(t)
	if j, err := central.Open(t.Context(), plain, central.Options{}); err != nil || j.Close() != nil {
		t.Fatal(err)
	}
	want := columnsIn(t, plain)
	for _, engine := range []string{"postgres", "citus", "cockroach", "yugabyte"} {
		t.Run(engine, func(t *testing.T) {
			url := pgtest.New(t)
			if engine == "postgres" { // the whole way, through psql
				if out, err := exec.CommandContext(t.Context(), "bash", applySchema, engine, url).CombinedOutput(); err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
			} else {
				conn := connect(t, url).PgConn()
				if _, err := conn.Exec(t.Context(), `CREATE FUNCTION create_distributed_table(name TEXT, key TEXT, colocate_with TEXT DEFAULT '') RETURNS VOID LANGUAGE sql AS ''`).ReadAll(); err != nil {
					t.Fatal(err)
				}
				if _, err := conn.Exec(t.Context(), printed(t, engine)).ReadAll(); err != nil {
					t.Fatal(err)
				}
			}
			if got := columnsIn(t, url); !slices.Equal(got, want) {
				t.Errorf("it has\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			if done, err := central.Migrate(t.Context(), url); err != nil || len(done) > 0 {
				t.Errorf("afterwards the migrations still did %v, %v", done, err)
			}
			w := &world{t: t, journal: journalIn(t, url, central.Options{})}
			a := w.device("a", sales.RoleRep)
			a.mustPush(a.create(partnerIn("甲", "31")))
			if report, err := w.journal.VerifyAll(t.Context()); err != nil || !report.Good() {
				t.Error(report, err)
			}
			file, saved := w.backup()
			if restored, report, err := central.Restore(t.Context(), url, file, central.RestoreOptions{Replace: true}); err != nil || !report.Good() || len(saved.Differences(restored)) > 0 {
				t.Error("it was not replaced by its own backup:", err)
			}
			if _, err := connect(t, url).Exec(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, true)"); err != nil {
				t.Error("a later migration could not be noted:", err)
			}
		})
	}
}

func TestTheScriptTellsEachEngineOnlyWhatItKnows(t *testing.T) {
	for engine, not := range map[string][]string{
		"citus": {"PARTITION", "TRIGGER"}, "cockroach": {"PARTITION", "TRIGGER", "COLLATE", "fillfactor"}, "yugabyte": {"PARTITION", "fillfactor"},
	} {
		text := printed(t, engine)
		for line := range strings.Lines(text) {
			code, _, _ := strings.Cut(line, "--")
			for _, word := range not {
				if strings.Contains(code, word) {
					t.Errorf("%s is told %s", engine, strings.TrimSpace(line))
				}
			}
		}
		if n := strings.Count(text, "create_distributed_table("); (n > 10) != (engine == "citus") {
			t.Errorf("%s is told %d times to distribute a table", engine, n)
		}
	}
	if err := exec.CommandContext(t.Context(), "bash", applySchema, "oracle", "url").Run(); err == nil {
		t.Error("an engine that it does not know was taken")
	}
}
