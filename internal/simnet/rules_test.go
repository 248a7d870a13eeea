package simnet

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/wire"
)

// partner makes a partner that everybody concerned has.
func (s *stage) partner(p sales.Partner) string {
	s.t.Helper()
	p.RegionCode = "1101"
	id := s.write(s.ann, sales.CreateOf(p))[0]
	s.sync(s.ann, s.bob)
	return id
}

// text is a field of a record on a device.
func (s *stage) text(d *device, kind, id, field string) string {
	s.t.Helper()
	r, err := d.store.Get(s.ctx, kind, id)
	if err != nil {
		s.t.Fatal(err)
	}
	return r.Text(field)
}

func (s *stage) conflicts(d *device) []sales.Conflict {
	s.t.Helper()
	list, err := d.store.List(s.ctx, sales.Query{Kind: "conflict"})
	if err != nil {
		s.t.Fatal(err)
	}
	return sales.AllAs[sales.Conflict](list)
}

func (s *stage) later(d time.Duration) { s.now = s.now.Add(d) }

// shows asserts that devices show a text.
func (s *stage) shows(kind, id, field, want string, ds ...*device) {
	s.t.Helper()
	for _, d := range ds {
		if got := s.text(d, kind, id, field); got != want {
			s.t.Errorf("%s shows %q, want %q", d.name, got, want)
		}
	}
}

func TestConcurrentEditsOfDifferentFieldsAreBothKept(t *testing.T) {
	s := newStage(t)
	id := s.partner(sales.Partner{Name: "Dongfang"})
	s.write(s.ann, set("partner", id, "phone", "123"))
	s.later(time.Minute)
	s.write(s.bob, set("partner", id, "email", "a@b.cn"))
	s.sync(s.bob, s.ann, s.bob, s.dee)
	s.shows("partner", id, "phone", "123", s.ann, s.bob, s.dee)
	s.shows("partner", id, "email", "a@b.cn", s.ann, s.bob, s.dee)
	if n := len(s.conflicts(s.ann)) + len(s.conflicts(s.bob)); n > 0 {
		t.Errorf("%d conflicts about nothing", n)
	}
	s.converge()
}

func TestConcurrentEditsOfOneFieldHaveOneWinnerEverywhereAndTheLoserIsShown(t *testing.T) {
	for _, lateFirst := range []bool{false, true} {
		s := newStage(t)
		id := s.partner(sales.Partner{Name: "Dongfang"})
		s.write(s.ann, set("partner", id, "name", "By ann"))
		s.later(time.Minute)
		s.write(s.bob, set("partner", id, "name", "By bob"))
		if lateFirst {
			s.sync(s.bob, s.ann)
		} else {
			s.sync(s.ann, s.bob)
		}
		s.converge()
		second := s.devices[1] // ann's
		s.shows("partner", id, "name", "By bob", s.ann, second, s.bob, s.dee)
		for _, d := range []*device{s.ann, second} {
			list := s.conflicts(d)
			if len(list) != 1 || list[0].LostValue != `"By ann"` || list[0].KeptValue != `"By bob"` || list[0].Status != sales.ConflictOpen {
				t.Fatalf("late first %v: %s is shown %+v", lateFirst, d.name, list)
			}
		}
		if n := len(s.conflicts(s.bob)); n > 0 {
			t.Errorf("late first %v: the winner is told of %d conflicts", lateFirst, n)
		}
		// The way back: an ordinary edit that has seen the other value.
		edits, err := sales.ResolveConflict(s.conflicts(second)[0], true)
		if err != nil {
			t.Fatal(err)
		}
		s.write(second, edits...)
		s.sync(second)
		s.converge()
		s.shows("partner", id, "name", "By ann", s.ann, second, s.bob, s.dee)
		if n := len(s.conflicts(s.bob)); n > 0 {
			t.Errorf("late first %v: keeping mine made %d conflicts", lateFirst, n)
		}
	}
}

func TestAnEditMadeAfterSeeingAValueWinsWithAClockAnHourBehind(t *testing.T) {
	s := newStage(t)
	id := s.partner(sales.Partner{Name: "Dongfang", Notes: "one"})
	s.later(time.Minute)
	s.write(s.ann, set("partner", id, "name", "By ann"))
	s.sync(s.ann, s.bob)
	s.bob.skew = -time.Hour
	if err := s.bob.restart(s.ctx); err != nil {
		t.Fatal(err)
	}
	s.later(time.Second)
	s.write(s.bob, set("partner", id, "name", "By bob, who saw ann's"), set("partner", id, "notes", "two"))
	s.sync(s.bob)
	s.converge()
	s.shows("partner", id, "name", "By bob, who saw ann's", s.ann, s.bob, s.dee)
	s.shows("partner", id, "notes", "two", s.ann, s.bob, s.dee)
	if n := len(s.conflicts(s.ann)) + len(s.conflicts(s.bob)); n > 0 {
		t.Errorf("%d conflicts about a value that was seen", n)
	}
}

