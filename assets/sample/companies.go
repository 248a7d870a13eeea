package sample

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rounds-field/rounds/sales"
)

// How many companies of each representative the small scale keeps: those that were shipped most.
const (
	partnersEach = 72
	accountsEach = 24
)

// minor reads an amount of the data files into minor units; their texts are known to be numbers.
func minor(text string) int64 {
	f := sales.Field{Name: "amount", Type: sales.Money}
	v, _ := sales.ParseValue(&f, text, time.UTC)
	n, _ := v.(int64)
	return n
}

func (b *builder) addCompanies() error {
	partners, err := rows("partners.csv")
	if err != nil {
		return err
	}
	accounts, err := rows("accounts.csv")
	if err != nil {
		return err
	}
	volume, err := shippedVolume()
	if err != nil {
		return err
	}
	tier := tiersBy(volume)
	slices.SortStableFunc(partners, func(x, y []string) int { return cmp.Compare(volume[y[0]], volume[x[0]]) })
	count := map[string]int{}
	for _, row := range partners {
		c := b.companyOf(row, "partner", tier[row[0]])
		if count[c.owner]++; !b.full && (c.owner == "" || count[c.owner] > partnersEach) {
			continue
		}
		b.partners, b.kept[c.code] = append(b.partners, c), true
		b.addPartner(c)
	}
	clear(count)
	for i, row := range accounts {
		c := b.companyOf(row, "account", []string{"gold", "silver", "platinum", "silver", "bronze", "prospect"}[i%6])
		if count[c.owner]++; !b.full && (c.owner == "" || count[c.owner] > accountsEach) {
			continue
		}
		b.accounts = append(b.accounts, c)
		b.addAccount(c)
	}
	return nil
}

func (b *builder) companyOf(row []string, kind, tier string) company {
	return company{
		id: id(kind, row[0]), code: row[0], name: row[1], region: row[2], tier: tier,
		owner: b.repOf(row[2]), partner: kind == "partner",
	}
}

// shippedVolume adds up what each partner was shipped, in minor units.
func shippedVolume() (map[string]int64, error) {
	table, err := rows("shipments.csv")
	volume := map[string]int64{}
	for _, row := range table {
		quantity, _ := strconv.ParseInt(row[4], 10, 64)
		volume[row[1]] += quantity * minor(row[5])
	}
	return volume, err
}

// tiersBy ranks partners by volume: the first 4 in 100 are platinum, the next 14 gold, the next 32 silver, the others bronze; who
// was shipped nothing on balance is a prospect.
func tiersBy(volume map[string]int64) map[string]string {
	codes := make([]string, 0, len(volume))
	for code := range volume {
		codes = append(codes, code)
	}
	slices.SortFunc(codes, func(x, y string) int {
		return cmp.Or(cmp.Compare(volume[y], volume[x]), cmp.Compare(x, y))
	})
	tier := make(map[string]string, len(codes))
	for i, code := range codes {
		switch rank := i * 100 / len(codes); {
		case volume[code] <= 0:
			tier[code] = "prospect"
		case rank < 4:
			tier[code] = "platinum"
		case rank < 18:
			tier[code] = "gold"
		case rank < 50:
			tier[code] = "silver"
		default:
			tier[code] = "bronze"
		}
	}
	return tier
}

func (b *builder) addPartner(c company) {
	p := sales.Partner{
		ID: c.id, Code: c.code, Name: c.name, Tier: c.tier, RegionCode: c.region, OwnerID: c.owner, Currency: sales.DefaultCurrency,
		Type:   pick(b.rnd, "reseller", "reseller", "agent", "integrator", "distributor"),
		Status: "active", Phone: mobile(b.rnd),
	}
	switch {
	case c.tier == "prospect":
		p.Status = "prospect"
	case b.chance(2):
		p.Status = "suspended"
	}
	if p.Status == "active" {
		p.SignedOn = b.day(-100 - b.rnd.IntN(900))
		p.AgreementEnds = b.day(-20 + b.rnd.IntN(400))
	}
	p.CreditLimit = map[string]int64{"platinum": 50_000_000, "gold": 20_000_000, "silver": 5_000_000, "bronze": 1_000_000}[c.tier]
	if b.chance(15) {
		p.Tags = sales.CleanSet([]string{pick(b.rnd, "重点培育", "教育行业", "政府采购", "网点覆盖", "新签")})
	}
	b.add(p)
}

func (b *builder) addAccount(c company) {
	a := sales.Account{
		ID: c.id, Code: c.code, Name: c.name, Tier: c.tier, RegionCode: c.region, OwnerID: c.owner, Industry: industryOf(c.name),
		Status: "active", Phone: mobile(b.rnd), Employees: int64(50 + b.rnd.IntN(5000)), FoundedIn: int64(1950 + b.rnd.IntN(70)),
		Revenue: int64(1+b.rnd.IntN(900)) * 100_000_000, Currency: sales.DefaultCurrency,
	}
	if c.tier == "prospect" {
		a.Status = "prospect"
	}
	b.add(a)
}

// industryOf reads the line of business from a Chinese company's name.
func industryOf(name string) string {
	for _, x := range []struct{ industry, marks string }{
		{"金融", "银行 证券 保险 基金 信托 投资 金融"},
		{"医疗", "医院 医药 药业 卫生 医疗 制药"},
		{"教育", "大学 学院 学校 中学 教育"},
		{"能源", "电力 电网 能源 石油 石化 煤 燃气 热力 水务 供水"},
		{"交通", "铁路 航空 港 交通 公路 物流 地铁"},
		{"政府", "局 委员会 政府 厅"},
		{"制造", "制造 机械 汽车 重工 钢 电器 化工"},
	} {
		for mark := range strings.FieldsSeq(x.marks) {
			if strings.Contains(name, mark) {
				return x.industry
			}
		}
	}
	return "综合"
}

func (b *builder) addContacts() error {
	for _, c := range slices.Concat(b.partners, b.accounts) {
		n := 1 + b.rnd.IntN(2)
		if c.owner == "" && !b.full {
			continue
		}
		for i := range n {
			p := sales.Contact{
				ID: id("contact", fmt.Sprintf("%s/%d", c.code, i)), Name: personName(b.rnd), JobTitle: pick(b.rnd, jobTitles...),
				Mobile: mobile(b.rnd), OwnerID: c.owner, Primary: i == 0,
				DecisionRole: pick(b.rnd, "decider", "approver", "influencer", "user", "gatekeeper"),
				Attitude:     pick(b.rnd, "supporter", "supporter", "neutral", "neutral", "opponent", "unknown"),
			}
			if c.partner {
				p.PartnerID = c.id
			} else {
				p.AccountID = c.id
			}
			b.add(p)
		}
	}
	return nil
}
