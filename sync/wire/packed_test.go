package wire

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/syncpb"
)

func drawChange(t *rapid.T) Change {
	c := Change{
		ID: drawID(t), Counter: rapid.Uint64().Draw(t, "counter"), Group: rapid.Uint64().Draw(t, "group"), Kind: rapid.SampledFrom([]string{"visit", "task", "kind#4711"}).Draw(t, "kind"),
		RecordID: drawID(t), Verb: sales.Verb(rapid.IntRange(0, 3).Draw(t, "verb")), HLC: hlc.Reading(rapid.Uint64().Draw(t, "hlc")), Schema: rapid.IntRange(0, 9).Draw(t, "schema"),
	}
	if rapid.Bool().Draw(t, "has a base") {
		c.Base = drawStamp(t)
	}
	for n := range rapid.IntRange(0, 4).Draw(t, "fields") {
		f := FieldEdit{Number: n + 1, Value: drawValue(t), Delta: rapid.Int64().Draw(t, "delta")}
		if rapid.Bool().Draw(t, "has a base") {
			f.Base = hlc.Stamp{HLC: 5, Node: rapid.Uint64Range(0, 3).Draw(t, "node")}
		}
		if rapid.Bool().Draw(t, "is a set") {
			f.Added, f.Removed = []string{"a", "b"}, []string{"c"}
		}
		c.Fields = append(c.Fields, f)
	}
	return c
}

func TestChangesInColumnsComeThroughTheWireUnchanged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		req := PushRequest{Incarnation: drawID(t), Changes: rapid.SliceOfN(rapid.Custom(drawChange), 0, 6).Draw(t, "changes")}
		packed := EncodePush(req)
		if packed.GetPacked() == nil {
			t.Fatal("the changes did not go into columns")
		}
		blob, err := proto.Marshal(packed)
		if err != nil {
			t.Fatal(err)
		}
		var got syncpb.PushRequest
		if err := proto.Unmarshal(blob, &got); err != nil {
			t.Fatal(err)
		}
		if n, problem := Packed(&got); n != len(req.Changes) || problem != "" {
			t.Fatalf("%d changes count as %d, with the problem %q", len(req.Changes), n, problem)
		}
		if d := cmp.Diff(req.Changes, slices.Clip(DecodePush(&got).Changes), cmp.Transformer("empty", func(c []Change) []Change {
			if len(c) == 0 {
				return nil
			}
			return c
		})); d != "" {
			t.Fatalf("the changes changed on the wire:\n%s", d)
		}
	})
}

func TestAnAnswerToChangesInColumnsSaysWhatAFullOneSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		changes := rapid.SliceOfN(rapid.Custom(drawChange), 1, 6).Draw(t, "changes")
		resp := PushResponse{HLC: 8}
		for i := range changes {
			v := Verdict{ChangeID: changes[i].ID, Outcome: Outcome(rapid.IntRange(int(Applied), int(Held)).Draw(t, "outcome"))}
			if v.Outcome > Duplicate {
				v.Lost, v.Code, v.Message = []int{3}, "c", "m"
			}
			resp.Verdicts = append(resp.Verdicts, v)
		}
		if d := cmp.Diff(resp, DecodePushed(EncodePushed(resp, true), changes)); d != "" {
			t.Fatalf("the verdicts changed on the wire:\n%s", d)
		}
		others := slices.Clone(changes)
		others[0].ID = uuid.NewString()
		if got := DecodePushed(EncodePushed(resp, true), others); len(got.Verdicts) > 0 {
			t.Fatalf("an answer to other changes was read as %v", got.Verdicts)
		}
	})
}

// Columns that contradict each other say so, whichever is cut, and give no change.
func TestColumnsThatDoNotFitAreNamed(t *testing.T) {
	good := func() *syncpb.PackedChanges {
		return EncodePush(PushRequest{Changes: []Change{
			{ID: uuid.NewString(), RecordID: uuid.NewString(), Kind: "task", Verb: sales.Create, Fields: []FieldEdit{{Number: 1, Value: "a", Base: hlc.Stamp{HLC: 1, Node: 1}}, {Number: 2}}},
			{ID: uuid.NewString(), RecordID: uuid.NewString(), Kind: "task", Verb: sales.Delete, Base: hlc.Stamp{HLC: 2, Node: 1}},
		}}).GetPacked()
	}
	for column, cut := range map[string]func(p *syncpb.PackedChanges){
		"ids":                    func(p *syncpb.PackedChanges) { p.Ids = p.GetIds()[1:] },
		"records":                func(p *syncpb.PackedChanges) { p.Records = nil },
		"counters":               func(p *syncpb.PackedChanges) { p.Counters = p.GetCounters()[:1] },
		"groups":                 func(p *syncpb.PackedChanges) { p.Groups = append(p.GetGroups(), 1) },
		"verbs":                  func(p *syncpb.PackedChanges) { p.Verbs = p.GetVerbs()[:1] },
		"hlcs":                   func(p *syncpb.PackedChanges) { p.Hlcs = p.GetHlcs()[:1] },
		"schemas":                func(p *syncpb.PackedChanges) { p.Schemas = p.GetSchemas()[:1] },
		"bases":                  func(p *syncpb.PackedChanges) { p.Bases = p.GetBases()[:1] },
		"the column fields":      func(p *syncpb.PackedChanges) { p.Fields = p.GetFields()[:1] },
		"have 4294967297 fields": func(p *syncpb.PackedChanges) { p.Fields = []uint32{2, 1<<32 - 1} },
		"field_bases":            func(p *syncpb.PackedChanges) { p.FieldBases = p.GetFieldBases()[:1] },
		"values":                 func(p *syncpb.PackedChanges) { p.Values = p.GetValues()[:1] },
		"stamp_nodes":            func(p *syncpb.PackedChanges) { p.StampNodes = p.GetStampNodes()[:1] },
	} {
		m := &syncpb.PushRequest{Packed: good()}
		cut(m.GetPacked())
		if _, problem := Packed(m); !strings.Contains(problem, column) {
			t.Errorf("with the column %q cut the problem is %q", column, problem)
		}
		if got := DecodePush(m); len(got.Changes) > 0 {
			t.Errorf("with the column %q cut %d changes were read", column, len(got.Changes))
		}
	}
	if _, problem := Packed(&syncpb.PushRequest{Packed: good(), Changes: []*syncpb.Change{{}}}); problem == "" {
		t.Error("changes given twice were found good")
	}
	// Places of stamps and nodes that are not there are no stamps.
	p := good()
	p.FieldBases[0], p.Bases[1], p.StampNodes[0] = 99, 99, 99
	got := DecodePush(&syncpb.PushRequest{Packed: p}).Changes
	if len(got) != 2 || !got[0].Fields[0].Base.IsZero() || !got[1].Base.IsZero() {
		t.Errorf("stamps that are not there were read as %v", got)
	}
}
