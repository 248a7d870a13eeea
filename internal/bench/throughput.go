package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/rounds-field/rounds/assets/sample"
	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/client"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/wire"
)

// pusher is a device reduced to its end of the wire.
type pusher struct {
	client      *client.Client
	incarnation string
	clock       *hlc.Clock
	counter     uint64
}

func newPusher(ctx context.Context, addr, user string) (*pusher, error) {
	p := &pusher{incarnation: uuid.NewString(), clock: hlc.New(time.Now, 0)}
	c, err := client.New("http://"+addr, "")
	if err != nil {
		return nil, err
	}
	r, err := c.SignIn(ctx, wire.SignInRequest{User: user, Password: sample.Password, Device: "bench", Incarnation: p.incarnation})
	if err != nil {
		return nil, err
	}
	p.client, err = client.New("http://"+addr, r.Token)
	return p, err
}

// newPushers signs in as many users, each of whom pushes into a bucket of their own: to the server, and in turns to others.
func (b *bench) newPushers(ctx context.Context, n int, more ...string) ([]*pusher, error) {
	addrs := append([]string{b.server.addr}, more...)
	out := make([]*pusher, n)
	for i := range out {
		var err error
		if out[i], err = newPusher(ctx, addrs[i%len(addrs)], pusherName(i)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// push sends n new records, each a change of its own: tasks, or visits at a partner.
func (p *pusher) push(ctx context.Context, n int, partners ...string) error {
	changes := make([]wire.Change, n)
	for i := range changes {
		p.counter++
		c := &changes[i]
		*c = wire.Change{
			ID: sales.NewID(), Counter: p.counter, Group: p.counter, Kind: "task", RecordID: sales.NewID(), Verb: sales.Create, HLC: p.clock.Next(),
			Schema: wire.SchemaVersion, Fields: []wire.FieldEdit{{Number: 1, Value: "并发"}},
		}
		if len(partners) > 0 {
			c.Kind, c.Fields = "visit", visitAt(partners[int(p.counter)%len(partners)])
		}
	}
	resp, err := p.client.Push(ctx, wire.PushRequest{Incarnation: p.incarnation, Changes: changes})
	if err != nil {
		return err
	}
	for _, v := range resp.Verdicts {
		if v.Outcome != wire.Applied {
			return fmt.Errorf("a push was %s: %s", v.Outcome, v.Message)
		}
	}
	return nil
}

// visitAt gives the fields of a visit of about 600 bytes that took place.
func visitAt(partner string) []wire.FieldEdit {
	rec := sales.RecordOf(sales.Visit{PartnerID: partner, VisitType: "routine", Status: sales.VisitDone, Notes: strings.Repeat("客户备货充足，关注新品上市的时间和返点政策。", 8)})
	k := sales.MustKind("visit")
	var out []wire.FieldEdit
	for i := range k.Fields {
		if v, ok := rec.Values[k.Fields[i].Name]; ok && !sales.Empty(v) {
			out = append(out, wire.FieldEdit{Number: k.Fields[i].Number, Value: v})
		}
	}
	return out
}

// together lets every pusher push rounds times n changes, all at once, and gives the time of each push and of all.
func together(ctx context.Context, clients []*pusher, rounds, n int, partners ...string) (times, time.Duration, error) {
	var mu sync.Mutex
	var all times
	var failed error
	var group sync.WaitGroup
	begun := time.Now()
	for _, c := range clients {
		group.Go(func() {
			got, err := measure(rounds, func(int) error { return c.push(ctx, n, partners...) })
			mu.Lock()
			all, failed = append(all, got...), errors.Join(failed, err)
			mu.Unlock()
		})
	}
	group.Wait()
	slices.Sort(all)
	return all, time.Since(begun), failed
}

// pushers measures how much the server takes from one, sixteen and sixty-four who push at once, and what two servers on one database take.
func (b *bench) pushers(ctx context.Context) error {
	const batch = 50
	floor, err := b.pushFloor(ctx, batch)
	if err != nil {
		return err
	}
	push := func(what, aim string, clients []*pusher, partners ...string) error {
		rounds := max(6400/len(clients)/batch, 4)
		got, took, err := together(ctx, clients, rounds, batch, partners...)
		if err == nil {
			b.add(what, aim, floor, "%.0f/s; a push %s", float64(len(clients)*rounds*batch)/took.Seconds(), got)
		}
		return err
	}
	for _, n := range []int{1, 16, mostPushers} {
		clients, err := b.newPushers(ctx, n)
		if err != nil {
			return err
		}
		if err := push(fmt.Sprintf("changes taken from %d at once, %d a push", n, batch), "≥ 20,000/s", clients); err != nil {
			return err
		}
		if n != 16 {
			continue
		}
		if err := push("… all of them in one bucket", "", clients, b.partners[0]); err != nil {
			return err
		}
	}
	if b.url == "" {
		return nil // a folder is served by one server
	}
	addr, err := freeAddress()
	if err != nil {
		return err
	}
	second, err := b.launch(ctx, addr, "second")
	defer second.stop()
	if err != nil {
		return err
	}
	clients, err := b.newPushers(ctx, 16, addr)
	if err != nil {
		return err
	}
	return push("… from 16 at once by two servers", "", clients)
}

// loadLarge pushes visits until the server has the number of records for the large first sync.
func (b *bench) loadLarge(ctx context.Context) error {
	p, err := newPusher(ctx, b.server.addr, boss)
	if err != nil {
		return err
	}
	missing := b.large - b.records
	if missing <= 0 {
		return nil
	}
	const batch = 5000
	begun := time.Now()
	for sent := 0; sent < missing; sent += batch {
		if err := p.push(ctx, min(batch, missing-sent), b.partners...); err != nil {
			return err
		}
	}
	b.add(fmt.Sprintf("push of %d visits by one device, %d a push", missing, batch), "≥ 20,000/s", "", "%.0f/s", float64(missing)/time.Since(begun).Seconds())
	return nil
}

// largeFirstSync takes all of it into a new device.
func (b *bench) largeFirstSync(ctx context.Context) error {
	d, err := b.newDevice(ctx, "large", boss)
	if err != nil {
		return err
	}
	defer d.Close()
	r, err := d.Sync(ctx)
	if err != nil {
		return err
	}
	floor, err := b.pullFloor(ctx, r)
	if err != nil {
		return err
	}
	b.add(fmt.Sprintf("first sync of %d records", r.Pulled), "≥ 40,000/s", floor, "%.0f/s (%.1f s, %.1f MB, %.0f bytes a record)", float64(r.Pulled)/r.Seconds, r.Seconds, float64(r.BytesIn)/1e6, float64(r.BytesIn)/float64(r.Pulled))
	begun := time.Now()
	d.Store.WaitForSearch()
	b.add("… search complete after it", "≤ 5 s for 100,000", "", "%.1f s", time.Since(begun).Seconds())
	mb, err := b.server.memory()
	if err != nil {
		return err
	}
	b.add("server: memory after all this", "", "", "%.0f MB", mb)
	return nil
}
