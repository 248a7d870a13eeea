package local

import (
	"testing"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// hold settles a change as one that waits for a refused one.
func hold(t *testing.T, s *Store, changes ...wire.Change) {
	t.Helper()
	for _, c := range changes {
		settle(t, s, wire.Verdict{ChangeID: c.ID, Outcome: wire.Held, Code: sales.CodeHeld, Message: "waits for a change that was refused"})
	}
}

// sentOf says which records the changes to be sent are of.
func sentOf(changes []wire.Change) map[string]int {
	out := map[string]int{}
	for i := range changes {
		out[changes[i].RecordID]++
	}
	return out
}

// The server holds the rest of a group whose one change it refuses, and what was written over the rest: mending, deleting or undoing the refused one sends them on.
func TestWhatWasSavedTogetherWithARefusedChangeGoesOnWithIt(t *testing.T) {
	for name, mend := range map[string]func(s *Store, bad string) error{
		"mended": func(s *Store, bad string) error {
			_, err := s.Write(t.Context(), update("partner", bad, sales.Values{"region_code": "11"}))
			return err
		},
		"deleted": func(s *Store, bad string) error {
			_, err := s.Write(t.Context(), sales.Edit{Verb: sales.Delete, Kind: "partner", ID: bad})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := openTest(t)
			ids := mustWrite(t, s, sales.CreateOf(sales.Partner{Name: "p", RegionCode: "99"}), sales.CreateOf(sales.Task{Title: "saved with it"}))
			mustWrite(t, s, update("task", ids[1], sales.Values{"notes": "later"}))
			third := mustWrite(t, s, sales.CreateOf(sales.Task{Title: "another"}), update("task", ids[1], sales.Values{"notes": "latest"}))[0]
			sent := mustUnsent(t, s)
			refuse(t, s, sent[0])
			hold(t, s, sent[1:]...)
			if err := mend(s, ids[0]); err != nil {
				t.Fatal(err)
			}
			for _, p := range mustPending(t, s) {
				if p.State != sales.Waiting {
					t.Errorf("nothing is refused any more, and %s is %v: %v", p.Title, p.State, p.Problem)
				}
			}
			if got := sentOf(mustUnsent(t, s)); got[ids[1]] == 0 || got[third] == 0 {
				t.Errorf("to be sent: %v", got)
			}
			if text(t, s, "task", ids[1], "notes") != "latest" {
				t.Error("the later edits are lost")
			}
			healthy(t, s)
		})
	}
}

// Undoing a refused edit sends on what the server held because of it.
func TestWhatWasHeldByAnUndoneEditIsSent(t *testing.T) {
	s, f := openTest(t), newFakeServer()
	id := sales.NewID()
	publish(t, s, f.page(f.set("t:11", "partner", id, sales.Values{"name": "one", "phone": "1"})))
	mustWrite(t, s, update("partner", id, sales.Values{"name": "bad"}))
	mustWrite(t, s, update("partner", id, sales.Values{"phone": "2"}))
	other := mustWrite(t, s, sales.CreateOf(sales.Task{Title: "saved with the next"}), update("partner", id, sales.Values{"notes": "3"}))[0]
	sent := mustUnsent(t, s)
	refuse(t, s, sent[0])
	hold(t, s, sent[1:]...)
	if err := s.Undo(t.Context(), sent[0].ID); err != nil {
		t.Fatal(err)
	}
	for _, p := range mustPending(t, s) {
		if p.State != sales.Waiting {
			t.Errorf("nothing is refused any more, and %s is %v", p.Title, p.State)
		}
	}
	if got := sentOf(mustUnsent(t, s)); got[id] == 0 || got[other] == 0 {
		t.Errorf("to be sent: %v", got)
	}
	r, err := s.Get(t.Context(), "partner", id)
	if err != nil || r.Text("name") != "one" || r.Text("phone") != "2" || r.Text("notes") != "3" {
		t.Errorf("the record holds %v, %v", r.Values, err)
	}
	healthy(t, s)
}

// What was written for a record after its creation was refused is sent behind the mended creation, not ahead of it.
func TestWhatWasAddedToARefusedCreationIsSentBehindItsMending(t *testing.T) {
	for name, answered := range map[string]bool{"never sent": false, "sent, and the answer lost": true} {
		t.Run(name, func(t *testing.T) {
			s := openTest(t)
			partner := mustWrite(t, s, sales.CreateOf(sales.Partner{Name: "p", RegionCode: "99"}))[0]
			first := mustUnsent(t, s)
			var task string
			if answered {
				task = mustWrite(t, s, sales.CreateOf(sales.Task{Title: "visit them", PartnerID: partner}))[0]
				mustUnsent(t, s)
				refuse(t, s, first[0])
			} else {
				refuse(t, s, first[0])
				task = mustWrite(t, s, sales.CreateOf(sales.Task{Title: "visit them", PartnerID: partner}))[0]
			}
			mustWrite(t, s, update("partner", partner, sales.Values{"region_code": "11"}))
			got := mustUnsent(t, s)
			if len(got) != 2 || got[0].RecordID != partner || got[1].RecordID != task {
				t.Errorf("sent in this order: %+v", got)
			}
			healthy(t, s)
		})
	}
}

// A verdict that comes when the refused change was mended already leaves nothing waiting for what is no more; and what the server holds for a reason of its own
// is not sent for ever.
func TestAChangeThatIsHeldForNothingIsSentAgainAndThenTold(t *testing.T) {
	s, f := openTest(t), newFakeServer()
	id := mustWrite(t, s, sales.CreateOf(sales.Task{Title: "t"}))[0]
	for range releases {
		hold(t, s, mustUnsent(t, s)...)
		publish(t, s, f.page())
		if got := sentOf(mustUnsent(t, s)); got[id] != 1 {
			t.Fatalf("to be sent: %v", got)
		}
	}
	hold(t, s, mustUnsent(t, s)...)
	publish(t, s, f.page())
	if p := mustPending(t, s); len(p) != 1 || p[0].State != sales.Held {
		t.Errorf("in the tray: %+v", p)
	}
}

// What mending takes along is never more in one group than the server takes at once.
func TestMendingMoreThanTheServerTakesAtOnceIsSentInParts(t *testing.T) {
	s := openTest(t)
	partner := mustWrite(t, s, sales.CreateOf(sales.Partner{Name: "p"}))[0]
	first := mustUnsent(t, s)
	refuse(t, s, first[0])
	edits := make([]sales.Edit, wire.MaxChanges)
	for i := range edits {
		edits[i] = sales.CreateOf(sales.Task{Title: "t", PartnerID: partner})
	}
	mustWrite(t, s, edits...)
	mustWrite(t, s, update("partner", partner, sales.Values{"region_code": "11"}))
	left := 1 + len(edits)
	for left > 0 {
		got, err := s.Unsent(t.Context(), 2000)
		if err != nil || len(got) == 0 || len(got) > wire.MaxChanges {
			t.Fatalf("%d changes are sent at once, %d are left, %v", len(got), left, err)
		}
		verdicts := make([]wire.Verdict, len(got))
		for i := range got {
			verdicts[i] = wire.Verdict{ChangeID: got[i].ID, Outcome: wire.Applied}
		}
		settle(t, s, verdicts...)
		left -= len(got)
	}
}
