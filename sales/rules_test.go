package sales

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestCadenceByTierOrByTheCompanysOwnDays(t *testing.T) {
	for name, c := range map[string]struct {
		p       Partner
		last    Date
		state   string
		overdue int
	}{
		"gold, visited in time":   {Partner{Tier: "gold"}, "2026-11-20", CadenceOK, -18},
		"gold, due within a week": {Partner{Tier: "gold"}, "2026-11-05", CadenceSoon, -3},
		"gold, due today":         {Partner{Tier: "gold"}, "2026-11-02", CadenceDue, 0},
		"gold, missed":            {Partner{Tier: "gold"}, "2026-10-31", CadenceOverdue, 2},
		"own days":                {Partner{Tier: "gold", VisitEvery: 7}, "2026-11-15", CadenceOverdue, 1},
		"never visited":           {Partner{Tier: "bronze"}, "", CadenceDue, 0},
		"without a tier":          {Partner{}, "2020-01-01", CadenceNone, 0},
		"ended":                   {Partner{Tier: "gold", Status: "ended"}, "2020-01-01", CadenceNone, 0},
	} {
		if got := c.p.Cadence(c.last, today); got.State != c.state || got.Overdue != c.overdue {
			t.Errorf("%s: %+v, want %s %d", name, got, c.state, c.overdue)
		}
	}
	a := Account{Tier: "platinum"}
	if got := a.Cadence("2026-11-01", today); got.State != CadenceOverdue || got.DueOn != "2026-11-15" {
		t.Errorf("key account: %+v", got)
	}
}

func TestOnlyVisitsThatWereMadeCountForTheCadence(t *testing.T) {
	got := LastVisits([]Visit{
		{PartnerID: "p", Status: VisitDone, StartedAt: InstantOf(noon.AddDate(0, 0, -3))},
		{PartnerID: "p", AccountID: "a", Status: VisitDone, StartedAt: InstantOf(noon.AddDate(0, 0, -2))},
		{PartnerID: "p", Status: VisitCancelled, PlannedAt: InstantOf(noon)},
	}, time.UTC)
	if got["p"] != "2026-11-21" || got["a"] != "2026-11-21" {
		t.Errorf("last visits %v", got)
	}
}

func TestProjectHealthFollowsFromMilestonesAndRisks(t *testing.T) {
	late := func(days int) []Milestone {
		return []Milestone{{Name: "m", DueOn: addDays(today, -days)}, {Name: "done", DueOn: "2020-01-01", DoneOn: "2020-02-01"}}
	}
	risk := func(l, i, s string) []ProjectRisk {
		return []ProjectRisk{{Title: "r", Likelihood: l, Impact: i, Status: s}}
	}
	for name, c := range map[string]struct {
		p      Project
		m      []Milestone
		r      []ProjectRisk
		colour string
		reason string
	}{
		"nothing wrong":       {Project{}, late(0), risk("low", "high", "open"), HealthGreen, ""},
		"late":                {Project{}, late(1), nil, HealthAmber, "milestone_late"},
		"very late":           {Project{}, late(15), nil, HealthRed, "milestone_very_late"},
		"grave risk":          {Project{}, nil, risk("high", "high", "open"), HealthRed, "risk"},
		"serious risk":        {Project{}, nil, risk("medium", "medium", ""), HealthAmber, "risk"},
		"mitigated risk":      {Project{}, nil, risk("high", "high", "mitigated"), HealthGreen, ""},
		"occurred risk":       {Project{}, nil, risk("low", "low", "occurred"), HealthRed, "risk_occurred"},
		"past its end":        {Project{EndsOn: "2026-11-22"}, nil, nil, HealthRed, "past_end"},
		"on hold":             {Project{Status: "on_hold"}, nil, nil, HealthAmber, "on_hold"},
		"set by hand":         {Project{Health: HealthGreen}, late(20), nil, HealthGreen, "by_hand"},
		"completed":           {Project{Status: "completed"}, late(20), nil, HealthGreen, ""},
		"red before the late": {Project{EndsOn: "2026-11-22"}, late(1), nil, HealthRed, "past_end"},
	} {
		colour, reasons := Health(c.p, c.m, c.r, today)
		first := ""
		if len(reasons) > 0 {
			first = reasons[0].Code
		}
		if colour != c.colour || first != c.reason {
			t.Errorf("%s: %s because of %v", name, colour, reasons)
		}
	}
	if m, ok := NextMilestone(late(3)); !ok || m.Name != "m" {
		t.Errorf("next milestone %v", m)
	}
	if (Project{Phase: "lead"}).NextPhase() != "needs" || (Project{Phase: "closed"}).NextPhase() != "" || Progress(late(1)) != 50 {
		t.Error("phases or progress")
	}
	wantCodes(t, Validate(nil, RecordOf(Project{Name: "x", StartsOn: "2026-02-02", EndsOn: "2026-02-01"})), "bad_order ends_on")
}

func TestTaskIsOverdueWhileOpen(t *testing.T) {
	task := As[Task](created(Task{Title: "call", DueOn: "2026-11-20", RemindAt: InstantOf(noon)}))
	if task.Overdue(today) != 3 || !task.ReminderDue(noon) || task.ReminderDue(noon.Add(-time.Minute)) || task.OwnerID != "u" {
		t.Errorf("open: %+v", task)
	}
	if done := task.Finish(noon); done.Overdue(today) != 0 || done.ReminderDue(noon) || done.DoneAt != InstantOf(noon) {
		t.Errorf("done: %+v", done)
	}
	if later := task.Postpone("2026-11-22"); later.RemindAt.Time() != noon.AddDate(0, 0, 2) || later.Overdue(today) != 1 {
		t.Errorf("postponed: %+v", later)
	}
}

