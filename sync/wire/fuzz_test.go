package wire

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"google.golang.org/protobuf/proto"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/syncpb"
)

// fuzzed decodes bytes that hold a message.
func fuzzed[P any, M interface {
	*P
	proto.Message
}, V any](f *testing.F, decode func(M) V, encode func(V) M, seeds ...V) {
	for _, v := range seeds {
		b, err := proto.Marshal(encode(v))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(nil))
	f.Add([]byte{0x0a, 0x10, 0xff})
	f.Fuzz(func(t *testing.T, data []byte) {
		m := M(new(P))
		if proto.Unmarshal(data, m) != nil {
			return
		}
		// What is malformed or left out is put right by the first reading; from then on it must stay as it is.
		first := written(t, decode(m), decode, encode)
		if diff := cmp.Diff(first, written(t, first, decode, encode), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("differs after being written and read:\n%s", diff)
		}
	})
}

// written is a value after it was written and read.
func written[P any, M interface {
	*P
	proto.Message
}, V any](t *testing.T, v V, decode func(M) V, encode func(V) M) V {
	t.Helper()
	b, err := proto.Marshal(encode(v))
	if err != nil {
		t.Fatalf("cannot be written: %v", err)
	}
	m := M(new(P))
	if err := proto.Unmarshal(b, m); err != nil {
		t.Fatalf("cannot be read: %v", err)
	}
	return decode(m)
}

func someChange() Change {
	return Change{
		ID: sales.NewID(), Counter: 3, Group: 2, Kind: "partner", RecordID: sales.NewID(), Verb: sales.Update, HLC: 7 << 16, Schema: 1, Base: hlc.Stamp{HLC: 1, Node: 2},
		Fields: []FieldEdit{
			{Number: 2, Value: "name", Base: hlc.Stamp{HLC: 3, Node: 4}},
			{Number: 12, Value: int64(-5), Delta: 2},
			{Number: 15, Value: []string{"a"}, Added: []string{"a"}, Removed: []string{"b"}},
			{Number: 900, Value: true},
		},
	}
}

func FuzzDecodePush(f *testing.F) {
	fuzzed(f, DecodePush, EncodePush, PushRequest{Incarnation: sales.NewID(), Changes: []Change{someChange(), someChange()}}, PushRequest{Changes: []Change{{}}})
}

func FuzzDecodeChange(f *testing.F) {
	fuzzed(f, DecodeChange, func(c Change) *syncpb.Change { return EncodeChange(&c) }, someChange())
}

func FuzzDecodePull(f *testing.F) {
	fuzzed(f, DecodePull, EncodePull, PullRequest{Cursors: []Cursor{{Bucket: "t:31", Epoch: 1, Seq: 2, Chain: 3}}, Limit: 9, Schema: 1, Brief: true, Digests: []uint64{1}, Slots: []int{2}})
}

func FuzzDecodeRepair(f *testing.F) {
	fuzzed(f, DecodeRepair, EncodeRepair, RepairRequest{Bucket: "o", Slots: []int{1}, Records: []string{sales.NewID()}})
}

func FuzzDecodePage(f *testing.F) {
	state := RecordState{Kind: "partner", ID: sales.NewID(), Bucket: "o", Seq: 4, Created: hlc.Stamp{HLC: 1, Node: 2}, UpdatedBy: sales.NewID(), Fields: []FieldState{{Number: 2, Value: "x", Stamp: hlc.Stamp{HLC: 5, Node: 6}}}}
	fuzzed(f, DecodePage, EncodePage, PullResponse{Buckets: []BucketState{{Cursor: Cursor{Bucket: "o", Seq: 4}}}, Records: []RecordState{state}, HLC: 5})
}

func FuzzDecodeRepaired(f *testing.F) {
	state := RecordState{Kind: "partner", ID: sales.NewID(), Bucket: "o", Seq: 4, Fields: []FieldState{}}
	fuzzed(f, DecodeRepaired, EncodeRepaired, RepairResponse{Cursor: Cursor{Bucket: "o"}, Sums: []RecordSum{{Kind: "partner", ID: sales.NewID()}}, Records: []RecordState{state}})
}
