package wire

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/syncpb"
)

func drawID(t *rapid.T) string {
	var u uuid.UUID
	copy(u[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
	return u.String()
}

func drawStamp(t *rapid.T) hlc.Stamp {
	return hlc.Stamp{HLC: hlc.Reading(rapid.Uint64().Draw(t, "hlc")), Node: rapid.Uint64().Draw(t, "node")}
}

func drawValue(t *rapid.T) any {
	switch rapid.IntRange(0, 5).Draw(t, "type") {
	case 0:
		return nil
	case 1:
		return rapid.StringN(1, 20, -1).Draw(t, "text")
	case 2:
		return rapid.Int64().Draw(t, "number")
	case 3:
		return rapid.Bool().Draw(t, "flag")
	case 4:
		return drawID(t)
	}
	if s := sales.CleanSet(rapid.SliceOf(rapid.String()).Draw(t, "set")); len(s) > 0 {
		return s
	}
	return nil
}

func drawState(t *rapid.T, bucket string) RecordState {
	r := RecordState{
		Kind: rapid.SampledFrom(sales.Kinds()).Draw(t, "kind").Name, ID: drawID(t), Bucket: bucket, Seq: rapid.Uint64().Draw(t, "seq"),
		Deleted: rapid.Bool().Draw(t, "deleted"), Created: drawStamp(t), UpdatedBy: drawID(t), Fields: []FieldState{},
	}
	for n := 1; n <= rapid.IntRange(0, 8).Draw(t, "fields"); n++ {
		r.Fields = append(r.Fields, FieldState{Number: n, Value: drawValue(t), Stamp: drawStamp(t)})
	}
	return r
}

func TestAPageComesThroughTheWireUnchanged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		page := PullResponse{HLC: 7, Remaining: 3, Records: []RecordState{}}
		for _, b := range []string{"o", "t:34", "u:x"} {
			page.Buckets = append(page.Buckets, BucketState{Cursor: Cursor{b, 1, 2, 3}, Count: 4, Checksum: [16]byte{1, 2, 3}})
			page.Records = append(page.Records, drawState(t, b))
		}
		b, err := proto.Marshal(EncodePage(page))
		if err != nil {
			t.Fatal(err)
		}
		var p syncpb.PullResponse
		if err := proto.Unmarshal(b, &p); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(page, DecodePage(&p)); d != "" {
			t.Fatalf("the page changed on the wire:\n%s", d)
		}
	})
}

func TestAPushAndItsVerdictsComeThroughTheWireUnchanged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		req := PushRequest{Incarnation: drawID(t), Changes: []Change{{
			ID: drawID(t), Counter: 5, Group: 4, Kind: "visit", RecordID: drawID(t), Verb: sales.Update, HLC: 99, Schema: SchemaVersion, Base: drawStamp(t),
			Fields: []FieldEdit{{Number: 3, Value: drawValue(t), Base: drawStamp(t), Added: []string{"a"}, Removed: []string{"b"}, Delta: -3}},
		}}}
		if d := cmp.Diff(req, DecodePush(EncodePush(req))); d != "" {
			t.Fatalf("the push changed on the wire:\n%s", d)
		}
		resp := PushResponse{HLC: 8, Verdicts: []Verdict{{ChangeID: drawID(t), Outcome: Merged, Lost: []int{3}, Code: "c", Field: "f", Message: "m", Hint: "h"}}}
		if d := cmp.Diff(resp, DecodePushed(EncodePushed(resp, false), nil)); d != "" {
			t.Fatalf("the verdicts changed on the wire:\n%s", d)
		}
	})
}

func TestAKindThatThisProgramDoesNotKnowIsKept(t *testing.T) {
	in := &syncpb.RecordState{Kind: 4711, Id: make([]byte, 16)}
	if out := EncodeRecord(&RecordState{Kind: DecodeRecord(in, "o").Kind}, 0); out.GetKind() != 4711 {
		t.Errorf("an unknown kind came back as %d", out.GetKind())
	}
}

func TestTheChecksumDependsOnStampsAndNotOnOrder(t *testing.T) {
	a := RecordState{ID: uuid.NewString(), Fields: []FieldState{{Number: 1, Stamp: hlc.Stamp{HLC: 1, Node: 2}}, {Number: 2, Stamp: hlc.Stamp{HLC: 3, Node: 4}}}}
	b := a
	b.Fields = []FieldState{a.Fields[1], a.Fields[0]}
	if ChecksumOf(&a) != ChecksumOf(&b) {
		t.Error("the order of fields changes the checksum")
	}
	c := a
	c.Fields = []FieldState{a.Fields[0], {Number: 2, Stamp: hlc.Stamp{HLC: 3, Node: 5}}}
	if ChecksumOf(&a) == ChecksumOf(&c) {
		t.Error("another stamp leaves the checksum as it was")
	}
	sum := ChecksumOf(&a).Add(ChecksumOf(&c))
	if sum.Sub(ChecksumOf(&a)) != ChecksumOf(&c) || SumFrom(func() []byte { x := sum.Bytes(); return x[:] }()) != sum {
		t.Error("sums do not come apart again")
	}
	a.Deleted = true
	if ChecksumOf(&a) != (Sum{}) {
		t.Error("a deleted record counts")
	}
}

// An answer says of one change when the server took it: of the one that it took last, whatever the order of the verdicts.
func TestAnAnswerSaysWhichChangeWasTakenLast(t *testing.T) {
	for _, packed := range []bool{false, true} {
		changes := []Change{{ID: sales.NewID()}, {ID: sales.NewID()}, {ID: sales.NewID()}, {ID: sales.NewID()}}
		resp := PushResponse{Verdicts: []Verdict{
			{ChangeID: changes[0].ID, Outcome: Duplicate, TakenAt: 100},
			{ChangeID: changes[1].ID, Outcome: Duplicate, TakenAt: 300},
			{ChangeID: changes[2].ID, Outcome: Duplicate, TakenAt: 200},
			{ChangeID: changes[3].ID, Outcome: Rejected, Code: sales.CodeInvalid, TakenAt: 400},
		}}
		got := DecodePushed(EncodePushed(resp, packed), changes)
		for i, want := range []uint32{0, 300, 0, 0} {
			if got.Verdicts[i].TakenAt != want {
				t.Errorf("packed %v: verdict %d says %d, want %d", packed, i, got.Verdicts[i].TakenAt, want)
			}
		}
	}
}
