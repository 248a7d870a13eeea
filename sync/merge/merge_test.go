package merge_test

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

// kind has plain fields and a group of two, amount and currency. Rules that no declared kind uses yet are tried in rules_test.go.
var kind = sales.MustKind("opportunity")

const (
	nameField     = 2
	amountField   = 7
	currencyField = 8
	notesField    = 18
	unknownField  = 900
)

func stamp(reading, node uint64) hlc.Stamp { return hlc.Stamp{HLC: hlc.Reading(reading), Node: node} }

func base() *wire.RecordState {
	s := stamp(100, 1)
	return &wire.RecordState{Kind: "opportunity", ID: "0198f2f0-0000-7000-8000-000000000001", Created: s, UpdatedBy: "u1", Fields: []wire.FieldState{
		{Number: nameField, Value: "Bank", Stamp: s}, {Number: amountField, Value: int64(100), Stamp: s}, {Number: currencyField, Value: "CNY", Stamp: s},
	}}
}

func edit(state *wire.RecordState, number int, value any) wire.FieldEdit {
	e := wire.FieldEdit{Number: number, Value: value}
	if f := state.Field(number); f != nil {
		e.Base = f.Stamp
	}
	return e
}

func change(fields ...wire.FieldEdit) *wire.Change {
	return &wire.Change{Kind: "opportunity", RecordID: base().ID, Verb: sales.Update, Fields: fields}
}

func TestAnEditOfTheSeenValueWinsWhateverTheClocksSay(t *testing.T) {
	got := merge.Apply(kind, base(), change(edit(base(), nameField, "Hospital")), stamp(7, 2), "u2", nil)
	if f := got.Next.Field(nameField); f.Value != "Hospital" || f.Stamp != stamp(7, 2) || len(got.Losses) != 0 || got.Next.UpdatedBy != "u2" {
		t.Errorf("got %+v", got)
	}
}

func TestEqualValuesAreNoConflict(t *testing.T) {
	first := merge.Apply(kind, base(), change(edit(base(), nameField, "Hospital")), stamp(300, 2), "u2", nil).Next
	got := merge.Apply(kind, &first, change(edit(base(), nameField, "Hospital")), stamp(200, 3), "u3", nil)
	if len(got.Losses) != 0 || got.Taken || got.Next.Field(nameField).Stamp != stamp(300, 2) || got.Next.UpdatedBy != "u2" {
		t.Errorf("got %+v", got)
	}
}

func TestAnIncarnationNeverConflictsWithItself(t *testing.T) {
	first := merge.Apply(kind, base(), change(edit(base(), nameField, "Hospital")), stamp(300, 2), "u2", nil).Next
	unseen := edit(base(), nameField, "School") // its base is the reading before the server bounded it
	unseen.Base = stamp(999999, 2)
	got := merge.Apply(kind, &first, change(unseen), stamp(301, 2), "u2", nil)
	if len(got.Losses) != 0 || got.Next.Field(nameField).Value != "School" {
		t.Errorf("a later edit: %+v", got)
	}
	got = merge.Apply(kind, &first, change(edit(base(), nameField, "School")), stamp(299, 2), "u2", nil)
	if len(got.Losses) != 0 || got.Next.Field(nameField).Value != "Hospital" {
		t.Errorf("an earlier edit that arrives later: %+v", got)
	}
}

func TestAGroupIsDecidedAsAWhole(t *testing.T) {
	usd := change(edit(base(), amountField, int64(100)), edit(base(), currencyField, "USD"))
	more := change(edit(base(), amountField, int64(200)), edit(base(), currencyField, "CNY"))
	first := merge.Apply(kind, base(), more, stamp(200, 2), "u2", nil).Next
	got := merge.Apply(kind, &first, usd, stamp(300, 3), "u3", nil)
	if got.Next.Field(amountField).Value != int64(100) || got.Next.Field(currencyField).Value != "USD" {
		t.Errorf("the later group: %+v", got.Next.Fields)
	}
	if len(got.Losses) != 2 || got.Losses[0].Lost != int64(200) || got.Losses[0].Mine {
		t.Errorf("losses %+v", got.Losses)
	}
	got = merge.Apply(kind, &first, usd, stamp(150, 3), "u3", nil)
	if got.Next.Field(amountField).Value != int64(200) || got.Next.Field(currencyField).Value != "CNY" || got.Taken {
		t.Errorf("the earlier group: %+v", got.Next.Fields)
	}
}

