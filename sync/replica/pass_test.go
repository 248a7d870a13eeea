package replica

import (
	"strings"
	"testing"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

func TestAPushIsFilledWithWholeGroupsUpToItsBytes(t *testing.T) {
	long := strings.Repeat("x", pushBytes/4)
	var changes []wire.Change
	for _, group := range []uint64{1, 1, 3, 3, 5, 5} {
		changes = append(changes, wire.Change{Group: group, Fields: []wire.FieldEdit{{Number: 1, Value: long}}})
	}
	if got := fill(changes); len(got) != 4 {
		t.Errorf("%d changes in the push, want the 4 of the two groups that fit", len(got))
	}
	for i := range changes {
		changes[i].Group = 1
	}
	if got := fill(changes); len(got) != len(changes) {
		t.Errorf("%d changes in the push, want the whole group, which must not be parted", len(got))
	}
	if got := fill(changes[:1]); len(got) != 1 {
		t.Errorf("%d changes in the push, want the one", len(got))
	}
}

func TestCursorsFollowAPage(t *testing.T) {
	before := []wire.Cursor{{Bucket: "o", Epoch: 1, Seq: 4, Chain: 7}, {Bucket: "t:11", Epoch: 1, Seq: 9, Chain: 8}}
	after := advance(before, []wire.BucketState{{Cursor: wire.Cursor{Bucket: "t:11", Epoch: 2, Seq: 1, Chain: 3}}, {Cursor: wire.Cursor{Bucket: "u:a", Epoch: 1, Seq: 2}}})
	want := map[string]wire.Cursor{
		"o":    {Bucket: "o", Epoch: 1, Seq: 4, Chain: 7},
		"t:11": {Bucket: "t:11", Epoch: 2, Seq: 1, Chain: 3},
		"u:a":  {Bucket: "u:a", Epoch: 1, Seq: 2},
	}
	for _, c := range after {
		if want[c.Bucket] != c {
			t.Errorf("cursor %+v, want %+v", c, want[c.Bucket])
		}
	}
	if len(after) != len(want) || before[1].Epoch != 1 {
		t.Errorf("%d cursors after the page; before: %+v", len(after), before)
	}
}

// A proxy before the server may take only small messages, whatever the server itself takes.
func TestAPushThatIsTooLargeForAProxyGoesInParts(t *testing.T) {
	store, server := &fakeStore{outbox: outboxOf(1000)}, &fakeServer{outcome: wire.Applied, takes: 90}
	if r, err := New(store, server, Options{}).Sync(t.Context()); err != nil || r.Pushed != 1000 {
		t.Errorf("pushed %d, %v", r.Pushed, err)
	}
	if server.refusals > 5 {
		t.Errorf("%d pushes were refused on the way to a size that goes through", server.refusals)
	}
	store, server = &fakeStore{outbox: outboxOf(1)}, &fakeServer{err: &sales.Error{Code: sales.CodeOffline, Reason: sales.OfflineTooLarge, Message: "413"}}
	if _, err := New(store, server, Options{}).Sync(t.Context()); !sales.HasCode(err, sales.CodeOffline) || server.refusals != 1 {
		t.Errorf("a single change that does not go through: %v after %d tries", err, server.refusals)
	}
}

// Work that the server or a proxy does not take as a whole keeps nobody from hearing what others did; the user is told.
func TestAPushThatDoesNotGoThroughStopsNoPull(t *testing.T) {
	for name, why := range map[string]*sales.Error{
		"too large for a proxy": {Code: sales.CodeOffline, Reason: sales.OfflineTooLarge, Message: "413"},
		"a fault of the server": {Code: sales.CodeOffline, Reason: sales.OfflineFault, Message: "500"},
		"refused as a whole":    {Code: sales.CodeForbidden, Message: "belongs to another user"},
	} {
		store, server := &fakeStore{outbox: outboxOf(1), publish: []Published{{Records: 7}}}, &fakeServer{noPush: why}
		e := New(store, server, Options{})
		r, err := e.Sync(t.Context())
		if !sales.HasCode(err, why.Code) || r.Pulled != 7 || e.State().Problem == nil {
			t.Errorf("%s: pulled %d records, %v", name, r.Pulled, err)
		}
		if w, _, _, _ := store.Counts(t.Context()); w != 1 {
			t.Errorf("%s: %d changes are left", name, w)
		}
	}
	store, server := &fakeStore{outbox: outboxOf(1)}, &fakeServer{noPush: errNetwork}
	if _, err := New(store, server, Options{}).Sync(t.Context()); err == nil || server.pulls != 0 {
		t.Errorf("without a network %d pulls were tried, %v", server.pulls, err)
	}
}
