package projects

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
	return NewPage(Deps{Book: book, Me: fakebook.MeUser, Attach: uitest.FileDeps(book, fakebook.MeUser), Now: sampleNow})(h, ui.ParseRoute(route))
}

// fullBook is the sample with a project that has everything, and a list worth looking at.
func fullBook() *fakebook.Book {
	book := fakebook.Sample()
	more := []sales.Project{
		{Name: "未来学院机房改造", AccountID: fakebook.SampleID("account", 3), Phase: "bid", Revenue: 54_000_000, EndsOn: fakebook.On(80)},
		{Name: "富盈集团移动办公终端", AccountID: fakebook.SampleID("account", 1), Phase: "needs", Revenue: 230_000_000, EndsOn: fakebook.On(200)},
		{Name: "华菱汽车生产线平板", AccountID: fakebook.SampleID("account", 2), Phase: "contract", Revenue: 98_500_000, EndsOn: fakebook.On(30), Status: "on_hold"},
	}
	for i, p := range more {
		p.ID, p.OwnerID, p.Health, p.Currency = fakebook.SampleID("project", 10+i), fakebook.Me, sales.HealthAuto, "CNY"
		p.Pending = i == 1
		if p.Status == "" {
			p.Status = "active"
		}
		book.Put(p, sales.Milestone{ProjectID: p.ID, Name: "方案评审", DueOn: fakebook.On(4 * (i + 1))}, sales.Milestone{ProjectID: p.ID, Name: "立项", DueOn: fakebook.On(-20), DoneOn: fakebook.On(-21)})
	}
	for _, m := range fakebook.All[sales.Milestone](book) {
		if m.Name == "验收" {
			m.Name = "总行验收" // a phase is called so too
			book.Put(m)
		}
	}
	record, err := book.Get(context.Background(), kind, branches)
	if err != nil {
		panic(err)
	}
	p := sales.As[sales.Project](record)
	p.Code, p.Revenue, p.Currency, p.StartsOn, p.MemberIDs = "XM-2026-017", 186_000_000, "CNY", fakebook.On(-70), []string{fakebook.Colleague, fakebook.Manager}
	p.Notes = "总行统一招标，分三批交付 47 个网点，旧机由我方回收。"
	book.Put(p,
		sales.Milestone{ProjectID: branches, Name: "合同签订", DueOn: fakebook.On(-45), DoneOn: fakebook.On(-48), Phase: "contract"},
		sales.Milestone{ProjectID: branches, Name: "第三批 150 台到货", DueOn: fakebook.On(5), Phase: "delivery"},
		sales.ProjectRisk{ProjectID: branches, Title: "网点装修影响安装", Likelihood: "medium", Impact: "medium", Status: "mitigated", Response: "与行政部排定逐点安装计划，晚间施工。"},
		sales.ProjectNote{ProjectID: branches, AuthorID: fakebook.Me, Meta: sales.Meta{Pending: true}, Body: "第二批 300 台厂家确认本周五发出，物流三天。富盈信息部要求到货当天验机，已安排工程师两名驻场。", WrittenAt: fakebook.At(-1, 17, 40)},
		sales.ProjectNote{ProjectID: branches, AuthorID: fakebook.Colleague, Body: "第一批全部安装完成，验机合格率 99%，两台屏幕亮点已换。", WrittenAt: fakebook.At(-9, 11, 20)},
	)
	return book
}

func TestScreens(t *testing.T) {
	uitest.Golden(t, "list", func(h *uitest.Host) fyne.CanvasObject { return h.Show(open(h, fullBook(), "projects")) })
	uitest.Golden(t, "detail", func(h *uitest.Host) fyne.CanvasObject { return h.Show(open(h, fullBook(), "project/"+branches)) })
	uitest.Golden(t, "form", func(h *uitest.Host) fyne.CanvasObject {
		return h.Show(open(h, fullBook(), "project/"+branches+"?edit=1"))
	})
}
