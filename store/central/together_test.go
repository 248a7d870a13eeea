package central_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rounds-field/rounds/internal/pgtest"
	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/sync/wire"
)

// atOnce calls f for 0, 1, … n-1 at the same time.
func atOnce(n int, f func(i int)) {
	var ready, done sync.WaitGroup
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			f(i)
		})
	}
	done.Wait()
}

// A device that had no answer sends its changes again, to another server, while the first one is still taking them.
func TestTheSameChangesSentToTwoServersAtOnceAreAppliedOnce(t *testing.T) {
	w := newWorld(t)
	journals := w.several(2)
	for round := range 25 {
		d := w.device(fmt.Sprint("a", round), sales.RoleRep, "31") // its first push: nobody knows this copy yet
		p := d.create(sales.Partner{Name: "P", RegionCode: "3101"})
		changes := []wire.Change{p, d.create(sales.Visit{PartnerID: p.RecordID, VisitType: "routine", OwnerID: d.caller.UserID}), d.create(sales.Partner{RegionCode: "3101"})}
		var verdicts [2][]wire.Verdict
		atOnce(2, func(i int) {
			resp, err := journals[i].Push(context.Background(), d.caller, wire.PushRequest{Incarnation: d.caller.Incarnation, Changes: changes})
			if err != nil {
				t.Error(err)
			}
			verdicts[i] = resp.Verdicts
		})
		got := []string{outcomes(verdicts[0]), outcomes(verdicts[1])}
		if first, again := "applied applied rejected", "duplicate duplicate rejected"; got[0] != first || got[1] != again {
			if got[0] != again || got[1] != first {
				t.Fatalf("round %d: %v", round, got)
			}
		}
		entries, err := w.journal.History(t.Context(), d.caller, "partner", p.RecordID)
		if err != nil || len(entries) != 1 {
			t.Errorf("history has %d entries, %v", len(entries), err)
		}
	}
	if report, err := w.journal.VerifyAll(t.Context()); err != nil || !report.Good() {
		t.Error(err, report)
	}
}

// A workbook was copied, and both copies send what was waiting in it, each under its own new name.
func TestTheSameChangesFromTwoCopiesOfAWorkbookAreAppliedOnce(t *testing.T) {
	w := newWorld(t)
	journals := w.several(2)
	for round := range 25 {
		one := w.device(fmt.Sprint("a", round), sales.RoleRep, "31")
		two := w.deviceOf(one.caller.UserID, "copy", sales.RoleRep, "31")
		p := w.commit(sales.CreateOf(sales.Partner{Name: "P", RegionCode: "3101"}))[0]
		changes := []wire.Change{one.change(sales.Update, "partner", p, wire.FieldEdit{Number: 2, Value: "Renamed"}), one.create(sales.Partner{Name: "New", RegionCode: "3101"})}
		var verdicts [2][]wire.Verdict
		atOnce(2, func(i int) {
			d := []*device{one, two}[i]
			resp, err := journals[i].Push(context.Background(), d.caller, wire.PushRequest{Incarnation: d.caller.Incarnation, Changes: changes})
			if err != nil {
				t.Error(err)
			}
			verdicts[i] = resp.Verdicts
		})
		for n := range changes {
			taken, known := 0, 0
			for i := range verdicts {
				switch verdicts[i][n].Outcome {
				case wire.Applied, wire.Merged:
					taken++
				case wire.Duplicate:
					known++
				}
			}
			if taken != 1 || known != 1 {
				t.Fatalf("round %d, change %d: %s and %s", round, n, verdicts[0][n].Outcome, verdicts[1][n].Outcome)
			}
		}
	}
	if report, err := w.journal.VerifyAll(t.Context()); err != nil || !report.Good() {
		t.Error(err, report)
	}
}

