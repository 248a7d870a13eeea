package versions

import (
	"context"
	"log/slog"
	"maps"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/server/accounts"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/sync/client"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/server"
	"github.com/rounds-field/rounds/sync/wire"
)

const password = "a good password"

// today is a history with one step of each sort. What the earlier versions called otherwise has numbers that no declaration of today uses.
var today = sales.Versions{Now: 5, Lifts: []sales.Lift{
	sales.Renamed(2, "partner", sales.Old{Number: 90, Name: "telephone", Type: sales.Text}, 7),
	// Version 3 also brought a new kind, announcement, which needs no line.
	sales.Divided(3, "contact", sales.Old{Number: 91, Name: "full_name", Type: sales.Text}, []int{3, 4}, func(v any) []any {
		s, _ := v.(string)
		name, job, _ := strings.Cut(s, ", ")
		return []any{name, job}
	}),
	sales.Replaced(4, "task", 6, map[string]string{"urgent": "high", "whenever": "low"}),
	sales.Replaced(4, "partner", 15, map[string]string{"hot": "warm"}),
	sales.Filled(5, "visit", 3, "routine"),
}}

// field is the number of a field in a version of the app.
func field(version int, kind, name string) int {
	switch {
	case version < 2 && kind == "partner" && name == "phone":
		return 90
	case version < 3 && kind == "contact" && name == "name":
		return 91
	}
	f, ok := sales.MustKind(kind).Field(name)
	if !ok {
		panic("no field " + kind + "." + name)
	}
	return f.Number
}

// app is a device with the declarations of one version: it writes with their numbers and keeps what it does not know.
type app struct {
	t           *testing.T
	version     int
	client      *client.Client
	user        string
	incarnation string
	clock       *hlc.Clock
	rows        map[string]wire.RecordState
	cursors     map[string]wire.Cursor
	outbox      []wire.Change
	counter     uint64
	verdicts    map[string]wire.Verdict
}

// site is a server of today.
type site struct {
	t       *testing.T
	url     string
	journal *central.Journal
	people  *accounts.Service
	now     time.Time
	path    string
}

