package fakebook

import (
	"fmt"
	"time"

	"github.com/rounds-field/rounds/sales"
)

// The people of the sample.
const (
	Me        = "00000000-0000-7000-8000-000000000001" // 陈伟, the rep
	Colleague = "00000000-0000-7000-8000-000000000002" // 李娜, a rep of the same region
	Manager   = "00000000-0000-7000-8000-000000000003" // 王磊, their manager
)

// SampleNow is the moment at which the sample plays: a Wednesday morning.
var SampleNow = time.Date(2026, 3, 18, 9, 30, 0, 0, time.FixedZone("CST", 8*3600))

// MeUser is the rep of the sample.
func MeUser() sales.User {
	return sales.User{ID: Me, Name: "chenwei", DisplayName: "陈伟", Role: "rep", Territories: []string{"340000"}}
}

// SampleID is a fixed id, so that a test can name a record of the sample: SampleID("partner", 1) is the first partner.
func SampleID(kind string, n int) string {
	return fmt.Sprintf("00000000-0000-7000-8%03d-%012d", sales.MustKind(kind).Number, n)
}

// Sample is a workbook with a rep's week in it, on SampleNow. Names and texts are of the real data in assets.
func Sample() *Book {
	b := New(func() time.Time { return SampleNow }, Me)
	sampleOrganisation(b)
	sampleCompanies(b)
	sampleVisits(b)
	sampleWork(b)
	return b
}

// At is a clock time some days from the sample's day.
func At(days, hour, minute int) sales.Instant {
	y, m, d := SampleNow.Date()
	return sales.InstantOf(time.Date(y, m, d+days, hour, minute, 0, 0, SampleNow.Location()))
}

// On is a day some days from the sample's day.
func On(days int) sales.Date { return sales.DateOf(SampleNow.AddDate(0, 0, days)) }

// by marks who wrote a record and when.
func by(user string, at sales.Instant) sales.Meta { return sales.Meta{UpdatedBy: user, UpdatedAt: at} }

func sampleOrganisation(b *Book) {
	b.Put(
		MeUser(),
		sales.User{ID: Colleague, Name: "lina", DisplayName: "李娜", Role: "rep"},
		sales.User{ID: Manager, Name: "wanglei", DisplayName: "王磊", Role: "manager"},
		sales.Territory{Code: "340000", Name: "安徽省"},
		sales.Territory{Code: "340700", Name: "铜陵市", ParentCode: "340000"},
		sales.VisitType{Code: "routine", Name: "Routine visit", NameZh: "例行走访", Minutes: 60, Position: 1},
		sales.VisitType{Code: "training", Name: "Product training", NameZh: "产品培训", Minutes: 120, Position: 2},
		sales.VisitType{Code: "review", Name: "Business review", NameZh: "业务回顾", Minutes: 90, Position: 3},
		sales.VisitType{Code: "complaint", Name: "Complaint handling", NameZh: "投诉处理", Minutes: 60, Position: 4},
	)
	steps := []sales.VisitStep{
		{Code: "stock", Name: "Check stock and delivery times", NameZh: "核对库存与到货时间", Mandatory: true},
		{Code: "receivables", Name: "Go through open receivables", NameZh: "核对应收账款", Mandatory: true},
		{Code: "display", Name: "Inspect the shop display", NameZh: "检查门店陈列"},
		{Code: "competitor", Name: "Ask about competitors' prices and promotions", NameZh: "了解竞品价格与促销", Mandatory: true},
		{Code: "plan", Name: "Agree next month's order plan", NameZh: "商定下月订货计划"},
	}
	for i, s := range steps {
		s.VisitType, s.Position = "routine", int64(i+1)
		b.Put(s)
	}
}

func sampleCompanies(b *Book) {
	partners := []sales.Partner{
		{Code: "P12347", Name: "铜陵达人科技", RegionCode: "340706", Tier: "platinum", Type: "distributor", Phone: "0562-2831190", Address: "铜陵市义安区笠帽山东路"},
		{Code: "P12349", Name: "榆林中彩科技", RegionCode: "610829", Tier: "gold", Type: "agent"},
		{Code: "P12350", Name: "桂林声智科技", RegionCode: "450321", Tier: "gold", Type: "reseller"},
		{Code: "P12352", Name: "北京华维电子", RegionCode: "110116", Tier: "platinum", Type: "integrator"},
		{Code: "P12354", Name: "长春无端科技", RegionCode: "220184", Tier: "silver", Type: "reseller"},
		{Code: "P12356", Name: "张家口汉王科技", RegionCode: "130730", Tier: "silver", Type: "agent"},
		{Code: "P12357", Name: "江门利民电子", RegionCode: "440704", Tier: "bronze", Type: "reseller"},
		{Code: "P12363", Name: "伊犁哈萨联盛科技", RegionCode: "654028", Tier: "gold", Type: "distributor"},
		{Code: "P12378", Name: "呼和浩特速易网络", RegionCode: "150172", Tier: "prospect", Type: "integrator"},
		{Code: "P12386", Name: "昌吉回族星湖科技", RegionCode: "652325", Tier: "silver", Type: "agent", Status: "suspended"},
	}
	for i, p := range partners {
		p.ID, p.Currency = SampleID("partner", i+1), "CNY"
		if p.Status == "" {
			p.Status = "active"
		}
		if i < 6 {
			p.OwnerID = Me
		}
		b.Put(p)
	}
	accounts := []sales.Account{
		{Code: "K10000", Name: "富盈集团", RegionCode: "650521", Tier: "platinum", Industry: "金融"},
		{Code: "K10005", Name: "华菱汽车", RegionCode: "320813", Tier: "gold", Industry: "制造"},
		{Code: "K10009", Name: "未来学院", RegionCode: "371482", Tier: "silver", Industry: "教育"},
	}
	for i, a := range accounts {
		a.ID, a.Status, a.OwnerID = SampleID("account", i+1), "active", Me
		b.Put(a)
	}
	contacts := []sales.Contact{
		{PartnerID: SampleID("partner", 1), Name: "赵敏", JobTitle: "总经理", Mobile: "13905620188", Primary: true, DecisionRole: "decider", Attitude: "supporter"},
		{PartnerID: SampleID("partner", 1), Name: "孙浩", JobTitle: "采购主管", Mobile: "13856213370", DecisionRole: "influencer", Attitude: "neutral"},
		{PartnerID: SampleID("partner", 1), Name: "周婷", JobTitle: "门店店长", Mobile: "15956240921", DecisionRole: "user"},
		{AccountID: SampleID("account", 2), Name: "吴建国", JobTitle: "信息部部长", Mobile: "13705170066", Primary: true, DecisionRole: "decider"},
	}
	for i, c := range contacts {
		c.ID, c.OwnerID = SampleID("contact", i+1), Me
		b.Put(c)
	}
}
