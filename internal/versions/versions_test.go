package versions

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/local"
	"github.com/rounds-field/rounds/sync/client"
	"github.com/rounds-field/rounds/sync/replica"
	"github.com/rounds-field/rounds/sync/server"
	"github.com/rounds-field/rounds/sync/wire"
)

// work is what six weeks of one app left behind, by today's names.
type work struct {
	partners, contacts, tasks, visits []string
	phones                            map[string]string
}

// sixWeeks writes what a representative writes in six weeks without a network: some records a day, and edits of earlier ones.
func sixWeeks(s *site, a *app) work {
	w := work{phones: map[string]string{}}
	for day := range 42 {
		s.now = s.now.Add(24 * time.Hour)
		v := values{"name": fmt.Sprintf("Partner %d of %d", day, a.version), "phone": fmt.Sprintf("021 %d", day), "tags": []string{"hot"}}
		if a.version >= 4 {
			v["tags"] = []string{"warm"}
		}
		p := a.write(sales.Create, "partner", "", v)
		w.partners = append(w.partners, p)
		w.phones[p] = fmt.Sprintf("021 %d", day)
		contact := values{"partner_id": p, "name": "Li Na, buyer"}
		if a.version >= 3 {
			contact = values{"partner_id": p, "name": "Li Na", "job_title": "buyer"}
		}
		w.contacts = append(w.contacts, a.write(sales.Create, "contact", "", contact))
		priority := "urgent"
		if a.version >= 4 {
			priority = "high"
		}
		w.tasks = append(w.tasks, a.write(sales.Create, "task", "", values{"title": "Call", "priority": priority, "status": "open", "owner_id": a.user, "partner_id": p}))
		visit := values{"partner_id": p, "status": "done", "started_at": s.now.UnixMilli(), "owner_id": a.user}
		if a.version >= 5 {
			visit["visit_type"] = "routine"
		}
		w.visits = append(w.visits, a.write(sales.Create, "visit", "", visit))
		if day > 0 {
			earlier := w.partners[day/2]
			w.phones[earlier] = fmt.Sprintf("010 %d", day)
			a.write(sales.Update, "partner", earlier, values{"phone": w.phones[earlier]})
		}
	}
	return w
}

func TestSixWeeksOfEachEarlierVersionMeetTodaysServer(t *testing.T) {
	for version := 1; version <= today.Now; version++ {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			s := newSite(t, today, server.Limits{})
			a := s.app(version, "li.na")
			a.pull()
			w := sixWeeks(s, a)
			sent := len(a.outbox)
			a.push()
			if len(a.verdicts) != sent {
				t.Fatalf("%d verdicts on %d changes", len(a.verdicts), sent)
			}
			for _, v := range a.verdicts {
				if v.Outcome != wire.Applied {
					t.Fatalf("a change of version %d is %s: %s %s %s", version, v.Outcome, v.Code, v.Field, v.Message)
				}
			}
			a.pull() // checks the sums over what the old app holds
			book := freshBook(t, s)
			for i, id := range w.partners {
				r := get(t, book, "partner", id)
				if r.Text("phone") != w.phones[id] {
					t.Errorf("phone %q, want %q", r.Text("phone"), w.phones[id])
				}
				if tags := sales.As[sales.Partner](r).Tags; len(tags) != 1 || tags[0] != "warm" {
					t.Errorf("tags %v", tags)
				}
				if c := get(t, book, "contact", w.contacts[i]); c.Text("name") != "Li Na" || c.Text("job_title") != "buyer" {
					t.Errorf("contact %q, %q", c.Text("name"), c.Text("job_title"))
				}
				if got := get(t, book, "task", w.tasks[i]).Text("priority"); got != "high" {
					t.Errorf("priority %q", got)
				}
				if got := get(t, book, "visit", w.visits[i]).Text("visit_type"); got != "routine" {
					t.Errorf("type of visit %q", got)
				}
			}
			history, err := s.journal.History(t.Context(), wire.Caller{}, "partner", w.partners[0])
			if err != nil || len(history) == 0 {
				t.Fatalf("history %v, %v", history, err)
			}
			first := history[len(history)-1]
			found := false
			for _, f := range first.Fields {
				found = found || f.Name == "phone" && f.New == "021 0"
			}
			if !found {
				t.Errorf("the creation's history does not tell the phone: %+v", first.Fields)
			}
		})
	}
}

