package simnet

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/replica"
	"github.com/rounds-field/rounds/sync/wire"
)

// meddling is a network on which something happens between two pages.
type meddling struct {
	replica.Transport
	between func()
	left    int // how often it still happens: a pull that is outrun does not end
}

func (m *meddling) Pull(ctx context.Context, req wire.PullRequest) (wire.PullResponse, error) {
	page, err := m.Transport.Pull(ctx, req)
	if err == nil && m.left > 0 && (page.More || len(page.Differs) > 0) {
		m.left--
		m.between()
	}
	return page, err
}

// TestARecordThatMovesDuringAPullIsNeverSeenTwiceNorGone has a partner go from territory to territory, with its contact, while a manager's device takes pages of
// two records: first of its very first sync, then with more buckets than cursors are sent of.
func TestARecordThatMovesDuringAPullIsNeverSeenTwiceNorGone(t *testing.T) {
	s := newStage(t)
	const regions = 40
	var edits []sales.Edit
	for i := range regions {
		edits = append(edits, sales.CreateOf(sales.Partner{Name: fmt.Sprint("stays ", i), RegionCode: fmt.Sprint(20 + i)}))
	}
	s.office(edits...)
	mover := sales.Partner{ID: sales.NewID(), Name: "mover", RegionCode: "20"}
	person := sales.Contact{ID: sales.NewID(), Name: "mover's", PartnerID: mover.ID}
	s.office(sales.CreateOf(mover), sales.CreateOf(person))
	d := s.fresh(s.dee)
	d.net.page = 2
	var half []string // a colleague sees every second territory only
	for i := 0; i < regions; i += 2 {
		half = append(half, fmt.Sprint(20+i))
	}
	s.cai.becomes(sales.RoleRep, half)
	moves := 0
	move := func() {
		moves++
		s.office(set("partner", mover.ID, "region_code", fmt.Sprint(20+moves*23%regions)))
	}
	see := func(when string) {
		t.Helper()
		for kind, name := range map[string]string{"partner": mover.Name, "contact": person.Name} {
			list, err := d.store.List(s.ctx, sales.Query{Kind: kind, Where: []sales.Cond{{Field: "name", Op: sales.Eq, Value: name}}})
			if err != nil || len(list) != 1 {
				t.Fatalf("%s, after %d moves: the %s is there %d times (%v)", when, moves, kind, len(list), err)
			}
		}
	}
	net := &meddling{Transport: d.net, between: func() { see("before"); move(); see("during the pull") }}
	engine := replica.New(d.store, net, replica.Options{Now: d.now})
	for round := range 8 {
		for range 1 + round*3 { // what is to be pulled
			s.office(sales.CreateOf(sales.Partner{Name: fmt.Sprint("new ", moves), RegionCode: fmt.Sprint(20 + moves%regions)}))
			move()
		}
		before := moves
		net.left = 6
		if _, err := engine.Sync(s.ctx); err != nil {
			t.Fatal(err)
		}
		see("after the pull")
		if moves == before && round > 0 {
			t.Error("nothing happened during the pull: the test shows nothing")
		}
		s.sync(s.cai)
		if seen := moves*23%regions%2 == 0; s.has(s.cai, "partner", mover.ID) != seen || s.has(s.cai, "contact", person.ID) != seen {
			t.Errorf("after %d moves a colleague should see it: %v", moves, seen)
		}
	}
	net.left = 0
	if _, err := engine.Sync(s.ctx); err != nil {
		t.Fatal(err)
	}
	s.sync(s.dee)
	s.sameAsFresh(d)
	if findings, err := d.store.Check(s.ctx, true); err != nil || len(findings) > 0 {
		t.Errorf("%+v, %v", findings, err)
	}
}

