// Package wire holds the messages of the sync protocol as plain Go values, and their Protobuf form. What they mean
// is written in sync/doc.go.
package wire

import (
	"github.com/google/uuid"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
)

// SchemaVersion is the version of the record declarations; it travels with every change.
const SchemaVersion = sales.Version

// MaxChanges is how many changes the server takes in one push, and so how many may be saved together in one transaction group.
const MaxChanges = 5000

// Change is one immutable change of one record, made on a device.
type Change struct {
	ID       string // UUIDv7
	Counter  uint64 // dense within the incarnation, from 1
	Group    uint64 // counter of the first change of its transaction group
	Kind     string
	RecordID string
	Verb     sales.Verb
	HLC      hlc.Reading
	Schema   int
	Base     hlc.Stamp // for delete: the newest stamp of the record that the author saw
	Fields   []FieldEdit
}

// FieldEdit is one field of a change. Fields are known by number so that an unknown one survives.
type FieldEdit struct {
	Number  int
	Value   any       // the whole new value, canonical as in sales.Values; nil clears
	Base    hlc.Stamp // stamp of the value that the author saw
	Added   []string  // for sets
	Removed []string  // for sets
	Delta   int64     // for sums
}

// FieldState is one field of a record with the stamp of its value. A cleared field stays with a nil value, because
// its stamp matters.
type FieldState struct {
	Number int
	Value  any
	Stamp  hlc.Stamp
}

// RecordState is a record as the server has it. Fields are sorted by number.
type RecordState struct {
	Kind      string
	ID        string
	Bucket    string
	Seq       uint64
	Deleted   bool
	Moved     bool // it left this bucket; only in pull pages
	Created   hlc.Stamp
	UpdatedBy string // user id
	Fields    []FieldState
}

// Field finds the state of a field by number, nil when it was never set.
func (r *RecordState) Field(number int) *FieldState {
	for i := range r.Fields {
		if r.Fields[i].Number == number {
			return &r.Fields[i]
		}
	}
	return nil
}

// Latest is the newest stamp in the record.
func (r *RecordState) Latest() hlc.Stamp {
	s := r.Created
	for i := range r.Fields {
		if r.Fields[i].Stamp.After(s) {
			s = r.Fields[i].Stamp
		}
	}
	return s
}

// Record is the generic form of the state; fields that this program does not know are left out.
func (r *RecordState) Record() sales.Record {
	rec := sales.Record{Kind: r.Kind, ID: r.ID, Values: make(sales.Values, len(r.Fields))}
	rec.UpdatedAt, rec.UpdatedBy, rec.Bucket = sales.Instant(r.Latest().HLC.Millis()), r.UpdatedBy, r.Bucket
	k, ok := sales.KindNamed(r.Kind)
	if !ok {
		return rec
	}
	for _, f := range r.Fields {
		if d, ok := k.FieldNumber(f.Number); ok && !sales.Empty(f.Value) {
			rec.Values[d.Name] = f.Value
		}
	}
	return rec
}

// Outcome is the server's verdict on one change.
type Outcome uint8

// The outcomes.
const (
	Applied Outcome = iota + 1
	Duplicate
	Merged
	Rejected
	Held
)

// Taken says whether the server has the change: it took it now or before.
func (o Outcome) Taken() bool { return o == Applied || o == Duplicate || o == Merged }

// String is the outcome's name.
func (o Outcome) String() string {
	names := [...]string{"", "applied", "duplicate", "merged", "rejected", "held"}
	if int(o) >= len(names) {
		return "unknown"
	}
	return names[o]
}

// Verdict is the outcome of one change with its reasons.
type Verdict struct {
	ChangeID string
	Outcome  Outcome
	Lost     []int  // numbers of the fields whose value lost
	Code     string // for Rejected and Held; one of the codes of sales.Error
	Field    string
	Message  string
	Hint     string
	// TakenAt is when the server took the change, in Unix seconds of its clock rounded up; 0 for one that it did not take. In an answer only the one that was
	// taken last has it.
	TakenAt uint32
}

