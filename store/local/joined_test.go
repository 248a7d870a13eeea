package local

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/merge"
	"github.com/rounds-field/rounds/sync/wire"
)

// What a user sees of a text while own edits of it wait is what the server will make of them: here of one edit that others wrote before or after.
func TestAPendingTextIsShownAsTheServerWillJoinIt(t *testing.T) {
	kind := sales.MustKind("partner")
	notes, _ := kind.Field("notes")
	const incarnation = "0198a000-0000-4000-8000-000000000001"
	lines := rapid.SliceOfN(rapid.SampledFrom([]string{"one two three", "四五六七", "eight", "", "价格一百元"}), 0, 4)
	rapid.Check(t, func(t *rapid.T) {
		base := strings.Join(lines.Draw(t, "base"), "\n")
		edited := func(who string) any {
			text := strings.Split(base, "\n")
			at := rapid.IntRange(0, len(text)-1).Draw(t, who+" at")
			switch rapid.SampledFrom([]string{"insert", "delete", "change"}).Draw(t, who) {
			case "insert":
				text = slices.Insert(text, at, "by "+who)
			case "delete":
				text = slices.Delete(text, at, at+1)
			default:
				text[at] += " by " + who
			}
			if s := strings.Join(text, "\n"); s != "" {
				return s
			}
			return nil
		}
		began := hlc.Stamp{HLC: 1 << 16, Node: 9}
		server := &wire.RecordState{Kind: "partner", ID: sales.NewID(), Bucket: "t:", Fields: []wire.FieldState{{Number: notes.Number, Value: base, Stamp: began}}}
		if base == "" {
			server.Fields[0].Value = nil
		}
		theirs, mine := edited("others"), edited("me")
		// Others' edit reaches the server first; this device pulls it while its own waits.
		theirStamp := hlc.Stamp{HLC: hlc.Reading(rapid.Uint64Range(2, 20).Draw(t, "their clock")) << 16, Node: 9}
		moved := *server
		moved.Fields = []wire.FieldState{{Number: notes.Number, Value: theirs, Stamp: theirStamp}}
		own := &change{
			Change: wire.Change{
				Kind: "partner", RecordID: server.ID, Verb: sales.Update, HLC: hlc.Reading(rapid.Uint64Range(2, 20).Draw(t, "my clock")) << 16,
				Fields: []wire.FieldEdit{{Number: notes.Number, Value: mine, Base: began}},
			},
			incarnation: incarnation, before: map[int]any{notes.Number: base},
		}
		seen := overlay(&moved, []*change{own}).Field(notes.Number).Value
		made := merge.Apply(kind, &moved, &own.Change, own.stamp(), "me", func(int, hlc.Stamp) (string, bool) { return base, true })
		if want := made.Next.Field(notes.Number).Value; !sales.Same(seen, want) {
			t.Fatalf("shown %q, the server makes %q of %q, %q and %q", seen, want, base, theirs, mine)
		}
	})
}

// Undoing an edit of notes that is on its way takes the own lines back, and leaves what others wrote since.
func TestUndoingNotesThatAreOnTheirWayLeavesWhatOthersWrote(t *testing.T) {
	f := wire.FieldState{Value: "zero\none\nmine", Stamp: hlc.Stamp{HLC: 5, Node: 1}}
	if got := mergeText("one\nmine", f, "one", f.Stamp); got != "zero\none" {
		t.Errorf("%q", got)
	}
}

// The rule is asked of the declaration each time, so that a workbook whose changes were written under another rule needs no migration: what a text began
// with has always been kept beside it.
func TestAChangeThatWaitedUnderAnotherRuleIsJoined(t *testing.T) {
	var stored []storedField // as programs wrote it before texts were joined
	if err := json.Unmarshal([]byte(`[{"n":16,"v":"one\ntwo","s":[65536,9],"b":"one"}]`), &stored); err != nil {
		t.Fatal(err)
	}
	f := stored[0]
	c := &change{
		Change: wire.Change{
			Kind: "partner", RecordID: sales.NewID(), Verb: sales.Update, HLC: 9 << 16, Fields: []wire.FieldEdit{{Number: f.Number, Value: f.Value.any, Base: f.Stamp.stamp()}},
		},
		before: map[int]any{f.Number: f.Before.any},
	}
	server := &wire.RecordState{Kind: "partner", ID: c.RecordID, Fields: []wire.FieldState{{Number: 16, Value: "zero\none", Stamp: hlc.Stamp{HLC: 2 << 16, Node: 9}}}}
	if got := overlay(server, []*change{c}).Field(16).Value; got != "zero\none\ntwo" {
		t.Errorf("%q", got)
	}
}
