package sales

import (
	"fmt"
	"strings"
)

// Difference is a bucket of which a device holds something else than the server says, also after it was repaired. Nobody's work is lost by
// it, and syncing goes on; it is there to be looked into by a person, and is sent nowhere.
type Difference struct {
	Bucket  string      `json:"bucket"`
	Epoch   uint64      `json:"epoch"` // where both stood
	Seq     uint64      `json:"seq"`
	Chain   uint64      `json:"chain"`
	Found   Instant     `json:"found"`
	Total   int         `json:"total"`   // records that differ; 0 when they agree and only what the server adds up from them does not
	Records []RecordRef `json:"records"` // the first MaxDifferent of them
}

// RecordRef names a record.
type RecordRef struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
}

// MaxDifferent is how many records a Difference names.
const MaxDifferent = 20

// String says in a sentence what differs.
func (d Difference) String() string {
	if d.Total == 0 {
		return "every record agrees with the server, and its sum over them does not"
	}
	names := make([]string, 0, len(d.Records)+1)
	for _, r := range d.Records {
		names = append(names, r.Kind+" "+r.ID)
	}
	if more := d.Total - len(d.Records); more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return fmt.Sprintf("%d records differ from the server after three repairs: %s", d.Total, strings.Join(names, ", "))
}

// DifferenceHint says what to do about a difference.
const DifferenceHint = "your work is safe and syncing goes on; send this report to your administrator, who runs `rounds-server verify`"