func TestAClockThatIsAheadByADayOrTenYearsSyncsAndLaterEditsOfOthersWin(t *testing.T) {
	for _, ahead := range []time.Duration{24 * time.Hour, 10 * 365 * 24 * time.Hour} {
		s := newStage(t)
		id := s.partner(sales.Partner{Name: "Dongfang"})
		s.ann.skew = ahead
		s.write(s.ann, set("partner", id, "name", "From the future"))
		s.sync(s.ann)
		if n := len(s.pending(s.ann)); n > 0 {
			t.Fatalf("%s: %d changes wait", ahead, n)
		}
		page, err := s.journal.Pull(s.ctx, s.caller(s.dee), wire.PullRequest{})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Records {
			if r.ID == id && r.Latest().HLC > hlc.Bound(^hlc.Reading(0), s.now) {
				t.Errorf("%s: a stamp of %s at %s", ahead, r.Latest().HLC.Time(), s.now)
			}
		}
		s.later(10 * time.Minute)
		s.write(s.bob, set("partner", id, "name", "Later, without having seen it"))
		s.sync(s.bob)
		s.converge()
		s.shows("partner", id, "name", "Later, without having seen it", s.ann, s.bob, s.dee)
		if list := s.conflicts(s.ann); len(list) != 1 || list[0].LostValue != `"From the future"` {
			t.Errorf("%s: ann is told %+v", ahead, list)
		}
	}
}

func TestAnOfflineEditOfADeletedRecordWaitsInTheTrayAndComesBackAsANewRecord(t *testing.T) {
	s := newStage(t)
	id := s.partner(sales.Partner{Name: "Dongfang", Phone: "1"})
	s.write(s.bob, set("partner", id, "phone", "2"), set("partner", id, "name", "Worth keeping"))
	s.write(s.ann, sales.Edit{Verb: sales.Delete, Kind: "partner", ID: id})
	s.sync(s.ann, s.bob)
	list := s.pending(s.bob)
	if len(list) == 0 || list[0].State != sales.Rejected || list[0].Problem.Code != sales.CodeGone || list[0].Values["phone"] != "2" || list[0].Problem.Hint == "" {
		t.Fatalf("the tray has %+v", list)
	}
	if s.has(s.ann, "partner", id) || s.has(s.dee, "partner", id) {
		t.Error("the deleted record is back")
	}
	if err := s.bob.store.Retry(s.ctx, list[0].ID); err != nil {
		t.Fatal(err)
	}
	s.sync(s.bob)
	s.converge()
	found, err := s.dee.store.List(s.ctx, sales.Query{Kind: "partner", Where: []sales.Cond{{Field: "name", Op: sales.Eq, Value: "Worth keeping"}}})
	if err != nil || len(found) != 1 || found[0].Text("phone") != "2" || found[0].ID == id {
		t.Errorf("made anew: %+v, %v", found, err)
	}
}

func TestChange37Of100IsExplainedAndTheOther99AreTaken(t *testing.T) {
	s := newStage(t)
	ids := make([]string, 100)
	for i := range ids {
		ids[i] = s.write(s.ann, sales.CreateOf(sales.Partner{Name: fmt.Sprint("Partner ", i), RegionCode: "1101", SignedOn: "2026-01-01", AgreementEnds: "2026-12-31"}))[0]
	}
	s.sync(s.ann, s.bob)
	s.write(s.bob, set("partner", ids[37], "signed_on", "2026-06-01"))
	s.sync(s.bob)
	for _, id := range ids {
		s.write(s.ann, set("partner", id, "agreement_ends", "2026-05-01"))
	}
	s.sync(s.ann)
	list := s.pending(s.ann)
	if len(list) != 1 || list[0].RecordID != ids[37] || list[0].State != sales.Rejected {
		t.Fatalf("the tray has %+v", list)
	}
	if p := list[0].Problem; p.Code == "" || p.Field != "agreement_ends" || p.Message == "" || p.Hint == "" {
		t.Errorf("explained by %+v", p)
	}
	s.sync(s.dee)
	for i, id := range ids {
		want := "2026-05-01"
		if i == 37 {
			want = "2026-12-31"
		}
		s.shows("partner", id, "agreement_ends", want, s.dee)
	}
}

