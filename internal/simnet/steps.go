package simnet

import (
	"context"
	"time"
)

// event is one thing that may happen in a play.
type event struct {
	usual, rough int // how often of a thousand: in a usual play, and in one in which more goes wrong and more is taken back
	do           func(s *Sim, ctx context.Context, d *device) error
}

var events = []event{
	{640, 420, (*Sim).work},
	{180, 200, func(_ *Sim, ctx context.Context, d *device) error { return d.sync(ctx) }},
	{30, 30, func(s *Sim, _ context.Context, d *device) error {
		d.net.down = !d.net.down
		s.note("%s down %v", d.name, d.net.down)
		return nil
	}},
	{8, 10, func(s *Sim, ctx context.Context, d *device) error {
		s.note("%s restarts", d.name)
		return d.restart(ctx)
	}},
	{10, 20, func(_ *Sim, ctx context.Context, d *device) error { return d.kill(ctx) }},
	{17, 20, func(_ *Sim, _ context.Context, d *device) error {
		d.setClock()
		return nil
	}},
	{30, 90, func(_ *Sim, ctx context.Context, d *device) error { return d.undo(ctx) }},
	{15, 60, func(_ *Sim, ctx context.Context, d *device) error { return d.retry(ctx) }},
	{25, 45, func(_ *Sim, ctx context.Context, d *device) error { return d.net.deliverLate(ctx) }},
	{15, 40, func(s *Sim, ctx context.Context, _ *device) error { return s.officeWork(ctx) }},
	{10, 15, func(_ *Sim, ctx context.Context, d *device) error { return d.keepCopy(ctx) }},
	{3, 6, func(s *Sim, ctx context.Context, d *device) error {
		if !s.restores {
			return s.pause()
		}
		return d.putBack(ctx)
	}},
	{2, 3, (*Sim).clone},
	{5, 8, func(s *Sim, ctx context.Context, _ *device) error {
		s.note("server restarts")
		return s.restartServer(ctx)
	}},
	{6, 20, func(s *Sim, ctx context.Context, _ *device) error {
		if s.database != "" {
			return s.pause()
		}
		return s.backup(ctx)
	}},
	{2, 9, func(s *Sim, ctx context.Context, _ *device) error {
		if !s.restores {
			return s.pause()
		}
		return s.restore(ctx)
	}},
}

// isRough says which seeds are played roughly: every second one.
func isRough(seed uint64) bool { return seed%2 == 1 }

// step lets one thing happen, or lets days pass.
func (s *Sim) step(ctx context.Context) error {
	d := s.devices[s.rng.IntN(len(s.devices))]
	x := s.rng.IntN(1000)
	for _, e := range events {
		n := e.usual
		if isRough(s.seed) {
			n = e.rough
		}
		if x -= n; x < 0 {
			return e.do(s, ctx, d)
		}
	}
	return s.pause()
}

// pause lets days pass.
func (s *Sim) pause() error {
	days := time.Duration(1+s.rng.IntN(20)) * 24 * time.Hour
	s.note("%v pass", days)
	s.now = s.now.Add(days)
	return nil
}
