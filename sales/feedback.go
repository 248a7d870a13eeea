package sales

// Feedback is anything heard in the field, in one of the kinds of the domain (SC-050-030, SC-070-010).
type Feedback struct {
	ID string
	Meta
	Kind       string   `f:"1,required,options=product|competitor|market|channel|end_customer|complaint|suggestion|satisfaction"`
	Title      string   `f:"2,search"`
	Body       string   `f:"3,long,merge=text,required,search"`
	Severity   string   `f:"4,options=low|normal|high|critical"`
	Status     string   `f:"5,options=captured|acknowledged|in_progress|answered|closed"`
	PartnerID  string   `f:"6,ref=partner"`
	AccountID  string   `f:"7,ref=account"`
	VisitID    string   `f:"8,ref=visit"`
	ProductID  string   `f:"9,ref=product"`
	Competitor string   `f:"10,search"`
	CapturedAt Instant  `f:"11"`
	OwnerID    string   `f:"12,ref=user"`
	AssigneeID string   `f:"13,ref=user"`
	Tags       []string `f:"14"`
	Positive   bool     `f:"15"`
	Category   string   `f:"16,search"` // product category as the source names it
	ClosedWith string   `f:"17,long"`   // the answer with which it was closed
}

// FeedbackReply is one message in a feedback's thread.
type FeedbackReply struct {
	ID string
	Meta
	FeedbackID string  `f:"1,ref=feedback,required"`
	AuthorID   string  `f:"2,ref=user"`
	Body       string  `f:"3,long,merge=text,required,search"`
	WrittenAt  Instant `f:"4"`
}
