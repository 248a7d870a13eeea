package central_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

func TestTodaysWorkComesBeforeTheMasses(t *testing.T) {
	w := newWorld(t)
	d := w.device("li.na", sales.RoleRep, "31")
	other := w.device("wang.wei", sales.RoleRep, "31")
	var masses []sales.Edit
	for i := range 60 {
		masses = append(masses, sales.CreateOf(sales.Partner{Name: fmt.Sprint("Partner ", i), RegionCode: "3101"}))
	}
	w.commit(masses...)
	mine := sales.NewID()
	due := sales.InstantOf(w.now.Add(48 * time.Hour))
	soon, far := sales.NewID(), sales.NewID()
	theirs, past := sales.NewID(), sales.NewID()
	contact, deal, task := sales.NewID(), sales.NewID(), sales.NewID()
	project, milestone := sales.NewID(), sales.NewID()
	w.commit(
		sales.CreateOf(sales.VisitType{Code: "routine", Name: "Routine"}),
		sales.CreateOf(sales.Partner{ID: mine, Name: "Mine", RegionCode: "3101"}),
		sales.CreateOf(sales.Contact{ID: contact, Name: "Zhang", PartnerID: mine}),
		sales.CreateOf(sales.Visit{ID: soon, PartnerID: mine, VisitType: "routine", Status: sales.VisitPlanned, PlannedAt: due, OwnerID: d.caller.UserID}),
		sales.CreateOf(sales.Visit{ID: far, PartnerID: mine, VisitType: "routine", Status: sales.VisitPlanned, PlannedAt: due + 1e10, OwnerID: d.caller.UserID}),
		sales.CreateOf(sales.Visit{ID: past, PartnerID: mine, VisitType: "routine", Status: sales.VisitDone, StartedAt: due - 1e10, OwnerID: d.caller.UserID}),
		sales.CreateOf(sales.Visit{ID: theirs, PartnerID: mine, VisitType: "routine", Status: sales.VisitPlanned, PlannedAt: due, OwnerID: other.caller.UserID}),
		sales.CreateOf(sales.Opportunity{ID: deal, Name: "Deal", PartnerID: mine, Stage: sales.StageProspect, OwnerID: d.caller.UserID}),
		sales.CreateOf(sales.Project{ID: project, Name: "Rollout", PartnerID: mine, OwnerID: d.caller.UserID}),
		sales.CreateOf(sales.Milestone{ID: milestone, Name: "First", ProjectID: project, DueOn: "2026-03-01"}),
		sales.CreateOf(sales.Task{ID: task, Title: "Call", PartnerID: mine, Status: sales.TaskOpen, OwnerID: d.caller.UserID}),
	)
	page, err := w.journal.Pull(t.Context(), d.caller, wire.PullRequest{Urgent: true, Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	if !page.Urgent || !page.More || page.Remaining < 60 {
		t.Fatalf("urgent %v, more %v, remaining %d", page.Urgent, page.More, page.Remaining)
	}
	for _, b := range page.Buckets {
		if b.Seq != 0 || b.Reset {
			t.Errorf("the page moves bucket %s to %d", b.Bucket, b.Seq)
		}
	}
	came := map[string]bool{}
	for _, r := range page.Records {
		came[r.ID] = true
	}
	for what, id := range map[string]string{"visit": soon, "its partner": mine, "the contact there": contact, "deal": deal, "task": task, "project": project, "milestone": milestone} {
		if !came[id] {
			t.Errorf("the %s is not on the page", what)
		}
	}
	for what, id := range map[string]string{"visit in months": far, "visit long ago": past, "colleague's visit": theirs} {
		if came[id] {
			t.Errorf("the %s is on the page", what)
		}
	}
	// Another territory's representative gets nothing of it.
	stranger := w.deviceOf(d.caller.UserID, "li.na", sales.RoleRep, "44")
	page, err = w.journal.Pull(t.Context(), stranger.caller, wire.PullRequest{Urgent: true, Limit: 5})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range page.Records {
		if r.Bucket == "t:3101" {
			t.Errorf("a %s of another territory is on the page", r.Kind)
		}
	}
}

func TestWhatFitsIntoOnePageComesInItsOrderAtOnce(t *testing.T) {
	w := newWorld(t)
	d := w.device("li.na", sales.RoleRep, "31")
	page, err := w.journal.Pull(t.Context(), d.caller, wire.PullRequest{Urgent: true, Limit: 50})
	if err != nil || page.Urgent || page.More || len(page.Buckets) == 0 {
		t.Errorf("%+v, %v", page, err)
	}
}