// TestALostTerritoryVanishesAndWhatIsSharedStays takes a territory from a user while they are offline.
func TestALostTerritoryVanishesAndWhatIsSharedStays(t *testing.T) {
	s := newStage(t)
	kept, keptContacts := s.customers(30, "1101")
	lost, lostContacts := s.customers(30, "1201")
	shared := s.office(sales.CreateOf(sales.Product{Code: "X1", Name: "shared product"}))[0]
	own := s.write(s.bob, sales.CreateOf(sales.Task{Title: "own task"}))[0]
	s.sync(s.bob)
	s.bob.becomes(sales.RoleRep, []string{"11"})
	s.sync(s.bob)
	for i := range lost {
		if s.has(s.bob, "partner", lost[i]) || s.has(s.bob, "contact", lostContacts[i]) {
			t.Fatal("a record of the lost territory is still here")
		}
		if !s.has(s.bob, "partner", kept[i]) || !s.has(s.bob, "contact", keptContacts[i]) {
			t.Fatal("a record of the other territory is gone")
		}
	}
	if !s.has(s.bob, "product", shared) || !s.has(s.bob, "task", own) {
		t.Error("the organisation's or the user's own records are gone")
	}
	if hits, err := s.bob.store.Search(s.ctx, "1201 customer", "", 100); err != nil || len(hits) != 0 {
		t.Errorf("%d records of the lost territory are still found, %v", len(hits), err)
	}
	at, err := s.bob.store.Cursors(s.ctx)
	if err != nil || slices.ContainsFunc(at, func(c wire.Cursor) bool { return c.Bucket == "t:1201" }) {
		t.Errorf("the lost bucket is still held: %v, %v", at, err)
	}
	s.sameAsFresh(s.bob)
	// The same where the pull happens to be the daily one, which compares all buckets.
	s.now = s.now.Add(25 * time.Hour)
	s.sync(s.cai)
	s.now = s.now.Add(25 * time.Hour)
	s.cai.becomes(sales.RoleRep, []string{"44"})
	s.sync(s.cai)
	if n, err := s.cai.store.Count(s.ctx, sales.Query{Kind: "partner"}); err != nil || n != 0 {
		t.Errorf("%d partners are left to one who sees no territory, %v", n, err)
	}
	s.sameAsFresh(s.cai)
	s.converge()
}

// TestTwentyEditsInALostTerritoryAllGetTheirVerdict has a user write 20 times into a territory that is taken away meanwhile, and get it back.
func TestTwentyEditsInALostTerritoryAllGetTheirVerdict(t *testing.T) {
	s := newStage(t)
	partners, contacts := s.customers(10, "1201")
	s.sync(s.bob, s.cai)
	written := map[string]string{} // value to field
	for i := range 10 {
		phone, name := fmt.Sprint("phone ", i), fmt.Sprint("name ", i)
		s.write(s.bob, set("partner", partners[i], "phone", phone))
		written[phone] = "phone"
		if i < 5 {
			s.write(s.bob, set("contact", contacts[i], "name", name))
		} else {
			s.write(s.bob, sales.CreateOf(sales.Contact{Name: name, PartnerID: partners[i]}))
		}
		written[name] = "name"
	}
	s.bob.becomes(sales.RoleRep, []string{"11"})
	s.sync(s.bob)
	list := s.pending(s.bob)
	if len(list) != 20 {
		t.Fatalf("%d changes in the tray, want 20", len(list))
	}
	for _, p := range list {
		if p.State == sales.Waiting || p.Problem == nil || p.Problem.Code != sales.CodeForbidden {
			t.Errorf("%s %s: %s, %v: want a refusal that says why", p.Verb, p.Kind, p.State, p.Problem)
		}
		for field, v := range p.Values {
			if text, ok := v.(string); ok && written[text] == field {
				delete(written, text)
			}
		}
	}
	if len(written) > 0 {
		t.Errorf("of what was written, %v is nowhere to be found", written)
	}
	for i := range partners {
		if !s.has(s.cai, "partner", partners[i]) {
			t.Error("the territory's own rep lost a record")
		}
	}

	// Regained: what was refused is offered again and taken.
	s.bob.becomes(sales.RoleRep, []string{"11", "12"})
	s.sync(s.bob)
	for range list {
		left := s.pending(s.bob)
		if len(left) == 0 {
			break
		}
		if err := s.bob.store.Retry(s.ctx, left[0].ID); err != nil {
			t.Fatal(err)
		}
		s.sync(s.bob)
	}
	if left := s.pending(s.bob); len(left) != 0 {
		t.Errorf("%d changes are left in the tray: %+v", len(left), left[0])
	}
	s.sync(s.cai)
	for i := range 10 {
		r, err := s.cai.store.Get(s.ctx, "partner", partners[i])
		if err != nil || r.Text("phone") != fmt.Sprint("phone ", i) {
			t.Errorf("a colleague sees the phone %q, %v", r.Text("phone"), err)
		}
	}
	s.sameAsFresh(s.bob)
	s.converge()
}

