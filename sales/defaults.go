package sales

import "github.com/google/uuid"

// RoutineVisit is the code of the type of visit that every workbook has.
const RoutineVisit = "routine"

// defaultSpace is the name space of the ids that are derived from codes. It never changes: the ids are in every workbook.
var defaultSpace = uuid.MustParse("6f1b3b0e-5f0c-5d7a-9a43-2c1e5b7d8f60")

// DerivedID is the id of a record that every workbook makes for itself, derived (UUID version 5) from its kind and code, so that it is
// the same record everywhere.
func DerivedID(kind, code string) string {
	return uuid.NewSHA1(defaultSpace, []byte(kind+"/"+code)).String()
}

// defaultStep is one step of a type of visit that comes with the product.
type defaultStep struct {
	code, name, nameZh string
	mandatory          bool
}

// defaultTypes are the types of visit that come with the product (SC-060-030 and the support kinds of SC-020-040).
var defaultTypes = []struct {
	code, name, nameZh string
	minutes            int64
	steps              []defaultStep
}{
	{RoutineVisit, "Routine visit", "例行走访", 45, []defaultStep{
		{"stock", "Check stock and display", "查看库存与陈列", false},
		{"sales", "Talk over sales and targets", "沟通销量与目标", true},
		{"needs", "Ask for needs and problems", "了解需求与问题", true},
		{"market", "Note competitors and prices", "收集竞品与价格", false},
	}},
	{"first_visit", "First visit", "首次拜访", 60, []defaultStep{
		{"introduce", "Introduce company and policy", "介绍公司与政策", true},
		{"profile", "Record size and lines of business", "了解规模与主营业务", true},
		{"people", "Find out who decides", "了解关键决策人", false},
	}},
	{"training", "Training", "培训", 120, []defaultStep{
		{"attendance", "Record who attended", "记录参训人员", true},
		{"content", "Teach the product or skill", "讲解产品或技能", true},
		{"test", "Test what was learnt", "培训考核", false},
	}},
	{"promotion", "Promotion", "促销活动", 90, []defaultStep{
		{"material", "Check promotion material", "检查促销物料", true},
		{"execution", "Check how it is carried out", "检查活动执行", true},
		{"result", "Record sales of the promotion", "记录促销销量", false},
	}},
	{"complaint", "Complaint handling", "投诉处理", 60, []defaultStep{
		{"facts", "Record the facts", "记录事实", true},
		{"answer", "Agree on what will be done", "商定处理办法", true},
	}},
	{"contract", "Contract talks", "合同洽谈", 90, []defaultStep{
		{"terms", "Go through the terms", "逐条确认条款", true},
		{"decision", "Record the decision", "记录结论", true},
	}},
	{"reconciliation", "Statement reconciliation", "核销对帐", 60, []defaultStep{
		{"statement", "Compare orders, deliveries and payments", "核对订单、发货与回款", true},
		{"differences", "Record the differences", "记录差异", true},
		{"overdue", "Agree on overdue payments", "商定逾期款项", false},
	}},
	{"solution", "Solution presentation", "方案交流", 90, []defaultStep{
		{"needs_confirmed", "Confirm the needs", "确认需求", true},
		{"presented", "Present the solution", "讲解方案", true},
		{"next", "Agree on the next step", "商定下一步", true},
	}},
}

// Defaults gives the records that every workbook begins with: the types of visit and their steps. Their ids are the same
// everywhere. The server puts them into the organisation's bucket; a workbook without a server makes them for itself.
func Defaults() []Record {
	var out []Record
	for i, t := range defaultTypes {
		out = append(out, RecordOf(VisitType{
			ID: DerivedID("visit_type", t.code), Code: t.code, Name: t.name, NameZh: t.nameZh, Minutes: t.minutes, Position: int64(i + 1),
		}))
		for j, s := range t.steps {
			code := t.code + "_" + s.code
			out = append(out, RecordOf(VisitStep{
				ID: DerivedID("visit_step", code), Code: code, VisitType: t.code, Name: s.name, NameZh: s.nameZh,
				Position: int64(j + 1), Mandatory: s.mandatory,
			}))
		}
	}
	return out
}