func TestUnknownFieldsAreKept(t *testing.T) {
	state := base()
	state.Fields = append(state.Fields, wire.FieldState{Number: unknownField, Value: "from a newer version", Stamp: stamp(100, 1)})
	got := merge.Apply(kind, state, change(edit(base(), nameField, "Hospital")), stamp(200, 2), "u2", nil)
	if f := got.Next.Field(unknownField); f == nil || f.Value != "from a newer version" {
		t.Errorf("the unknown field is gone: %+v", got.Next.Fields)
	}
	got = merge.Apply(kind, state, change(edit(state, unknownField, "newer still")), stamp(200, 2), "u2", nil)
	if f := got.Next.Field(unknownField); f.Value != "newer still" {
		t.Errorf("the unknown field was not set: %+v", f)
	}
}

func TestAClearedFieldKeepsItsStamp(t *testing.T) {
	got := merge.Apply(kind, base(), change(edit(base(), nameField, nil)), stamp(200, 2), "u2", nil)
	if f := got.Next.Field(nameField); f == nil || f.Value != nil || f.Stamp != stamp(200, 2) {
		t.Errorf("got %+v", f)
	}
}

func TestADeleteIsRefusedOnlyWhenSomebodyElseEditedMeanwhile(t *testing.T) {
	edited := merge.Apply(kind, base(), change(edit(base(), nameField, "Hospital")), stamp(50, 2), "u2", nil).Next
	all := func(s *wire.RecordState) *wire.Change {
		c := &wire.Change{Verb: sales.Delete, Base: s.Latest()}
		for _, f := range s.Fields {
			c.Fields = append(c.Fields, wire.FieldEdit{Number: f.Number, Base: f.Stamp})
		}
		return c
	}
	if merge.Unseen(base(), all(base()), 3) || merge.Unseen(base(), &wire.Change{Base: base().Latest()}, 3) {
		t.Error("a delete of what was seen is refused")
	}
	if !merge.Unseen(&edited, all(base()), 3) {
		t.Error("a concurrent edit with an older clock went unnoticed")
	}
	if merge.Unseen(&edited, all(base()), 2) {
		t.Error("the device's own edit stands in the way of its delete")
	}
	later := merge.Apply(kind, base(), change(edit(base(), nameField, "Hospital")), stamp(500, 2), "u2", nil).Next
	if !merge.Unseen(&later, &wire.Change{Base: base().Latest()}, 3) {
		t.Error("a later edit went unnoticed")
	}
	gone := merge.Deleted(&later, "u3")
	if !gone.Deleted || len(gone.Fields) != 0 || gone.UpdatedBy != "u3" || later.Deleted {
		t.Errorf("tombstone %+v", gone)
	}
}

// draw makes a change of a random part of the record, groups always whole, as devices write them.
func draw(t *rapid.T, label string, state *wire.RecordState) *wire.Change {
	c := change()
	if rapid.Bool().Draw(t, label+" name") {
		c.Fields = append(c.Fields, edit(state, nameField, rapid.SampledFrom([]any{"A", "B", nil}).Draw(t, label+" name value")))
	}
	if rapid.Bool().Draw(t, label+" group") {
		c.Fields = append(c.Fields,
			edit(state, amountField, rapid.Int64Range(100, 102).Draw(t, label+" amount")), edit(state, currencyField, rapid.SampledFrom([]any{"CNY", "USD"}).Draw(t, label+" currency")))
	}
	if rapid.Bool().Draw(t, label+" notes") {
		c.Fields = append(c.Fields, edit(state, notesField, rapid.SampledFrom([]any{"x", "y"}).Draw(t, label+" notes value")))
	}
	return c
}

func TestConcurrentChangesGiveTheSameInEitherOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := base()
		x, y := draw(t, "x", start), draw(t, "y", start)
		sx := stamp(rapid.Uint64Range(1, 300).Draw(t, "x stamp"), 2)
		sy := stamp(rapid.Uint64Range(1, 300).Draw(t, "y stamp"), 3)
		afterX := merge.Apply(kind, start, x, sx, "u2", nil).Next
		xy := merge.Apply(kind, &afterX, y, sy, "u3", nil)
		afterY := merge.Apply(kind, start, y, sy, "u3", nil).Next
		yx := merge.Apply(kind, &afterY, x, sx, "u2", nil)
		if diff := cmp.Diff(xy.Next.Fields, yx.Next.Fields); diff != "" {
			t.Fatalf("x then y differs from y then x:\n%s", diff)
		}
		if len(xy.Losses) != len(yx.Losses) {
			t.Fatalf("%d losses one way, %d the other", len(xy.Losses), len(yx.Losses))
		}
		for i := range xy.Losses {
			a, b := xy.Losses[i], yx.Losses[i]
			if a.Field != b.Field || a.Mine == b.Mine || !sales.Same(a.Lost, b.Lost) || !sales.Same(a.Kept, b.Kept) || a.LostStamp != b.LostStamp {
				t.Fatalf("losses %+v and %+v", a, b)
			}
		}
		if !slices.IsSortedFunc(xy.Next.Fields, func(a, b wire.FieldState) int { return a.Number - b.Number }) {
			t.Fatal("fields are out of order")
		}
		if diff := cmp.Diff(base(), start); diff != "" {
			t.Fatalf("the current state was changed:\n%s", diff)
		}
	})
}

