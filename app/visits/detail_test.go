package visits

import (
	"testing"

	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/sales"
)

func TestAVisitIsLoadedWithAllThatBelongsToIt(t *testing.T) {
	m, _ := sample()
	d, err := m.Load(t.Context(), fakebook.SampleID("visit", 1))
	if err != nil {
		t.Fatal(err)
	}
	if d.Company != "铜陵达人科技" || d.Owner != "陈伟" || d.Type.Zh != "例行走访" {
		t.Errorf("names %q, %q, %q", d.Company, d.Owner, d.Type.Zh)
	}
	if len(d.Steps) != 5 || d.Steps[0].Result.Result != sales.StepDone || d.Missing != 2 {
		t.Errorf("%d steps, %d missing", len(d.Steps), d.Missing)
	}
	if len(d.Contacts) != 3 || len(d.Feedback) != 1 || len(d.Opportunities) != 1 || len(d.Tasks) != 1 || len(d.Attachments) != 2 {
		t.Errorf("%d contacts, %d feedback, %d opportunities, %d tasks, %d attachments", len(d.Contacts), len(d.Feedback), len(d.Opportunities), len(d.Tasks), len(d.Attachments))
	}
	if len(d.Previous) != 2 || d.Previous[0].When() < d.Previous[1].When() {
		t.Errorf("earlier visits: %v", d.Previous)
	}
	if _, err := m.Load(t.Context(), sales.NewID()); !sales.HasCode(err, sales.CodeNotFound) {
		t.Errorf("a visit that is gone gives %v", err)
	}
}

