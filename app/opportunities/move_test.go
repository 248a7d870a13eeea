package opportunities

import (
	"slices"
	"testing"

	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/sales"
)

func TestAMoveAsksForWhatTheStageDemands(t *testing.T) {
	f := newFixture()
	id := f.deal("招标", sales.StageQualified, 0, func(o *sales.Opportunity) { o.ExpectedClose, o.NextStep = "", "" })
	plan, err := f.model.PlanMove(t.Context(), id, sales.StageNegotiation)
	if err != nil || plan.Simple() || plan.Refused != nil {
		t.Fatalf("the plan is %+v, %v", plan, err)
	}
	if want := []string{"amount", "expected_close", "next_step"}; !slices.Equal(plan.Missing, want) {
		t.Errorf("missing are %v, want %v", plan.Missing, want)
	}
	if err := f.model.Move(t.Context(), id, sales.StageNegotiation, "", nil); !sales.HasCode(err, sales.CodeRequired) {
		t.Errorf("moving without them gave %v", err)
	}
	err = f.model.Move(t.Context(), id, sales.StageNegotiation, "", sales.Values{"amount": int64(5_000_00), "expected_close": "2026-05-01", "next_step": "约总经理"})
	if err != nil {
		t.Fatal(err)
	}
	o := f.get(t, id)
	if o.Stage != sales.StageNegotiation || o.Amount != 5_000_00 || o.NextStep != "约总经理" || o.StageSince != sales.InstantOf(now()) {
		t.Errorf("it became %+v", o)
	}
	if history := fakebook.All[sales.StageChange](f.book); len(history) != 1 || history[0].FromStage != sales.StageQualified || history[0].AuthorID != f.me {
		t.Errorf("the history is %+v", history)
	}
}

func TestASimpleMoveAsksNothing(t *testing.T) {
	f := newFixture()
	id := f.deal("简单", sales.StageProspect, 100_00, nil)
	plan, err := f.model.PlanMove(t.Context(), id, sales.StageProposal)
	if err != nil || !plan.Simple() {
		t.Errorf("the plan is %+v, %v", plan, err)
	}
}

func TestWinningAndLosingNeedTheirReason(t *testing.T) {
	f := newFixture()
	id := f.deal("投标", sales.StageProposal, 100_00, nil)
	plan, err := f.model.PlanMove(t.Context(), id, sales.StageLost)
	if err != nil || !plan.Reason {
		t.Fatalf("the plan is %+v, %v", plan, err)
	}
	if err := f.model.Move(t.Context(), id, sales.StageLost, "", nil); !sales.HasCode(err, sales.CodeReasonNeeded) {
		t.Errorf("losing without a reason gave %v", err)
	}
	if err := f.model.Move(t.Context(), id, sales.StageLost, "价格高", sales.Values{"competitor": "戴尔"}); err != nil {
		t.Fatal(err)
	}
	if o := f.get(t, id); o.ClosedOn != "2026-03-18" || o.CloseReason != "价格高" || o.Competitor != "戴尔" {
		t.Errorf("it became %+v", o)
	}
}

func TestAKeyAccountDealTakesOneStageAtATime(t *testing.T) {
	f := newFixture()
	id := f.deal("集团采购", sales.StageProspect, 100_00, func(o *sales.Opportunity) { o.Pipeline = sales.PipelineKeyAccount })
	plan, err := f.model.PlanMove(t.Context(), id, sales.StageProposal)
	if err != nil || !sales.HasCode(plan.Refused, sales.CodeBadOrder) {
		t.Errorf("skipping a stage is planned as %+v, %v", plan, err)
	}
}

func TestMovingToItsOwnStageWritesNothing(t *testing.T) {
	f := newFixture()
	id := f.deal("不动", sales.StageWon, 100_00, nil)
	plan, err := f.model.PlanMove(t.Context(), id, sales.StageWon)
	if err != nil || !plan.Simple() {
		t.Errorf("the plan is %+v, %v", plan, err)
	}
	if err := f.model.Move(t.Context(), id, sales.StageWon, "", nil); err != nil || len(f.book.Edits) != 0 {
		t.Errorf("it wrote %v, %v", f.book.Edits, err)
	}
}
