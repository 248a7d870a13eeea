package simnet

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/server/accounts"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/store/local"
	"github.com/rounds-field/rounds/sync/client"
	"github.com/rounds-field/rounds/sync/replica"
	"github.com/rounds-field/rounds/sync/server"
	"github.com/rounds-field/rounds/sync/wire"
)

// counted carries pulls in small pages and counts how often each record comes.
type counted struct {
	*client.Client
	page   int
	before func() // a pull
	came   map[string]int
}

func (c *counted) Pull(ctx context.Context, req wire.PullRequest) (wire.PullResponse, error) {
	c.before()
	req.Limit = c.page
	resp, err := c.Client.Pull(ctx, req)
	for _, r := range resp.Records {
		c.came[r.ID]++
	}
	return resp, err
}

// Guarantee 26: a sign-in that ends in the middle of a first sync costs, after the next sign-in, at most one page that had come before. What was written on the
// device meanwhile is sent then.
func TestASignInThatEndsInTheMiddleOfAPullIsResumed(t *testing.T) {
	const records, page = 1000, 50
	ctx, begun := t.Context(), time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	var days atomic.Int64 // since then, on the server's clock
	j, err := central.Open(ctx, filepath.Join(t.TempDir(), "rounds.db"), central.Options{Sync: "off"})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	acc := accounts.New(j, func() time.Time { return begun.AddDate(0, 0, int(days.Load())) })
	if _, _, err := acc.Add(ctx, wire.Caller{}, accounts.NewUser{Name: "li.na", Role: sales.RoleRep, Password: "a good password"}); err != nil {
		t.Fatal(err)
	}
	var edits []sales.Edit
	for range records {
		edits = append(edits, sales.CreateOf(sales.Partner{Name: "伙伴"}))
	}
	if _, err := j.Commit(ctx, wire.Caller{}, edits...); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(server.NewHandler(server.New(j, server.Limits{}), acc, slog.New(slog.DiscardHandler), nil))
	defer srv.Close()
	store, err := local.Open(ctx, t.TempDir(), local.Options{NoBackup: true, Sync: "off"})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	came, pulls := map[string]int{}, 0
	signedIn := func() *replica.Engine {
		t.Helper()
		inc, err := store.Incarnation(ctx)
		if err != nil {
			t.Fatal(err)
		}
		c, err := client.New(srv.URL, "")
		if err != nil {
			t.Fatal(err)
		}
		who, err := c.SignIn(ctx, wire.SignInRequest{User: "li.na", Password: "a good password", Device: "test", Incarnation: inc})
		if err != nil {
			t.Fatal(err)
		}
		id := local.Identity{UserID: who.UserID, UserName: who.User, Role: who.Role, Server: srv.URL, OrganisationID: who.Organisation}
		if had, err := store.Identity(ctx); err != nil || had.Server == "" && store.Attach(ctx, id) != nil {
			t.Fatal(err)
		}
		if c, err = client.New(srv.URL, who.Token); err != nil {
			t.Fatal(err)
		}
		return replica.New(store, &counted{Client: c, page: page, came: came, before: func() {
			if pulls++; pulls%8 == 0 { // in the middle, again and again
				days.Add(100)
			}
		}}, replica.Options{})
	}
	ended := 0
	for {
		e := signedIn()
		_, err := e.Sync(ctx)
		if err == nil {
			break
		}
		if s := e.State(); !sales.HasCode(err, sales.CodeSignedOut) || s.Phase != sales.SyncSignedOut {
			t.Fatalf("the sign-in has ended, and the state is %s: %v", s.Phase, err)
		}
		if ended++; ended > 10 {
			t.Fatal("the sync does not come to an end")
		}
		if _, err := store.Write(ctx, sales.CreateOf(sales.Partner{Name: "meanwhile"})); err != nil {
			t.Fatal(err)
		}
	}
	if ended < 2 {
		t.Errorf("the sign-in ended %d times", ended)
	}
	again := 0
	for _, n := range came {
		again += n - 1
	}
	if n, err := store.Count(ctx, sales.Query{Kind: "partner"}); err != nil || n != records+ended || again > ended*page {
		t.Errorf("%d of %d partners here, %v; %d records came again in %d new beginnings", n, records+ended, err, again, ended)
	}
	t.Logf("%d records came, %d again, the sign-in ended %d times", len(came), again, ended)
	if n, err := j.Pull(ctx, wire.Caller{Access: sales.Access{UserID: sales.NewID(), Role: sales.RoleAdmin}}, wire.PullRequest{Limit: 5000}); err != nil || len(n.Records) < records+ended {
		t.Errorf("the server has %d records, %v", len(n.Records), err)
	}
}