func TestFeedbackGoesFromCapturedToClosed(t *testing.T) {
	f := As[Feedback](created(Feedback{Kind: "product", Body: strings.Repeat("屏幕", 30) + "\nsecond line"}))
	if f.Status != FeedbackCaptured || f.Severity != "normal" || len([]rune(f.Title)) != titleLength || f.CapturedAt == 0 {
		t.Errorf("captured: %+v", f)
	}
	f.OwnerID = "rep"
	if edits := Reply(f, "我再补充一句", noon, "rep"); len(edits) != 1 {
		t.Errorf("own reply: %v", edits)
	}
	if edits := Reply(f, "收到", noon, "manager"); len(edits) != 2 || edits[1].Values["status"] != FeedbackAcknowledged {
		t.Errorf("first reply: %v", edits)
	}
	f.OwnerID = anyID
	prev := RecordOf(f)
	wantCodes(t, Validate(&prev, RecordOf(f.Close(""))), "reason_needed closed_with")
	closed := f.Close("换新")
	wantCodes(t, Validate(&prev, RecordOf(closed)))
	if edits := Reply(closed, "又坏了", noon, "rep"); edits[1].Values["status"] != FeedbackInProgress {
		t.Errorf("reply to closed feedback: %v", edits)
	}
	prev = RecordOf(closed)
	closed.Status = FeedbackCaptured
	wantCodes(t, Validate(&prev, RecordOf(closed)), "bad_order status")
	if late := f.Overdue(addDays(today, 12)); late != 2 {
		t.Errorf("answer late by %d days, want 2", late)
	}
}

func TestReceivablesAgeByDaysOverdue(t *testing.T) {
	invoices := []Receivable{
		{Amount: 1, DueOn: "2026-11-23"},
		{Amount: 2, DueOn: "2026-11-22"},
		{Amount: 4, DueOn: "2026-10-20"},
		{Amount: 8, DueOn: "2026-08-24"},
		{Amount: 16, DueOn: "2026-01-01"},
		{Amount: 32, DueOn: "2026-01-01", SettledOn: "2026-02-01"},
		{Amount: 64, DueOn: "2026-11-10", SettledOn: "2026-12-02"},
	}
	got := Ageing(invoices, today)
	want := map[string]int64{AgeCurrent: 1, Age30: 2 + 64, Age60: 4, AgeOver90: 8 + 16}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("ageing (-want +got):\n%s", d)
	}
	if invoices[5].Overdue(today) != 31 {
		t.Errorf("settled late by %d days, want 31", invoices[5].Overdue(today))
	}
}

func TestAnnouncementWaitsForItsReaders(t *testing.T) {
	a := Announcement{ID: "a", Title: "x", PublishedOn: "2026-11-20", ExpiresOn: "2026-11-30", Roles: []string{"rep"}, MustConfirm: true}
	if !a.NeedsReceipt(today, RoleRep, "u", []Receipt{{AnnouncementID: "a", UserID: "other"}}) {
		t.Error("the rep need not read it")
	}
	if a.NeedsReceipt(today, RoleRep, "u", []Receipt{{AnnouncementID: "a", UserID: "u"}}) || a.Unread(today, RoleManager, "u", nil) || a.Active("2026-12-01") {
		t.Error("it waits for somebody who has read it, for another role, or after its end")
	}
	a.ExpiresOn, a.Roles = "2026-11-01", []string{"boss"}
	wantCodes(t, Validate(nil, RecordOf(a)), "bad_order expires_on", "invalid roles")
}

func TestRecordsRefuseWhatCannotBe(t *testing.T) {
	for name, c := range map[string]struct {
		model any
		want  string
	}{
		"territory below itself":    {Territory{Code: "11", Name: "x", ParentCode: "11"}, "bad_order parent_code"},
		"name with a blank":         {User{Name: "li na", Role: "rep"}, "invalid name"},
		"negative credit":           {Partner{Name: "x", CreditLimit: -1}, "invalid credit_limit"},
		"agreement ends before":     {Partner{Name: "x", SignedOn: "2026-02-01", AgreementEnds: "2026-01-01"}, "bad_order agreement_ends"},
		"negative price":            {Product{Code: "x", Name: "x", Price: -1}, "invalid price"},
		"discount over all":         {LineItem{OpportunityID: anyID, Quantity: 1, Discount: 101}, "invalid discount"},
		"hash that is none":         {Attachment{FileName: "x", SHA256: "abc"}, "invalid sha256"},
		"view that is not JSON":     {SavedView{UserID: anyID, Kind: "visit", Name: "x", Query: "{"}, "invalid query"},
		"negative number of people": {Account{Name: "x", Employees: -1}, "invalid employees"},
	} {
		if got := codes(Validate(nil, RecordOf(c.model))); len(got) != 1 || got[0] != c.want {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
}

func TestShipmentComputesItsAmount(t *testing.T) {
	s := As[Shipment](created(Shipment{OrderNo: "C1", PartnerID: anyID, ProductCode: "P", Quantity: -2, UnitPrice: 339}))
	if s.Amount != -678 || s.Key != "C1/P/1" || s.Currency != DefaultCurrency {
		t.Errorf("got %+v", s)
	}
}

func TestFieldNamesAreWholeWords(t *testing.T) {
	for goName, name := range map[string]string{"PartnerID": "partner_id", "ContactIDs": "contact_ids", "SHA256": "sha256", "NameZh": "name_zh"} {
		if got := snake(goName); got != name {
			t.Errorf("%s became %s, want %s", goName, got, name)
		}
	}
}
