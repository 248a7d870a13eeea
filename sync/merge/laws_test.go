package merge

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/wire"
)

// A made-up kind with a field of every rule.
const (
	lastField = iota + 1
	groupOne
	groupTwo
	textField
	setField
	sumField
	appendField
	emptyAppend
)

func every(number int) (sales.Merge, string) {
	switch number {
	case groupOne, groupTwo:
		return sales.LastWriter, "g"
	case textField:
		return sales.TextMerge, ""
	case setField:
		return sales.SetMerge, ""
	case sumField:
		return sales.SumMerge, ""
	case appendField, emptyAppend:
		return sales.AppendOnly, ""
	}
	return sales.LastWriter, ""
}

const began = "line one\nline two\nline three"

func beginning() *wire.RecordState {
	s := at(100, 1)
	return &wire.RecordState{Created: s, Fields: []wire.FieldState{
		{Number: lastField, Value: "begun", Stamp: s},
		{Number: groupOne, Value: int64(1), Stamp: s},
		{Number: groupTwo, Value: "CNY", Stamp: s},
		{Number: textField, Value: began, Stamp: s},
		{Number: setField, Value: []string{"a", "b", "c"}, Stamp: s},
		{Number: sumField, Value: int64(10), Stamp: s},
		{Number: appendField, Value: "first", Stamp: s},
	}}
}

// written is a change with its stamp, by one of several devices that all began with the same.
type written struct {
	wire.Change
	stamp hlc.Stamp
}

func drawWritten(t *rapid.T, device int) written {
	base := at(100, 1)
	w := written{stamp: at(rapid.Uint64Range(1, 200).Draw(t, "reading"), uint64(device+2))}
	w.ID = fmt.Sprint("change ", device)
	add := func(e wire.FieldEdit) { w.Fields = append(w.Fields, e) }
	some := func(what string) bool { return rapid.Bool().Draw(t, fmt.Sprint(what, device)) }
	if some("last") {
		add(wire.FieldEdit{Number: lastField, Value: rapid.SampledFrom([]any{"x", "y", nil, fmt.Sprint("by ", device)}).Draw(t, "last"), Base: base})
	}
	if some("group") {
		add(wire.FieldEdit{Number: groupOne, Value: rapid.Int64Range(1, 3).Draw(t, "amount"), Base: base})
		add(wire.FieldEdit{Number: groupTwo, Value: rapid.SampledFrom([]any{"CNY", "USD"}).Draw(t, "currency"), Base: base})
	}
	if some("text") {
		text := strings.Split(began, "\n")
		at := rapid.IntRange(0, len(text)).Draw(t, "at")
		add(wire.FieldEdit{Number: textField, Value: strings.Join(slices.Insert(text, at, fmt.Sprint("by device ", device)), "\n"), Base: base})
	}
	if some("set") {
		e := wire.FieldEdit{Number: setField, Base: base}
		for _, m := range []string{"a", "b", "c", "d", "e"} {
			switch in := m < "d"; {
			case in && some("remove "+m):
				e.Removed = append(e.Removed, m)
			case !in && some("add "+m):
				e.Added = append(e.Added, m)
			case in:
				e.Value = append(asSet(e.Value), m)
			}
		}
		if len(e.Added)+len(e.Removed) > 0 {
			add(e)
		}
	}
	if some("sum") {
		d := rapid.Int64Range(1, 100).Draw(t, "delta")
		add(wire.FieldEdit{Number: sumField, Value: 10 + d, Delta: d, Base: base})
	}
	if some("append") {
		add(wire.FieldEdit{Number: emptyAppend, Value: fmt.Sprint("by ", device)})
	}
	return w
}

func asSet(v any) []string { s, _ := v.([]string); return s }

// texts knows what everybody began with.
func texts(field int, stamp hlc.Stamp) (string, bool) {
	return began, field == textField && stamp == at(100, 1)
}

func replay(changes []written) (*wire.RecordState, []Loss) {
	state := beginning()
	var losses []Loss
	for i := range changes {
		got := apply(every, state, &changes[i].Change, changes[i].stamp, "u", texts)
		state, losses = &got.Next, append(losses, got.Losses...)
	}
	return state, losses
}

// field compares one field of two states; nil and absent are the same.
func field(s *wire.RecordState, number int) wire.FieldState {
	if f := s.Field(number); f != nil {
		return *f
	}
	return wire.FieldState{Number: number}
}

