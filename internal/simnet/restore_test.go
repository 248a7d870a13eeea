package simnet

import (
	"context"
	"testing"
	"time"

	"github.com/rounds-field/rounds/sales"
)

// keeps backs the server up, and gives what puts that backup in its place.
func (s *Sim) keeps(t *testing.T) (restore func(context.Context) error) {
	t.Helper()
	s.must(t, s.backup)
	b := s.backups[len(s.backups)-1]
	return func(ctx context.Context) error { return s.restoreFrom(ctx, b) }
}

// rests lets everything come to rest and checks it.
func (s *Sim) rests(t *testing.T) {
	t.Helper()
	if err := s.end(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func partner(id, name string) sales.Edit {
	return sales.CreateOf(sales.Partner{ID: id, Name: name, RegionCode: "1101"})
}

func noting(id, text string) sales.Edit {
	return sales.Edit{Verb: sales.Update, Kind: "partner", ID: id, Values: sales.Values{"notes": text}}
}

func phoning(id, text string) sales.Edit {
	return sales.Edit{Verb: sales.Update, Kind: "partner", ID: id, Values: sales.Values{"phone": text}}
}

func (d *device) notes(t *testing.T, id string) string {
	t.Helper()
	r, err := d.store.Get(t.Context(), "partner", id)
	if err != nil {
		return err.Error()
	}
	return r.Text("notes")
}

// Guarantee 27.
func TestAServerPutBackByAnHourGetsBackWhatItHadAcknowledged(t *testing.T) {
	s, ann, _, bob := calm(t)
	id, other := sales.NewID(), sales.NewID()
	s.must(t, ann.saves(partner(id, "v#1.")), ann.sync, bob.sync)
	restore := s.keeps(t)
	s.must(t, bob.saves(noting(id, "v#2.")), bob.sync, ann.sync, ann.saves(noting(id, "v#3.")), ann.saves(partner(other, "v#4.")), ann.sync, bob.sync)
	s.now = s.now.Add(time.Hour)
	s.must(t, restore, bob.sync, ann.sync, bob.sync)
	s.rests(t)
	for _, d := range []*device{ann, bob} {
		if got := d.notes(t, id); got != "v#3." {
			t.Errorf("%s sees %q, the server had v#3. before", d.name, got)
		}
		if n, err := d.store.Count(t.Context(), sales.Query{Kind: "conflict"}); err != nil || n != 0 {
			t.Errorf("%s is told of %d conflicts that nobody had, %v", d.name, n, err)
		}
	}
}

// Guarantee 28.
func TestAServerPutBackThatWroteOnPastTheCursorsIsNoticed(t *testing.T) {
	s, ann, _, bob := calm(t)
	id := sales.NewID()
	s.must(t, ann.saves(partner(id, "v#1.")), ann.sync, bob.sync)
	restore := s.keeps(t)
	s.must(t, ann.saves(noting(id, "v#2.")), ann.sync)
	s.must(t, restore)
	for i := range 5 { // more than was lost
		s.must(t, bob.saves(partner(sales.NewID(), "v#1"+string(rune('0'+i))+".")), bob.sync)
	}
	s.must(t, ann.sync, bob.sync)
	s.rests(t)
	if got := bob.notes(t, id); got != "v#2." {
		t.Errorf("bob sees %q", got)
	}
}

// A device that pushed, and did not pull before the server was put back, has cursors of the server's history: they do not tell it.
func TestAcknowledgedChangesThatWereNeverPulledAreMissedToo(t *testing.T) {
	for _, next := range []string{"pulls", "pushes"} {
		s, ann, _, bob := calm(t)
		id := sales.NewID()
		s.must(t, ann.saves(partner(id, "v#1.")), ann.sync, bob.sync)
		restore := s.keeps(t)
		s.must(t, ann.saves(noting(id, "v#2.")), ann.pushesOnly, restore)
		if next == "pushes" {
			s.must(t, ann.saves(partner(sales.NewID(), "v#3.")))
		}
		s.must(t, ann.sync, bob.sync)
		if got := bob.notes(t, id); got != "v#2." {
			t.Errorf("ann %s: bob sees %q, the server had acknowledged v#2.", next, got)
		}
		s.rests(t)
	}
}

// pushesOnly is a pass that loses the network after the push.
func (d *device) pushesOnly(ctx context.Context) error {
	d.net.deaf = true
	defer func() { d.net.deaf = false }()
	return d.sync(ctx)
}

// What the server took before and lost is sent again, also when the user has a refused change of the same record in the tray.
func TestARefusedChangeDoesNotHoldBackWhatTheServerLost(t *testing.T) {
	s, ann, _, bob := calm(t)
	id := sales.NewID()
	restore := s.keeps(t)
	s.must(t, ann.saves(partner(id, "v#1.")), ann.sync, bob.sync,
		ann.saves(sales.Edit{Verb: sales.Update, Kind: "partner", ID: id, Values: sales.Values{"region_code": "1201", "notes": "v#2."}}), ann.sync)
	if list, err := ann.store.Pending(t.Context()); err != nil || len(list) != 1 || list[0].State != sales.Rejected {
		t.Fatalf("a move into a territory that is not ann's: %+v, %v", list, err)
	}
	s.must(t, restore, ann.sync, bob.sync)
	if _, err := bob.store.Get(t.Context(), "partner", id); err != nil {
		t.Errorf("the record that the server lost did not come back: %v", err)
	}
	s.rests(t)
}

// An acknowledged edit of a colleague's record may be sent again before the colleague's device brings the record back: it waits for that, and
// the user has nothing to mend.
func TestAnEditThatTheServerLostWaitsForTheRecordItBelongsTo(t *testing.T) {
	s, ann, _, bob := calm(t)
	id := sales.NewID()
	restore := s.keeps(t)
	s.must(t, ann.saves(partner(id, "v#1.")), ann.sync, bob.sync, bob.saves(noting(id, "v#2.")), bob.sync, ann.sync)
	s.must(t, restore, bob.sync, bob.sync)
	if list, err := bob.store.Pending(t.Context()); err != nil || len(list) != 1 || list[0].State != sales.Waiting {
		t.Fatalf("bob's tray: %+v, %v", list, err)
	}
	s.must(t, ann.sync, bob.sync, ann.sync)
	s.rests(t)
	if got := ann.notes(t, id); got != "v#2." {
		t.Errorf("ann sees %q", got)
	}
}

// A device's clock that runs years ahead for a day must not make it forget what the server may still lose.
func TestAWrongClockForgetsNothingThatTheServerMayLose(t *testing.T) {
	s, ann, _, bob := calm(t)
	id := sales.NewID()
	restore := s.keeps(t)
	s.must(t, ann.saves(partner(id, "v#1.")), ann.sync)
	ann.skew = 10 * 365 * 24 * time.Hour
	s.must(t, ann.restart)
	ann.skew = 0
	s.must(t, ann.restart, restore, ann.sync, bob.sync)
	if _, err := bob.store.Get(t.Context(), "partner", id); err != nil {
		t.Errorf("the record that the server lost did not come back: %v", err)
	}
	s.rests(t)
}

// The server makes conflicts anew when the changes come again; how the user had decided about one that it lost has nothing left to act on, and must not take
// the edit along that was saved with it.
func TestAnEditSavedWithTheResolutionOfALostConflictIsKept(t *testing.T) {
	s, ann, _, bob := calm(t)
	id := sales.NewID()
	s.must(t, ann.saves(partner(id, "v#1.")), ann.sync, bob.sync)
	restore := s.keeps(t)
	s.must(t, ann.saves(phoning(id, "v#2.")), bob.saves(phoning(id, "v#3.")), bob.sync, ann.sync, bob.sync)
	var loser *device
	var edits []sales.Edit
	for _, d := range []*device{ann, bob} {
		list, err := d.store.List(t.Context(), sales.Query{Kind: "conflict"})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range list {
			loser = d
			if edits, err = sales.ResolveConflict(sales.As[sales.Conflict](r), true); err != nil {
				t.Fatal(err)
			}
		}
	}
	if loser == nil {
		t.Fatal("nobody was told of a conflict")
	}
	s.must(t, loser.saves(edits...), restore, loser.sync, ann.sync, bob.sync, ann.sync)
	s.rests(t)
	if list, err := loser.store.Pending(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("the tray holds %+v, %v", list, err)
	}
}

// The server was put back, the territory was taken from the user meanwhile, and before the first pull the user edits what is refused: what the server had
// taken must not vanish because this device still remembers that it had.
func TestEditingWhatTheServerLostAndNowRefusesKeepsAllOfIt(t *testing.T) {
	s, ann, _, _ := calm(t)
	id, visit := sales.NewID(), sales.NewID()
	restore := s.keeps(t)
	s.must(t, ann.saves(partner(id, "v#1."), sales.Edit{Verb: sales.Create, Kind: "visit", ID: visit, Values: sales.Values{"partner_id": id, "visit_type": "routine", "notes": "v#2."}}), ann.sync)
	ann.becomes(sales.RoleRep, []string{"12"})
	moved := s.office.clone()
	s.must(t, restore)
	s.office = moved
	s.must(t, ann.saves(sales.CreateOf(sales.Task{Title: "v#9."})), ann.pushesOnly)
	if list, err := ann.store.Pending(t.Context()); err != nil || len(list) != 2 {
		t.Fatalf("the tray holds %+v, %v", list, err)
	}
	s.must(t, ann.saves(noting(id, "v#3.")))
	list, err := ann.store.Pending(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, p := range list {
		got += p.Verb.String() + " " + p.Kind + " "
		for _, v := range []string{"name", "notes"} {
			if text, ok := p.Values[v].(string); ok {
				got += text
			}
		}
		got += "; "
	}
	if want := "create partner v#1.v#3.; create visit v#2.; "; got != want {
		t.Errorf("the outbox says %q, want %q", got, want)
	}
}
