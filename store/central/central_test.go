package central_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/wire"
)

// world is a journal with a territory tree and some people.
type world struct {
	t        *testing.T
	database string
	journal  *central.Journal
	now      time.Time
}

var system = wire.Caller{}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)}
	w.database = newDatabase(t)
	w.journal = journalIn(t, w.database, central.Options{Now: func() time.Time { return w.now }})
	for _, code := range []string{"31", "3101", "44", "4401"} {
		w.commit(sales.CreateOf(sales.Territory{Code: code, Name: "Territory " + code, ParentCode: parentOf(code)}))
	}
	return w
}

func parentOf(code string) string {
	if len(code) == 4 {
		return code[:2]
	}
	return ""
}

func (w *world) commit(edits ...sales.Edit) []string {
	w.t.Helper()
	ids, err := w.journal.Commit(w.t.Context(), system, edits...)
	if err != nil {
		w.t.Fatal(err)
	}
	return ids
}

// device is a device that writes changes by hand, so that every base and stamp is the test's own.
type device struct {
	w       *world
	caller  wire.Caller
	clock   *hlc.Clock
	counter uint64
}

func (w *world) device(name string, role sales.Role, territories ...string) *device {
	w.t.Helper()
	id := w.commit(sales.CreateOf(sales.User{Name: name, DisplayName: name, Role: string(role), Territories: territories}))[0]
	return w.deviceOf(id, name, role, territories...)
}

// deviceOf is one more device of a user.
func (w *world) deviceOf(userID, name string, role sales.Role, territories ...string) *device {
	return &device{
		w: w, clock: hlc.New(func() time.Time { return w.now }, 0),
		caller: wire.Caller{Access: sales.Access{UserID: userID, Role: role, Territories: territories}, Incarnation: uuid.NewString(), Device: name + "'s laptop"},
	}
}

func (d *device) change(verb sales.Verb, kind, id string, fields ...wire.FieldEdit) wire.Change {
	d.counter++
	return wire.Change{
		ID: sales.NewID(), Counter: d.counter, Group: d.counter, Kind: kind, RecordID: id, Verb: verb, HLC: d.clock.Next(),
		Schema: wire.SchemaVersion, Fields: fields,
	}
}

// create is a change that creates a record from its struct.
func (d *device) create(model any) wire.Change {
	e := sales.CreateOf(model)
	if e.ID == "" {
		e.ID = sales.NewID()
	}
	k := sales.MustKind(e.Kind)
	var fields []wire.FieldEdit
	for _, f := range k.Fields {
		if v, ok := e.Values[f.Name]; ok {
			fields = append(fields, wire.FieldEdit{Number: f.Number, Value: v})
		}
	}
	return d.change(sales.Create, e.Kind, e.ID, fields...)
}

// set is an edit of one field by name, made with the state that the device has seen.
func set(seen wire.RecordState, field string, value any) wire.FieldEdit {
	f, _ := sales.MustKind(seen.Kind).Field(field)
	e := wire.FieldEdit{Number: f.Number, Value: value}
	if cur := seen.Field(f.Number); cur != nil {
		e.Base = cur.Stamp
	}
	return e
}

func (d *device) push(changes ...wire.Change) []wire.Verdict {
	d.w.t.Helper()
	resp, err := d.w.journal.Push(context.Background(), d.caller, wire.PushRequest{Incarnation: d.caller.Incarnation, Changes: changes})
	if err != nil {
		d.w.t.Fatal(err)
	}
	d.clock.Follow(resp.HLC)
	if len(resp.Verdicts) != len(changes) {
		d.w.t.Fatalf("%d verdicts for %d changes", len(resp.Verdicts), len(changes))
	}
	return resp.Verdicts
}

// mustPush pushes changes that have to be applied.
func (d *device) mustPush(changes ...wire.Change) {
	d.w.t.Helper()
	for _, v := range d.push(changes...) {
		if v.Outcome != wire.Applied {
			d.w.t.Fatalf("change %s: %s %s %s: %s", v.ChangeID, v.Outcome, v.Code, v.Field, v.Message)
		}
	}
}

// pullAll takes everything that the device may see, page by page, and checks what each checkpoint promises.
func (d *device) pullAll(limit int) map[string]wire.RecordState {
	d.w.t.Helper()
	held, _ := d.pullFrom(map[string]wire.RecordState{}, nil, limit)
	return held
}

// pullFrom goes on from what the device has.
func (d *device) pullFrom(held map[string]wire.RecordState, cursors []wire.Cursor, limit int) (map[string]wire.RecordState, []wire.Cursor) {
	d.w.t.Helper()
	at := map[string]wire.Cursor{}
	for _, c := range cursors {
		at[c.Bucket] = c
	}
	for range 10_000 {
		req := wire.PullRequest{Limit: limit}
		for _, c := range at {
			req.Cursors = append(req.Cursors, c)
		}
		page, err := d.w.journal.Pull(context.Background(), d.caller, req)
		if err != nil {
			d.w.t.Fatal(err)
		}
		if limit > 0 && len(page.Records) > limit {
			d.w.t.Fatalf("%d records in a page of %d", len(page.Records), limit)
		}
		for _, b := range page.Buckets {
			if b.Reset {
				for id, r := range held {
					if r.Bucket == b.Bucket {
						delete(held, id)
					}
				}
			}
			at[b.Bucket] = b.Cursor
		}
		for _, r := range page.Records {
			old, ok := held[r.ID]
			switch {
			case r.Moved || r.Deleted:
				if ok && old.Bucket == r.Bucket {
					delete(held, r.ID)
				}
			default:
				held[r.ID] = r
			}
		}
		if page.More {
			continue
		}
		d.checkpoint(held, page)
		out := make([]wire.Cursor, 0, len(at))
		for _, c := range at {
			out = append(out, c)
		}
		return held, out
	}
	d.w.t.Fatal("the pull does not end")
	return nil, nil
}

// checkpoint compares what the device holds with the counts and checksums of the last page.
func (d *device) checkpoint(held map[string]wire.RecordState, page wire.PullResponse) {
	d.w.t.Helper()
	sums, counts := map[string]wire.Sum{}, map[string]uint64{}
	named := map[string]bool{}
	for _, b := range page.Buckets {
		named[b.Bucket] = true
	}
	for id, r := range held {
		if !named[r.Bucket] {
			delete(held, id) // the bucket was lost
			continue
		}
		sums[r.Bucket] = sums[r.Bucket].Add(wire.ChecksumOf(&r))
		counts[r.Bucket]++
	}
	for _, b := range page.Buckets {
		if sums[b.Bucket].Bytes() != b.Checksum || counts[b.Bucket] != b.Count {
			d.w.t.Errorf("bucket %s: %d records here, %d at the server, checksums equal: %v", b.Bucket, counts[b.Bucket], b.Count, sums[b.Bucket].Bytes() == b.Checksum)
		}
	}
}

// newClock is a clock that is wrong by skew.
func newClock(w *world, skew time.Duration) *hlc.Clock {
	return hlc.New(func() time.Time { return w.now.Add(skew) }, 0)
}

// stampOf is a change's stamp as its own device knows it.
func stampOf(d *device, c wire.Change) hlc.Stamp {
	return hlc.Stamp{HLC: c.HLC, Node: wire.NodeOf(d.caller.Incarnation)}
}
