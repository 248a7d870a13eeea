package local

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/merge"
	"github.com/rounds-field/rounds/sync/wire"
)

var overlayFields = []string{"name", "phone", "notes", "tags"}

// drawValues draws some fields of a partner, empty ones among them.
func drawValues(t *rapid.T, label string) sales.Values {
	out := sales.Values{}
	for _, name := range overlayFields {
		if !rapid.Bool().Draw(t, label+" "+name) {
			continue
		}
		if name == "tags" {
			out[name] = sales.CleanSet(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 3).Draw(t, label+" tags"))
		} else {
			out[name] = rapid.SampledFrom([]string{"", "x", "y", "z"}).Draw(t, label+" value")
		}
	}
	return out
}

// TestTheOverlayIsTheServersStateWithTheOwnEditsOverIt plays edits of this device and of others in any order, and pushes and pulls between.
func TestTheOverlayIsTheServersStateWithTheOwnEditsOverIt(t *testing.T) {
	kind, tb := sales.MustKind("partner"), tables["partner"]
	const incarnation = "0198a000-0000-4000-8000-000000000001"
	rapid.Check(t, func(t *rapid.T) {
		server := &wire.RecordState{Kind: "partner", ID: sales.NewID(), Bucket: "t:"}
		var pending []*change
		reading := hlc.Reading(1)
		lay := func(s *wire.RecordState, values sales.Values, node uint64) {
			for name, v := range values {
				f, _ := kind.Field(name)
				st := fieldState(s, f.Number)
				if sales.Empty(v) {
					v = nil
				}
				st.Value, st.Stamp = v, hlc.Stamp{HLC: reading, Node: node}
			}
		}
		lay(server, sales.Values{"name": "begin"}, 9)
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			reading++
			switch rapid.SampledFrom([]string{"own", "other", "push"}).Draw(t, "step") {
			case "own":
				prev := rowOf(tb, overlay(server, pending))
				edits, before := editsOf(kind, prev, drawValues(t, "own"))
				for _, e := range edits {
					if base := prev.stamp(e.Number); e.Base != base {
						t.Fatalf("base %v of field %d, the overlay has %v", e.Base, e.Number, base)
					}
				}
				pending = append(pending, &change{
					Change: wire.Change{Kind: "partner", RecordID: server.ID, Verb: sales.Update, HLC: reading, Fields: edits}, incarnation: incarnation, before: before,
				})
			case "other":
				s := *server
				s.Fields = slices.Clone(server.Fields)
				lay(&s, drawValues(t, "other"), 9)
				server = &s
			case "push": // the oldest is taken by the server and comes back
				if len(pending) > 0 {
					server, pending = overlay(server, pending[:1]), pending[1:]
				}
			}
			kept, err := encodeState(server)
			if err != nil {
				t.Fatal(err)
			}
			seen := overlay(server, pending)
			if after, _ := encodeState(server); after != kept {
				t.Fatal("laying edits over a state altered it")
			}
			if !slices.IsSortedFunc(seen.Fields, func(a, b wire.FieldState) int { return a.Number - b.Number }) {
				t.Fatal("the fields are not in the order of their numbers")
			}
			checkSeen(t, kind, server, seen, pending)
			back, err := decodeState(kept)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(server, back); diff != "" {
				t.Fatalf("a state does not survive being stored:\n%s", diff)
			}
			if diff := cmp.Diff(seen.Fields, rowOf(tb, seen).state(kind).Fields); diff != "" {
				t.Fatalf("a state does not survive being a row:\n%s", diff)
			}
		}
	})
}

// checkSeen: a field shows the last own edit of it, else the server's value; a text has the own one in it; a set shows what was added and not what was removed.
func checkSeen(t *rapid.T, kind *sales.Kind, server, seen *wire.RecordState, pending []*change) {
	for _, name := range overlayFields {
		f, _ := kind.Field(name)
		var want any
		wrote := false
		var began any
		if st := server.Field(f.Number); st != nil {
			want = st.Value
		}
		for _, c := range pending {
			for _, e := range c.Fields {
				if e.Number != f.Number {
					continue
				}
				want, wrote, began = e.Value, true, c.before[e.Number]
				if name == "tags" {
					have, _ := seen.Field(f.Number).Value.([]string)
					last := c == pending[len(pending)-1]
					for _, m := range e.Added {
						if last && !slices.Contains(have, m) {
							t.Fatalf("%q was added and is not seen in %v", m, have)
						}
					}
				}
			}
		}
		var got any
		if st := seen.Field(f.Number); st != nil {
			got = st.Value
		}
		if name == "notes" && wrote { // whatever others wrote into it meanwhile, the own line is there; one that was only left in it others may take out
			own, _ := want.(string)
			text, _ := got.(string)
			was, _ := began.(string)
			in := func(text string) bool {
				return slices.Contains(strings.Split(strings.ReplaceAll(text, merge.VersionMark, ""), "\n"), own)
			}
			if own != "" && !in(was) && !in(text) {
				t.Fatalf("the own text %q is not in %q", own, text)
			}
			continue
		}
		if name != "tags" && !sales.Same(got, want) {
			t.Fatalf("%s shows %v, want %v", name, got, want)
		}
	}
}
