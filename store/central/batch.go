package central

import (
	"context"
	"database/sql"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/wire"
)

// batch is one writing transaction: changes are merged group by group in memory, and written at its end. A group that is
// refused leaves nothing behind.
type batch struct {
	j       *Journal
	ctx     context.Context
	tx      *sql.Tx
	caller  wire.Caller
	trusted bool // the server itself: nobody's permissions limit it
	node    uint64
	now     time.Time
	tree    sales.TerritoryTree
	grown   map[string]bool // codes of territories made here
	loose   map[string]bool // codes of no territory in which records lie; nil: not counted yet
	sees    map[string]bool
	stmts   map[string]statement

	rows     map[key]*row // as after the groups accepted so far; nil: does not exist
	original map[key]*row // those that were changed, as the database has them; nil: new
	group    map[key]*row // changed by the group being tried
	entries  []*entry     // to be written, in order
	losses   []loss       // to be told, in order
	told     []*entry     // the creations of conflict records
	tried    []*entry     // of the group being tried
	trouble  []loss       // of the group being tried
	blocked  map[key]*sales.Error
	offered  map[string]*entry      // in this batch, by id of the change
	known    map[string]knownChange // offered before, by id
	moved    []wire.Cursor          // the heads of the buckets written in
	earlier  map[key]*past          // what was seen of records' earlier changes
	graves   map[key]bool           // records that are not there, and whether they were deleted long ago

	haveGraves bool // there are some
}

// entry is a change with what became of it.
type entry struct {
	change  *wire.Change // as today's declarations have it
	written *wire.Change // as its author wrote it
	stamp   hlc.Stamp
	payload []byte // its wire form
	digest  []byte // of the payload
	author  string
	device  string
	counter uint64
	version int64 // of the record; 0 when it was not applied
	verdict wire.Verdict
	effect  []byte
	nodes   []uint64 // of the stamps that its texts have if it joined them; nil when not asked for
	repeats *entry   // the same change, earlier in this batch
}

// begin starts a batch for a caller. A caller without a user is the server itself.
func (j *Journal) begin(ctx context.Context, tx *sql.Tx, caller wire.Caller, node uint64) (*batch, error) {
	b := &batch{
		// The driver watches a context that can end with a goroutine for each statement. A batch is short, and one that goes through although
		// its caller has gone is harmless: the changes are sent again and known.
		j: j, ctx: context.WithoutCancel(ctx), tx: tx, caller: cleanCaller(caller), trusted: caller.UserID == "", node: node, now: j.now(),
		sees: map[string]bool{}, grown: map[string]bool{}, stmts: map[string]statement{},
		rows: map[key]*row{}, original: map[key]*row{}, group: map[key]*row{}, blocked: map[key]*sales.Error{}, offered: map[string]*entry{}, known: map[string]knownChange{}, graves: map[key]bool{}, earlier: map[key]*past{},
	}
	var err error
	b.tree, err = j.territories(ctx, tx)
	return b, err
}

// statement is a prepared statement of the transaction, which closes it.
type statement interface {
	ExecContext(ctx context.Context, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, args ...any) *sql.Row
}

// stmt prepares a statement once for the transaction.
func (b *batch) stmt(query string) (statement, error) {
	if s, ok := b.stmts[query]; ok {
		return s, nil
	}
	s, err := b.j.sql.prepare(b.ctx, b.tx, query)
	if err != nil {
		return nil, err
	}
	b.stmts[query] = s
	return s, nil
}

func (b *batch) exec(query string, args ...any) error {
	s, err := b.stmt(query)
	if err != nil {
		return err
	}
	_, err = s.ExecContext(b.ctx, args...)
	return err
}

// load finds a record as the group being tried sees it, and locks it; nil when it does not exist.
func (b *batch) load(k key) (*row, error) {
	if r, ok := b.group[k]; ok {
		return r, nil
	}
	if r, ok := b.rows[k]; ok {
		return r, nil
	}
	r, err := b.find(k, b.j.sql.forUpdate())
	if err != nil {
		return nil, err
	}
	b.rows[k] = r
	return r, nil
}

// peek finds a record like load without locking it: for what is only told, and for a parent whose bucket a record shares already. Whoever moves that
// parent waits for the record's lock, and takes it along.
func (b *batch) peek(k key) (*row, error) {
	if r, ok := b.group[k]; ok {
		return r, nil
	}
	if r, ok := b.rows[k]; ok {
		return r, nil
	}
	return b.find(k, "")
}

func (b *batch) find(k key, lock string) (*row, error) {
	s, err := b.stmt("SELECT " + rowColumns + " FROM records WHERE org_id = ? AND kind = ? AND id = ?" + lock)
	if err != nil {
		return nil, err
	}
	return scanRow(s.QueryRowContext(b.ctx, b.j.org, kindNumber(k.kind), idBytes(k.id)))
}

// accept keeps what the group did.
func (b *batch) accept() {
	for k, r := range b.group {
		if _, ok := b.original[k]; !ok {
			b.original[k] = b.rows[k]
		}
		b.rows[k] = r
	}
	b.entries = append(b.entries, b.tried...)
	for _, l := range b.trouble {
		b.tell(l)
	}
	b.discard()
}

// discard forgets what the group did.
func (b *batch) discard() {
	clear(b.group)
	b.tried, b.trouble = nil, nil
}

// may says whether the caller sees a bucket.
func (b *batch) may(bucket string) bool {
	if b.trusted {
		return true
	}
	ok, known := b.sees[bucket]
	if !known {
		ok = b.caller.Sees(b.tree, bucket)
		b.sees[bucket] = ok
	}
	return ok
}
