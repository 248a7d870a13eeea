package central_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rounds-field/rounds/internal/pgtest"
	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/sync/wire"
)

// The same is done to a journal in SQLite and to one in PostgreSQL: moves, conflicts, refusals, a deletion, a repeat. Their dumps are equal to the last bit.
func TestTheSameChangesGiveTheSameLogInBothDatabases(t *testing.T) {
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	var dumps [2]string
	for i, database := range []string{t.TempDir() + "/journal.db", pgtest.New(t)} {
		n := 0
		ids := func() string {
			n++
			return fmt.Sprintf("00000000-0000-7000-8000-%012d", n)
		}
		w := &world{t: t, now: now, database: database}
		w.journal = journalIn(t, database, central.Options{Now: func() time.Time { return w.now }, NewID: ids, Node: 1})
		for _, code := range []string{"31", "3101", "44", "4401"} {
			w.commit(sales.CreateOf(sales.Territory{Code: code, Name: "T " + code, ParentCode: parentOf(code)}))
		}
		device := func(name string, role sales.Role) *device {
			d := w.device(name, role, "31", "44")
			d.caller.Incarnation = uuid.NewSHA1(uuid.UUID{}, []byte(name)).String()
			return d
		}
		fixed := func(changes ...wire.Change) []wire.Change {
			for i := range changes {
				changes[i].ID = ids()
			}
			return changes
		}
		a, b := device("a", sales.RoleRep), device("b", sales.RoleRep)
		p := a.create(sales.Partner{ID: ids(), Name: "P", RegionCode: "3101", Notes: "old"})
		v := a.create(sales.Visit{ID: ids(), PartnerID: p.RecordID, VisitType: "routine", OwnerID: a.caller.UserID})
		bad := a.create(sales.Partner{ID: ids(), RegionCode: "3101"})
		child := a.create(sales.Contact{ID: ids(), Name: "C", PartnerID: bad.RecordID})
		first := fixed(p, v, bad, child)
		a.push(first...)
		a.push(first...) // again
		seen := a.pullAll(0)
		b.push(fixed(b.change(sales.Update, "partner", p.RecordID, set(seen[p.RecordID], "name", "By b"), set(seen[p.RecordID], "region_code", "4401")))...)
		w.now = w.now.Add(time.Minute)
		a.push(fixed(a.change(sales.Update, "partner", p.RecordID, set(seen[p.RecordID], "name", "By a")))...)
		del := a.change(sales.Delete, "visit", v.RecordID)
		visit := seen[v.RecordID]
		del.Base = visit.Latest()
		a.push(fixed(del)...)
		forged := first[0]
		forged.Fields = forged.Fields[:1]
		b.push(forged)
		b.push(fixed(b.create(sales.Partner{ID: ids(), Name: "zero\x00byte", RegionCode: "31"}))...)
		var out bytes.Buffer
		if err := w.journal.Dump(t.Context(), &out); err != nil {
			t.Fatal(err)
		}
		dumps[i] = out.String()
	}
	lines, there := strings.Split(dumps[0], "\n"), strings.Split(dumps[1], "\n")
	for i := range max(len(lines), len(there)) {
		if i >= len(lines) || i >= len(there) || lines[i] != there[i] {
			t.Fatalf("line %d:\nSQLite     %s\nPostgreSQL %s", i, strings.Join(lines[min(i, len(lines)):min(i+1, len(lines))], ""), strings.Join(there[min(i, len(there)):min(i+1, len(there))], ""))
		}
	}
	for _, part := range []string{"bucket ", "log ", "record ", "departure ", "change ", "incarnation ", "audit "} {
		if !strings.Contains("\n"+dumps[0], "\n"+part) {
			t.Errorf("the dump has no line of %q", part)
		}
	}
}
