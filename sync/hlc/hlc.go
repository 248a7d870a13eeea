// Package hlc is a hybrid logical clock: stamps that follow the wall clock where it can be trusted, never go backwards, and
// order what one device saw before what it then wrote. After Kulkarni et al., "Logical Physical Clocks" (2014).
package hlc

import (
	"cmp"
	"fmt"
	"sync"
	"time"
)

// Reading is a clock reading: milliseconds since 1970 in the upper 48 bits, a counter in the lower 16.
type Reading uint64

// MaxAhead is how far a stamp may run ahead of the server's clock; beyond it the server bounds it.
const MaxAhead = 5 * time.Minute

// ReadingAt is the first reading of a moment.
func ReadingAt(t time.Time) Reading { return Reading(uint64(max(t.UnixMilli(), 0)) << 16) }

// Time is the wall-clock part.
func (r Reading) Time() time.Time { return time.UnixMilli(int64(r >> 16)).UTC() }

// Millis is the wall-clock part in milliseconds since 1970.
func (r Reading) Millis() int64 { return int64(r >> 16) }

// Stamp is a reading with the node that took it: a total order over all stamps of all devices.
type Stamp struct {
	HLC  Reading
	Node uint64
}

// IsZero says that there is no stamp.
func (s Stamp) IsZero() bool { return s == Stamp{} }

// Compare orders stamps: by reading, then by node.
func (s Stamp) Compare(o Stamp) int {
	if c := cmp.Compare(s.HLC, o.HLC); c != 0 {
		return c
	}
	return cmp.Compare(s.Node, o.Node)
}

// After says whether s is later than o.
func (s Stamp) After(o Stamp) bool { return s.Compare(o) > 0 }

// String is for logs and traces.
func (s Stamp) String() string { return fmt.Sprintf("%d.%d@%x", s.HLC>>16, s.HLC&0xffff, s.Node) }

// Clock gives strictly increasing readings. It is safe for concurrent use.
type Clock struct {
	mu   sync.Mutex
	now  func() time.Time
	last Reading
}

// New makes a clock that reads the wall clock through now and continues after last (zero for a new one), so
// that a wall clock stepped back over a restart does not repeat stamps.
func New(now func() time.Time, last Reading) *Clock { return &Clock{now: now, last: last} }

// Next gives the next reading: the wall clock's, or one more than the last when that is not later. When the counter overflows
// it carries into the milliseconds.
func (c *Clock) Next() Reading {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = max(c.last+1, ReadingAt(c.now()))
	return c.last
}

// Observe takes note of a reading from elsewhere, so that later ones of this clock are later than it. One that is more than MaxAhead in the
// future of the wall clock is not followed: a device whose clock is wrong by years must not drag the others along.
func (c *Clock) Observe(r Reading) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r > c.last && r <= ReadingAt(c.now().Add(MaxAhead)) {
		c.last = r
	}
}

// Follow takes note of the server's reading without a bound: a device follows its server even when its own clock is years behind.
func (c *Clock) Follow(r Reading) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = max(c.last, r)
}

// Last is the last reading given or followed; store it so that New can continue after it.
func (c *Clock) Last() Reading {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last
}

// Bound cuts a reading that runs more than MaxAhead before the given moment back to that limit.
func Bound(r Reading, now time.Time) Reading { return min(r, ReadingAt(now.Add(MaxAhead))) }