func TestChildrenOfARefusedParentWaitAndAreReleasedByTheFix(t *testing.T) {
	s := newStage(t)
	parent, child, grandchild := sales.NewID(), sales.NewID(), sales.NewID()
	s.write(s.ann, sales.CreateOf(sales.Partner{ID: parent, Name: "Not hers", RegionCode: "1201"}))
	s.write(s.ann, sales.CreateOf(sales.Visit{ID: child, PartnerID: parent, VisitType: "routine", Notes: "met Wang"}))
	s.write(s.ann, sales.CreateOf(sales.Task{ID: grandchild, VisitID: child, Title: "Call back"}))
	s.write(s.ann, sales.CreateOf(sales.Partner{Name: "Independent", RegionCode: "1101"}))
	s.sync(s.ann)
	states := map[string]sales.PendingState{}
	for _, p := range s.pending(s.ann) {
		states[p.RecordID] = p.State
		if p.Problem == nil || p.Problem.Message == "" || p.Problem.Hint == "" {
			t.Errorf("%s %s is not explained", p.Kind, p.RecordID)
		}
	}
	if len(states) != 3 || states[parent] != sales.Rejected || states[child] != sales.Held || states[grandchild] != sales.Held {
		t.Fatalf("the tray has %v", states)
	}
	s.write(s.ann, set("partner", parent, "region_code", "1101"))
	s.sync(s.ann)
	if list := s.pending(s.ann); len(list) > 0 {
		t.Fatalf("after the fix the tray has %+v", list)
	}
	s.converge()
	for kind, id := range map[string]string{"partner": parent, "visit": child, "task": grandchild} {
		if !s.has(s.dee, kind, id) {
			t.Errorf("the %s has not arrived", kind)
		}
	}
}

func TestValidFieldsThatMergeIntoAnInvalidRecordAreCaughtAndNothingSticks(t *testing.T) {
	s := newStage(t)
	id := s.partner(sales.Partner{Name: "Dongfang", SignedOn: "2026-01-01", AgreementEnds: "2026-12-31"})
	other := s.partner(sales.Partner{Name: "Other"})
	s.write(s.ann, set("partner", id, "signed_on", "2026-06-01"))
	s.sync(s.ann)
	s.write(s.bob, set("partner", id, "agreement_ends", "2026-05-01"))
	s.write(s.bob, set("partner", id, "phone", "123"))
	s.write(s.bob, set("partner", other, "phone", "456"))
	s.sync(s.bob, s.ann)
	s.shows("partner", other, "phone", "456", s.ann)
	s.shows("partner", id, "agreement_ends", "2026-12-31", s.ann)
	list := s.pending(s.bob)
	i := slices.IndexFunc(list, func(p sales.Pending) bool { return p.State == sales.Rejected })
	if i < 0 || list[i].RecordID != id || list[i].Problem.Field != "agreement_ends" || list[i].Problem.Message == "" || list[i].Values["agreement_ends"] != "2026-05-01" {
		t.Fatalf("the tray has %+v", list)
	}
	s.write(s.bob, set("partner", id, "agreement_ends", "2026-11-30"))
	s.sync(s.bob)
	if list := s.pending(s.bob); len(list) > 0 {
		t.Fatalf("after the fix the tray has %+v", list)
	}
	s.converge()
	s.shows("partner", id, "agreement_ends", "2026-11-30", s.ann, s.bob, s.dee)
	s.shows("partner", id, "phone", "123", s.ann, s.bob, s.dee)
}

func TestNotesThatTwoWroteAreJoinedOnEveryDevice(t *testing.T) {
	for _, lateFirst := range []bool{false, true} {
		s := newStage(t)
		id := s.partner(sales.Partner{Name: "Dongfang", Notes: "王总负责采购\n价格一百元，不含税"})
		s.write(s.ann, set("partner", id, "notes", "王总负责采购和财务\n价格一百二十元，不含税"))
		s.later(time.Minute)
		s.write(s.bob, set("partner", id, "notes", "王总负责采购\n价格一百五十元，不含税\n下周再谈"))
		if lateFirst {
			s.sync(s.bob, s.ann)
		} else {
			s.sync(s.ann, s.bob)
		}
		s.converge()
		want := strings.Join([]string{"王总负责采购和财务", "≠ 价格一百二十元，不含税", "≠ 价格一百五十元，不含税", "下周再谈"}, "\n")
		s.shows("partner", id, "notes", want, s.ann, s.devices[1], s.bob, s.dee)
		if list := s.conflicts(s.ann); len(list) != 1 || !list[0].Joined {
			t.Errorf("late first %v: ann is told %+v", lateFirst, list)
		}
		if n := len(s.conflicts(s.bob)); n > 0 {
			t.Errorf("late first %v: bob is told of %d conflicts", lateFirst, n)
		}
	}
}