// TestARegainedTerritoryIsAsOnANewDevice has a territory taken away and given back, with work of others in between and refused edits undone.
func TestARegainedTerritoryIsAsOnANewDevice(t *testing.T) {
	s := newStage(t)
	partners, contacts := s.customers(25, "1201")
	s.sync(s.bob, s.cai)
	s.write(s.bob, set("partner", partners[3], "phone", "refused"), set("contact", contacts[4], "name", "refused"))
	s.bob.becomes(sales.RoleRep, []string{"11"})
	s.sync(s.bob)
	if err := s.bob.restart(s.ctx); err != nil { // what was forgotten is forgotten on the disk, too
		t.Fatal(err)
	}
	s.write(s.cai, set("partner", partners[3], "phone", "cai's"), sales.Edit{Verb: sales.Delete, Kind: "contact", ID: contacts[7]})
	s.write(s.cai, sales.CreateOf(sales.Partner{Name: "new meanwhile", RegionCode: "1201"}), set("partner", partners[9], "region_code", ""))
	s.sync(s.cai)
	s.bob.becomes(sales.RoleRep, []string{"12", "11"})
	s.sync(s.bob)
	for _, p := range s.pending(s.bob) {
		if err := s.bob.store.Undo(s.ctx, p.ID); err != nil && !sales.HasCode(err, sales.CodeNotFound) {
			t.Fatal(err)
		}
	}
	s.sync(s.bob)
	s.sameAsFresh(s.bob)
	s.converge()
}

// TestATerritoryThatIsPutBelowAnotherOneChangesHands moves a whole territory in the tree while both reps have edits in it that were not sent.
func TestATerritoryThatIsPutBelowAnotherOneChangesHands(t *testing.T) {
	s := newStage(t)
	partners, _ := s.customers(12, "1101")
	s.sync(s.ann, s.cai)
	list, err := s.dee.store.List(s.ctx, sales.Query{Kind: "territory", Where: []sales.Cond{{Field: "code", Op: sales.Eq, Value: "1101"}}})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	s.write(s.ann, set("partner", partners[0], "phone", "ann's"))
	s.office(set("territory", list[0].ID, "parent_code", "12"))
	s.sync(s.ann, s.cai)
	if left := s.pending(s.ann); len(left) != 1 || left[0].Problem == nil || left[0].Problem.Code != sales.CodeForbidden || left[0].Values["phone"] != "ann's" {
		t.Errorf("the former rep's tray: %+v", left)
	}
	for i, id := range partners {
		if i > 0 && s.has(s.ann, "partner", id) {
			t.Error("the former rep still has a record")
		}
		if !s.has(s.cai, "partner", id) {
			t.Error("the new rep lacks a record")
		}
	}
	s.sameAsFresh(s.cai)
	s.converge()
}

// TestARecordThatMovedAwayUnderAnEditLeavesTheEditInTheTray moves one record between territories while a rep who sees only the first one has edited it offline.
func TestARecordThatMovedAwayUnderAnEditLeavesTheEditInTheTray(t *testing.T) {
	s := newStage(t)
	partners, contacts := s.customers(3, "1101")
	s.sync(s.ann, s.bob, s.cai)
	s.write(s.ann, set("partner", partners[0], "phone", "ann's"), set("contact", contacts[0], "name", "ann's too"))
	s.write(s.bob, set("partner", partners[0], "email", "bob@example.com"))
	s.office(set("partner", partners[0], "region_code", "1201"))
	s.sync(s.ann, s.bob, s.cai)
	left := s.pending(s.ann)
	if len(left) != 2 {
		t.Fatalf("ann's tray: %+v", left)
	}
	if r, err := s.cai.store.Get(s.ctx, "partner", partners[0]); err != nil || r.Text("email") != "bob@example.com" || r.Text("phone") != "" {
		t.Errorf("cai sees %v, %v: want the edit of bob, who sees both territories, and not ann's", r.Values, err)
	}
	if !s.has(s.ann, "partner", partners[1]) {
		t.Error("what did not move is gone")
	}
	s.office(set("partner", partners[0], "region_code", "1101")) // and back
	s.sync(s.ann)
	if err := s.ann.store.Retry(s.ctx, left[0].ID); err != nil {
		t.Fatal(err)
	}
	s.sync(s.ann, s.cai, s.bob)
	if r, err := s.bob.store.Get(s.ctx, "partner", partners[0]); err != nil || r.Text("phone") != "ann's" {
		t.Errorf("after it came back and the edit was offered again, bob sees %v, %v", r.Values, err)
	}
	if s.has(s.cai, "partner", partners[0]) || s.has(s.cai, "contact", contacts[0]) {
		t.Error("cai still has it")
	}
	s.converge()
}