func TestAStepIsDoneSkippedForAReasonAndTakenBack(t *testing.T) {
	m, book := sample()
	id := fakebook.SampleID("visit", 1)
	step := func() Step {
		d, err := m.Load(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return d.Steps[1]
	}
	if err := m.SetStep(t.Context(), id, step(), sales.StepSkipped, " "); !sales.HasCode(err, sales.CodeReasonNeeded) {
		t.Errorf("skipped without a reason: %v", err)
	}
	if err := m.SetStep(t.Context(), id, step(), sales.StepSkipped, "财务不在"); err != nil {
		t.Fatal(err)
	}
	if r := step().Result; r.SkipReason != "财务不在" || r.Result != sales.StepSkipped {
		t.Errorf("skipped as %+v", r)
	}
	if err := m.SetStep(t.Context(), id, step(), sales.StepDone, "无逾期"); err != nil {
		t.Fatal(err)
	}
	if r := step().Result; r.Result != sales.StepDone || r.Note != "无逾期" || r.SkipReason != "" {
		t.Errorf("done as %+v", r)
	}
	if err := m.SetStep(t.Context(), id, step(), "", ""); err != nil {
		t.Fatal(err)
	}
	if n := len(fakebook.All[sales.VisitResult](book)); n != 2 {
		t.Errorf("%d results are left", n)
	}
	if err := m.SetStep(t.Context(), id, step(), "", ""); err != nil {
		t.Errorf("taking back nothing: %v", err)
	}
}

func TestOpenMandatoryStepsAreSkippedTogether(t *testing.T) {
	m, _ := sample()
	id := fakebook.SampleID("visit", 1)
	d, err := m.Load(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.SkipMissing(t.Context(), d, "时间不够"); err != nil {
		t.Fatal(err)
	}
	d, err = m.Load(t.Context(), id)
	if err != nil || d.Missing != 0 || d.Steps[4].Result.ID != "" {
		t.Errorf("%d still missing, the optional step has %+v, %v", d.Missing, d.Steps[4].Result, err)
	}
	if err := m.SkipMissing(t.Context(), d, "时间不够"); err != nil {
		t.Errorf("skipping nothing: %v", err)
	}
}

func TestAVisitsLife(t *testing.T) {
	m, book := sample()
	id := fakebook.SampleID("visit", 2)
	to := fakebook.SampleNow.AddDate(0, 0, 2)
	v, err := m.Reschedule(t.Context(), id, to)
	if err != nil || v.PlannedAt != sales.InstantOf(to) || v.MovedFrom != fakebook.At(0, 10, 30) {
		t.Fatalf("moved to %+v, %v", v, err)
	}
	if _, err := m.Cancel(t.Context(), id, "  "); !sales.HasCode(err, sales.CodeReasonNeeded) {
		t.Errorf("cancelled without a reason: %v", err)
	}
	if v, err = m.Start(t.Context(), id); err != nil || v.Status != sales.VisitInProgress || v.StartedAt == 0 {
		t.Fatalf("started as %+v, %v", v, err)
	}
	if v, err = m.Finish(t.Context(), id); err != nil || v.Status != sales.VisitDone || v.EndedAt == 0 {
		t.Fatalf("finished as %+v, %v", v, err)
	}
	if _, err := m.Cancel(t.Context(), id, "不可能"); !sales.HasCode(err, sales.CodeBadOrder) {
		t.Errorf("a visit that was made was cancelled: %v", err)
	}
	other := fakebook.SampleID("visit", 4)
	if v, err = m.Cancel(t.Context(), other, "客户出差"); err != nil || v.CancelReason != "客户出差" || v.Status != sales.VisitCancelled {
		t.Errorf("cancelled as %+v, %v", v, err)
	}
	if err := m.Delete(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	if _, err := book.Get(t.Context(), "visit", other); !sales.HasCode(err, sales.CodeNotFound) {
		t.Errorf("the deleted visit gives %v", err)
	}
}

func TestWhatIsCapturedInAVisitRefersToIt(t *testing.T) {
	m, book := sample()
	v := visitOf(t, book, fakebook.SampleID("visit", 1))
	if err := m.AddFeedback(t.Context(), v, "competitor", "normal", "竞品降价 300 元"); err != nil {
		t.Fatal(err)
	}
	if err := m.AddOpportunity(t.Context(), v, "门店换机 30 台", 9_000_000, "2026-05-30"); err != nil {
		t.Fatal(err)
	}
	if err := m.AddTask(t.Context(), v, "寄展架", "2026-03-20"); err != nil {
		t.Fatal(err)
	}
	if err := m.AddTask(t.Context(), v, " ", ""); !sales.HasCode(err, sales.CodeRequired) {
		t.Errorf("a task without a title: %v", err)
	}
	d, err := m.Load(t.Context(), v.ID)
	if err != nil || len(d.Feedback) != 2 || len(d.Opportunities) != 2 || len(d.Tasks) != 2 {
		t.Fatalf("%d feedback, %d opportunities, %d tasks, %v", len(d.Feedback), len(d.Opportunities), len(d.Tasks), err)
	}
	for _, f := range d.Feedback {
		if f.VisitID != v.ID || f.PartnerID != v.PartnerID || f.OwnerID != fakebook.Me {
			t.Errorf("feedback %+v", f)
		}
	}
	if err := m.FinishTask(t.Context(), d.Tasks[0].ID, true); err != nil {
		t.Fatal(err)
	}
	if d, _ = m.Load(t.Context(), v.ID); d.Tasks[0].Open() {
		t.Error("the task is still open")
	}
	if err := m.FinishTask(t.Context(), d.Tasks[0].ID, false); err != nil {
		t.Fatal(err)
	}
	if d, _ = m.Load(t.Context(), v.ID); !d.Tasks[0].Open() {
		t.Error("the task is not open again")
	}
}

func TestAnUnchangedVisitIsNotWritten(t *testing.T) {
	m, book := sample()
	v := visitOf(t, book, fakebook.SampleID("visit", 1))
	if _, err := m.Update(t.Context(), v, v); err != nil || len(book.Edits) != 0 {
		t.Errorf("%d edits were written, %v", len(book.Edits), err)
	}
	next := v
	next.Outcome, next.ContactIDs = "successful", []string{fakebook.SampleID("contact", 2), fakebook.SampleID("contact", 1)}
	if _, err := m.Update(t.Context(), v, next); err != nil {
		t.Fatal(err)
	}
	if got := book.Edits[0].Values; len(got) != 2 {
		t.Errorf("wrote %v; only what changed is written", got)
	}
}
