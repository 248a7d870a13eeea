package simnet

import (
	"context"
	"crypto/sha256"
	"errors"
	"math/rand/v2"

	"google.golang.org/protobuf/proto"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// network carries one device's calls to the server, badly.
type network struct {
	rng   *rand.Rand
	sim   *Sim
	d     *device
	bad   bool               // faults happen at all
	down  bool               // nothing comes through
	deaf  bool               // no page comes through
	page  int                // records in a page, 0 as asked
	batch int                // changes in a push, 0 as asked
	late  []wire.PushRequest // requests that the sender thinks lost and that arrive later

	repairs int // questions about a bucket that differed
}

func newNetwork(s *Sim, d *device) *network {
	return &network{rng: s.rng, sim: s, d: d, bad: true, page: 1 + s.rng.IntN(60), batch: []int{0, 0, 1, 7, 30}[s.rng.IntN(5)]}
}

var errLost = &sales.Error{Code: sales.CodeOffline, Message: "the network lost it", Hint: "try again"}

// fault draws what happens to one call.
type fault int

const (
	fine fault = iota
	lostOut
	lostBack
	twice
	overtaken
)

func (n *network) draw() fault {
	if !n.bad {
		return fine
	}
	switch x := n.rng.IntN(100); {
	case x < 6:
		return lostOut
	case x < 14:
		return lostBack
	case x < 19:
		return twice
	case x < 23:
		return overtaken
	}
	return fine
}

// message notes a message: every byte of it counts, by its digest.
func (n *network) message(what string, m proto.Message) {
	b, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		n.sim.note("%s %s: %v", n.d.name, what, err)
		return
	}
	sum := sha256.Sum256(b)
	n.sim.note("%s %s %d bytes %x", n.d.name, what, len(b), sum[:8])
}

func (n *network) verdicts(req wire.PushRequest, resp wire.PushResponse) {
	for i, v := range resp.Verdicts {
		c := &req.Changes[i]
		n.sim.note("  %s %d.%d %s %s %s %d: %s %s %s %v", c.ID, c.Group, c.Counter, c.Verb, c.Kind, c.RecordID, c.HLC, v.Outcome, v.Code, v.Field, v.Lost)
		if n.sim.full {
			n.sim.note("    %+v\n    %+v", c.Fields, v)
		}
	}
}

// Push carries a push.
func (n *network) Push(ctx context.Context, req wire.PushRequest) (wire.PushResponse, error) {
	if n.down {
		return wire.PushResponse{}, errLost
	}
	out := wire.EncodePush(req) // as on the wire
	n.message("push", out)
	req = wire.DecodePush(out)
	f := n.draw()
	switch f {
	case lostOut:
		n.sim.note("push of %d lost", len(req.Changes))
		return wire.PushResponse{}, errLost
	case overtaken:
		n.sim.note("push of %d arrives later", len(req.Changes))
		n.late = append(n.late, req)
		return wire.PushResponse{}, errLost
	}
	resp, err := n.sim.journal.Push(ctx, n.sim.caller(n.d), req)
	if err == nil && f == twice {
		n.sim.note("push of %d arrives twice", len(req.Changes))
		n.verdicts(req, resp)
		resp, err = n.sim.journal.Push(ctx, n.sim.caller(n.d), req)
	}
	if err != nil {
		return resp, err
	}
	n.verdicts(req, resp)
	if f == lostBack {
		n.sim.note("answer to a push of %d lost", len(req.Changes))
		return wire.PushResponse{}, errLost
	}
	back := wire.EncodePushed(resp, true)
	n.message("pushed", back)
	return wire.DecodePushed(back, req.Changes), nil
}

// deliverLate lets one late request arrive; its answer finds nobody.
func (n *network) deliverLate(ctx context.Context) error {
	if len(n.late) == 0 {
		return nil
	}
	i := n.rng.IntN(len(n.late))
	req := n.late[i]
	n.late = append(n.late[:i:i], n.late[i+1:]...)
	n.sim.note("late push of %d arrives", len(req.Changes))
	resp, err := n.sim.journal.Push(ctx, n.sim.caller(n.d), req)
	if err == nil {
		n.verdicts(req, resp)
	}
	return err
}

// Pull carries a pull.
func (n *network) Pull(ctx context.Context, req wire.PullRequest) (wire.PullResponse, error) {
	f := n.draw()
	if n.down || n.deaf || f == lostOut || f == overtaken {
		return wire.PullResponse{}, errLost
	}
	if n.page > 0 {
		req.Limit = n.page
	}
	out := wire.EncodePull(req)
	n.message("pull", out)
	resp, err := n.sim.journal.Pull(ctx, n.sim.caller(n.d), wire.DecodePull(out))
	if err != nil {
		return resp, err
	}
	back := wire.EncodePage(resp)
	n.message("page", back)
	for i := range resp.Records {
		r := &resp.Records[i]
		n.sim.note("  %s %d %s %s deleted %v moved %v", r.Bucket, r.Seq, r.Kind, r.ID, r.Deleted, r.Moved)
		if n.sim.full {
			n.sim.note("    %+v", r.Fields)
		}
	}
	for _, b := range resp.Buckets {
		n.sim.note("  %s at %d chain %x epoch %x sum %x of %d reset %v", b.Bucket, b.Seq, b.Chain, b.Epoch, b.Checksum, b.Count, b.Reset)
	}
	if f == lostBack {
		n.sim.note("page of %d lost", len(resp.Records))
		return wire.PullResponse{}, errLost
	}
	if resp.More && n.bad {
		n.sim.meanwhile(ctx, n.d)
	}
	return wire.DecodePage(back), nil
}

// Repair carries a question about a bucket.
func (n *network) Repair(ctx context.Context, req wire.RepairRequest) (wire.RepairResponse, error) {
	if f := n.draw(); n.down || f == lostOut || f == lostBack || f == overtaken {
		return wire.RepairResponse{}, errLost
	}
	n.repairs++
	out := wire.EncodeRepair(req)
	n.message("repair", out)
	resp, err := n.sim.journal.Repair(ctx, n.sim.caller(n.d), wire.DecodeRepair(out))
	if err != nil {
		return resp, err
	}
	back := wire.EncodeRepaired(resp)
	n.message("repaired", back)
	return wire.DecodeRepaired(back), nil
}

// History asks the server.
func (n *network) History(ctx context.Context, kind, id string) ([]sales.HistoryEntry, error) {
	return n.sim.journal.History(ctx, n.sim.caller(n.d), kind, id)
}

// Watch gives no hints: a play is driven step by step.
func (n *network) Watch(context.Context, func(changed bool)) error { return errors.ErrUnsupported }

// Traffic is not counted here.
func (n *network) Traffic() (out, in int64) { return 0, 0 }
