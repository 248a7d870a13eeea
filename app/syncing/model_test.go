package syncing

import (
	"context"
	"testing"

	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/sales"
)

// fakeTray holds pending changes and notes what was done to them.
type fakeTray struct {
	list            []sales.Pending
	undone, retried []string
}

func (f *fakeTray) Pending(context.Context) ([]sales.Pending, error) { return f.list, nil }
func (f *fakeTray) Undo(_ context.Context, id string) error {
	f.undone = append(f.undone, id)
	return nil
}

func (f *fakeTray) Retry(_ context.Context, id string) error {
	f.retried = append(f.retried, id)
	return nil
}

const (
	lostValue = `"下周三再去，带上新的报价"`
	keptValue = `"客户要求先寄样机"`
)

// sampleModel has three changes waiting, one refused, one held, and two conflicts over the sample's first partner.
func sampleModel(t *testing.T) (*Model, *fakebook.Book, *fakeTray) {
	t.Helper()
	book := fakebook.Sample()
	partners := fakebook.All[sales.Partner](book)
	visits := fakebook.All[sales.Visit](book)
	if len(partners) < 2 || len(visits) < 2 {
		t.Fatal("the sample has too little in it")
	}
	colleague := sales.User{ID: fakebook.SampleID("user", 77), Name: "wang.wei", DisplayName: "王伟", Role: "rep"}
	conflict := func(n int, field, lost, kept, status string) sales.Conflict {
		return sales.Conflict{
			ID: fakebook.SampleID("conflict", n), UserID: fakebook.MeUser().ID, RecordKind: "partner", RecordID: partners[0].ID, FieldName: field,
			LostValue: lost, KeptValue: kept, KeptBy: colleague.ID, KeptDevice: "王伟的电脑", LostDevice: "我的电脑", LostAt: fakebook.At(-1, 9, 5), KeptAt: fakebook.At(-1, 10, 40),
			DecidedAt: fakebook.At(0, 8, n), Status: status, RecordTitle: partners[0].Name,
		}
	}
	book.Put(colleague, conflict(1, "notes", lostValue, keptValue, "open"), conflict(2, "tier", `"gold"`, `"silver"`, "kept_theirs"))
	tray := &fakeTray{list: []sales.Pending{
		{ID: "c1", Group: "1", Verb: sales.Create, Kind: "visit", RecordID: visits[0].ID, Title: partners[0].Name, Values: sales.Values{"visit_type": "routine", "status": "done", "partner_id": partners[0].ID, "notes": "谈了三季度的备货"}, WrittenAt: fakebook.At(0, 9, 10), State: sales.Waiting},
		{ID: "c2", Group: "2", Verb: sales.Update, Kind: "partner", RecordID: partners[1].ID, Title: partners[1].Name, Values: sales.Values{"tier": "gold", "credit_limit": int64(5_000_000)}, Before: sales.Values{"tier": "silver"}, WrittenAt: fakebook.At(0, 9, 12), State: sales.Waiting},
		{ID: "c3", Group: "3", Verb: sales.Create, Kind: "task", RecordID: sales.NewID(), Title: "回访价格问题", Values: sales.Values{"title": "回访价格问题", "due_on": "2026-03-20"}, WrittenAt: fakebook.At(0, 9, 13), State: sales.Waiting},
		{ID: "c4", Group: "4", Verb: sales.Update, Kind: "partner", RecordID: partners[0].ID, Title: partners[0].Name, Values: sales.Values{"region_code": "110101"}, Before: sales.Values{"region_code": "340706"}, WrittenAt: fakebook.At(-1, 17, 0), State: sales.Rejected, Problem: &sales.Error{Code: sales.CodeForbidden, Kind: "partner", Field: "region_code", Message: "territory 110101 is not among yours", Hint: "ask your manager"}},
		{ID: "c5", Group: "5", Verb: sales.Update, Kind: "partner", RecordID: partners[0].ID, Title: partners[0].Name, Values: sales.Values{"phone": "13800138000"}, WrittenAt: fakebook.At(-1, 17, 2), State: sales.Held, Problem: &sales.Error{Code: sales.CodeHeld, Message: "waits for an earlier change of the same record"}},
	}}
	return &Model{Book: book, Tray: tray, History: func(context.Context, string, string) ([]sales.HistoryEntry, bool, error) {
		return []sales.HistoryEntry{
			{ChangeID: "h2", Verb: sales.Update, At: fakebook.At(-1, 10, 40), UserName: "王伟", Device: "王伟的电脑", Fields: []sales.HistoryField{{Name: "tier", Old: "gold", New: "silver"}}},
			{ChangeID: "h1", Verb: sales.Create, At: fakebook.At(-30, 8, 0), UserName: "李娜", Device: "lina-thinkpad", Fields: []sales.HistoryField{{Name: "name", New: partners[0].Name}, {Name: "tier", New: "gold"}}},
		}, true, nil
	}}, book, tray
}