// The same record made by two at once is one record, in which both have a part; a bucket that is new to both begins once.
func TestTheSameNewRecordAndTheSameNewBucketFromTwoAtOnce(t *testing.T) {
	w := newWorld(t)
	journals := w.several(4)
	devices := make([]*device, 4)
	for i := range devices {
		devices[i] = w.device(fmt.Sprint("d", i), sales.RoleManager)
	}
	for round := range 15 {
		region, id := fmt.Sprintf("99%02d", round), sales.NewID()
		answers := make([]wire.Verdict, len(devices))
		atOnce(len(devices), func(i int) {
			d := devices[i]
			changes := []wire.Change{d.create(sales.Partner{ID: id, Name: "Made twice", RegionCode: region}), d.create(sales.Partner{Name: "Own", RegionCode: region})}
			resp, err := journals[i].Push(context.Background(), d.caller, wire.PushRequest{Incarnation: d.caller.Incarnation, Changes: changes})
			if err != nil {
				t.Error(err)
				return
			}
			answers[i] = resp.Verdicts[0]
		})
		for i, v := range answers {
			if v.Outcome != wire.Applied && v.Outcome != wire.Merged {
				t.Errorf("round %d, device %d: %s %s %s", round, i, v.Outcome, v.Code, v.Message)
			}
		}
		entries, err := w.journal.History(t.Context(), system, "partner", id)
		if err != nil || len(entries) != len(devices) {
			t.Errorf("round %d: history has %d entries, %v", round, len(entries), err)
		}
	}
	if report, err := w.journal.VerifyAll(t.Context()); err != nil || !report.Good() {
		t.Error(err, report)
	}
}

// Servers that start at once on an empty database make one set of tables and one organisation.
func TestServersThatStartAtOnceShareOneOrganisation(t *testing.T) {
	database := newDatabase(t)
	const n = 5
	journals := make([]*central.Journal, n)
	same := func() {
		t.Helper()
		for _, j := range journals {
			if j != nil && j.Organisation() != journals[0].Organisation() {
				t.Errorf("organisations %s and %s", journals[0].Organisation(), j.Organisation())
			}
		}
	}
	atOnce(n, func(i int) {
		j, err := central.Open(context.Background(), database, central.Options{Sync: "normal"})
		if err != nil {
			t.Error(err)
			return
		}
		journals[i] = j
	})
	if t.Failed() {
		return
	}
	same()
	for range 5 { // the tables are there, nobody waits for anybody
		journals[0].Exec(t.Context(), "DELETE FROM organisations")
		atOnce(n, func(i int) {
			if err := journals[i].Begin(context.Background()); err != nil {
				t.Error(err)
			}
		})
		same()
	}
	for _, j := range journals {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	}
}

// What is to be done once is done once, however many servers begin to do it at the same time.
func TestWhatIsDoneOnceIsDoneByOneOfManyServers(t *testing.T) {
	w := newWorld(t)
	journals := w.several(4)
	for round := range 10 {
		code := fmt.Sprint("9", round)
		var did [4]bool
		atOnce(4, func(i int) {
			var err error
			did[i], err = journals[i].Once(context.Background(), "round-"+code, func() ([]sales.Edit, error) {
				return []sales.Edit{sales.CreateOf(sales.Territory{Code: code, Name: "T"})}, nil
			})
			if err != nil {
				t.Error(err)
			}
		})
		times := 0
		for _, d := range did {
			if d {
				times++
			}
		}
		if times != 1 {
			t.Errorf("round %d was done %d times", round, times)
		}
	}
}

// A user who is added by two administrators at once is added once, and the other one is told.
func TestAUserIsAddedOnceByTwoAdministratorsAtOnce(t *testing.T) {
	w := newWorld(t)
	journals := w.several(2)
	for round := range 10 {
		name := fmt.Sprint("li.na", round)
		var errs [2]error
		atOnce(2, func(i int) {
			_, errs[i] = journals[i].AddAccounts(context.Background(), system, central.NewAccount{
				Account: central.Account{Name: name, Password: "hash"}, User: sales.User{Name: name, Role: string(sales.RoleRep)},
			})
		})
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("round %d: %v, %v", round, errs[0], errs[1])
		}
		for _, err := range errs {
			if err != nil && !sales.HasCode(err, sales.CodeDuplicate) {
				t.Errorf("round %d: %v", round, err)
			}
		}
	}
}

