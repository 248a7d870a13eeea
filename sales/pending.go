package sales

import "time"

// Pending is one change of this device that the server has not settled.
type Pending struct {
	ID        string // the change
	Group     string // changes of one group were saved together and are undone together
	Verb      Verb
	Kind      string
	RecordID  string
	Title     string // names the record
	Values    Values // what it sets
	Before    Values // what those fields held before
	WrittenAt Instant
	State     PendingState
	Problem   *Error // for rejected and held ones: why, and what to do
}

// PendingState is where a pending change stands.
type PendingState string

// The states of a pending change.
const (
	Waiting  PendingState = "waiting"  // to be sent
	Rejected PendingState = "rejected" // refused by the server; waits for the user
	Held     PendingState = "held"     // waits for a rejected one that it depends on
)

// HistoryEntry is one change in the life of a record: who, when, from which device, what.
type HistoryEntry struct {
	ChangeID string
	Verb     Verb
	At       Instant
	UserID   string
	UserName string
	Device   string
	Fields   []HistoryField
	Pending  bool // not yet confirmed by the server
}

// HistoryField is one field of a history entry.
type HistoryField struct {
	Name     string
	Old, New any
	Lost     bool // the new value lost against a concurrent edit and did not become current
}

// SyncPhase is what the sync engine is doing.
type SyncPhase string

// The phases of syncing.
const (
	SyncLocal     SyncPhase = "local"      // the workbook has no server
	SyncIdle      SyncPhase = "idle"       // all settled at LastSync, as far as this device knows
	SyncRunning   SyncPhase = "running"    // at work; Done and Total tell how far
	SyncOffline   SyncPhase = "offline"    // the server cannot be reached; tried again by itself
	SyncSignedOut SyncPhase = "signed_out" // the sign-in has ended; work goes on locally
	SyncFailed    SyncPhase = "failed"     // Problem says why
)

// SyncState is the state of syncing, in records.
type SyncState struct {
	Phase     SyncPhase
	Waiting   int // changes to be sent
	Rejected  int // changes refused or held
	Conflicts int // open conflicts
	// Differences counts the buckets that differ from the server for good; see Difference.
	Differences int
	Done        int           // records received in this run
	Total       int           // records expected in this run, 0 when unknown
	Left        time.Duration // until they are here, an estimate; 0 when unknown
	LastSync    time.Time
	NextTry     time.Time
	Server      string
	User        string
	Problem     error

	FilesWaiting int   // contents of files that the server has not got whole
	FilesRefused int   // of these, those that the server does not take or that were damaged here
	FileDone     int64 // bytes that the server has of the content that is being sent
	FileTotal    int64 // bytes of that content; 0 when none is being sent
	// FileProblem is why files did not get through last, while records do; nil when they did. It is tried again by itself.
	FileProblem error
}

// SyncReport is what one sync did.
type SyncReport struct {
	Pushed    int     `json:"pushed"`     // changes settled as applied, merged or known
	Pulled    int     `json:"pulled"`     // records received
	Rejected  int     `json:"rejected"`   // changes refused or held
	Conflicts int     `json:"conflicts"`  // values of this user that lost, newly learnt
	Mended    int     `json:"mended"`     // records that differed from the server's and were fetched again
	FilesSent int     `json:"files_sent"` // contents that the server has whole now
	BytesOut  int64   `json:"bytes_out"`  // on the network, those of files too
	BytesIn   int64   `json:"bytes_in"`
	Seconds   float64 `json:"seconds"`
}
