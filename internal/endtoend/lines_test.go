package endtoend

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// refused runs a command that must be refused with one line that holds the words, and change nothing that waits.
func (b *book) refused(stdin, words string, args ...string) {
	b.t.Helper()
	out, complaint, err := b.try(stdin, args...)
	if err == nil {
		b.t.Errorf("roundsctl %s succeeds and prints %q", strings.Join(args, " "), out)
		return
	}
	oneLine(b.t, complaint, words)
}

func TestEveryWrongUseIsOneLineThatSaysWhatToDoAndChangesNothing(t *testing.T) {
	t.Parallel()
	a := newBook(t)
	partner := strings.TrimSpace(a.run(`{"name":"铜陵达人","code":"A1"}`, "add", "partner", "--json", "-"))
	visit := strings.TrimSpace(a.run(fmt.Sprintf(`{"partner_id":%q,"visit_type":"routine"}`, partner), "add", "visit", "--json", "-"))
	before := a.run("", "pending", "--json")
	for _, c := range []struct{ stdin, words, args string }{
		{"", "there is no such record", "show partner nosuch --json"},
		{"", "there is no such record", "show partner " + visit + " --history --json"},
		{"", "no kind of record is called nosuch", "list nosuch --json"},
		{"", "no command is called nosuch", "nosuch"},
		{"", "--help", "add"},
		{"", "--help", "list partner --limit many"},
		{"", "--help", "list partner --nosuch"},
		{"", "no such field", "list partner --where nosuch=1"},
		{"", "FIELD=VALUE", "list partner --where tier"},
		{"", "--where visit_every=six", "list partner --where visit_every=six"},
		{"", "no such field", "list partner --sort nosuch"},
		{"", "--limit", "list partner --limit -1"},
		{"", "--limit", "search 铜陵 --limit 0"},
		{"", "no kind of record", "search 铜陵 --kind nosuch"},
		{"", "no record is given", "add partner --json -"},
		{"", "no record is given", "add partner"},
		{"{\"name\":\"甲\"}\n{\"nmae\":\"乙\"}", "line 2: partner.nmae: no such field", "add partner --json -"},
		{"{\"name\":\"甲\"}\n\n{\"tier\":\"gold\"}", "line 3: partner.name", "add partner --json -"},
		{"{\"name\":\"甲\"}\n{\"name\":\"乙\",\"tier\":\"copper\"}", "line 2: partner.tier", "add partner --json -"},
		{`{"name":5}`, "line 1: partner.name: 5 is not a text", "add partner --json -"},
		{`name`, "line 1: partner: not a JSON object", "add partner --json -"},
		{`{"visit_type":"routine"}`, "line 1: visit.partner_id", "add visit --json -"},
		{`{"visit_type":"nosuch","partner_id":"` + partner + `"}`, `there is no visit_type "nosuch"`, "add visit --json -"},
		{`{"id":"` + partner + `","name":"甲"}`, "line 1: partner " + partner + ": a record with this id exists already", "add partner --json -"},
		{`{"name":null}`, "partner " + partner + ".name", "edit partner " + partner + " --json -"},
		{`{"id":"` + visit + `"}`, "the id cannot be changed", "edit partner " + partner + " --json -"},
		{`{"notes":"x"}`, "there is no such record", "edit partner " + visit + " --json -"},
		{"", "1 other records refer to it: visit", "delete partner " + partner},
		{"", "there is no such record", "delete visit " + partner},
		{"", "has no server", "sync --json"},
		{"", "nosuch", "undo nosuch"},
		{"", "nosuch", "resolve nosuch"},
		{"", "cannot be opened", "import partner nosuch.csv"},
		{"", ".csv or .xlsx", "export partner partners.pdf"},
		{"x", "--password-stdin", "login --server http://127.0.0.1:1 --user li.na"},
		{"x", "no TLS", "login --server http://example.com --user li.na --password-stdin"},
		{"x", "127.0.0.1:1", "login --server http://127.0.0.1:1 --user li.na --password-stdin"},
	} {
		a.refused(c.stdin, c.words, strings.Fields(c.args)...)
	}
	if after := a.run("", "pending", "--json"); after != before {
		t.Errorf("what was refused left changes:\n%s", after)
	}
}