// TestARightThatIsTakenAwayWhileOfflineRefusesVisiblyAndTellsNothing has a rep become an auditor of another territory while they write offline.
func TestARightThatIsTakenAwayWhileOfflineRefusesVisiblyAndTellsNothing(t *testing.T) {
	const secret = "a secret written after the right was gone"
	s := newStage(t)
	partners, contacts := s.customers(5, "1201")
	kept, _ := s.customers(2, "1101")
	s.sync(s.bob, s.cai)
	s.write(s.bob, set("partner", partners[0], "phone", "bob's"))
	s.write(s.bob, set("partner", partners[1], "notes", "bob's"))
	s.write(s.bob, sales.Edit{Verb: sales.Delete, Kind: "contact", ID: contacts[2]})
	s.write(s.bob, sales.CreateOf(sales.Partner{Name: "bob's new one", RegionCode: "1201"}))
	s.write(s.bob, set("partner", kept[0], "phone", "bob's"))
	s.write(s.cai, set("partner", partners[0], "phone", secret), set("partner", partners[1], "notes", secret))
	s.sync(s.cai)
	s.bob.becomes(sales.RoleAuditor, []string{"11"})
	spy := &listening{Transport: s.bob.net}
	if _, err := replica.New(s.bob.store, spy, replica.Options{Now: s.bob.now}).Sync(s.ctx); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(spy.heard.String(), secret) {
		t.Errorf("the server told: %s", &spy.heard)
	}
	tray := s.pending(s.bob)
	if len(tray) != 5 {
		t.Fatalf("%d changes in the tray, want all 5", len(tray))
	}
	for _, p := range tray {
		if p.Problem == nil || p.Problem.Code != sales.CodeForbidden || p.Problem.Hint == "" {
			t.Errorf("%s %s: %v: want a refusal that says why and what to do", p.Verb, p.Kind, p.Problem)
		}
	}
	// What the server has of the territory is not here any more; of the edits only what bob wrote himself.
	for _, id := range partners[2:] {
		if s.has(s.bob, "partner", id) {
			t.Error("a record of the lost territory is here")
		}
	}
	if s.has(s.bob, "contact", contacts[2]) {
		t.Error("a record of the lost territory came back with its refused deletion")
	}
	for _, q := range []wire.RepairRequest{{Bucket: "t:1201"}, {Bucket: "t:1201", Slots: []int{1, 2}}, {Bucket: "t:1201", Records: partners[:1]}} {
		if r, err := s.bob.net.Repair(s.ctx, q); !sales.HasCode(err, sales.CodeNotFound) {
			t.Errorf("asked what is in the bucket, the server says %+v, %v", r, err)
		}
	}
	s.bob.net.repairs = 0 // these were our own questions
	if h, err := s.bob.net.History(s.ctx, "partner", partners[0]); err == nil {
		t.Errorf("asked for a history, the server says %+v", h)
	}
	if r, err := s.cai.store.Get(s.ctx, "partner", partners[0]); err != nil || r.Text("phone") != secret {
		t.Errorf("a colleague sees %v, %v", r.Values, err)
	}
	// Undone, the edits leave nothing behind, and what is still seen shows the server's state.
	for _, p := range tray {
		if err := s.bob.store.Undo(s.ctx, p.ID); err != nil && !sales.HasCode(err, sales.CodeNotFound) {
			t.Fatal(err)
		}
	}
	if r, err := s.bob.store.Get(s.ctx, "partner", kept[0]); err != nil || r.Text("phone") != "" {
		t.Errorf("the edit in the territory that is still seen was not rolled back: %v, %v", r.Values, err)
	}
	s.sync(s.bob)
	s.sameAsFresh(s.bob)
	s.converge()
}

// listening keeps everything that the server answers.
type listening struct {
	replica.Transport
	heard strings.Builder
}

func (l *listening) Push(ctx context.Context, req wire.PushRequest) (wire.PushResponse, error) {
	resp, err := l.Transport.Push(ctx, req)
	fmt.Fprintf(&l.heard, "%+v %v\n", resp, err)
	return resp, err
}

func (l *listening) Pull(ctx context.Context, req wire.PullRequest) (wire.PullResponse, error) {
	resp, err := l.Transport.Pull(ctx, req)
	fmt.Fprintf(&l.heard, "%+v %v\n", resp, err)
	return resp, err
}

// becomes gives a device's user another role and other territories.
func (d *device) becomes(role sales.Role, territories []string) {
	u := d.sim.office.users[d.userID]
	u.Role, u.Territories = string(role), territories
	d.sim.office.users[d.userID] = u
}
