package simnet

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/rounds-field/rounds/internal/faultfs"
	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/sync/wire"
)

// killedPushes is how often the server is killed in the middle of a push.
const killedPushes = 500

// Guarantee 5: the server is killed before any write to its disk that pushes take. Of the push that was under way it has everything or nothing, of those that it
// answered everything; the numbers of its buckets are dense, its sums right, and the device that sends again gets every change in once.
func TestAServerKilledInThePushAtAnyWriteHasAllOfItOrNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: make test-long runs it without the race detector")
	}
	s, ann, _, _ := calm(t)
	album := t.TempDir()
	type picture struct {
		dir      string
		answered int // changes of pushes that were answered
		push     wire.PushRequest
	}
	var pictures []picture
	var push wire.PushRequest
	answered := 0
	disk := faultfs.Watch(t, s.serverDir())
	s.must(t, s.restartServer) // it is seen from its opening on
	disk.Before(func(int, string) {
		dir := filepath.Join(album, fmt.Sprint(len(pictures)))
		if err := copyFolder(s.serverDir(), dir); err != nil {
			t.Error(err)
		}
		pictures = append(pictures, picture{dir, answered, push})
	})
	for batch := 0; len(pictures) < killedPushes; batch++ {
		for i := range 10 {
			s.must(t, ann.saves(partner(sales.NewID(), fmt.Sprintf("v#%d.", batch*10+i))))
		}
		changes, err := ann.store.Unsent(t.Context(), 100)
		if err != nil {
			t.Fatal(err)
		}
		incarnation, err := ann.store.Incarnation(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		push = wire.PushRequest{Incarnation: incarnation, Changes: changes}
		resp, err := s.journal.Push(t.Context(), s.caller(ann), push)
		if err != nil {
			t.Fatal(err)
		}
		answered += len(changes)
		if err := ann.store.Settle(t.Context(), resp.Verdicts); err != nil {
			t.Fatal(err)
		}
	}
	disk.Before(nil)
	for i, p := range pictures {
		s.revived(t, i, p.dir, p.answered, p.push)
		if t.Failed() {
			return
		}
		if err := os.RemoveAll(p.dir); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("killed %d times", len(pictures))
}

// revived opens what a killed server left behind and looks at it, before and after the push that was under way is sent again.
func (s *Sim) revived(t *testing.T, n int, dir string, answered int, push wire.PushRequest) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	journal, err := central.Open(ctx, filepath.Join(dir, "server.db"), central.Options{Sync: "off"})
	if err != nil {
		t.Fatalf("killed %d: %v", n, err)
	}
	defer journal.Close()
	running := s.journal
	s.journal = journal
	defer func() { s.journal = running }()
	count := func() int {
		t.Helper()
		page, err := journal.Pull(ctx, s.everybody(), wire.PullRequest{Limit: 10_000})
		if err != nil {
			t.Fatalf("killed %d: %v", n, err)
		}
		partners := 0
		numbers := map[string]uint64{} // by bucket; nothing is ever written twice or moved here, so that each number is that of a record
		for i := range page.Records {
			r := &page.Records[i]
			if numbers[r.Bucket]++; r.Seq != numbers[r.Bucket] {
				t.Errorf("killed %d: bucket %s has number %d after %d", n, r.Bucket, r.Seq, numbers[r.Bucket]-1)
			}
			if r.Kind == "partner" {
				partners++
			}
		}
		for _, b := range page.Buckets {
			if b.Seq != numbers[b.Bucket] || b.Count != numbers[b.Bucket] {
				t.Errorf("killed %d: bucket %s stands at %d with %d records, and has %d", n, b.Bucket, b.Seq, b.Count, numbers[b.Bucket])
			}
		}
		return partners
	}
	before := count()
	if before != answered && before != answered+len(push.Changes) {
		t.Errorf("killed %d: %d records, %d were acknowledged and %d under way", n, before, answered, len(push.Changes))
	}
	want := wire.Applied
	if before > answered {
		want = wire.Duplicate
	}
	resp, err := journal.Push(ctx, s.caller(s.devices[0]), push)
	if err != nil {
		t.Fatalf("killed %d: %v", n, err)
	}
	for _, v := range resp.Verdicts {
		if v.Outcome != want {
			t.Errorf("killed %d: sent again, a change is %s, want %s", n, v.Outcome, want)
		}
	}
	if got := count(); got != answered+len(push.Changes) {
		t.Errorf("killed %d: %d records after sending again, want %d", n, got, answered+len(push.Changes))
	}
}
