package sample

import (
	"fmt"

	"github.com/rounds-field/rounds/sales"
)

// addProjects gives each representative three projects with key accounts: one on course, one late, one in danger.
func (b *builder) addProjects() error {
	n := 0
	for _, rep := range reps() {
		var mine []company
		for _, c := range b.worked(rep.ID) {
			if !c.partner {
				mine = append(mine, c)
			}
		}
		for i := range min(3, len(mine)) {
			b.addProject(mine[i*5%len(mine)], rep, n, i)
			n++
		}
	}
	return nil
}

func (b *builder) addProject(c company, rep sales.User, n, state int) {
	names := []string{"数据中心改造项目", "办公终端更新项目", "分支机构联网项目", "多媒体教室建设项目", "信创替换项目"}
	p := sales.Project{
		ID: id("project", fmt.Sprint(n)), Code: fmt.Sprintf("XM%04d", n+1), Name: c.name + names[n%len(names)], AccountID: c.id, OwnerID: rep.ID,
		MemberIDs: sales.CleanSet([]string{rep.ID, b.managerOf(rep.ID)}), Status: "active", Health: sales.HealthAuto,
		Revenue: int64(20+b.rnd.IntN(400)) * 1_000_000, Currency: sales.DefaultCurrency, StartsOn: b.day(-120 - b.rnd.IntN(60)),
		EndsOn: b.day(60 + b.rnd.IntN(120)), Phase: []string{"solution", "bid", "delivery"}[state],
		NextStep: pick(b.rnd, "准备投标文件", "安排技术交流", "确认到货时间", "组织客户考察"),
	}
	b.add(p)
	steps := []struct{ phase, name string }{
		{"needs", "需求确认"}, {"solution", "方案评审"}, {"bid", "投标"}, {"contract", "合同签订"}, {"delivery", "设备到货"}, {"acceptance", "项目验收"},
	}
	first := -100 + state*2
	for i, s := range steps {
		m := sales.Milestone{ID: id("milestone", fmt.Sprintf("%d/%d", n, i)), ProjectID: p.ID, Name: s.name, Phase: s.phase, OwnerID: rep.ID}
		due := first + i*32
		if state == 1 && i == 3 { // late
			due = -4
		}
		m.DueOn = b.day(due)
		if due < 0 && (state == 0 || i < 3) {
			m.DoneOn = b.day(due - 2 + b.rnd.IntN(3))
		}
		if state == 2 && i == 3 { // very late
			m.DueOn, m.DoneOn = b.day(-19), ""
		}
		b.add(m)
	}
	b.addRisks(p, n, state)
	for i, text := range []string{"与信息中心主任沟通，需求基本确认。", "竞品已提交方案，价格低约 5%。", "客户内部立项通过，预算已批复。", "样机测试完成，反映散热需要改进。"} {
		b.add(sales.ProjectNote{
			ID: id("project_note", fmt.Sprintf("%d/%d", n, i)), ProjectID: p.ID, AuthorID: rep.ID, Body: text, WrittenAt: b.at(-70+i*22, 17, 10+n),
		})
	}
}

func (b *builder) addRisks(p sales.Project, n, state int) {
	risks := []sales.ProjectRisk{
		{Title: "客户预算可能压缩", Likelihood: "low", Impact: "high", Status: "open", Response: "准备分期方案"},
		{Title: "关键部件供货周期长", Likelihood: "medium", Impact: "medium", Status: "mitigated", Response: "已提前备货"},
	}
	if state == 2 {
		risks = append(risks, sales.ProjectRisk{Title: "竞争对手与决策人关系密切", Likelihood: "high", Impact: "high", Status: "open", Response: "安排高层拜访"})
	}
	for i, r := range risks {
		r.ID, r.ProjectID, r.OwnerID = id("project_risk", fmt.Sprintf("%d/%d", n, i)), p.ID, p.OwnerID
		b.add(r)
	}
}