func TestWhatWaitsAndWhatWasRefusedAreApart(t *testing.T) {
	m, _, _ := sampleModel(t)
	o, err := m.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(o.Waiting) != 3 || len(o.Refused) != 2 || o.Waiting[0].ID != "c3" {
		t.Errorf("waiting %d (first %s), refused %d", len(o.Waiting), o.Waiting[0].ID, len(o.Refused))
	}
	if len(o.Conflicts) != 2 || !o.Conflicts[0].Open() || o.Conflicts[1].Open() {
		t.Errorf("conflicts %+v", o.Conflicts)
	}
	if c := o.Conflicts[0]; c.Lost != "下周三再去，带上新的报价" || c.Kept != "客户要求先寄样机" || c.KeptByName != "王伟" || c.Gone {
		t.Errorf("the open conflict is %+v", c)
	}
}

func TestKeepingMineWritesTheLostValueAgainAndClosesTheConflict(t *testing.T) {
	m, book, _ := sampleModel(t)
	o, err := m.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := o.Conflicts[0]
	if _, err := m.Resolve(t.Context(), c, true); err != nil {
		t.Fatal(err)
	}
	partner, err := book.Get(t.Context(), "partner", c.RecordID)
	if err != nil || partner.Text("notes") != "下周三再去，带上新的报价" {
		t.Errorf("the partner's notes are %q, %v", partner.Text("notes"), err)
	}
	closed, err := book.Get(t.Context(), "conflict", c.ID)
	if err != nil || closed.Text("status") != sales.ConflictKeptMine {
		t.Errorf("the conflict is %q, %v", closed.Text("status"), err)
	}
}

func TestKeepingTheirsLeavesTheRecordAlone(t *testing.T) {
	m, book, _ := sampleModel(t)
	o, err := m.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := o.Conflicts[0]
	before, err := book.Get(t.Context(), "partner", c.RecordID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Resolve(t.Context(), c, false); err != nil {
		t.Fatal(err)
	}
	after, err := book.Get(t.Context(), "partner", c.RecordID)
	if err != nil || after.Text("notes") != before.Text("notes") {
		t.Errorf("the notes became %q, %v", after.Text("notes"), err)
	}
}

func TestAPendingChangeShowsItsFieldsInTheKindsOrder(t *testing.T) {
	m, _, tray := sampleModel(t)
	_ = m
	fields := Fields(tray.list[1])
	if len(fields) != 2 || fields[0].Field.Name != "tier" || fields[0].Before != "silver" || fields[1].After != int64(5_000_000) {
		t.Errorf("fields %+v", fields)
	}
}

func TestOnlyKindsWithAPageAreOpened(t *testing.T) {
	if RouteOf("visit", "x") != "visit/x" || RouteOf("stage_change", "x") != "" {
		t.Error("routes are wrong")
	}
}