func TestEveryDifferentValueThatDidNotStayIsALoss(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := base()
		x, y := draw(t, "x", start), draw(t, "y", start)
		first := merge.Apply(kind, start, x, stamp(rapid.Uint64Range(1, 300).Draw(t, "x stamp"), 2), "u2", nil).Next
		got := merge.Apply(kind, &first, y, stamp(rapid.Uint64Range(1, 300).Draw(t, "y stamp"), 3), "u3", nil)
		lost := map[int]merge.Loss{}
		for _, l := range got.Losses {
			if sales.Same(l.Lost, l.Kept) {
				t.Fatalf("told of no difference: %+v", l)
			}
			lost[l.Field] = l
		}
		for _, e := range y.Fields {
			now := got.Next.Field(e.Number)
			if _, told := lost[e.Number]; !told && now != nil && !sales.Same(now.Value, e.Value) && !holds(now.Value, e.Value) {
				t.Fatalf("field %d: %v vanished without a word", e.Number, e.Value)
			}
		}
	})
}

// holds says whether a joined text has another in it.
func holds(text, part any) bool {
	whole, _ := text.(string)
	p, isText := part.(string)
	return isText && strings.Contains(whole, p)
}

func TestSetsKeepWhatBothSidesDid(t *testing.T) {
	partner := sales.MustKind("partner")
	const tags = 15
	rapid.Check(t, func(t *rapid.T) {
		subset := func(label string) []string {
			return sales.CleanSet(rapid.SliceOfDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}), func(s string) string { return s }).Draw(t, label))
		}
		old, mine, theirs := subset("base"), subset("x"), subset("y")
		s := stamp(100, 1)
		start := &wire.RecordState{Kind: "partner", Created: s, Fields: []wire.FieldState{{Number: tags, Value: old, Stamp: s}}}
		towards := func(to []string) *wire.Change {
			e := wire.FieldEdit{Number: tags, Value: to, Base: s}
			for _, v := range to {
				if !slices.Contains(old, v) {
					e.Added = append(e.Added, v)
				}
			}
			for _, v := range old {
				if !slices.Contains(to, v) {
					e.Removed = append(e.Removed, v)
				}
			}
			return change(e)
		}
		x, y := towards(mine), towards(theirs)
		sx, sy := stamp(rapid.Uint64Range(1, 300).Draw(t, "x stamp"), 2), stamp(rapid.Uint64Range(1, 300).Draw(t, "y stamp"), 3)
		if len(x.Fields[0].Added)+len(x.Fields[0].Removed) == 0 || len(y.Fields[0].Added)+len(y.Fields[0].Removed) == 0 {
			return // a device writes no change that changes nothing
		}
		afterX := merge.Apply(partner, start, x, sx, "u2", nil).Next
		xy := merge.Apply(partner, &afterX, y, sy, "u3", nil)
		afterY := merge.Apply(partner, start, y, sy, "u3", nil).Next
		yx := merge.Apply(partner, &afterY, x, sx, "u2", nil)
		if diff := cmp.Diff(xy.Next.Fields, yx.Next.Fields); diff != "" {
			t.Fatalf("the order matters:\n%s", diff)
		}
		if len(xy.Losses)+len(yx.Losses) > 0 {
			t.Fatal("a set told of a loss")
		}
		got, _ := xy.Next.Field(tags).Value.([]string)
		for _, v := range []string{"a", "b", "c", "d", "e"} {
			in := slices.Contains(old, v)
			want := in && slices.Contains(mine, v) && slices.Contains(theirs, v) || !in && (slices.Contains(mine, v) || slices.Contains(theirs, v))
			if slices.Contains(got, v) != want {
				t.Fatalf("%s in %v: from %v to %v and %v", v, got, old, mine, theirs)
			}
		}
	})
}