func TestManyRecordsAreAllSavedOrNoneAndCanBeSent(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	s.addUser("li.na", "rep")
	a := newBook(t)
	a.login(s, "li.na")
	lines := partnerLines(2400)
	bad := lines + `{"name":"丙","owner_id":"01a20a37-201c-7ac3-bd72-0fe2f2093cd0"}`
	a.refused(bad, "line 2401: partner.owner_id", "add", "partner", "--json", "-")
	if p := a.run("", "pending"); p != "" {
		t.Errorf("a bad last line leaves %d lines waiting", strings.Count(p, "\n"))
	}
	if ids := strings.Fields(a.run(lines, "add", "partner", "--json", "-")); len(ids) != 2400 {
		t.Errorf("%d ids are printed", len(ids))
	}
	if r := a.sync(); r.Pushed != 2400 {
		t.Errorf("sent %+v", r)
	}
}

func TestAWorkbookThatWasCutOffOrCannotBeBackedUpSpoilsNoCommand(t *testing.T) {
	t.Parallel()
	a := newBook(t)
	a.run(partnerLines(1), "add", "partner", "--json", "-")
	backups := filepath.Join(a.dir, "local", "backups")
	if err := os.RemoveAll(backups); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(backups, nil, 0o600); err != nil { // a folder cannot be made there
		t.Fatal(err)
	}
	if _, complaint, err := a.try("", "list", "partner", "--json"); err != nil || complaint != "" {
		t.Errorf("a failing backup gives %v %q", err, complaint)
	}
	out, complaint, err := a.try("", "doctor", "--json")
	if f := objects(t, out); err == nil || len(f) != 1 || f[0]["code"] != "backup" {
		t.Errorf("doctor finds %v, %v", f, err)
	}
	oneLine(t, complaint, "1 finding")
	cmd := a.command(t.Context(), "", "list", "partner")
	if err := cmd.Start(); err != nil { // and killed, so that the next one checks the integrity
		t.Fatal(err)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if _, complaint, err := a.try("", "list", "partner"); err != nil || complaint != "" {
		t.Errorf("after a kill: %v %q", err, complaint)
	}
}

func TestUsersAreAddedWhileTheServerIsUpAndDown(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	s.addUser("li.na", "rep", "--territory", "34, 45")
	s.kill()
	s.addUser("wang.wei", "manager")
	s.start()
	for _, name := range []string{"li.na", "wang.wei"} {
		b := newBook(t)
		b.login(s, name)
		b.sync()
		me := objects(t, b.run("", "list", "user", "--json", "--where", "name="+name))
		if len(me) != 1 || name == "li.na" && fmt.Sprint(me[0]["territories"]) != "[34 45]" {
			t.Errorf("%s is %v", name, me)
		}
	}
	for _, args := range [][]string{
		{"user", "add", "li.na", "--data", s.dir, "--role", "rep", "--password-stdin"},
		{"user", "add", "zhao", "--data", s.dir, "--role", "king", "--password-stdin"},
		{"user", "add", "zhao", "--data", s.dir, "--role", "rep"},
		{"user", "add", "--data", s.dir, "--role", "rep", "--password-stdin"},
		{"user", "add", "zhao", "--dta", s.dir},
		{"usr"},
		{"serve", "--sample", "huge", "--data", t.TempDir()},
		{"serve", "--data", s.dir, "--listen", "127.0.0.1:0"},
		{"serve", "now"},
	} {
		cmd := exec.Command(filepath.Join(bin, "rounds-server"), args...)
		cmd.Stdin = strings.NewReader("correct horse\n")
		out, err := cmd.CombinedOutput()
		if err == nil {
			t.Errorf("%v succeeds", args)
		}
		oneLine(t, string(out))
	}
}
