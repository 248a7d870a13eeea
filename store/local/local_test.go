package local

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/storetest"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/replica"
	"github.com/rounds-field/rounds/sync/wire"
)

var (
	_ replica.Store  = (*Store)(nil)
	_ sales.Workbook = (*Store)(nil)
)

func openIn(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(context.Background(), dir, Options{Logger: slog.New(slog.DiscardHandler), NoBackup: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func openTest(t *testing.T) *Store {
	t.Helper()
	return openIn(t, t.TempDir())
}

func TestTheWorkbookPassesTheSuite(t *testing.T) {
	storetest.Workbook(t, func(t *testing.T) sales.Workbook { return openTest(t) })
}

func mustWrite(t *testing.T, s *Store, edits ...sales.Edit) []string {
	t.Helper()
	ids, err := s.Write(t.Context(), edits...)
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func update(kind, id string, values sales.Values) sales.Edit {
	return sales.Edit{Verb: sales.Update, Kind: kind, ID: id, Values: values}
}

func mustPending(t *testing.T, s *Store) []sales.Pending {
	t.Helper()
	p, err := s.Pending(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func mustUnsent(t *testing.T, s *Store) []wire.Change {
	t.Helper()
	c, err := s.Unsent(t.Context(), 1000)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func text(t *testing.T, s *Store, kind, id, field string) string {
	t.Helper()
	r, err := s.Get(t.Context(), kind, id)
	if err != nil {
		t.Fatal(err)
	}
	return r.Text(field)
}

func settle(t *testing.T, s *Store, verdicts ...wire.Verdict) {
	t.Helper()
	if err := s.Settle(t.Context(), verdicts); err != nil {
		t.Fatal(err)
	}
}

func healthy(t *testing.T, s *Store) {
	t.Helper()
	found, err := s.Check(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Errorf("%s: %s: %s", f.Code, f.Where, f.Message)
	}
}

// fakeServer holds states as a server does and answers pulls whole.
type fakeServer struct {
	states map[string]wire.RecordState
	seq    uint64
	node   uint64
}

func newFakeServer() *fakeServer { return &fakeServer{states: map[string]wire.RecordState{}, node: 99} }

// set gives a record values by somebody else.
func (f *fakeServer) set(bucket, kind, id string, values sales.Values) wire.RecordState {
	f.seq++
	st, ok := f.states[id]
	stamp := hlc.Stamp{HLC: hlc.ReadingAt(time.Now()) + hlc.Reading(f.seq), Node: f.node}
	if !ok {
		st = wire.RecordState{Kind: kind, ID: id, Created: stamp}
	}
	st.Fields = append([]wire.FieldState(nil), st.Fields...)
	st.Bucket, st.Seq, st.UpdatedBy = bucket, f.seq, "0198a000-0000-7000-8000-0000000000bb"
	for name, v := range values {
		fd, _ := sales.MustKind(kind).Field(name)
		at := fieldState(&st, fd.Number)
		at.Value, at.Stamp = v, stamp
	}
	f.states[id] = st
	return st
}

func (f *fakeServer) stamp(id string, number int) hlc.Stamp {
	st := f.states[id]
	if at := st.Field(number); at != nil {
		return at.Stamp
	}
	return hlc.Stamp{}
}

// take applies changes as a server without rules would.
func (f *fakeServer) take(bucket string, changes []wire.Change, node uint64) []wire.Verdict {
	var out []wire.Verdict
	for _, c := range changes {
		f.seq++
		st := f.states[c.RecordID]
		if c.Verb == sales.Create {
			st = wire.RecordState{Kind: c.Kind, ID: c.RecordID, Created: hlc.Stamp{HLC: c.HLC, Node: node}}
		}
		st.Fields = append([]wire.FieldState(nil), st.Fields...)
		st.Bucket, st.Seq, st.Deleted = bucket, f.seq, c.Verb == sales.Delete
		for _, e := range c.Fields {
			at := fieldState(&st, e.Number)
			at.Value, at.Stamp = e.Value, hlc.Stamp{HLC: c.HLC, Node: node}
		}
		f.states[c.RecordID] = st
		out = append(out, wire.Verdict{ChangeID: c.ID, Outcome: wire.Applied})
	}
	return out
}

// page is the last page of a checkpoint with the given records; sums are over all live records.
func (f *fakeServer) page(records ...wire.RecordState) wire.PullResponse {
	p := wire.PullResponse{Records: records}
	for _, b := range f.buckets() {
		p.Buckets = append(p.Buckets, b)
	}
	return p
}

func (f *fakeServer) buckets() map[string]wire.BucketState {
	out := map[string]wire.BucketState{}
	sums := map[string]wire.Sum{}
	for id := range f.states {
		st := f.states[id]
		b := out[st.Bucket]
		b.Cursor = wire.Cursor{Bucket: st.Bucket, Epoch: 1, Seq: f.seq}
		if !st.Deleted {
			sums[st.Bucket] = sums[st.Bucket].Add(wire.ChecksumOf(&st))
			b.Count++
		}
		out[st.Bucket] = b
	}
	for name, b := range out {
		b.Checksum = sums[name].Bytes()
		out[name] = b
	}
	return out
}

func publish(t *testing.T, s *Store, page wire.PullResponse) replica.Published {
	t.Helper()
	if _, err := s.Cursors(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, err := s.Publish(t.Context(), page)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Mismatched) > 0 {
		t.Errorf("buckets differ: %v", got.Mismatched)
	}
	return got
}

// TestADeepCheckAfterASearchFindsNothing searches, writes until the parts of the search index have been merged, and looks at the whole database: a
// connection that remembers the parts as they were would take those that are gone for damage.
func TestADeepCheckAfterASearchFindsNothing(t *testing.T) {
	ctx := t.Context()
	s := openTest(t)
	for i := range 40 {
		if _, err := s.Write(ctx, sales.CreateOf(sales.Partner{Name: fmt.Sprintf("达人科技 %d", i)})); err != nil {
			t.Fatal(err)
		}
		if i < 20 {
			if _, err := s.Search(ctx, "达人", "", 5); err != nil {
				t.Fatal(err)
			}
		}
	}
	findings, err := s.Check(ctx, true)
	if err != nil || len(findings) > 0 {
		t.Errorf("a sound workbook: %+v, %v", findings, err)
	}
}
