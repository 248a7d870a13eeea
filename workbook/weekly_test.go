package workbook

import (
	"database/sql"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/local"
)

// The weekly check waits until nobody uses the workbook, happens once a week, and tells only what it found.
func TestTheWeeklyCheckMendsWhileNobodyUsesTheWorkbook(t *testing.T) {
	dir, ids, _, _ := damageable(t)
	db, err := sql.Open("sqlite", databaseOf(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	damage := func() {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), "UPDATE partner SET notes = 'x' WHERE id = ?", ids[3]); err != nil {
			t.Fatal(err)
		}
	}
	damage()
	var now atomic.Int64
	now.Store(time.Now().UnixNano())
	wb, err := Open(t.Context(), dir, Options{Now: func() time.Time { return time.Unix(0, now.Load()) }})
	if err != nil {
		t.Fatal(err)
	}
	wb.pause = 0
	defer closeBook(t, wb)
	defer db.Close()
	wb.lastUse.Store(now.Load())
	later := func(d time.Duration) { now.Add(int64(d)) }
	check := func(want bool, when string) {
		t.Helper()
		if found, err := wb.checkIfDue(t.Context()); err != nil || found != want {
			t.Errorf("%s: found %v, %v", when, found, err)
		}
	}
	later(4 * time.Minute)
	check(false, "soon after the last use")
	if _, err := wb.List(t.Context(), sales.Query{Kind: "task"}); err != nil {
		t.Fatal(err)
	}
	later(4 * time.Minute)
	check(false, "after another use")
	later(2 * time.Minute)
	check(true, "while nobody uses it")
	soundAgain(t, wb, ids[3], 3)
	if h, err := wb.Health(t.Context()); err != nil || h.Mended != 1 || len(h.Left) != 0 || h.Checked == 0 {
		t.Errorf("the user is told %+v, %v", h, err)
	}
	if err := wb.Acknowledge(t.Context()); err != nil {
		t.Fatal(err)
	}
	if h, err := wb.Health(t.Context()); err != nil || h.Mended != 0 {
		t.Errorf("after it was seen: %+v, %v", h, err)
	}
	damage()
	later(6 * 24 * time.Hour)
	check(false, "within the week")
	later(25 * time.Hour)
	check(true, "a week later")
	later(8 * 24 * time.Hour)
	check(false, "when there is nothing to find")
}

func TestTheWeeklyCheckEndsWhenTheWorkbookIsUsed(t *testing.T) {
	dir, _, _, _ := damageable(t)
	var now atomic.Int64
	now.Store(time.Now().UnixNano())
	var asked atomic.Int64
	var used *atomic.Int64
	wb, err := Open(t.Context(), dir, Options{Now: func() time.Time {
		// The user comes back while the check is under way.
		if asked.Add(1) == 1020 {
			used.Store(now.Load())
		}
		return time.Unix(0, now.Load())
	}})
	if err != nil {
		t.Fatal(err)
	}
	wb.pause, used = 0, &wb.lastUse
	defer closeBook(t, wb)
	wb.lastUse.Store(now.Load())
	now.Add(int64(time.Hour))
	asked.Store(1000)
	if _, err := wb.checkIfDue(t.Context()); err == nil {
		t.Fatal("the check went on")
	}
	if h, err := wb.Health(t.Context()); err != nil || h.Checked != 0 {
		t.Errorf("an ended check counts as done: %+v, %v", h, err)
	}
	if r, err := wb.Check(t.Context(), local.CheckOptions{Deep: true}); err != nil || len(r.Left) != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}
