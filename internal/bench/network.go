package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/rounds-field/rounds/sales"
)

// pushing sends 10,000 changes written offline, then measures what one costs on the wire.
func (b *bench) pushing(ctx context.Context) error {
	if _, err := b.rep.Sync(ctx); err != nil { // what saving left behind
		return err
	}
	partners, err := b.rep.List(ctx, sales.Query{Kind: "partner", Limit: 1000})
	if err != nil {
		return err
	}
	b.partners = nil
	for _, p := range partners {
		b.partners = append(b.partners, p.ID)
	}
	for range 100 {
		edits := make([]sales.Edit, 100)
		for i := range edits {
			edits[i] = sales.CreateOf(sales.Task{Title: "回访价格问题", PartnerID: partners[i].ID})
		}
		if _, err := b.rep.Store.Write(ctx, edits...); err != nil {
			return err
		}
	}
	r, err := b.rep.Sync(ctx)
	if err != nil {
		return err
	}
	floor, err := b.pushFloor(ctx, 2000)
	if err != nil {
		return err
	}
	b.add(fmt.Sprintf("push of %d offline changes, pull of them included", r.Pushed), "≥ 20,000/s", floor, "%.0f/s (%.2f s)", float64(r.Pushed)/r.Seconds, r.Seconds)
	return nil
}

// bytesOnTheWire measures what a change costs: six weeks of one who sees a province, then as many edits by one who sees everything and moves a bucket with each.
func (b *bench) bytesOnTheWire(ctx context.Context) error {
	d, err := b.newDevice(ctx, "field", field)
	if err != nil {
		return err
	}
	defer d.Close()
	if _, err := d.Sync(ctx); err != nil {
		return err
	}
	d.Store.WaitForSearch()
	partners, err := d.List(ctx, sales.Query{Kind: "partner", Limit: 1000})
	if err != nil {
		return err
	}
	const n = 1000
	edits := make([]sales.Edit, n)
	for i := range edits {
		edits[i] = phoned(partners[i%len(partners)].ID, i)
	}
	if err := b.bytesOf(ctx, d, fmt.Sprintf("bytes on the wire: an edited field, %d buckets seen", len(bucketsOf(partners))), "≤ 40", edits); err != nil {
		return err
	}
	for i := range edits {
		edits[i] = sales.CreateOf(sales.Visit{
			PartnerID: partners[i%len(partners)].ID, VisitType: "routine", Notes: fmt.Sprintf("第%d次：%s", i, strings.Repeat("客户备货充足，关注新品上市的时间和返点政策。", 8)),
		})
	}
	if err := b.bytesOf(ctx, d, "bytes on the wire: a new visit of 600 bytes", "≤ 130", edits); err != nil {
		return err
	}
	for i, id := range b.partners {
		edits[i] = phoned(id, n+i)
	}
	return b.bytesOf(ctx, b.rep, "bytes on the wire: an edited field, all buckets seen and a third moved", "", edits)
}

// phoned gives a partner another phone than in any run before: the same one would be no edit.
func phoned(partner string, i int) sales.Edit {
	return sales.Edit{Verb: sales.Update, Kind: "partner", ID: partner, Values: sales.Values{"phone": fmt.Sprintf("138%04d%04d", time.Now().UnixMilli()%10_000, i)}}
}

func bucketsOf(records []sales.Record) map[string]bool {
	out := map[string]bool{}
	for i := range records {
		out[records[i].Bucket] = true
	}
	return out
}

// bytesOf syncs edits written one by one and divides the bytes by their number.
func (b *bench) bytesOf(ctx context.Context, d *device, what, aim string, edits []sales.Edit) error {
	for _, e := range edits {
		if _, err := d.Store.Write(ctx, e); err != nil {
			return err
		}
	}
	r, err := d.Sync(ctx)
	if err != nil {
		return err
	}
	b.add(what, aim, "", "%.0f out, %.0f back", float64(r.BytesOut)/float64(len(edits)), float64(r.BytesIn)/float64(len(edits)))
	return nil
}

// editToColleague is the time from saving on one device to being readable on another, when both sync at once.
func (b *bench) editToColleague(ctx context.Context) error {
	other, err := b.newDevice(ctx, "peer", peer)
	if err != nil {
		return err
	}
	b.colleague = other
	if _, err := other.Sync(ctx); err != nil {
		return err
	}
	other.Store.WaitForSearch()
	if err := b.emptySync(ctx, other); err != nil {
		return err
	}
	partners, err := b.rep.List(ctx, sales.Query{Kind: "partner", Limit: 50})
	if err != nil {
		return err
	}
	got, err := measure(50, func(i int) error {
		note := fmt.Sprintf("edit %d", i)
		if _, err := b.rep.Store.Write(ctx, sales.Edit{Verb: sales.Update, Kind: "partner", ID: partners[i].ID, Values: sales.Values{"address": note}}); err != nil {
			return err
		}
		if _, err := b.rep.Sync(ctx); err != nil {
			return err
		}
		if _, err := other.Sync(ctx); err != nil {
			return err
		}
		seen, err := other.Get(ctx, "partner", partners[i].ID)
		if err == nil && seen.Text("address") != note {
			err = errors.New("the edit did not arrive")
		}
		return err
	})
	if err != nil {
		return err
	}
	floor, err := b.editFloor(ctx)
	if err != nil {
		return err
	}
	b.add("an edit to the other device, both syncing at once", "p50 ≤ 20, p95 ≤ 50 ms", floor, "%s", got)
	return nil
}

// emptySync is a sync that finds nothing new, by a user who sees every bucket.
func (b *bench) emptySync(ctx context.Context, d *device) error {
	if _, err := d.Sync(ctx); err != nil {
		return err
	}
	var last sales.SyncReport
	got, err := measure(30, func(int) error {
		var err error
		last, err = d.Sync(ctx)
		return err
	})
	if err != nil {
		return err
	}
	b.add("a sync that finds nothing new, all buckets seen", "", "", "%s, %.1f KB out, %.1f KB back", got, float64(last.BytesOut)/1e3, float64(last.BytesIn)/1e3)
	return nil
}

// serving measures the server's memory and its answers under load.
func (b *bench) serving(ctx context.Context) error {
	clients, err := b.newPushers(ctx, 50)
	if err != nil {
		return err
	}
	const rounds = 20
	all, took, err := together(ctx, clients, rounds, 1)
	if err != nil {
		return err
	}
	b.add("server: a push of one change while 50 push at once", "p95 ≤ 100 ms", "", "%s, %.0f/s", all, 50*rounds/took.Seconds())
	mb, err := b.server.memory()
	if err != nil {
		return err
	}
	b.add("server: memory after all this", "≤ 200 MB", "", "%.0f MB", mb)
	b.server.stop()
	if err := b.restartServer(ctx); err != nil {
		return err
	}
	if mb, err = b.server.memory(); err != nil {
		return err
	}
	b.add("server: memory when idle", "≤ 40 MB", "", "%.0f MB", mb)
	return nil
}