func TestChangesOfAnOlderVersionThatWereTakenAreKnownAgain(t *testing.T) {
	s := newSite(t, sales.Versions{Now: 1}, server.Limits{})
	a := s.app(1, "li.na")
	a.write(sales.Create, "partner", "", values{"name": "甲", "phone": "1"})
	sent := a.outbox
	a.push()
	s.upgrade(today, server.Limits{})
	a.signIn(s, "li.na")
	a.outbox = sent
	a.push()
	if v := a.verdicts[sent[0].ID]; v.Outcome != wire.Duplicate {
		t.Errorf("the same change after the server's update is %s: %s", v.Outcome, v.Message)
	}
}

func TestAServersUpdateLiftsItsRecordsAndEveryDeviceAgrees(t *testing.T) {
	s := newSite(t, sales.Versions{Now: 1}, server.Limits{})
	old := s.app(1, "li.na")
	ids := []string{}
	for i := range 40 {
		ids = append(ids, old.write(sales.Create, "partner", "", values{"name": fmt.Sprint("P", i), "phone": fmt.Sprint("0", i), "tags": []string{"hot"}}))
	}
	old.push()
	old.pull()
	s.upgrade(today, server.Limits{})
	fresh := s.app(5, "wang.wei")
	fresh.pull()
	old.signIn(s, "li.na")
	old.pull()
	for i, id := range ids {
		if got := fresh.value(id, "phone"); got != fmt.Sprint("0", i) {
			t.Fatalf("the app of today sees the phone %v", got)
		}
		if set, _ := fresh.value(id, "tags").([]string); len(set) != 1 || set[0] != "warm" {
			t.Fatalf("the app of today sees the tags %v", set)
		}
	}
	// A version 1 edit made before the server's update was known: the author saw the current value, so it is no conflict.
	stale := s.app(1, "li.na")
	lifted := fresh.rows[ids[0]]
	stale.rows[ids[0]] = wire.RecordState{Kind: "partner", ID: ids[0], Fields: []wire.FieldState{{Number: 90, Stamp: lifted.Field(7).Stamp}}}
	stale.write(sales.Update, "partner", ids[0], values{"phone": "changed"})
	stale.push()
	fresh.pull()
	if got := fresh.value(ids[0], "phone"); got != "changed" {
		t.Errorf("an edit of version 1 gives %v", got)
	}
	for _, v := range stale.verdicts {
		if v.Outcome != wire.Applied {
			t.Errorf("it is %s", v.Outcome)
		}
	}
	s.upgrade(today, server.Limits{}) // a second start has nothing to do
	before := fresh.cursors
	fresh.signIn(s, "wang.wei")
	fresh.pull()
	for name, c := range fresh.cursors {
		if before[name] != c {
			t.Errorf("starting again moved bucket %s", name)
		}
	}
}

func TestTheLosersOfAnOldVersionAreNamedByItsOwnNumbers(t *testing.T) {
	s := newSite(t, today, server.Limits{})
	now := s.app(5, "wang.wei")
	id := now.write(sales.Create, "partner", "", values{"name": "甲", "phone": "1"})
	now.push()
	old := s.app(1, "li.na")
	old.pull()
	s.now = s.now.Add(time.Hour)
	old.write(sales.Update, "partner", id, values{"phone": "old"})
	s.now = s.now.Add(time.Hour)
	now.write(sales.Update, "partner", id, values{"phone": "new"})
	now.push()
	lost := old.outbox[0].ID
	old.push()
	if v := old.verdicts[lost]; v.Outcome != wire.Merged || len(v.Lost) != 1 || v.Lost[0] != 90 {
		t.Errorf("verdict %+v, want merged with field 90 lost", v)
	}
}

func TestAServerOlderThanItsRecordsDoesNotStart(t *testing.T) {
	s := newSite(t, today, server.Limits{})
	if err := s.journal.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := open(t.Context(), s.path, sales.Versions{Now: 1})
	if !sales.HasCode(err, sales.CodeInvalid) {
		t.Errorf("starting a server of version 1 gives %v", err)
	}
	s.open(today)
}

