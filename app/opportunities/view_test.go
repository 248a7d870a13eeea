package opportunities

import (
	"context"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/internal/uitest"
	"github.com/rounds-field/rounds/sales"
)

func open(h *uitest.Host, book *fakebook.Book, route string) ui.Page {
	return NewPage(Deps{Book: book, Me: fakebook.MeUser, Attach: uitest.FileDeps(book, fakebook.MeUser), Now: now})(h, ui.ParseRoute(route))
}

var (
	spring = fakebook.SampleID("opportunity", 2) // 达人科技春季备货 400 台, in negotiation
	pads   = fakebook.SampleID("opportunity", 4) // 华维电子政企平板, a prospect without an amount
)

// fullBook is the sample with a pipeline worth looking at.
func fullBook() *fakebook.Book {
	book := fakebook.Sample()
	names := []string{"门店展示机更新", "中学教室平板", "政务窗口一体机", "分公司笔记本", "服务器扩容", "网吧整机批量", "产线工控机", "办公打印外包", "图书馆自助终端", "医院移动查房"}
	stages := []string{sales.StageProspect, sales.StageProspect, sales.StageQualified, sales.StageProposal, sales.StageNegotiation, sales.StageWon, sales.StageLost}
	for i := range 34 {
		o := sales.Opportunity{
			ID: fakebook.SampleID("opportunity", 100+i), Name: names[i%len(names)], Stage: stages[i%len(stages)], Pipeline: sales.PipelineChannel,
			PartnerID: fakebook.SampleID("partner", 1+i%9), Amount: int64(i%11+1) * 3_650_000, Currency: "CNY", ExpectedClose: fakebook.On(i*3 - 12),
			OwnerID: fakebook.Me, StageSince: fakebook.At(-i, 9, 0), NextStep: "约下次见面", NextStepOn: fakebook.On(i - 2),
		}
		o.Pending = i%8 == 3
		if sales.Closed(o.Stage) {
			o.ClosedOn, o.CloseReason = fakebook.On(-i), []string{"价格", "交货期", "客户关系"}[i%3]
		}
		book.Put(o)
	}
	product := book.Put(sales.Product{Code: "GTX-PRO", Name: "GTX Pro 14 寸笔记本", Price: 482_100, Currency: "CNY", Active: true})[0]
	record, err := book.Get(context.Background(), kind, spring)
	if err != nil {
		panic(err)
	}
	o := sales.As[sales.Opportunity](record)
	o.Code, o.Competitor, o.Notes, o.EngagedOn, o.ProductName = "JH-0318", "联宝", "客户要求分两批交货，首批 200 台 4 月初到仓；价格按一季度政策。", fakebook.On(-40), "14 寸笔记本"
	o.StageSince = fakebook.At(-20, 10, 0)
	book.Put(o,
		sales.LineItem{OpportunityID: spring, ProductID: product, Quantity: 200, UnitPrice: 482_100, Discount: 12, Position: 1},
		sales.LineItem{OpportunityID: spring, Description: "延保两年", Quantity: 200, UnitPrice: 18_000, Position: 2},
		sales.StageChange{OpportunityID: spring, ToStage: sales.StageProspect, ChangedAt: fakebook.At(-40, 15, 0), AuthorID: fakebook.Me},
		sales.StageChange{OpportunityID: spring, FromStage: sales.StageProspect, ToStage: sales.StageProposal, ChangedAt: fakebook.At(-31, 9, 12), AuthorID: fakebook.Me},
		sales.StageChange{OpportunityID: spring, FromStage: sales.StageProposal, ToStage: sales.StageNegotiation, ChangedAt: fakebook.At(-20, 10, 0), AuthorID: fakebook.Colleague},
		sales.Task{Title: "确认批次价", DueOn: fakebook.On(2), OpportunityID: spring, Status: sales.TaskOpen, OwnerID: fakebook.Me},
		sales.Task{Title: "寄样机两台", DueOn: fakebook.On(-3), OpportunityID: spring, Status: sales.TaskOpen, OwnerID: fakebook.Me},
	)
	return book
}

func TestScreens(t *testing.T) {
	uitest.Golden(t, "board", func(h *uitest.Host) fyne.CanvasObject { return h.Show(open(h, fullBook(), "opportunities")) })
	uitest.Golden(t, "list", func(h *uitest.Host) fyne.CanvasObject {
		page := open(h, fullBook(), "opportunities")
		page.(ui.Stateful).RestoreState(map[string]string{"mode": modeList, "owner": fakebook.Me})
		return h.Show(page)
	})
	uitest.Golden(t, "detail", func(h *uitest.Host) fyne.CanvasObject { return h.Show(open(h, fullBook(), "opportunity/"+spring)) })
	uitest.Golden(t, "form", func(h *uitest.Host) fyne.CanvasObject {
		return h.Show(open(h, fullBook(), "opportunity/"+spring+"?edit=1"))
	})
	uitest.Golden(t, "move", func(h *uitest.Host) fyne.CanvasObject {
		page := open(h, fullBook(), "opportunity/"+spring)
		content := h.Show(page)
		h.Window.Resize(fyne.NewSize(1280, 720))
		page.(*detailPage).move(sales.StageLost)
		return content
	})
	uitest.Golden(t, "empty", func(h *uitest.Host) fyne.CanvasObject {
		return h.Show(open(h, fakebook.New(now, fakebook.Me), "opportunities"))
	})
}
