package sales

import (
	"strings"
	"testing"
)

func TestStagesFollowOneAnother(t *testing.T) {
	for _, c := range []struct{ pipeline, from, to string }{
		{PipelineChannel, StageProspect, "qualified proposal negotiation lost"},
		{PipelineChannel, StageQualified, "prospect proposal negotiation lost"},
		{PipelineChannel, StageProposal, "prospect qualified negotiation won lost"},
		{PipelineKeyAccount, StageProspect, "qualified lost"},
		{PipelineKeyAccount, StageQualified, "prospect proposal lost"},
		{PipelineKeyAccount, StageNegotiation, "prospect qualified proposal won lost"},
		{PipelineChannel, StageWon, "prospect qualified proposal negotiation"},
	} {
		got := strings.Join(NextStages(Opportunity{Pipeline: c.pipeline, Stage: c.from}), " ")
		if got != c.to {
			t.Errorf("%s %s: next %q, want %q", c.pipeline, c.from, got, c.to)
		}
	}
}

func TestEachStageMakesItsDemands(t *testing.T) {
	o := Opportunity{Name: "x", Pipeline: PipelineChannel, Stage: StageQualified}
	wantCodes(t, CanMove(o, StageProposal), "required amount", "required expected_close")
	o.Amount, o.ExpectedClose = 100, "2026-12-24"
	wantCodes(t, CanMove(o, StageProposal))
	wantCodes(t, CanMove(o, StageNegotiation), "required next_step")
	wantCodes(t, CanMove(o, StageWon), "bad_order stage")
	o.Stage = StageNegotiation
	wantCodes(t, CanMove(o, StageWon))
	_, err := Move(o, StageWon, "", noon, "u")
	wantCodes(t, err, "reason_needed close_reason")
}

func TestMoveWritesTheStageAndItsHistory(t *testing.T) {
	o := Opportunity{ID: anyID, Name: "x", Pipeline: PipelineChannel, Stage: StageNegotiation, Amount: 100, ExpectedClose: "2026-12-24", NextStep: "sign", Probability: 80}
	edits, err := Move(o, StageWon, "best price", noon, anyID)
	if err != nil || len(edits) != 2 {
		t.Fatalf("edits %v, error %v", edits, err)
	}
	prev := RecordOf(o)
	next := prev
	next.Values = Apply(prev.Values, edits[0].Values)
	wantCodes(t, Validate(&prev, next))
	won := As[Opportunity](next)
	if won.Stage != StageWon || won.ClosedOn != today || won.CloseReason != "best price" || won.StageSince != InstantOf(noon) || won.Chance() != 100 {
		t.Errorf("won: %+v", won)
	}
	change := As[StageChange](Record{Kind: "stage_change", ID: edits[1].ID, Values: edits[1].Values})
	if change.FromStage != StageNegotiation || change.ToStage != StageWon || change.Reason != "best price" || change.OpportunityID != anyID {
		t.Errorf("history: %+v", change)
	}
	back, err := Move(won, StageProposal, "order withdrawn", noon, anyID)
	if err != nil || back[0].Values["closed_on"] != nil || back[0].Values["stage"] != StageProposal {
		t.Errorf("reopened: %v, error %v", back, err)
	}
}

func TestDemandsBindOnMovingButNotOnWhatComesFromElsewhere(t *testing.T) {
	imported := Record{Kind: "opportunity", Values: Values{"name": "GTXPro", "stage": StageWon}}
	wantCodes(t, Validate(nil, imported))
	moved := Record{Kind: "opportunity", Values: Values{"name": "GTXPro", "stage": StageLost}}
	open := Record{Kind: "opportunity", Values: Values{"name": "GTXPro", "stage": StageQualified}}
	wantCodes(t, Validate(&open, moved), "reason_needed close_reason", "required closed_on")
	moved.Values["probability"] = int64(101)
	moved.Values["stage"] = StageQualified
	wantCodes(t, Validate(&open, moved), "invalid probability")
}

func TestPipelineIsWeighedByStageOrByTheDealsOwnChance(t *testing.T) {
	deals := []Opportunity{
		{Pipeline: PipelineChannel, Stage: StageProposal, Amount: 101, Currency: "CNY"},
		{Pipeline: PipelineKeyAccount, Stage: StageProposal, Amount: 1000, Probability: 90},
		{Pipeline: PipelineChannel, Stage: StageLost, Amount: 5000, Currency: "USD", Probability: 90},
	}
	got := Totals(deals)
	if len(got) != 2 || got[0] != (Total{"USD", 1, 5000, 0}) || got[1] != (Total{"CNY", 2, 1101, 51 + 900}) {
		t.Errorf("totals %+v", got)
	}
}

func TestDealIsStuckWhenItStaysTooLong(t *testing.T) {
	o := Opportunity{Pipeline: PipelineChannel, Stage: StageProspect, StageSince: InstantOf(noon.AddDate(0, 0, -20))}
	if got := o.Stuck(today); got != 6 {
		t.Errorf("stuck for %d days, want 6", got)
	}
	o.Stage = StageWon
	if o.Stuck(today) != 0 {
		t.Error("a won deal is stuck")
	}
	o = Opportunity{Stage: StageProposal, ExpectedClose: "2026-11-22", NextStep: "call", NextStepOn: "2026-11-22"}
	if !o.PastClose(today) || !o.NeedsNextStep(today) {
		t.Error("a deal past its close and its next step's day goes unnoticed")
	}
}

func TestPipelineFollowsFromWhomTheDealIsWith(t *testing.T) {
	if o := As[Opportunity](created(Opportunity{Name: "x", AccountID: anyID, Amount: 5})); o.Pipeline != PipelineKeyAccount || o.Stage != StageProspect || o.Currency != DefaultCurrency {
		t.Errorf("with a key account: %+v", o)
	}
	if o := As[Opportunity](created(Opportunity{Name: "x", AccountID: anyID, PartnerID: anyID})); o.Pipeline != PipelineChannel {
		t.Errorf("through a partner: %+v", o)
	}
}
