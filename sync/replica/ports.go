package replica

import (
	"context"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/wire"
)

// Transport is the far end, as the engine on a device sees it. Errors that mean "no network, try later" are a sales.Error with CodeOffline; an
// ended sign-in is one with CodeSignedOut.
type Transport interface {
	Push(ctx context.Context, req wire.PushRequest) (wire.PushResponse, error)
	Pull(ctx context.Context, req wire.PullRequest) (wire.PullResponse, error)
	// Repair tells what the server has of one bucket; see wire.RepairRequest.
	Repair(ctx context.Context, req wire.RepairRequest) (wire.RepairResponse, error)
	History(ctx context.Context, kind, id string) ([]sales.HistoryEntry, error)
	// Watch calls hint for each message of the server's stream until it ends: changed when a pull may bring something, otherwise as a sign of life. The
	// first message says that from now on nothing moves untold. A server without the call gives errors.ErrUnsupported.
	Watch(ctx context.Context, hint func(changed bool)) error
	// Traffic is the number of bytes sent and received so far, bodies and headers as far as known.
	Traffic() (out, in int64)
}

// Store is the device's database, as the engine needs it. Each method is one transaction.
type Store interface {
	// Incarnation identifies this copy of the database.
	Incarnation(ctx context.Context) (string, error)
	// Unsent gives waiting changes in order of counter, whole groups, at most limit unless one group is larger. Changes that
	// touch a record with a rejected change are not among them.
	Unsent(ctx context.Context, limit int) ([]wire.Change, error)
	// Settle takes note of the server's verdicts: settled changes leave the overlay when a pull has passed them, rejected and held ones
	// go to the tray.
	Settle(ctx context.Context, verdicts []wire.Verdict) error
	// Cursors gives where this device stands in each bucket, including an unfinished checkpoint.
	Cursors(ctx context.Context) ([]wire.Cursor, error)
	// Stage keeps one page of an unfinished checkpoint: durable, resumable, not visible (except in the very first sync).
	Stage(ctx context.Context, page wire.PullResponse) error
	// Publish makes the staged pages and this last one visible at once, rebases pending edits, drops lost buckets, compares
	// checksums, and gives the buckets whose checksum differs.
	Publish(ctx context.Context, page wire.PullResponse) (Published, error)
	// Compared says when a checkpoint last compared the sums of all buckets, not only of those that moved; the zero time asks for it now.
	Compared(ctx context.Context) (time.Time, error)
	// Parts gives each record's part in the sum of a bucket, and where this device stands in it.
	Parts(ctx context.Context, bucket string, f func(wire.RecordSum)) (wire.Cursor, error)
	// Mend puts and drops exactly the given records, keeping what lies over them; the outbox is not touched.
	Mend(ctx context.Context, m Mending) (Mended, error)
	// Differences gives the buckets that stayed different after repair; Differs adds one, and a bucket that agrees again leaves by itself.
	Differences(ctx context.Context) ([]sales.Difference, error)
	Differs(ctx context.Context, d sales.Difference) error
	// Resend puts the acknowledged changes that are still kept back into the outbox, after the server lost them.
	Resend(ctx context.Context) (int, error)
	// Acknowledged gives the id of the change that the server took last, and when that was, as it said (wire.Verdict.TakenAt); "" when it is not kept any more: by it the server is asked whether it still has what
	// it acknowledged.
	Acknowledged(ctx context.Context) (change string, at uint32, err error)
	// Observe follows the server's clock; the reading is written down by whatever is written next.
	Observe(ctx context.Context, server hlc.Reading) error
	// Counts gives the numbers for the sync state: waiting, rejected (with held), open conflicts.
	Counts(ctx context.Context) (waiting, rejected, conflicts int, err error)
}

// Published is what a checkpoint brought.
type Published struct {
	Records    int      // records received
	Conflicts  int      // open conflicts newly learnt
	Mismatched []string // buckets whose checksum differs from the server's
	Reset      []string // buckets that were taken anew because the server's history is another one
	Kinds      []string // kinds of record that changed
}

// Mending is what makes a bucket equal to the server's.
type Mending struct {
	Cursor   wire.Cursor        // the bucket, and where both sides stand in it
	Put      []wire.RecordState // as the server has them
	Drop     []wire.RecordSum   // held here and not there
	Checksum wire.Sum           // the server's
	Count    uint64
}

// Mended says how that went.
type Mended struct {
	Moved  bool // this device stands elsewhere by now: nothing was done
	Agrees bool // the sum over the bucket's records is the server's
}
