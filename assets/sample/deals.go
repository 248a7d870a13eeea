package sample

import (
	"fmt"
	"time"

	"github.com/rounds-field/rounds/sales"
)

// smallPipeline is one in how many deals the small scale keeps.
const smallPipeline = 20

// addOpportunities takes the deals of the pipeline, with their odd product names, to the partners and key accounts here. What is open there
// has neither amount nor expected close; those are made up, so that some deals are past their close, stuck, or without a next step.
func (b *builder) addOpportunities() error {
	table, err := rows("crm/sales_pipeline.csv")
	days := b.weeksTo(lastDeal)
	for i, row := range table {
		if !b.full && i%smallPipeline != 0 {
			continue
		}
		o := sales.Opportunity{
			ID: id("opportunity", row[0]), Code: row[0], ProductName: row[2], Currency: sales.DefaultCurrency, Amount: minor(row[7]),
			EngagedOn: moved(isoDay(row[5]), days), ClosedOn: moved(isoDay(row[6]), days), Notes: origin(row[3], row[1]),
		}
		c := b.workedCompany(i)
		if c.partner {
			o.PartnerID, o.Pipeline = c.id, sales.PipelineChannel
		} else {
			o.AccountID, o.Pipeline = c.id, sales.PipelineKeyAccount
		}
		o.Name, o.OwnerID = c.name+" "+row[2], c.owner
		since := o.ClosedOn
		switch row[4] {
		case "Won":
			o.Stage, o.CloseReason = sales.StageWon, pick(b.rnd, "价格合适", "交期有保证", "方案匹配", "关系稳固")
		case "Lost":
			o.Stage, o.CloseReason = sales.StageLost, pick(b.rnd, "价格偏高", "项目取消", "客户预算不足", "选择了竞品")
			o.Competitor = pick(b.rnd, "", "联想", "戴尔", "惠普", "华为")
		default:
			b.openDeal(&o, row[4] == "Engaging")
			since = b.day(-b.rnd.IntN(50))
		}
		o.ExpectedClose = sales.Date(orElse(string(o.ExpectedClose), string(o.ClosedOn)))
		o.StageSince = sales.InstantOf(since.Time(b.now.Location()).Add(10 * time.Hour))
		b.deals = append(b.deals, o)
		b.add(o)
		b.addStageHistory(o)
	}
	return err
}

// workedCompany deals out the companies that a representative works: two partners, then a key account.
func (b *builder) workedCompany(i int) company {
	from := b.partners
	if i/smallPipeline%3 == 2 {
		from = b.accounts
	}
	for {
		if c := from[b.rnd.IntN(len(from))]; c.owner != "" {
			return c
		}
	}
}

// origin says whose deal this was in the data that the sample is made of.
func origin(customer, seller string) string {
	if customer == "" || customer == "null" { // how the data says that nobody knows
		return "原销售：" + seller
	}
	return "来源客户：" + customer + "；原销售：" + seller
}

// openDeal gives an open deal its stage, amount, expected close and next step.
func (b *builder) openDeal(o *sales.Opportunity, engaged bool) {
	o.Stage = sales.StageProspect
	if engaged {
		o.Stage = pick(b.rnd, sales.StageQualified, sales.StageQualified, sales.StageProposal, sales.StageProposal, sales.StageNegotiation)
	}
	o.Amount = b.productNamed(o.ProductName).Price * int64(1+b.rnd.IntN(40))
	o.ExpectedClose = b.day(-12 + b.rnd.IntN(100))
	o.Forecast = pick(b.rnd, "pipeline", "pipeline", "best_case", "commit")
	if o.Stage == sales.StageNegotiation || b.chance(65) {
		o.NextStep = pick(b.rnd, "提交报价", "安排样机测试", "约见采购经理", "确认交货期", "讲解方案", "催回合同")
		o.NextStepOn = b.day(-4 + b.rnd.IntN(20))
	}
}

// addStageHistory writes the stages that a deal has passed, a week or more apart.
func (b *builder) addStageHistory(o sales.Opportunity) {
	stages := []string{sales.StageProspect}
	for _, s := range sales.Stages(o.Pipeline)[1:] {
		if stages[len(stages)-1] == o.Stage {
			break
		}
		if s == o.Stage || !sales.Closed(s) && (!sales.Closed(o.Stage) || b.chance(60)) {
			stages = append(stages, s)
		}
	}
	at := o.StageSince
	for i := len(stages) - 1; i >= 0; i-- {
		from, reason := "", ""
		if i > 0 {
			from = stages[i-1]
		}
		if sales.Closed(stages[i]) {
			reason = o.CloseReason
		}
		b.add(sales.StageChange{
			ID: id("stage_change", fmt.Sprintf("%s/%d", o.Code, i)), OpportunityID: o.ID, FromStage: from, ToStage: stages[i],
			ChangedAt: at, AuthorID: o.OwnerID, Reason: reason,
		})
		at -= sales.Instant((7 + b.rnd.IntN(20)) * 24 * 60 * 60 * 1000)
	}
	if o.Open() && o.Amount > 0 {
		p := b.productNamed(o.ProductName)
		b.add(sales.LineItem{
			ID: id("line_item", o.Code+"/1"), OpportunityID: o.ID, ProductID: p.ID, Description: o.ProductName,
			Quantity: o.Amount / max(1, p.Price), UnitPrice: p.Price, Position: 1,
		})
	}
}

// isoDay turns the pipeline's DD-MM-YYYY into YYYY-MM-DD.
func isoDay(s string) string {
	if len(s) != 10 {
		return ""
	}
	return s[6:] + "-" + s[3:5] + "-" + s[:2]
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
