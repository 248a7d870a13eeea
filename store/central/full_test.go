package central_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/rounds-field/rounds/internal/faultfs"
	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/wire"
)

func TestAJournalOnADiskFullAtEachWriteLosesNothing(t *testing.T) {
	dir := t.TempDir()
	disk := faultfs.Watch(t, dir)
	j, err := central.Open(t.Context(), filepath.Join(dir, "journal.db"), central.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	}()
	me, err := j.Commit(t.Context(), system, sales.CreateOf(sales.User{Name: "li.na", DisplayName: "Li Na", Role: string(sales.RoleRep)}))
	if err != nil {
		t.Fatal(err)
	}
	caller := wire.Caller{Access: sales.Access{UserID: me[0], Role: sales.RoleRep}, Incarnation: uuid.NewString()}
	number, taken, refused := uint64(0), 0, 0
	for n := 1; ; n++ {
		var changes []wire.Change
		for i := range 5 {
			number++
			changes = append(changes, wire.Change{
				ID: sales.NewID(), Counter: number, Group: number, Kind: "partner", RecordID: sales.NewID(), Verb: sales.Create, HLC: hlc.Reading(number << 16), Schema: 1,
				Fields: []wire.FieldEdit{{Number: 2, Value: fmt.Sprint("partner ", n, i)}, {Number: 16, Value: strings.Repeat("notes ", 500)}},
			})
		}
		push := func() (wire.PushResponse, error) {
			return j.Push(t.Context(), caller, wire.PushRequest{Incarnation: caller.Incarnation, Changes: changes})
		}
		disk.Fill(n)
		resp, err := push()
		full := disk.Refused() > 0
		disk.Room()
		if err != nil {
			refused++
			var e *sales.Error
			if !errors.As(err, &e) || e.Code != sales.CodeStorage || !strings.Contains(e.Hint, "full") {
				t.Errorf("write %d of a push finds no room: %v", n, err)
			}
			if resp, err = push(); err != nil {
				t.Fatalf("with room again: %v", err)
			}
		}
		for _, v := range resp.Verdicts {
			if v.Outcome != wire.Applied && v.Outcome != wire.Duplicate {
				t.Errorf("a change after write %d found no room: %s %s", n, v.Outcome, v.Message)
			}
		}
		taken += len(changes)
		if !full {
			break
		}
	}
	if refused == 0 {
		t.Error("no write was refused")
	}
	page, err := j.Pull(t.Context(), caller, wire.PullRequest{Limit: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	partners, sums := 0, map[string]wire.Sum{}
	for _, r := range page.Records {
		if r.Kind == "partner" {
			partners++
		}
		sums[r.Bucket] = sums[r.Bucket].Add(wire.ChecksumOf(&r))
	}
	for _, b := range page.Buckets {
		if sums[b.Bucket].Bytes() != b.Checksum {
			t.Errorf("bucket %s does not sum up", b.Bucket)
		}
	}
	if partners != taken {
		t.Errorf("%d partners, want %d", partners, taken)
	}
	t.Logf("%d writes refused in turn", refused)
}
