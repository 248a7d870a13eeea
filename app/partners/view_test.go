package partners

import (
	"fmt"
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/internal/uitest"
	"github.com/rounds-field/rounds/sales"
)

func TestMain(m *testing.M) { uitest.Main(m) }

// id is a stable UUIDv7 for records in pictures.
func id(n int) string { return fmt.Sprintf("019cfa00-0000-7000-8000-%012d", n) }

// company fills a workbook with a partner, a key account and everything around them, as found in the sample data.
func company(book *fakebook.Book) (partner, account string) {
	partner, account = id(100), id(200)
	day := func(n int) sales.Instant { return sales.InstantOf(now.AddDate(0, 0, n)) }
	date := func(n int) sales.Date { return sales.DateOf(now.AddDate(0, 0, n)) }
	book.Put(
		sales.VisitType{ID: id(1), Code: "routine", Name: "Routine visit", NameZh: "例行走访"},
		sales.VisitType{ID: id(2), Code: "training", Name: "Training", NameZh: "培训"},
		sales.Partner{
			ID: partner, Code: "P17841", Name: "深圳市思创达科技有限公司", Tier: "gold", Type: "distributor", Status: "active", RegionCode: "440305", OwnerID: meID,
			Address: "广东省深圳市南山区科技园北区朗山路 16 号华瀚科技大厦 A 座 1203", Phone: "0755-8696 1234", Email: "contact@sichuangda.example", Website: "www.sichuangda.example",
			CreditLimit: 500_000_00, Currency: "CNY", SignedOn: "2024-05-01", AgreementEnds: "2026-04-30", Tags: []string{"教育行业", "政府采购"},
			Notes: "主做教育和政府客户，本地服务团队 12 人。去年新开东莞分公司，希望拿到服务器产品的区域授权。",
			Meta:  sales.Meta{Pending: true},
		},
		sales.Account{
			ID: account, Code: "K10231", Name: "南方医科大学附属医院", Tier: "platinum", Industry: "医疗", Status: "active", RegionCode: "440304", OwnerID: meID,
			Address: "深圳市福田区深南大道 1001 号", Phone: "0755-2345 6789", Revenue: 1_200_000_000_00, Currency: "CNY", Employees: 3200, FoundedIn: 1954, ParentName: "南方医科大学",
		},
		sales.Contact{ID: id(301), PartnerID: partner, Name: "陈刚", JobTitle: "总经理", Mobile: "138 0013 8000", DecisionRole: "decider", Attitude: "supporter", Primary: true, Email: "chen@sichuangda.example"},
		sales.Contact{ID: id(302), PartnerID: partner, Name: "林晓燕", JobTitle: "采购经理", Mobile: "139 2201 7788", DecisionRole: "influencer", Attitude: "neutral", WeChat: "linxy_0755"},
		sales.Contact{ID: id(303), PartnerID: partner, Name: "Michael Wong", JobTitle: "技术总监", Email: "mw@sichuangda.example", DecisionRole: "gatekeeper", Attitude: "opponent", Meta: sales.Meta{Pending: true}},
		sales.Visit{ID: id(401), PartnerID: partner, VisitType: "routine", Status: "done", StartedAt: day(-25), EndedAt: day(-25) + 3_600_000, OwnerID: meID, Subject: "一季度备货", Notes: "库存 120 台，预计月底清完。希望延长账期到 45 天。"},
		sales.Visit{ID: id(402), PartnerID: partner, VisitType: "training", Status: "done", StartedAt: day(-80), EndedAt: day(-80) + 7_200_000, OwnerID: otherID, Subject: "新品培训"},
		sales.Visit{ID: id(403), PartnerID: partner, VisitType: "routine", Status: "planned", PlannedAt: day(2), OwnerID: meID, Subject: "返点核对"},
		sales.Visit{ID: id(404), PartnerID: partner, VisitType: "routine", Status: "cancelled", PlannedAt: day(-40), OwnerID: meID, CancelReason: "对方出差"},
		sales.Visit{ID: id(405), AccountID: account, VisitType: "routine", Status: "done", StartedAt: day(-6), EndedAt: day(-6) + 3_600_000, OwnerID: meID, Subject: "影像科工作站需求"},
		sales.Feedback{ID: id(501), PartnerID: partner, Kind: "competitor", Severity: "high", Status: "captured", Title: "竞品降价", Body: "竞品同配置笔记本下调 300 元，并送鼠标。", CapturedAt: day(-25), OwnerID: meID},
		sales.Feedback{ID: id(502), PartnerID: partner, Kind: "product", Severity: "normal", Status: "closed", Body: "键盘手感不错，但是屏幕偏黄，客户退了两台。", CapturedAt: day(-80), OwnerID: meID},
		sales.Opportunity{ID: id(601), PartnerID: partner, Name: "南山区中小学机房更新", Stage: "proposal", Amount: 860_000_00, Currency: "CNY", ExpectedClose: date(30), NextStep: "提交方案", NextStepOn: date(3), EngagedOn: "2026-01-12", StageSince: day(-12), OwnerID: meID},
		sales.Opportunity{ID: id(602), PartnerID: partner, Name: "GTX Plus Pro × 40", Stage: "negotiation", Amount: 212_400_00, Currency: "CNY", ExpectedClose: date(-5), EngagedOn: "2025-12-01", StageSince: day(-30), OwnerID: meID},
		sales.Opportunity{ID: id(603), PartnerID: partner, Name: "税务局打印机", Stage: "lost", Amount: 90_000_00, Currency: "CNY", EngagedOn: "2025-10-09", ClosedOn: "2026-02-20", CloseReason: "价格高出竞品一成", OwnerID: meID},
		sales.Project{ID: id(701), AccountID: account, Name: "PACS 影像存储扩容", Phase: "solution", Status: "active", Revenue: 3_200_000_00, Currency: "CNY", StartsOn: "2026-01-05", EndsOn: "2026-09-30", NextStep: "方案评审", OwnerID: meID},
		sales.Task{ID: id(801), PartnerID: partner, Title: "发二季度价格表", Status: "open", Priority: "high", DueOn: date(-1), OwnerID: meID},
		sales.Task{ID: id(802), PartnerID: partner, Title: "确认返点金额", Status: "open", Priority: "normal", DueOn: date(2), OwnerID: meID},
		sales.Task{ID: id(803), PartnerID: partner, Title: "寄样机", Status: "done", Priority: "normal", DueOn: date(-20), DoneAt: day(-21), OwnerID: meID},
		sales.Attachment{ID: id(901), PartnerID: partner, FileName: "代理协议-2024.pdf", MediaType: "application/pdf", Size: 1_843_200, Caption: "年度代理协议"},
		sales.Attachment{ID: id(902), PartnerID: partner, FileName: "门店照片.jpg", MediaType: "image/jpeg", Size: 412_300},
	)
	products := []string{"ThinkStation 工作站", "服务器 2U", "商用笔记本 14\"", "27\" 显示器", "激光打印机"}
	for i := range 60 {
		amount := int64(40_000_00 + (i*7919)%90_000*100)
		s := sales.Shipment{
			ID: id(2000 + i), Key: fmt.Sprint(i), OrderNo: fmt.Sprint(536365 + i/3), PartnerID: partner, ProductCode: fmt.Sprint(71053 + i%5), ProductName: products[i%5],
			Quantity: int64(1 + i%9), UnitPrice: amount / int64(1+i%9), Amount: amount, Currency: "CNY", ShippedAt: day(-i * 6),
		}
		if i%17 == 5 {
			s.OrderNo, s.Quantity, s.Amount = "C"+s.OrderNo, -s.Quantity, -s.Amount/4
		}
		book.Put(s)
	}
	for i, due := range []int{20, -12, -45, -75, -140, -30, -60, -90, -120, -150} {
		r := sales.Receivable{ID: id(3000 + i), InvoiceNo: fmt.Sprint(280670965 + i*7133), PartnerID: partner, Amount: int64(52_000_00 + i*13_700_00), Currency: "CNY", InvoicedOn: date(due - 30), DueOn: date(due), Disputed: i == 3}
		if i >= 5 {
			r.SettledOn = date(due + i - 7)
		}
		book.Put(r)
	}
	return partner, account
}

