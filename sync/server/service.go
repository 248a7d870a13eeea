// Package server is the server's end of the wire: what a device may ask, with its limits, over any transport (Service) and over Connect
// (NewHandler).
package server

import (
	"context"
	"fmt"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// Journal is the server's database, as the sync needs it. Errors for people are of type *sales.Error.
type Journal interface {
	Feed
	// Push takes changes in one transaction and gives one verdict for each, in order.
	Push(ctx context.Context, caller wire.Caller, req wire.PushRequest) (wire.PushResponse, error)
	// Pull gives one page of what the caller may see beyond its cursors.
	Pull(ctx context.Context, caller wire.Caller, req wire.PullRequest) (wire.PullResponse, error)
	// Repair tells what the caller may see of one bucket, so that a device finds what differs.
	Repair(ctx context.Context, caller wire.Caller, req wire.RepairRequest) (wire.RepairResponse, error)
	// History gives the life of one record that the caller may see.
	History(ctx context.Context, caller wire.Caller, kind, id string) ([]sales.HistoryEntry, error)
}

// Limits bound what one call may ask for; the zero value means the defaults.
type Limits struct {
	Changes      int // changes in a push; default 5,000
	Cursors      int // cursors in a pull; default 20,000
	MessageBytes int // unpacked size of a message; default 64 MiB
	MinSchema    int // version of the declarations that a device must know to be given records; 0: any. Changes are taken from every one.

	Streams       int // watching at once; default 10,000
	DeviceStreams int // of one device, whose oldest ends then; default 4
}

func (l Limits) filled() Limits {
	if l.Changes == 0 {
		l.Changes = wire.MaxChanges
	}
	if l.Cursors == 0 {
		l.Cursors = 20_000
	}
	if l.MessageBytes == 0 {
		l.MessageBytes = 64 << 20
	}
	if l.Streams == 0 {
		l.Streams = 10_000
	}
	if l.DeviceStreams == 0 {
		l.DeviceStreams = 4
	}
	return l
}

// Service answers devices. It is safe for concurrent use.
type Service struct {
	journal Journal
	limits  Limits
}

// New makes a service over a journal.
func New(journal Journal, limits Limits) *Service { return &Service{journal, limits.filled()} }

// Push takes a batch of changes.
func (s *Service) Push(ctx context.Context, caller wire.Caller, req wire.PushRequest) (wire.PushResponse, error) {
	if len(req.Changes) > s.limits.Changes {
		return wire.PushResponse{}, tooMany("push", len(req.Changes), "changes", s.limits.Changes)
	}
	if req.Incarnation == "" {
		req.Incarnation = caller.Incarnation
	}
	return s.journal.Push(ctx, caller, req)
}

// Pull gives a page.
func (s *Service) Pull(ctx context.Context, caller wire.Caller, req wire.PullRequest) (wire.PullResponse, error) {
	if len(req.Cursors) > s.limits.Cursors {
		return wire.PullResponse{}, tooMany("pull", len(req.Cursors), "cursors", s.limits.Cursors)
	}
	if known := max(req.Schema, 1); known < s.limits.MinSchema { // the first version named none
		return wire.PullResponse{}, &sales.Error{
			Code: sales.CodeUpdateRequired, Message: fmt.Sprintf("the records here need version %d, and this program knows version %d", s.limits.MinSchema, known),
			Hint: "update Rounds; what you write until then is sent as before", Args: map[string]any{"Known": known, "Needed": s.limits.MinSchema},
		}
	}
	return s.journal.Pull(ctx, caller, req)
}

// Repair tells what is in one bucket.
func (s *Service) Repair(ctx context.Context, caller wire.Caller, req wire.RepairRequest) (wire.RepairResponse, error) {
	switch {
	case len(req.Records) > wire.MaxRepairRecords:
		return wire.RepairResponse{}, tooMany("repair", len(req.Records), "records", wire.MaxRepairRecords)
	case len(req.Slots) > wire.MaxRepairSlots:
		return wire.RepairResponse{}, tooMany("repair", len(req.Slots), "slots", wire.MaxRepairSlots)
	}
	return s.journal.Repair(ctx, caller, req)
}

// History gives the life of one record.
func (s *Service) History(ctx context.Context, caller wire.Caller, kind, id string) ([]sales.HistoryEntry, error) {
	return s.journal.History(ctx, caller, kind, id)
}

func tooMany(call string, n int, what string, limit int) error {
	return &sales.Error{
		Code: sales.CodeInvalid, Message: fmt.Sprintf("%s: %d %s are over the limit of %d", call, n, what, limit),
		Hint: "send them in smaller batches", Args: map[string]any{"Value": n},
	}
}
