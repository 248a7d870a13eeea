package sales

// Opportunity is a possible deal, with stage, amount, close date and partner (SC-050-040).
type Opportunity struct {
	ID string
	Meta
	Code          string  `f:"1,search"`
	Name          string  `f:"2,required,search"`
	Pipeline      string  `f:"3,options=channel|key_account"`
	Stage         string  `f:"4,required,options=prospect|qualified|proposal|negotiation|won|lost,group=stage"`
	PartnerID     string  `f:"5,ref=partner"`
	AccountID     string  `f:"6,ref=account"`
	Amount        int64   `f:"7,money,group=amount"`
	Currency      string  `f:"8,group=amount"`
	Probability   int64   `f:"9,group=stage"` // percent; 0 means the stage's own
	ExpectedClose Date    `f:"10"`
	ClosedOn      Date    `f:"11,group=stage"`
	CloseReason   string  `f:"12,group=stage"` // why won or lost
	Competitor    string  `f:"13,search"`
	NextStep      string  `f:"14,search"`
	NextStepOn    Date    `f:"15"`
	StageSince    Instant `f:"16,group=stage"` // when it entered its stage
	OwnerID       string  `f:"17,ref=user"`
	Notes         string  `f:"18,long,merge=text,search"`
	EngagedOn     Date    `f:"19"`
	ProductName   string  `f:"20,search"` // what it is mainly about, as the source names it
	Forecast      string  `f:"21,options=commit|best_case|pipeline|omitted"`
}

// StageChange is one entry of an opportunity's stage history.
type StageChange struct {
	ID string
	Meta
	OpportunityID string  `f:"1,ref=opportunity,required"`
	FromStage     string  `f:"2"`
	ToStage       string  `f:"3,required"`
	ChangedAt     Instant `f:"4,required"`
	AuthorID      string  `f:"5,ref=user"`
	Reason        string  `f:"6"`
}

// LineItem is one product within an opportunity.
type LineItem struct {
	ID string
	Meta
	OpportunityID string `f:"1,ref=opportunity,required"`
	ProductID     string `f:"2,ref=product"`
	Description   string `f:"3,search"`
	Quantity      int64  `f:"4,required"`
	UnitPrice     int64  `f:"5,money"`
	Discount      int64  `f:"6"` // percent
	Position      int64  `f:"7"`
}
