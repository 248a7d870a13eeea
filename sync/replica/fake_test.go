package replica

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/wire"
)

// fakeStore is an outbox and a list of what was asked of it.
type fakeStore struct {
	mu        sync.Mutex
	outbox    []wire.Change
	settled   []wire.Verdict
	staged    int
	publish   []Published // what successive checkpoints bring; the last one repeats
	published int
	compared  time.Time
	parts     []wire.RecordSum // of the one bucket that is ever compared
	seq       uint64           // where it stands
	mended    []Mending
	differs   []sales.Difference
	acked     int // acknowledged changes that Resend puts back
	broken    error
}

func (s *fakeStore) Incarnation(context.Context) (string, error) { return sales.NewID(), s.broken }

func (s *fakeStore) Unsent(_ context.Context, limit int) ([]wire.Change, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.outbox[:min(limit, len(s.outbox))], nil
}

func (s *fakeStore) Settle(_ context.Context, vs []wire.Verdict) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settled = append(s.settled, vs...)
	s.outbox = s.outbox[len(vs):]
	return nil
}
func (s *fakeStore) Cursors(context.Context) ([]wire.Cursor, error) { return nil, nil }
func (s *fakeStore) Stage(context.Context, wire.PullResponse) error { s.staged++; return nil }
func (s *fakeStore) Acknowledged(context.Context) (string, uint32, error) {
	return "", 0, nil
}

func (s *fakeStore) Observe(context.Context, hlc.Reading) error { return nil }
func (s *fakeStore) Counts(context.Context) (w, r, c int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.outbox), 0, 0, nil
}

// write puts one more change into the outbox; sent counts what the server settled.
func (s *fakeStore) write() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outbox = append(s.outbox, wire.Change{ID: sales.NewID()})
}

func (s *fakeStore) sent() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.settled)
}

func (s *fakeStore) Compared(context.Context) (time.Time, error) { return s.compared, nil }

func (s *fakeStore) Parts(_ context.Context, bucket string, f func(wire.RecordSum)) (wire.Cursor, error) {
	for _, r := range s.parts {
		f(r)
	}
	return wire.Cursor{Bucket: bucket, Epoch: 1, Seq: s.seq, Chain: 7}, nil
}

func (s *fakeStore) Mend(_ context.Context, m Mending) (Mended, error) {
	s.mended = append(s.mended, m)
	for _, st := range m.Put {
		s.parts = append(slices.DeleteFunc(s.parts, func(r wire.RecordSum) bool { return r.ID == st.ID }), wire.RecordSum{Kind: st.Kind, ID: st.ID, Sum: wire.ChecksumOf(&st)})
	}
	for _, d := range m.Drop {
		s.parts = slices.DeleteFunc(s.parts, func(r wire.RecordSum) bool { return r.ID == d.ID })
	}
	var sum wire.Sum
	for _, r := range s.parts {
		sum = sum.Add(r.Sum)
	}
	return Mended{Agrees: sum == m.Checksum && uint64(len(s.parts)) == m.Count}, nil
}

func (s *fakeStore) Differences(context.Context) ([]sales.Difference, error) { return s.differs, nil }

func (s *fakeStore) Differs(_ context.Context, d sales.Difference) error {
	s.differs = append(s.differs, d)
	return nil
}

func (s *fakeStore) Publish(context.Context, wire.PullResponse) (Published, error) {
	s.published++
	if len(s.publish) == 0 {
		return Published{}, nil
	}
	p := s.publish[0]
	if len(s.publish) > 1 {
		s.publish = s.publish[1:]
	}
	return p, nil
}

func (s *fakeStore) Resend(context.Context) (int, error) {
	for range s.acked {
		s.outbox = append(s.outbox, wire.Change{ID: sales.NewID()})
	}
	n := s.acked
	s.acked = 0
	return n, nil
}

// fakeServer answers every change with one outcome, and a number of pages.
type fakeServer struct {
	mu       sync.Mutex
	outcome  wire.Outcome
	pages    int
	pushes   int
	err      error
	noPush   error // of a push only
	garble   bool
	pulls    int
	streams  int
	takes    int // changes in a push, 0 for any number
	refusals int // pushes that ended in err
	stream   *stream
	watch    func(ctx context.Context, hint func(bool)) error
	has      []wire.RecordState // of the one bucket that is ever compared
	books    wire.Sum           // by which its kept sum is wrong
	seq      uint64
	repairs  []wire.RepairRequest
}

var errNetwork = &sales.Error{Code: sales.CodeOffline, Message: "no network"}

func (f *fakeServer) Push(_ context.Context, r wire.PushRequest) (wire.PushResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil || f.takes > 0 && len(r.Changes) > f.takes {
		f.refusals++
		return wire.PushResponse{}, cmp.Or[error](f.err, &sales.Error{Code: sales.CodeOffline, Reason: sales.OfflineTooLarge, Message: "413"})
	}
	if f.noPush != nil {
		return wire.PushResponse{}, f.noPush
	}
	f.pushes++
	var resp wire.PushResponse
	for _, c := range r.Changes {
		v := wire.Verdict{ChangeID: c.ID, Outcome: f.outcome}
		if f.garble {
			v.ChangeID = sales.NewID()
		}
		resp.Verdicts = append(resp.Verdicts, v)
	}
	return resp, nil
}

func (f *fakeServer) Pull(context.Context, wire.PullRequest) (wire.PullResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pulls++
	if f.err != nil {
		return wire.PullResponse{}, f.err
	}
	f.pages--
	return wire.PullResponse{More: f.pages > 0}, nil
}

func (f *fakeServer) Repair(_ context.Context, req wire.RepairRequest) (wire.RepairResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.repairs = append(f.repairs, req)
	if f.has == nil {
		return wire.RepairResponse{}, errors.ErrUnsupported
	}
	resp := wire.RepairResponse{Cursor: wire.Cursor{Bucket: req.Bucket, Epoch: 1, Seq: f.seq, Chain: 7}, Count: uint64(len(f.has)), Checksum: f.books}
	resp.Slots = make([]wire.Sum, wire.RepairSlots)
	for i := range f.has {
		st := &f.has[i]
		slot, sum := wire.RepairSlotOf(st.ID), wire.ChecksumOf(st)
		resp.Slots[slot] = resp.Slots[slot].Add(sum)
		resp.Checksum = resp.Checksum.Add(sum)
		if slices.Contains(req.Slots, slot) {
			resp.Sums = append(resp.Sums, wire.RecordSum{Kind: st.Kind, ID: st.ID, Sum: sum})
		}
		if slices.Contains(req.Records, st.ID) {
			resp.Records = append(resp.Records, *st)
		}
	}
	if len(req.Slots)+len(req.Records) > 0 {
		resp.Slots = nil
	}
	return resp, nil
}

func (f *fakeServer) History(context.Context, string, string) ([]sales.HistoryEntry, error) {
	return nil, errors.ErrUnsupported
}

// Watch is what the test says, or what a server of an earlier version answers.
func (f *fakeServer) Watch(ctx context.Context, hint func(bool)) error {
	if f.watch == nil {
		return errors.ErrUnsupported
	}
	f.mu.Lock()
	f.streams++
	f.mu.Unlock()
	return f.watch(ctx, hint)
}

// counted gives the number of pulls and of streams so far.
func (f *fakeServer) counted() (pulls, streams int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.pulls, f.streams
}

func (f *fakeServer) Traffic() (out, in int64) { return 0, 0 }

func (f *fakeServer) comeBack() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = nil
}
