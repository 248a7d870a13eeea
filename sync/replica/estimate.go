package replica

import "time"

const (
	// estimateAfter is how long the pace is watched before anything is said of the time left.
	estimateAfter = 2 * time.Second
	// paceOver is over how long the pace is taken: what the network did minutes ago says little of the minutes to come.
	paceOver = 20 * time.Second
	// estimateSlack is by which part of itself the time left may be off before it is corrected; within, it counts down.
	estimateSlack = 4
)

// estimate says how long the rest of a long pull will take. It corrects itself when it is clearly wrong and does not jump about otherwise.
type estimate struct {
	samples []sample
	left    time.Duration
	said    time.Time // when left was said; zero: not yet
}

type sample struct {
	at   time.Time
	done int
}

// note takes in how far the pull has come, and gives the time left; 0 while it is not known.
func (e *estimate) note(now time.Time, done, total int) time.Duration {
	e.samples = append(e.samples, sample{now, done})
	for len(e.samples) > 2 && now.Sub(e.samples[1].at) >= paceOver {
		e.samples = e.samples[1:]
	}
	first := e.samples[0]
	watched := now.Sub(first.at)
	if watched < estimateAfter || done <= first.done || done >= total {
		return 0
	}
	raw := time.Duration(float64(watched) * float64(total-done) / float64(done-first.done))
	next := e.left - now.Sub(e.said)
	if off := raw - next; e.said.IsZero() || off > max(next, 0)/estimateSlack || -off > max(next, 0)/estimateSlack {
		next = raw
	}
	e.left, e.said = next, now
	return next
}
