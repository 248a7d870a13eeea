package hlc

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func at(ms int64) func() time.Time { return func() time.Time { return time.UnixMilli(ms) } }

func TestReadingsIncreaseWhateverTheWallClockDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		wall := rapid.Int64Range(1, 1<<41)
		now := wall.Draw(t, "start")
		c := New(func() time.Time { return time.UnixMilli(now) }, 0)
		last := Reading(0)
		for range rapid.IntRange(1, 50).Draw(t, "steps") {
			now = wall.Draw(t, "wall")
			if rapid.Bool().Draw(t, "observe") {
				c.Observe(ReadingAt(time.UnixMilli(wall.Draw(t, "seen"))))
			}
			next := c.Next()
			if next <= last {
				t.Fatalf("reading %d does not follow %d", next, last)
			}
			last = next
		}
	})
}

func TestManyReadingsWithinOneMillisecondCarryIntoTheNext(t *testing.T) {
	c := New(at(1000), 0)
	last := Reading(0)
	for range 200_000 {
		next := c.Next()
		if next <= last {
			t.Fatal("readings repeat when the counter overflows")
		}
		last = next
	}
	if got := last.Millis(); got != 1003 {
		t.Errorf("after 200,000 readings in millisecond 1000 the clock stands at %d, want 1003", got)
	}
}

func TestAClockContinuesAfterItsLastReadingOverARestart(t *testing.T) {
	first := New(at(5000), 0)
	before := first.Next()
	second := New(at(10), first.Last()) // the wall clock stepped back while the program was down
	if after := second.Next(); after <= before {
		t.Errorf("reading %v after the restart does not follow %v", after, before)
	}
}

func TestAStampFromTheFarFutureIsNotFollowed(t *testing.T) {
	c := New(at(1_000_000), 0)
	c.Observe(ReadingAt(time.UnixMilli(1_000_000).AddDate(10, 0, 0)))
	if got := c.Next().Millis(); got != 1_000_000 {
		t.Errorf("the clock followed a stamp ten years ahead to %d", got)
	}
	c.Observe(ReadingAt(time.UnixMilli(1_000_000).Add(time.Minute)))
	if got := c.Next().Millis(); got != 1_060_000 {
		t.Errorf("the clock stands at %d, want a minute ahead like the stamp it saw", got)
	}
}

func TestADeviceWithAnOldClockFollowsItsServer(t *testing.T) {
	c := New(at(1000), 0)
	c.Follow(ReadingAt(time.UnixMilli(9_000_000)))
	if got := c.Next().Millis(); got != 9_000_000 {
		t.Errorf("the clock stands at %d, want the server's 9000000", got)
	}
}

func TestBoundCutsOnlyWhatRunsTooFarAhead(t *testing.T) {
	now := time.UnixMilli(1_000_000)
	near, far := ReadingAt(now.Add(time.Minute)), ReadingAt(now.AddDate(1, 0, 0))
	if got := Bound(near, now); got != near {
		t.Errorf("a stamp within the limit became %v", got.Time())
	}
	if got := Bound(far, now); got != ReadingAt(now.Add(MaxAhead)) {
		t.Errorf("a stamp a year ahead became %v", got.Time())
	}
}

func TestStampsAreOrderedByReadingThenNode(t *testing.T) {
	a, b, c := Stamp{1, 9}, Stamp{2, 1}, Stamp{2, 2}
	if !b.After(a) || !c.After(b) || a.After(c) || a.Compare(Stamp{1, 9}) != 0 {
		t.Error("stamps are not in order")
	}
}
