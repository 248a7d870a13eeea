package local

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/replica"
)

var (
	_ replica.Store  = (*Store)(nil)
	_ sales.Workbook = (*Store)(nil)
)

func openTest(t *testing.T) *Store {
	t.Helper()
	return openIn(t, t.TempDir())
}

func openIn(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(context.Background(), dir, Options{Logger: slog.New(slog.DiscardHandler), NoBackup: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func testSmoke(t *testing.T) {
	s := openTest(t)
	ctx := t.Context()
	ids, err := s.Write(ctx, sales.CreateOf(sales.Partner{Name: "联想集团重庆分公司", Code: "CP-001", Phone: "023-6789 1234"}))
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	v, err := s.Write(ctx, sales.CreateOf(sales.Visit{PartnerID: ids[0], VisitType: "routine", Notes: "客户反映平板缺货，代理商要求价格保护"}))
	if err != nil {
		t.Fatal(err)
	}
	t.Log("visit", time.Since(begun))
	for _, q := range []string{"联想", "lx", "chongqing", "cq", "cp-0", "6789", "67891", "代理商", "价格保护", "保", "023-6789"} {
		begun := time.Now()
		hits, err := s.Search(ctx, q, "", 10)
		t.Log(q, hits, err, time.Since(begun))
	}
	un, err := s.Unsent(ctx, 100)
	t.Log(len(un), err)
	p, _ := s.Pending(ctx)
	t.Log(p)
	r, err := s.Get(ctx, "visit", v[0])
	t.Log(r, err)
	f, err := s.Check(ctx, true)
	t.Log(f, err)
	h, err := s.History(ctx, "visit", v[0])
	t.Log(h, err)
}
