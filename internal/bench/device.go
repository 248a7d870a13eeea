package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rounds-field/rounds/sales"
)

// times are durations of one thing done many times.
type times []time.Duration

func measure(n int, do func(i int) error) (times, error) {
	out := make(times, 0, n)
	for i := range n {
		begun := time.Now()
		if err := do(i); err != nil {
			return nil, err
		}
		out = append(out, time.Since(begun))
	}
	slices.Sort(out)
	return out, nil
}

// at is the time below which a share of all lies.
func (t times) at(share float64) time.Duration { return t[min(int(share*float64(len(t))), len(t)-1)] }

func (t times) String() string {
	return fmt.Sprintf("p50 %.2f ms, p95 %.2f ms", ms(t.at(0.5)), ms(t.at(0.95)))
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// firstSync takes everything that a manager sees into a new device.
func (b *bench) firstSync(ctx context.Context) error {
	c, err := b.newDevice(ctx, "boss", boss)
	if err != nil {
		return err
	}
	b.rep = c
	begun := time.Now()
	r, err := c.Sync(ctx)
	if err != nil {
		return err
	}
	took := time.Since(begun)
	b.records = r.Pulled
	floor, err := b.pullFloor(ctx, r)
	if err != nil {
		return err
	}
	b.add(fmt.Sprintf("first sync of %d records", r.Pulled), "≥ 40,000/s", floor,
		"%.0f/s (%.1f s, %.1f MB, %.0f bytes a record)", float64(r.Pulled)/took.Seconds(), took.Seconds(), float64(r.BytesIn)/1e6, float64(r.BytesIn)/float64(r.Pulled))
	begun = time.Now()
	for range 600 {
		hits, err := c.Search(ctx, "键盘", "feedback", 5)
		if err != nil {
			return err
		}
		if findings, err := c.Store.Check(ctx, false); err != nil {
			return err
		} else if len(hits) > 0 && len(findings) == 0 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.add("… search complete after it", "≤ 5 s", "", "%.1f s", time.Since(begun).Seconds())
	return nil
}

// saving writes visits, each durable with its search entry and outbox change: at once after the first sync, and when its work in the background is
// done.
func (b *bench) saving(ctx context.Context) error {
	partners, err := b.rep.List(ctx, sales.Query{Kind: "partner", Limit: 500})
	if err != nil {
		return err
	}
	save := func(i int) error {
		_, err := b.rep.Store.Write(ctx, sales.CreateOf(sales.Visit{PartnerID: partners[i].ID, VisitType: "routine", Notes: strings.Repeat("客户备货充足，关注新品上市时间。", 6)}))
		return err
	}
	early, err := measure(100, save)
	if err != nil {
		return err
	}
	b.rep.Store.WaitForSearch()
	got, err := measure(500, save)
	if err != nil {
		return err
	}
	var floor times
	err = b.inFolder(func(dir string) error {
		floor, err = bareCommit(ctx, filepath.Join(dir, "floor.db"))
		return err
	})
	if err != nil {
		return err
	}
	b.add("save a visit: row, search entry, outbox, durable", "p95 ≤ 5 ms", floor.String()+" for two bare inserts", "%s", got)
	b.add("… while the first sync's search index is merged", "", "", "%s", early)
	return nil
}

// lists opens lists as their screens do: the first rows, sorted and filtered, and pages anywhere in them.
func (b *bench) lists(ctx context.Context) error {
	for _, q := range []sales.Query{
		{Kind: "shipment", Sort: []string{"-shipped_at"}},
		{Kind: "feedback", Sort: []string{"-captured_at"}, Where: []sales.Cond{{Field: "status", Op: sales.Ne, Value: "closed"}}},
		{Kind: "partner", Sort: []string{"name"}, Where: []sales.Cond{{Field: "tier", Op: sales.In, Value: []string{"gold", "silver"}}}},
	} {
		n, err := b.rep.Count(ctx, q)
		if err != nil {
			return err
		}
		first, err := measure(30, func(int) error {
			first := q
			first.Limit = 200
			_, err := b.rep.List(ctx, first)
			return err
		})
		if err != nil {
			return err
		}
		far, err := measure(30, func(int) error {
			page := q
			page.Limit, page.Offset = 200, rand.N(max(n-200, 1)) //nolint:gosec // any page will do
			_, err := b.rep.List(ctx, page)
			return err
		})
		if err != nil {
			return err
		}
		b.add(fmt.Sprintf("first 200 of %d %s rows, sorted, filtered", n, q.Kind), "≤ 50 ms", "", "%s", first)
		b.add("… any 200 further down", "≤ 16 ms a frame", "", "%s", far)
	}
	return nil
}

// searching asks what reps ask.
func (b *bench) searching(ctx context.Context) error {
	for _, s := range []struct{ what, text string }{
		{"two Chinese characters", "电脑"}, {"four Chinese characters", "质量不错"}, {"pinyin initials", "trdr"}, {"a code's beginning", "P123"},
	} {
		got, err := measure(50, func(int) error {
			_, err := b.rep.Search(ctx, s.text, "", 30)
			return err
		})
		if err != nil {
			return err
		}
		b.add("search everything: "+s.what, "p95 ≤ 10 ms", "", "%s", got)
	}
	info, err := os.Stat(b.rep.Store.Dir() + "/workbook.db")
	if err != nil {
		return err
	}
	b.add("size of the workbook on disk", "", "", "%.0f MB", float64(info.Size())/1e6)
	return nil
}
