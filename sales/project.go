package sales

// Project is a key-account undertaking with milestones, from lead to acceptance (SI-020-080).
type Project struct {
	ID string
	Meta
	Code      string   `f:"1,search"`
	Name      string   `f:"2,required,search"`
	AccountID string   `f:"3,ref=account"`
	PartnerID string   `f:"4,ref=partner"`
	Phase     string   `f:"5,options=lead|needs|solution|bid|contract|delivery|acceptance|closed"`
	Status    string   `f:"6,options=active|on_hold|completed|cancelled"`
	Health    string   `f:"7,options=auto|green|amber|red"` // auto: from milestones and risks
	Revenue   int64    `f:"8,money"`                        // expected
	Currency  string   `f:"9"`
	StartsOn  Date     `f:"10"`
	EndsOn    Date     `f:"11"`
	NextStep  string   `f:"12,search"`
	OwnerID   string   `f:"13,ref=user"`
	MemberIDs []string `f:"14"` // users working on it
	Notes     string   `f:"15,long,merge=text,search"`
}

// Milestone is a dated point of a project.
type Milestone struct {
	ID string
	Meta
	ProjectID string `f:"1,ref=project,required"`
	Name      string `f:"2,required,search"`
	DueOn     Date   `f:"3,required"`
	DoneOn    Date   `f:"4"`
	Phase     string `f:"5,options=lead|needs|solution|bid|contract|delivery|acceptance|closed"`
	OwnerID   string `f:"6,ref=user"`
}

// ProjectNote is one note of progress.
type ProjectNote struct {
	ID string
	Meta
	ProjectID string  `f:"1,ref=project,required"`
	AuthorID  string  `f:"2,ref=user"`
	Body      string  `f:"3,long,merge=text,required,search"`
	WrittenAt Instant `f:"4"`
}

// ProjectRisk is something that may go wrong in a project.
type ProjectRisk struct {
	ID string
	Meta
	ProjectID  string `f:"1,ref=project,required"`
	Title      string `f:"2,required,search"`
	Likelihood string `f:"3,options=low|medium|high"`
	Impact     string `f:"4,options=low|medium|high"`
	Response   string `f:"5,long,merge=text,search"`
	Status     string `f:"6,options=open|mitigated|occurred|closed"`
	OwnerID    string `f:"7,ref=user"`
}

// Task is a follow-up with a due day and a reminder.
type Task struct {
	ID string
	Meta
	Title         string  `f:"1,required,search"`
	Notes         string  `f:"2,long,merge=text,search"`
	DueOn         Date    `f:"3"`
	RemindAt      Instant `f:"4"`
	Status        string  `f:"5,options=open|done|cancelled"`
	Priority      string  `f:"6,options=low|normal|high"`
	OwnerID       string  `f:"7,ref=user"`
	PartnerID     string  `f:"8,ref=partner"`
	AccountID     string  `f:"9,ref=account"`
	VisitID       string  `f:"10,ref=visit"`
	OpportunityID string  `f:"11,ref=opportunity"`
	ProjectID     string  `f:"12,ref=project"`
	FeedbackID    string  `f:"13,ref=feedback"`
	DoneAt        Instant `f:"14"`
}
