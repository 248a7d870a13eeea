package opportunities

import (
	"testing"

	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/sales"
)

func TestTheDetailHasAllThatBelongsToTheOpportunity(t *testing.T) {
	f := newFixture()
	id := f.deal("服务器", sales.StageProposal, 100_00, func(o *sales.Opportunity) { o.AccountID = f.account })
	f.book.Put(
		sales.StageChange{OpportunityID: id, ToStage: sales.StageProspect, ChangedAt: sales.InstantOf(now().AddDate(0, -1, 0)), AuthorID: f.chen},
		sales.StageChange{OpportunityID: id, FromStage: sales.StageProspect, ToStage: sales.StageProposal, ChangedAt: sales.InstantOf(now()), AuthorID: f.me},
		sales.LineItem{OpportunityID: id, ProductID: f.server, Quantity: 3, UnitPrice: 1_000_00, Discount: 10, Position: 1},
		sales.LineItem{OpportunityID: id, Description: "安装", Quantity: 1, UnitPrice: 200_00, Position: 2},
		sales.Task{Title: "送样机", OpportunityID: id, Status: sales.TaskOpen},
		sales.Visit{PartnerID: f.partner, VisitType: "routine", Status: "done", PlannedAt: sales.InstantOf(now())},
		sales.Feedback{PartnerID: f.partner, Kind: "competitor", Body: "对手降价"},
		sales.Feedback{AccountID: f.account, Kind: "competitor", Body: "别家的"},
	)
	d, err := f.model.Detail(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if d.Partner != "铜陵达人科技" || d.Account != "富盈集团" || len(d.Tasks) != 1 || len(d.Visits) != 1 || len(d.Feedback) != 1 {
		t.Errorf("the detail is %+v", d)
	}
	if len(d.History) != 2 || d.History[0].ToStage != sales.StageProposal || d.History[0].Author != "李伟" {
		t.Errorf("the history is %+v", d.History)
	}
	if len(d.Items) != 2 || d.Items[0].Product != "GTX Pro" || d.Items[0].Sum != 2_700_00 || d.ItemsTotal != 2_900_00 {
		t.Errorf("the items are %+v, together %d", d.Items, d.ItemsTotal)
	}
	if err := f.model.UseItemsTotal(t.Context(), id); err != nil || f.get(t, id).Amount != 2_900_00 {
		t.Errorf("the amount became %d, %v", f.get(t, id).Amount, err)
	}
}

func TestLineItemsAreAddedChangedAndRemoved(t *testing.T) {
	f := newFixture()
	id := f.deal("服务器", sales.StageProposal, 100_00, nil)
	for range 2 {
		if err := f.model.SaveItem(t.Context(), sales.LineItem{OpportunityID: id, ProductID: f.laptop, Quantity: 2, UnitPrice: 55_00}); err != nil {
			t.Fatal(err)
		}
	}
	items := fakebook.All[sales.LineItem](f.book)
	if len(items) != 2 || items[0].Position != 1 || items[1].Position != 2 {
		t.Fatalf("the items are %+v", items)
	}
	changed := items[0]
	changed.Quantity, changed.Position = 5, 0
	if err := f.model.SaveItem(t.Context(), changed); err != nil {
		t.Fatal(err)
	}
	if got := fakebook.All[sales.LineItem](f.book)[0]; got.Quantity != 5 || got.Position != 1 {
		t.Errorf("after the change it is %+v", got)
	}
	if err := f.model.SaveItem(t.Context(), sales.LineItem{OpportunityID: id, Quantity: 1, Discount: 120}); !sales.HasCode(err, sales.CodeInvalid) {
		t.Errorf("a discount of 120 %% gave %v", err)
	}
	if err := f.model.DeleteItem(t.Context(), items[0].ID); err != nil || len(fakebook.All[sales.LineItem](f.book)) != 1 {
		t.Errorf("after removing one there are %d, %v", len(fakebook.All[sales.LineItem](f.book)), err)
	}
	if err := f.model.Delete(t.Context(), id); err != nil || len(fakebook.All[sales.LineItem](f.book)) != 0 {
		t.Errorf("the items outlived their opportunity: %v", err)
	}
}

func TestANewOpportunityIsWithTheVisitsCompany(t *testing.T) {
	f := newFixture()
	visit := f.book.Put(sales.Visit{AccountID: f.account, VisitType: "routine", Status: "done"})[0]
	draft, err := f.model.New(t.Context(), Origin{VisitID: visit})
	if err != nil || draft.Account != "富盈集团" || draft.Pipeline != sales.PipelineKeyAccount || draft.Owner != "李伟" {
		t.Fatalf("the draft is %+v, %v", draft, err)
	}
	if _, err := f.model.Save(t.Context(), draft.Opportunity); !sales.HasCode(err, sales.CodeRequired) {
		t.Errorf("saving without a name gave %v", err)
	}
	draft.Name = "办公电脑更新"
	id, err := f.model.Save(t.Context(), draft.Opportunity)
	if err != nil {
		t.Fatal(err)
	}
	if history := fakebook.All[sales.StageChange](f.book); len(history) != 1 || history[0].OpportunityID != id || history[0].ToStage != sales.StageProspect {
		t.Errorf("the history begins with %+v", history)
	}
}

func TestEditingWritesOnlyWhatChanged(t *testing.T) {
	f := newFixture()
	id := f.deal("旧名", sales.StageProspect, 100_00, nil)
	draft, err := f.model.Edit(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	draft.Name = "新名"
	if _, err := f.model.Save(t.Context(), draft.Opportunity); err != nil {
		t.Fatal(err)
	}
	if e := f.book.Edits; len(e) != 1 || len(e[0].Values) != 1 || e[0].Values["name"] != "新名" {
		t.Errorf("it wrote %+v", e)
	}
	if err := f.model.SetNextStep(t.Context(), id, "打电话", "2026-03-20"); err != nil || f.get(t, id).NextStepOn != "2026-03-20" {
		t.Errorf("the next step is on %s, %v", f.get(t, id).NextStepOn, err)
	}
}
