package sales

// Visit is a planned or ad-hoc call on a partner or key account (SC-060-030).
type Visit struct {
	ID string
	Meta
	PartnerID    string   `f:"1,ref=partner"`
	AccountID    string   `f:"2,ref=account"`
	VisitType    string   `f:"3,code=visit_type,required"`
	Status       string   `f:"4,options=planned|in_progress|done|cancelled"`
	Subject      string   `f:"5,search"`
	PlannedAt    Instant  `f:"6"` // when it is meant to begin
	PlannedEnd   Instant  `f:"7"`
	StartedAt    Instant  `f:"8,group=when"`
	EndedAt      Instant  `f:"9,group=when"`
	Zone         string   `f:"10"` // IANA name of the zone in which it took place
	Notes        string   `f:"11,long,merge=text,search"`
	Outcome      string   `f:"12,options=successful|neutral|unsuccessful"`
	CancelReason string   `f:"13,search"`
	ContactIDs   []string `f:"14"` // whom we met
	OwnerID      string   `f:"15,ref=user"`
	NextOn       Date     `f:"16"` // next follow-up agreed
	MovedFrom    Instant  `f:"17"` // planned time before the last rescheduling
}

// VisitType is a kind of visit with its own steps. `routine` exists in every workbook.
type VisitType struct {
	ID string
	Meta
	Code     string `f:"1,required"`
	Name     string `f:"2,required"`
	NameZh   string `f:"3"`
	Minutes  int64  `f:"4"` // usual length
	Position int64  `f:"5"`
	Inactive bool   `f:"6"`
}

// VisitStep is one step that a type of visit asks for.
type VisitStep struct {
	ID string
	Meta
	Code      string `f:"1,required"`
	VisitType string `f:"2,code=visit_type,required"`
	Name      string `f:"3,required"`
	NameZh    string `f:"4"`
	Position  int64  `f:"5"`
	Mandatory bool   `f:"6"` // may be skipped only with a reason
	Inactive  bool   `f:"7"`
}

// VisitResult is what came of one step in one visit.
type VisitResult struct {
	ID string
	Meta
	VisitID    string  `f:"1,ref=visit,required"`
	StepCode   string  `f:"2,code=visit_step,required"`
	Result     string  `f:"3,required,options=done|skipped"`
	Note       string  `f:"4,long,merge=text,search"`
	SkipReason string  `f:"5"`
	RecordedAt Instant `f:"6"`
}
