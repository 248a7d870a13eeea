package sales

// declaration pairs a kind's properties with the struct whose tags declare its fields.
type declaration struct {
	kind  Kind
	model any
}

// fieldRoles write what happens in the field; officeRoles write what the organisation sets.
var (
	fieldRoles  = []Role{RoleRep, RoleManager, RoleOperations}
	leadRoles   = []Role{RoleManager, RoleOperations}
	officeRoles = []Role{RoleOperations}
)

// declarations lists every kind. To add one: write its struct in a file of its own with its rules, and
// add its line here. Numbers are never reused.
func declarations() []declaration {
	return []declaration{
		{Kind{Number: 1, Name: "territory", Scope: InOrganisation, Title: "name", Natural: []string{"code"}, Writers: officeRoles, Sort: "code"}, Territory{}},
		{Kind{Number: 2, Name: "user", Scope: InOrganisation, Title: "display_name", Natural: []string{"name"}, Sort: "name"}, User{}},
		{Kind{Number: 3, Name: "product", Scope: InOrganisation, Title: "name", Natural: []string{"code", "name"}, Writers: officeRoles, Sort: "code"}, Product{}},
		{Kind{Number: 4, Name: "visit_type", Scope: InOrganisation, Title: "name", Natural: []string{"code"}, Writers: officeRoles, Sort: "position"}, VisitType{}},
		{Kind{Number: 5, Name: "visit_step", Scope: InOrganisation, Title: "name", Natural: []string{"code"}, Writers: officeRoles, Sort: "position"}, VisitStep{}},
		{Kind{Number: 6, Name: "partner", Scope: InTerritory, Title: "name", Natural: []string{"code", "name"}, Writers: fieldRoles, Sort: "name"}, Partner{}},
		{Kind{Number: 7, Name: "account", Scope: InTerritory, Title: "name", Natural: []string{"code", "name"}, Writers: fieldRoles, Sort: "name"}, Account{}},
		{Kind{Number: 8, Name: "contact", Scope: InParent, Parents: companyRefs, Owner: "owner_id", Title: "name", Natural: []string{"name"}, Writers: fieldRoles, Sort: "name"}, Contact{}},
		{Kind{Number: 9, Name: "visit", Scope: InParent, Parents: companyRefs, Owner: "owner_id", Title: "subject", Writers: fieldRoles, Sort: "-planned_at"}, Visit{}},
		{Kind{Number: 10, Name: "visit_result", Scope: InParent, Parents: []string{"visit_id"}, Writers: fieldRoles}, VisitResult{}},
		{Kind{Number: 11, Name: "feedback", Scope: InParent, Parents: []string{"partner_id", "account_id", "visit_id"}, Owner: "owner_id", Title: "title", Writers: fieldRoles, Sort: "-captured_at"}, Feedback{}},
		{Kind{Number: 12, Name: "feedback_reply", Scope: InParent, Parents: []string{"feedback_id"}, Owner: "author_id", Writers: fieldRoles, Sort: "written_at"}, FeedbackReply{}},
		{Kind{Number: 13, Name: "opportunity", Scope: InParent, Parents: companyRefs, Owner: "owner_id", Title: "name", Natural: []string{"code"}, Writers: fieldRoles, Sort: "expected_close"}, Opportunity{}},
		{Kind{Number: 14, Name: "stage_change", Scope: InParent, Parents: []string{"opportunity_id"}, Owner: "author_id", Writers: fieldRoles, Sort: "changed_at"}, StageChange{}},
		{Kind{Number: 15, Name: "line_item", Scope: InParent, Parents: []string{"opportunity_id"}, Writers: fieldRoles, Sort: "position"}, LineItem{}},
		{Kind{Number: 16, Name: "project", Scope: InParent, Parents: []string{"account_id", "partner_id"}, Owner: "owner_id", Title: "name", Natural: []string{"code", "name"}, Writers: fieldRoles, Sort: "name"}, Project{}},
		{Kind{Number: 17, Name: "milestone", Scope: InParent, Parents: []string{"project_id"}, Title: "name", Writers: fieldRoles, Sort: "due_on"}, Milestone{}},
		{Kind{Number: 18, Name: "project_note", Scope: InParent, Parents: []string{"project_id"}, Owner: "author_id", Writers: fieldRoles, Sort: "-written_at"}, ProjectNote{}},
		{Kind{Number: 19, Name: "project_risk", Scope: InParent, Parents: []string{"project_id"}, Owner: "owner_id", Title: "title", Writers: fieldRoles, Sort: "title"}, ProjectRisk{}},
		{Kind{Number: 20, Name: "task", Scope: InParent, Parents: []string{"partner_id", "account_id", "project_id", "opportunity_id", "visit_id", "feedback_id"}, Owner: "owner_id", Title: "title", Writers: fieldRoles, Sort: "due_on"}, Task{}},
		{Kind{Number: 21, Name: "announcement", Scope: InOrganisation, Title: "title", Writers: leadRoles, Sort: "-published_on"}, Announcement{}},
		{Kind{Number: 22, Name: "receipt", Scope: InPerson, Owner: "user_id", Writers: append([]Role{RoleAuditor}, fieldRoles...), Sort: "-read_at"}, Receipt{}},
		{Kind{Number: 23, Name: "attachment", Scope: InParent, Parents: []string{"visit_id", "feedback_id", "project_id", "opportunity_id", "partner_id", "account_id"}, Owner: "owner_id", Title: "file_name", Writers: fieldRoles, Sort: "file_name"}, Attachment{}},
		{Kind{Number: 24, Name: "shipment", Scope: InParent, Parents: []string{"partner_id"}, Title: "order_no", Natural: []string{"key"}, Writers: officeRoles, Sort: "-shipped_at"}, Shipment{}},
		{Kind{Number: 25, Name: "receivable", Scope: InParent, Parents: []string{"partner_id"}, Title: "invoice_no", Natural: []string{"invoice_no"}, Writers: officeRoles, Sort: "-invoiced_on"}, Receivable{}},
		{Kind{Number: 26, Name: "conflict", Scope: InPerson, Owner: "user_id", Writers: append([]Role{RoleAuditor}, fieldRoles...), Sort: "-decided_at"}, Conflict{}},
		{Kind{Number: 27, Name: "saved_view", Scope: InPerson, Owner: "user_id", Title: "name", Writers: append([]Role{RoleAuditor}, fieldRoles...), Sort: "name"}, SavedView{}},
	}
}

var companyRefs = []string{"partner_id", "account_id"}