// Two servers never make the same stamp, even at the same moment of the same clock.
func TestTwoServersNeverMakeTheSameStamp(t *testing.T) {
	w := newWorld(t)
	stamps := map[string]bool{}
	for i, j := range w.several(3) {
		for range 20 {
			id, err := j.Commit(t.Context(), system, sales.CreateOf(sales.Product{Code: "P", Name: "P"}))
			if err != nil {
				t.Fatal(err)
			}
			r := w.device(sales.NewID(), sales.RoleAdmin).pullAll(0)[id[0]]
			for _, s := range []string{r.Latest().String()} {
				if stamps[s] {
					t.Errorf("server %d repeated the stamp %s", i, s)
				}
				stamps[s] = true
			}
		}
	}
}

// What another server whose clock is ahead has written is older than what is written after it.
func TestAnEditAfterThatOfAServerWhoseClockIsAheadIsLater(t *testing.T) {
	w := newWorld(t)
	ahead := journalIn(t, w.database, central.Options{Now: func() time.Time { return w.now.Add(time.Hour) }})
	id, err := ahead.Commit(t.Context(), system, sales.CreateOf(sales.Partner{Name: "P", RegionCode: "31"}))
	if err != nil {
		t.Fatal(err)
	}
	boss := w.device("boss", sales.RoleAdmin)
	before := boss.pullAll(0)[id[0]]
	w.commit(sales.Edit{Verb: sales.Update, Kind: "partner", ID: id[0], Values: sales.Values{"name": "Q"}})
	after := boss.pullAll(0)[id[0]]
	if !after.Latest().After(before.Latest()) {
		t.Errorf("the edit's stamp %s is not after %s", after.Latest(), before.Latest())
	}
	// Who saw only the first state may not delete the record.
	del := boss.change(sales.Delete, "partner", id[0])
	del.Base = before.Latest()
	if v := boss.push(del)[0]; v.Code != sales.CodeChangedMeanwhile {
		t.Errorf("a delete that had not seen the edit: %s %s", v.Outcome, v.Code)
	}
}

// The database is restarted, or a firewall cuts the line: a transaction that was not yet asked to commit is done anew, and nobody hears of it.
func TestAConnectionThatIsCutInATransactionIsNotNoticed(t *testing.T) {
	if !onPostgres {
		return // a file has no connection
	}
	w := newWorld(t)
	d := w.device("a", sales.RoleRep, "31")
	cuts := 3
	w.journal.BeforeCommit(func(ctx context.Context, tx *sql.Tx) error {
		if cuts--; cuts < 0 {
			return nil
		}
		_, err := tx.ExecContext(ctx, "SELECT pg_terminate_backend(pg_backend_pid())")
		return err
	})
	d.mustPush(d.create(sales.Partner{Name: "P", RegionCode: "3101"}))
	if cuts >= 0 {
		t.Error("nothing was cut")
	}
}

// What goes wrong with a database is told with what to do about it, and never with the password.
func TestTheAddressOfADatabaseIsExplainedWithoutItsPassword(t *testing.T) {
	good := pgtest.New(t)
	secret := "hunter2-is-no-password"
	for _, c := range []struct{ database, code, hint string }{
		{withPassword(t, good, secret) + "&connect_timeout=x", sales.CodeInvalid, "write it like postgres://"},
		{"postgres://u:" + secret + "@localhost:notaport/x", sales.CodeInvalid, "write it like postgres://"},
		{"postgres://u:" + secret + "/@localhost/x", sales.CodeInvalid, "write it like postgres://"},
		{"postgres://u:" + secret + "@127.0.0.1:1/x", sales.CodeStorage, "does not answer"},
		{withPassword(t, good, secret), sales.CodeStorage, "refuses the user or the password"},
		{strings.Replace(good, "/test", "/nosuch", 1), sales.CodeStorage, "createdb"},
	} {
		_, err := central.Open(t.Context(), c.database, central.Options{})
		if !sales.HasCode(err, c.code) || !strings.Contains(fmt.Sprint(err), c.hint) {
			t.Errorf("%s: %v", c.hint, err)
		}
		if s := fmt.Sprintf("%v %+v %#v", err, err, err); strings.Contains(s, secret) || strings.Contains(s, pgtest.Password()) {
			t.Errorf("the password is in: %s", s)
		}
	}
}

// withPassword gives a URL with another password.
func withPassword(t *testing.T, address, password string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(u.User.Username(), password)
	return u.String()
}
