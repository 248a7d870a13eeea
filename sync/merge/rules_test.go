package merge

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/wire"
)

// Field numbers of a made-up kind: no declared kind sums or appends yet.
const (
	total = 1
	first = 2
)

func made(number int) (sales.Merge, string) {
	return map[int]sales.Merge{total: sales.SumMerge, first: sales.AppendOnly}[number], ""
}

func at(reading, node uint64) hlc.Stamp { return hlc.Stamp{HLC: hlc.Reading(reading), Node: node} }

func start(value int64) *wire.RecordState {
	return &wire.RecordState{Created: at(100, 1), Fields: []wire.FieldState{{Number: total, Value: value, Stamp: at(100, 1)}}}
}

func TestSumsAddUpInEitherOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		old := rapid.Int64Range(-1000, 1000).Draw(t, "old")
		add := func(label string) *wire.Change {
			d := rapid.Int64Range(1, 500).Draw(t, label)
			return &wire.Change{Fields: []wire.FieldEdit{{Number: total, Value: old + d, Base: at(100, 1), Delta: d}}}
		}
		x, y := add("x"), add("y")
		sx, sy := at(rapid.Uint64Range(1, 300).Draw(t, "x stamp"), 2), at(rapid.Uint64Range(1, 300).Draw(t, "y stamp"), 3)
		afterX := apply(made, start(old), x, sx, "u2", nil).Next
		xy := apply(made, &afterX, y, sy, "u3", nil)
		afterY := apply(made, start(old), y, sy, "u3", nil).Next
		yx := apply(made, &afterY, x, sx, "u2", nil)
		if diff := cmp.Diff(xy.Next.Fields, yx.Next.Fields); diff != "" {
			t.Fatalf("the order matters:\n%s", diff)
		}
		if want := old + x.Fields[0].Delta + y.Fields[0].Delta; xy.Next.Fields[0].Value != want || len(xy.Losses)+len(yx.Losses) > 0 {
			t.Fatalf("%v, want %d; losses %v", xy.Next.Fields[0].Value, want, xy.Losses)
		}
	})
}

func TestASumOfNothingYetIsWhatBothAdded(t *testing.T) {
	edit := func(d int64) *wire.Change {
		return &wire.Change{Fields: []wire.FieldEdit{{Number: total, Value: d, Delta: d}}}
	}
	one := apply(made, nil, edit(3), at(10, 2), "u", nil).Next
	if got := apply(made, &one, edit(4), at(5, 3), "u", nil).Next.Fields[0].Value; got != int64(7) {
		t.Errorf("%v", got)
	}
}

func TestTheFirstOfTwoAppendedValuesStays(t *testing.T) {
	set := func(v string) *wire.Change {
		return &wire.Change{Fields: []wire.FieldEdit{{Number: first, Value: v}}}
	}
	for _, order := range [][2]uint64{{10, 20}, {20, 10}} {
		one := apply(made, nil, set(map[uint64]string{10: "early", 20: "late"}[order[0]]), at(order[0], order[0]), "u", nil).Next
		got := apply(made, &one, set(map[uint64]string{10: "early", 20: "late"}[order[1]]), at(order[1], order[1]), "u", nil)
		if got.Next.Fields[0].Value != "early" || len(got.Losses) != 1 || got.Losses[0].Lost != "late" {
			t.Errorf("%v first: %+v", order[0], got)
		}
	}
	seen := &wire.RecordState{Fields: []wire.FieldState{{Number: first, Value: "early", Stamp: at(10, 2)}}}
	c := set("corrected")
	c.Fields[0].Base = at(10, 2)
	if got := apply(made, seen, c, at(5, 3), "u", nil); got.Next.Fields[0].Value != "corrected" || len(got.Losses) != 0 {
		t.Errorf("a correction by who had seen it: %+v", got)
	}
}