// PushRequest offers changes of one incarnation, in order of counter, whole groups.
type PushRequest struct {
	Incarnation  string // UUID of this copy of the device's database
	Changes      []Change
	Acknowledged string // id of the change that the server took last of those still kept; "" for none
	// AcknowledgedAt is when the server took that, as it said: Verdict.TakenAt; 0 when not known.
	AcknowledgedAt uint32
}

// PushResponse has one verdict for each change, in order.
type PushResponse struct {
	Verdicts  []Verdict
	HLC       hlc.Reading // the server's clock
	Forgotten bool        // the server does not have the acknowledged change of the request: nothing was done, and there are no verdicts
}

// Cursor says how far a device has come in one bucket.
type Cursor struct {
	Bucket string
	Epoch  uint64
	Seq    uint64
	Chain  uint64 // running hash of all commits up to Seq
}

// PullRequest asks for one page of what changed since the cursors. Buckets without a cursor are sent from their beginning.
type PullRequest struct {
	Cursors []Cursor
	Limit   int      // records in the page; 0 lets the server choose
	Schema  int      // version of the declarations that the caller knows
	Brief   bool     // the last page is to name only buckets that moved, and those lost in Lost
	Digests []uint64 // DigestSlots sums over all cursors of the device; none: every cursor is in Cursors
	Slots   []int    // with Digests: the slots whose cursors are in Cursors
	Urgent  bool     // first of all what the caller works with today
	// Acknowledged and AcknowledgedAt are as in PushRequest.
	Acknowledged   string
	AcknowledgedAt uint32
}

// BucketState is where a page ends in a bucket.
type BucketState struct {
	Cursor
	Reset    bool     // the caller's cursor is not of this history: drop the bucket's rows, they are sent from the beginning
	Checksum [16]byte // over the bucket's records at head; only with the last page
	Count    uint64   // live records at head; only with the last page
}

// PullResponse is one page. With More false it closes a checkpoint and Buckets names every visible bucket that holds
// anything; a bucket that the device holds and that is not named there has been lost.
type PullResponse struct {
	Buckets   []BucketState
	Records   []RecordState
	More      bool
	Remaining uint64
	HLC       hlc.Reading
	Lost      []string // Brief: buckets of the request that the caller no longer sees, or that are not there any more
	Differs   []int    // Digests: slots that differ and whose cursors are needed; nothing else is in the answer
	Urgent    bool     // the page is of what the caller works with today: no cursor moves, and each of its records comes again in its place
	// Brief says that the request was brief: buckets that are not named are as they were. Who asked sets it; it does not travel.
	Brief     bool
	Forgotten bool // the server does not have the acknowledged change of the request: it was put back from a backup
}

// RepairRequest asks what differs in a bucket. With nothing but the bucket the answer has a sum for each slot; with Slots, the records in
// them with their sums; with Records (ids), their states.
type RepairRequest struct {
	Bucket  string
	Slots   []int
	Records []string
}

// RecordSum is one record's part in the checksum of its bucket.
type RecordSum struct {
	Kind, ID string
	Sum      Sum
}

// RepairResponse is what the server has, all from one snapshot.
type RepairResponse struct {
	Cursor   Cursor // the bucket's head; a device at another cursor pulls first
	Checksum Sum
	Count    uint64
	Slots    []Sum // RepairSlots of them
	Sums     []RecordSum
	Records  []RecordState // one that is not there is left out
}

// SignInRequest asks for a device token.
type SignInRequest struct {
	User, Password string
	Device         string // name of the device
	Incarnation    string
}

// SignInResponse is who signed in, and the token.
type SignInResponse struct {
	Token        string
	UserID       string
	User         string
	DisplayName  string
	Role         sales.Role
	Organisation string // id; a workbook belongs to one organisation and user
}

// NodeOf is the node number in the stamps of an incarnation: its first eight bytes.
func NodeOf(incarnation string) uint64 {
	u, err := uuid.Parse(incarnation)
	if err != nil {
		return 0
	}
	var n uint64
	for _, b := range u[:8] {
		n = n<<8 | uint64(b)
	}
	return n
}
