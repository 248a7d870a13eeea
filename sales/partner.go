package sales

// Partner is a company that sells for us: distributor, agent, reseller, integrator.
type Partner struct {
	ID string
	Meta
	Code          string   `f:"1,search"`
	Name          string   `f:"2,required,search"`
	Tier          string   `f:"3,options=platinum|gold|silver|bronze|prospect"`
	Type          string   `f:"4,options=distributor|agent|reseller|integrator"`
	RegionCode    string   `f:"5,code=territory"`
	Address       string   `f:"6,search,group=place"`
	Phone         string   `f:"7,search"`
	Email         string   `f:"8,search"`
	Website       string   `f:"9"`
	OwnerID       string   `f:"10,ref=user"`
	Status        string   `f:"11,options=prospect|active|suspended|ended"`
	CreditLimit   int64    `f:"12,money"`
	Currency      string   `f:"13"`
	VisitEvery    int64    `f:"14"` // days between visits; 0 means the tier's cadence
	Tags          []string `f:"15"`
	Notes         string   `f:"16,long,merge=text,search"`
	SignedOn      Date     `f:"17"`
	AgreementEnds Date     `f:"18"`
}

// Account is a key account: an end customer large enough to be worked by name.
type Account struct {
	ID string
	Meta
	Code       string   `f:"1,search"`
	Name       string   `f:"2,required,search"`
	Tier       string   `f:"3,options=platinum|gold|silver|bronze|prospect"`
	Industry   string   `f:"4,search"`
	RegionCode string   `f:"5,code=territory"`
	Address    string   `f:"6,search"`
	Phone      string   `f:"7,search"`
	Website    string   `f:"8"`
	OwnerID    string   `f:"9,ref=user"`
	Status     string   `f:"10,options=prospect|active|suspended|ended"`
	Revenue    int64    `f:"11,money"` // a year
	Currency   string   `f:"12"`
	Employees  int64    `f:"13"`
	FoundedIn  int64    `f:"14"` // year
	ParentName string   `f:"15"`
	VisitEvery int64    `f:"16"` // days between visits; 0 means the tier's cadence
	Tags       []string `f:"17"`
	Notes      string   `f:"18,long,merge=text,search"`
}

// Contact is a person at a partner or key account, with the role in decisions (SI-020-090).
type Contact struct {
	ID string
	Meta
	PartnerID    string `f:"1,ref=partner"`
	AccountID    string `f:"2,ref=account"`
	Name         string `f:"3,required,search"`
	JobTitle     string `f:"4,search"`
	Mobile       string `f:"5,search"`
	Email        string `f:"6,search"`
	WeChat       string `f:"7,search"`
	DecisionRole string `f:"8,options=decider|approver|influencer|user|gatekeeper"`
	Attitude     string `f:"9,options=supporter|neutral|opponent|unknown"`
	Notes        string `f:"10,long,merge=text,search"`
	OwnerID      string `f:"11,ref=user"`
	Primary      bool   `f:"12"`
}

// Shipment is one invoice line of what was shipped to a partner. A cancellation has a negative quantity.
type Shipment struct {
	ID string
	Meta
	Key         string  `f:"1"` // order, product and its line within the order: finds the same line again
	OrderNo     string  `f:"2,required,search"`
	PartnerID   string  `f:"3,ref=partner,required"`
	ProductCode string  `f:"4"`
	ProductName string  `f:"5"`
	Quantity    int64   `f:"6"`
	UnitPrice   int64   `f:"7,money"`
	Amount      int64   `f:"8,money"` // quantity × unit price
	Currency    string  `f:"9"`
	ShippedAt   Instant `f:"10"`
}

// Receivable is an invoice with its due and settled days.
type Receivable struct {
	ID string
	Meta
	InvoiceNo  string `f:"1,required,search"`
	PartnerID  string `f:"2,ref=partner,required"`
	Amount     int64  `f:"3,money"`
	Currency   string `f:"4"`
	InvoicedOn Date   `f:"5"`
	DueOn      Date   `f:"6"`
	SettledOn  Date   `f:"7"` // "" while open
	Disputed   bool   `f:"8"`
}
