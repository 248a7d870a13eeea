package simnet

import (
	"context"
	"errors"
	"math/rand/v2"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/sync/wire"
)

// network carries one device's calls to the server, badly.
type network struct {
	rng     *rand.Rand
	journal func() *central.Journal
	caller  wire.Caller
	bad     bool                          // faults happen at all
	down    bool                          // nothing comes through
	page    int                           // records in a page, 0 as asked
	between func()                        // what others do while a pull goes on
	late    []wire.PushRequest            // requests that the sender thinks lost and that arrive later
	note    func(format string, a ...any) // the trace
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

// Push carries a push.
func (n *network) Push(ctx context.Context, req wire.PushRequest) (wire.PushResponse, error) {
	if n.down {
		return wire.PushResponse{}, errLost
	}
	req = wire.DecodePush(wire.EncodePush(req)) // as on the wire
	f := n.draw()
	switch f {
	case lostOut:
		n.note("push of %d lost", len(req.Changes))
		return wire.PushResponse{}, errLost
	case overtaken:
		n.note("push of %d arrives later", len(req.Changes))
		n.late = append(n.late, req)
		return wire.PushResponse{}, errLost
	}
	resp, err := n.journal().Push(ctx, n.caller, req)
	if err == nil && f == twice {
		n.note("push of %d arrives twice", len(req.Changes))
		resp, err = n.journal().Push(ctx, n.caller, req)
	}
	if err == nil && f == lostBack {
		n.note("answer to a push of %d lost", len(req.Changes))
		return wire.PushResponse{}, errLost
	}
	for _, v := range resp.Verdicts {
		n.note("  %s %s", v.Outcome, v.Code)
	}
	return wire.DecodePushed(wire.EncodePushed(resp, true), req.Changes), err
}

// deliverLate lets one late request arrive; its answer finds nobody.
func (n *network) deliverLate(ctx context.Context) error {
	if len(n.late) == 0 {
		return nil
	}
	i := n.rng.IntN(len(n.late))
	req := n.late[i]
	n.late = append(n.late[:i:i], n.late[i+1:]...)
	n.note("late push of %d arrives", len(req.Changes))
	_, err := n.journal().Push(ctx, n.caller, req)
	return err
}

// Pull carries a pull.
func (n *network) Pull(ctx context.Context, req wire.PullRequest) (wire.PullResponse, error) {
	f := n.draw()
	if n.down || f == lostOut || f == overtaken {
		return wire.PullResponse{}, errLost
	}
	if n.page > 0 {
		req.Limit = n.page
	}
	resp, err := n.journal().Pull(ctx, n.caller, wire.DecodePull(wire.EncodePull(req)))
	if err == nil && f == lostBack {
		n.note("page of %d lost", len(resp.Records))
		return wire.PullResponse{}, errLost
	}
	if err == nil && resp.More && n.bad && n.between != nil {
		n.between()
	}
	return wire.DecodePage(wire.EncodePage(resp)), err
}

// Repair carries a question about a bucket.
func (n *network) Repair(ctx context.Context, req wire.RepairRequest) (wire.RepairResponse, error) {
	if f := n.draw(); n.down || f == lostOut || f == lostBack || f == overtaken {
		return wire.RepairResponse{}, errLost
	}
	resp, err := n.journal().Repair(ctx, n.caller, wire.DecodeRepair(wire.EncodeRepair(req)))
	return wire.DecodeRepaired(wire.EncodeRepaired(resp)), err
}

// History asks the server.
func (n *network) History(ctx context.Context, kind, id string) ([]sales.HistoryEntry, error) {
	return n.journal().History(ctx, n.caller, kind, id)
}

// Watch gives no hints: a play is driven step by step.
func (n *network) Watch(context.Context, func(changed bool)) error { return errors.ErrUnsupported }

// Traffic is not counted here.
func (n *network) Traffic() (out, in int64) { return 0, 0 }