// manyPartners fills a list as long as real ones.
func manyPartners(book *fakebook.Book, n int) {
	words := []string{"铜陵达人", "榆林中彩", "三门峡诚嘉信", "克拉玛依宝乐", "深圳市华强北赛格电子", "北京中关村鼎好", "南山智园", "海淀学府", "福田卓越", "博罗长城计算机"}
	tiers, types := []string{"gold", "silver", "bronze", "platinum", "prospect"}, []string{"distributor", "agent", "reseller", "integrator"}
	regions, statuses := []string{"440305", "440304", "110108"}, []string{"active", "active", "active", "prospect", "suspended", "ended"}
	for i := range n {
		p := sales.Partner{
			ID: id(10_000 + i), Code: fmt.Sprintf("P%05d", 12347+i), Name: words[i%len(words)] + "科技" + fmt.Sprint(i/10+1), Tier: tiers[(i/10+i)%5], Type: types[(i/10)%4],
			RegionCode: regions[(i/10)%3], Status: statuses[(i/10)%6], OwnerID: []string{meID, meID, otherID}[(i/10)%3], Meta: sales.Meta{Pending: i%11 == 3},
		}
		book.Put(p)
		if (i/10)%4 != 0 {
			at := sales.InstantOf(now.AddDate(0, 0, -(i*7)%75))
			book.Put(sales.Visit{ID: id(50_000 + i), PartnerID: p.ID, VisitType: "routine", Status: "done", StartedAt: at, EndedAt: at})
		}
	}
}

// open shows the page of a route.
func open(t *testing.T, d Deps, route string) (*uitest.Host, ui.Page, fyne.CanvasObject) {
	t.Helper()
	h := uitest.NewHost(t)
	page := NewPage(d)(h, ui.ParseRoute(route))
	content := h.Show(page)
	return h, page, content
}

// show builds the page of a route for a picture.
func show(d Deps, route string) func(h *uitest.Host) fyne.CanvasObject {
	return func(h *uitest.Host) fyne.CanvasObject {
		page := NewPage(d)(h, ui.ParseRoute(route))
		return h.Show(page)
	}
}

func shows(t *testing.T, root fyne.CanvasObject, texts ...string) {
	t.Helper()
	all := uitest.Texts(root)
	for _, text := range texts {
		if !slices.Contains(all, text) {
			t.Errorf("%q is not shown; there is %q", text, all)
		}
	}
}

// openFirst opens the first row of the table of a tab and gives the number of rows and the route that was opened.
func openFirst[T any](t *testing.T, h *uitest.Host, content fyne.CanvasObject) (rows int, route string) {
	t.Helper()
	table := uitest.Find[*ui.Table[T]](t, content, 0)
	table.Select(0)
	if row, ok := table.Selected(); ok && table.OnOpen != nil {
		table.OnOpen(row)
	}
	if len(h.Opened) > 0 {
		route = h.Opened[len(h.Opened)-1]
	}
	return table.Length(), route
}
