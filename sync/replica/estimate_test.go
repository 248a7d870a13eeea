package replica

import (
	"testing"
	"time"
)

func TestTheTimeLeftIsHonestAndDoesNotJumpAbout(t *testing.T) {
	at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	const total = 100_000
	var e estimate
	done, said := 0, []time.Duration{}
	for tick := range 1000 {
		pace := 400 // in a tenth of a second
		if tick%2 == 0 {
			pace = 600 // it wavers
		}
		left := e.note(at, done, total)
		switch {
		case tick < 20 && left != 0:
			t.Fatalf("after %d ticks it claims to know: %v", tick, left)
		case tick >= 40 && done < total:
			truth := time.Duration(float64(total-done)/5000*float64(time.Second)) + 1
			if left < truth*7/10 || left > truth*13/10 {
				t.Errorf("at %d of %d it says %v, which is %v", done, total, left, truth)
			}
			said = append(said, left)
		}
		done += pace
		at = at.Add(100 * time.Millisecond)
		if done >= total {
			break
		}
	}
	for i := 1; i < len(said); i++ {
		if said[i] > said[i-1]+said[i-1]/5 {
			t.Errorf("it jumps from %v to %v", said[i-1], said[i])
		}
	}
	// A line that becomes ten times slower is noticed.
	e = estimate{}
	done = 0
	for range 100 {
		e.note(at, done, total)
		at, done = at.Add(100*time.Millisecond), done+500
	}
	var left time.Duration
	for range 300 {
		left = e.note(at, done, total)
		at, done = at.Add(100*time.Millisecond), done+50
	}
	if truth := time.Duration(total-done) * time.Second / 500; left < truth/2 {
		t.Errorf("on a line that became slow it says %v, which is %v", left, truth)
	}
	if left := e.note(at, total, total); left != 0 {
		t.Errorf("at the end it says %v", left)
	}
}