func TestAnyNumberOfConcurrentChangesGiveTheSameInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		changes := make([]written, rapid.IntRange(2, 4).Draw(t, "changes"))
		for i := range changes {
			changes[i] = drawWritten(t, i)
		}
		shuffled := rapid.Permutation(changes).Draw(t, "order")
		one, lostOne := replay(changes)
		two, lostTwo := replay(shuffled)
		for number := lastField; number <= emptyAppend; number++ {
			if number == textField && len(changes) > 2 {
				continue // the order of lines is by arrival, and TestNoWrittenValueIsDroppedSilently tells that none is missing
			}
			if diff := cmp.Diff(field(one, number), field(two, number)); diff != "" {
				t.Fatalf("field %d depends on the order:\n%s", number, diff)
			}
		}
		if len(changes) == 2 && len(lostOne) != len(lostTwo) {
			t.Fatalf("%d losses one way, %d the other", len(lostOne), len(lostTwo))
		}
		if sum, want := field(one, sumField).Value, int64(10)+deltas(changes); sum != want {
			t.Fatalf("the sum is %v, want %d", sum, want)
		}
	})
}

func deltas(changes []written) (n int64) {
	for _, c := range changes {
		for _, e := range c.Fields {
			n += e.Delta
		}
	}
	return n
}

func TestNoWrittenValueIsDroppedSilently(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		changes := make([]written, rapid.IntRange(2, 4).Draw(t, "changes"))
		for i := range changes {
			changes[i] = drawWritten(t, i)
		}
		state, losses := replay(changes)
		for _, c := range changes {
			for _, e := range c.Fields {
				now := field(state, e.Number).Value
				switch rule, _ := every(e.Number); rule {
				case sales.SetMerge:
					for _, m := range e.Added {
						if !slices.Contains(asSet(now), m) {
							t.Fatalf("%s added %s, it is not in %v", c.ID, m, now)
						}
					}
					for _, m := range e.Removed {
						if slices.Contains(asSet(now), m) {
							t.Fatalf("%s removed %s, it is in %v", c.ID, m, now)
						}
					}
				case sales.SumMerge:
				case sales.TextMerge:
					text, _ := now.(string)
					for line := range strings.SplitSeq(e.Value.(string), "\n") {
						if !slices.Contains(strings.Split(text, "\n"), line) {
							t.Fatalf("%s wrote %q, it is not in %q", c.ID, line, text)
						}
					}
				default:
					told := slices.ContainsFunc(losses, func(l Loss) bool { return l.Field == e.Number && sales.Same(l.Lost, e.Value) })
					if !sales.Same(now, e.Value) && !told {
						t.Fatalf("%s wrote %v into field %d: now it is %v, and the losses are %+v", c.ID, e.Value, e.Number, now, losses)
					}
				}
			}
		}
	})
}

// A change that comes again is known by its id. Were it not, only a sum would count it twice.
func TestAChangeThatComesAgainChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := drawWritten(t, 0), drawWritten(t, 1)
		once, _ := replay([]written{x, y})
		again := rapid.SampledFrom([]written{x, y}).Draw(t, "again")
		got := apply(every, once, &again.Change, again.stamp, "u", texts)
		for number := lastField; number <= emptyAppend; number++ {
			if diff := cmp.Diff(field(once, number), field(&got.Next, number)); diff != "" && number != sumField {
				t.Fatalf("field %d changed:\n%s", number, diff)
			}
		}
	})
}

func TestAHugeTextIsComparedWithinBounds(t *testing.T) {
	// Lines and words that repeat, none of which occurs once: nothing for the comparison to hold on to.
	many := func(seed, n int, sep string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString([]string{"甲", "乙", "丙", "丁", "a", "b"}[(i*seed+i/7*3+i%seed)%6] + sep)
		}
		return b.String()
	}
	for _, sep := range []string{"\n", "", " "} {
		base, x, y := many(5, 60_000, sep), many(7, 60_000, sep), many(11, 60_000, sep)
		if len(base) > sales.MaxLong {
			t.Fatal("the texts are longer than a record may hold")
		}
		text, _ := Text(base, x, y)
		for _, side := range []string{x, y} {
			last := side[len(side)-3:]
			if !strings.Contains(text, last) || text == "" {
				t.Errorf("a side is missing")
			}
		}
	}
}

// Every pair of versions compared with every other one would take hours.
func TestATextOfVeryManyVersionsIsJoinedAtOnce(t *testing.T) {
	many := func(who string) string {
		var b strings.Builder
		for i := range 20_000 {
			fmt.Fprintf(&b, "%s%s%d\n", VersionMark, who, i)
		}
		return b.String()
	}
	x, y := many("x"), many("y")
	text, choice := Text("old line", x, y)
	if choice != Earlier || !strings.Contains(text, "x19999\n") || !strings.Contains(text, "y19999") || strings.Count(text, VersionMark) != 40_000 {
		t.Errorf("%d bytes, %d versions", len(text), strings.Count(text, VersionMark))
	}
}