func TestAnOldAppsEditKeepsTheFieldsThatItDoesNotKnow(t *testing.T) {
	s := newSite(t, today, server.Limits{})
	newer := s.app(6, "wang.wei") // of tomorrow: it has a field 95
	id := newer.write(sales.Create, "partner", "", values{"name": "甲", "phone": "1"})
	c := &newer.outbox[0]
	c.Fields = append(c.Fields, wire.FieldEdit{Number: 95, Value: "of tomorrow"}, wire.FieldEdit{Number: 96, Value: int64(7)})
	newer.push()

	book := freshBook(t, s) // the real workbook, which knows neither
	if _, err := book.Write(t.Context(), sales.Edit{Verb: sales.Update, Kind: "partner", ID: id, Values: sales.Values{"phone": "2"}}); err != nil {
		t.Fatal(err)
	}
	syncBook(t, s, book)
	ancient := s.app(1, "li.na")
	ancient.pull()
	ancient.write(sales.Update, "partner", id, values{"name": "乙"})
	ancient.push()
	syncBook(t, s, book) // an error when the checksums differ
	newer.pull()
	r := newer.rows[id]
	for number, want := range map[int]any{2: "乙", 7: "2", 95: "of tomorrow", 96: int64(7)} {
		if f := r.Field(number); f == nil || f.Value != want {
			t.Errorf("field %d is %+v, want %v", number, f, want)
		}
	}
	findings, err := book.Check(t.Context(), true)
	if err != nil || len(findings) > 0 {
		t.Errorf("the workbook: %v, %v", findings, err)
	}
}

func TestAnAppTooOldToFetchStillSends(t *testing.T) {
	s := newSite(t, today, server.Limits{MinSchema: 3})
	old := s.app(2, "li.na")
	old.write(sales.Create, "partner", "", values{"name": "甲", "phone": "1"})
	sent := old.outbox[0].ID
	old.push()
	if v := old.verdicts[sent]; v.Outcome != wire.Applied {
		t.Errorf("its change is %s: %s", v.Outcome, v.Message)
	}
	_, err := old.client.Pull(t.Context(), wire.PullRequest{Schema: 2})
	var e *sales.Error
	if !errors.As(err, &e) || e.Code != sales.CodeUpdateRequired || e.Hint == "" {
		t.Fatalf("its pull gives %v", err)
	}
	if _, err := old.client.Pull(t.Context(), wire.PullRequest{Schema: 3}); err != nil {
		t.Errorf("the pull of a new enough app gives %v", err)
	}
}

func TestTheWorkbookOfAnAppTooOldDrainsAndSaysSo(t *testing.T) {
	s := newSite(t, sales.Versions{Now: 1}, server.Limits{MinSchema: 2})
	book := openBook(t)
	e := signIn(t, s, book)
	if _, err := book.Write(t.Context(), sales.CreateOf(sales.Partner{Name: "甲"})); err != nil {
		t.Fatal(err)
	}
	_, err := e.Sync(t.Context())
	if !sales.HasCode(err, sales.CodeUpdateRequired) {
		t.Fatalf("sync gives %v", err)
	}
	state := e.State()
	if state.Waiting != 0 || state.Phase != sales.SyncFailed || !sales.HasCode(state.Problem, sales.CodeUpdateRequired) {
		t.Errorf("state %+v", state)
	}
}

func get(t *testing.T, book *local.Store, kind, id string) sales.Record {
	t.Helper()
	r, err := book.Get(t.Context(), kind, id)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// freshBook is a new device of today with everything.
func freshBook(t *testing.T, s *site) *local.Store {
	t.Helper()
	book := openBook(t)
	if _, err := signIn(t, s, book).Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	return book
}

func openBook(t *testing.T) *local.Store {
	t.Helper()
	book, err := local.Open(t.Context(), t.TempDir(), local.Options{NoBackup: true, Sync: "off"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := book.Close(); err != nil {
			t.Error(err)
		}
	})
	return book
}

func signIn(t *testing.T, s *site, book *local.Store) *replica.Engine {
	t.Helper()
	incarnation, err := book.Incarnation(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c, err := client.New(s.url, "")
	if err != nil {
		t.Fatal(err)
	}
	who, err := c.SignIn(t.Context(), wire.SignInRequest{User: "li.na", Password: password, Device: "new", Incarnation: incarnation})
	if err != nil {
		t.Fatal(err)
	}
	id := local.Identity{UserID: who.UserID, UserName: who.User, Role: who.Role, Server: s.url, OrganisationID: who.Organisation}
	if err := book.SetIdentity(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if c, err = client.New(s.url, who.Token); err != nil {
		t.Fatal(err)
	}
	return replica.New(book, c, replica.Options{})
}

func syncBook(t *testing.T, s *site, book *local.Store) {
	t.Helper()
	if _, err := signIn(t, s, book).Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
}