func newSite(t *testing.T, history sales.Versions, limits server.Limits) *site {
	t.Helper()
	s := &site{t: t, now: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC), path: filepath.Join(t.TempDir(), "journal.db")}
	s.open(history)
	t.Cleanup(func() {
		if err := s.journal.Close(); err != nil {
			t.Error(err)
		}
	})
	s.serve(limits)
	for name, role := range map[string]sales.Role{"li.na": sales.RoleRep, "wang.wei": sales.RoleManager} {
		if _, _, err := s.people.Add(t.Context(), wire.Caller{}, accounts.NewUser{Name: name, Role: role, Password: password}); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (s *site) open(history sales.Versions) {
	s.t.Helper()
	var err error
	if s.journal, err = central.Open(s.t.Context(), s.path, central.Options{Now: func() time.Time { return s.now }, Sync: "normal", Versions: history}); err != nil {
		s.t.Fatal(err)
	}
	s.people = accounts.New(s.journal, nil)
}

func (s *site) serve(limits server.Limits) {
	srv := httptest.NewServer(server.NewHandler(server.New(s.journal, limits), s.people, slog.New(slog.DiscardHandler), nil))
	s.t.Cleanup(srv.Close)
	s.url = srv.URL
}

// upgrade ends the server and starts one of another version on its database.
func (s *site) upgrade(history sales.Versions, limits server.Limits) {
	s.t.Helper()
	if err := s.journal.Close(); err != nil {
		s.t.Fatal(err)
	}
	s.open(history)
	s.serve(limits)
}

func (s *site) app(version int, user string) *app {
	s.t.Helper()
	a := &app{
		t: s.t, version: version, incarnation: uuid.NewString(), clock: hlc.New(func() time.Time { return s.now }, 0),
		rows: map[string]wire.RecordState{}, cursors: map[string]wire.Cursor{}, verdicts: map[string]wire.Verdict{},
	}
	a.signIn(s, user)
	return a
}

func (a *app) signIn(s *site, user string) {
	a.t.Helper()
	c, err := client.New(s.url, "")
	if err != nil {
		a.t.Fatal(err)
	}
	who, err := c.SignIn(a.t.Context(), wire.SignInRequest{User: user, Password: password, Device: "old", Incarnation: a.incarnation})
	if err != nil {
		a.t.Fatal(err)
	}
	a.user = who.UserID
	if a.client, err = client.New(s.url, who.Token); err != nil {
		a.t.Fatal(err)
	}
}

type values map[string]any

func (a *app) write(verb sales.Verb, kind, id string, v values) string {
	if id == "" {
		id = sales.NewID()
	}
	a.counter++
	c := wire.Change{
		ID: sales.NewID(), Counter: a.counter, Group: a.counter, Kind: kind, RecordID: id, Verb: verb, HLC: a.clock.Next(), Schema: a.version,
	}
	row := a.rows[id]
	if verb == sales.Create {
		row = wire.RecordState{Kind: kind, ID: id, Created: hlc.Stamp{HLC: c.HLC, Node: wire.NodeOf(a.incarnation)}}
	}
	row.Fields = slices.Clone(row.Fields)
	for _, name := range slices.Sorted(maps.Keys(v)) {
		n := field(a.version, kind, name)
		e := wire.FieldEdit{Number: n, Value: v[name]}
		state := wire.FieldState{Number: n, Value: v[name], Stamp: hlc.Stamp{HLC: c.HLC, Node: wire.NodeOf(a.incarnation)}}
		if cur := row.Field(n); cur != nil {
			e.Base = cur.Stamp
			*cur = state
		} else {
			row.Fields = append(row.Fields, state)
		}
		if set, ok := v[name].([]string); ok {
			e.Added = set
		}
		c.Fields = append(c.Fields, e)
	}
	slices.SortFunc(c.Fields, func(x, y wire.FieldEdit) int { return x.Number - y.Number })
	a.rows[id] = row
	a.outbox = append(a.outbox, c)
	return id
}

// push drains the outbox and keeps the verdicts.
func (a *app) push() {
	a.t.Helper()
	for len(a.outbox) > 0 {
		batch := a.outbox[:min(len(a.outbox), 200)]
		resp, err := a.client.Push(a.t.Context(), wire.PushRequest{Incarnation: a.incarnation, Changes: batch})
		if err != nil {
			a.t.Fatal(err)
		}
		for _, v := range resp.Verdicts {
			a.verdicts[v.ChangeID] = v
		}
		a.clock.Follow(resp.HLC)
		a.outbox = a.outbox[len(batch):]
	}
}

// pull fetches to the end of a checkpoint and compares the checksums of every bucket over what this app holds.
func (a *app) pull() {
	a.t.Helper()
	for {
		req := wire.PullRequest{Limit: 150, Schema: a.version, Cursors: slices.Collect(maps.Values(a.cursors))}
		page, err := a.client.Pull(a.t.Context(), req)
		if err != nil {
			a.t.Fatal(err)
		}
		for _, b := range page.Buckets {
			a.cursors[b.Bucket] = b.Cursor
		}
		for _, r := range page.Records {
			if r.Deleted || r.Moved {
				delete(a.rows, r.ID)
			} else {
				a.rows[r.ID] = r
			}
		}
		if page.More {
			continue
		}
		for _, b := range page.Buckets {
			var sum wire.Sum
			n := uint64(0)
			for _, r := range a.rows {
				if r.Bucket == b.Bucket {
					sum = sum.Add(wire.ChecksumOf(&r))
					n++
				}
			}
			if sum.Bytes() != b.Checksum || n != b.Count {
				a.t.Errorf("version %d: bucket %s differs: %d records, %d on the server", a.version, b.Bucket, n, b.Count)
			}
		}
		return
	}
}

// value is a field's value by today's name, as an app of today shows it.
func (a *app) value(id, name string) any {
	r := a.rows[id]
	f, _ := sales.MustKind(r.Kind).Field(name)
	if s := r.Field(f.Number); s != nil {
		return s.Value
	}
	return nil
}

func open(ctx context.Context, path string, history sales.Versions) (*central.Journal, error) {
	j, err := central.Open(ctx, path, central.Options{Sync: "normal", Versions: history})
	if err == nil {
		err = j.Close()
	}
	return j, err
}
