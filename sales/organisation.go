package sales

// Territory is a node of the sales-region tree: HQ > region > province > city > district.
type Territory struct {
	ID string
	Meta
	Code       string `f:"1,required,search"`
	Name       string `f:"2,required,search"`
	ParentCode string `f:"3,code=territory"`
}

// User is a person in the directory. The password is not here: the server keeps it.
type User struct {
	ID string
	Meta
	Name        string   `f:"1,required,search"` // sign-in name
	DisplayName string   `f:"2,search"`
	Role        string   `f:"3,required,options=rep|manager|operations|admin|auditor"`
	Territories []string `f:"4"` // codes; none means the whole organisation
	Disabled    bool     `f:"5"`
}

// Product is something the maker sells.
type Product struct {
	ID string
	Meta
	Code     string `f:"1,required,search"`
	Name     string `f:"2,required,search"`
	Series   string `f:"3,search"`
	Price    int64  `f:"4,money"`
	Currency string `f:"5"`
	Active   bool   `f:"6"`
}

// Announcement is a message to everybody or to some roles (domain section E1).
type Announcement struct {
	ID string
	Meta
	Title       string   `f:"1,required,search"`
	Body        string   `f:"2,long,merge=text,search"`
	Category    string   `f:"3,options=news|policy|price_list|product|promotion"`
	Roles       []string `f:"4"` // who should read it; none means everybody
	PublishedOn Date     `f:"5,required"`
	ExpiresOn   Date     `f:"6"`
	MustConfirm bool     `f:"7"` // a receipt of reading is asked for
	AuthorID    string   `f:"8,ref=user"`
}

// Receipt says that a user has read an announcement.
type Receipt struct {
	ID string
	Meta
	AnnouncementID string  `f:"1,ref=announcement,required"`
	UserID         string  `f:"2,ref=user,required"`
	ReadAt         Instant `f:"3,required"`
}

// Attachment is the description of a file; its content travels apart.
type Attachment struct {
	ID string
	Meta
	FileName      string `f:"1,required,search"`
	MediaType     string `f:"2"`
	Size          int64  `f:"3"`        // bytes
	SHA256        string `f:"4"`        // hex of the content's hash
	Caption       string `f:"5,search"` // what it shows
	PartnerID     string `f:"6,ref=partner"`
	AccountID     string `f:"7,ref=account"`
	VisitID       string `f:"8,ref=visit"`
	FeedbackID    string `f:"9,ref=feedback"`
	OpportunityID string `f:"10,ref=opportunity"`
	ProjectID     string `f:"11,ref=project"`
	OwnerID       string `f:"12,ref=user"`
}

// SavedView is a list's filter and order under a name of the user's own.
type SavedView struct {
	ID string
	Meta
	UserID string `f:"1,ref=user,required"`
	Kind   string `f:"2,required"`
	Name   string `f:"3,required"`
	Query  string `f:"4,long"` // JSON of the list's state
}

// Conflict tells an author that a value of theirs lost against a concurrent edit (design section 5). The
// server makes it, in the author's personal bucket; the author resolves it by keeping either value.
type Conflict struct {
	ID string
	Meta
	UserID       string  `f:"1,ref=user,required"` // whose value lost
	RecordKind   string  `f:"2,required"`
	RecordID     string  `f:"3,required"`
	FieldName    string  `f:"4,required"`
	LostValue    string  `f:"5,long"` // JSON
	KeptValue    string  `f:"6,long"` // JSON
	KeptBy       string  `f:"7,ref=user"`
	KeptDevice   string  `f:"8"`
	LostAt       Instant `f:"9"`
	KeptAt       Instant `f:"10"`
	DecidedAt    Instant `f:"11"`
	Status       string  `f:"12,options=open|kept_theirs|kept_mine"`
	RecordTitle  string  `f:"13"`
	LostDevice   string  `f:"14"`
	LostChangeID string  `f:"15"`
	Joined       bool    `f:"16"` // nothing was lost: the kept text holds both, and somebody has to look at it
	Withheld     bool    `f:"17"` // the kept value lies where the author sees nothing any more
}
