package endtoend

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// administer runs rounds-server user … on the server's data.
func (s *server) administer(stdin string, args ...string) {
	s.t.Helper()
	cmd := exec.Command(filepath.Join(bin, "rounds-server"), append([]string{"user"}, append(args, "--data", s.dir)...)...)
	cmd.Stdin = strings.NewReader(stdin)
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("rounds-server user %v: %v\n%s", args, err, out)
	}
}

func (b *book) add(kind, line string) string {
	b.t.Helper()
	return strings.TrimSpace(b.run(line, "add", kind, "--json", "-"))
}

func (b *book) edit(kind, id, line string) {
	b.t.Helper()
	b.run(line, "edit", kind, id, "--json", "-")
}

// pending is the changes that wait or were refused.
func (b *book) pending() []map[string]any {
	b.t.Helper()
	return objects(b.t, b.run("", "pending", "--json"))
}

// agree syncs the workbooks until nothing moves, and fails the test unless all show the same partners and visits and find themselves well.
func agree(t *testing.T, books ...*book) {
	t.Helper()
	for range 2 {
		for _, b := range books {
			b.sync()
		}
	}
	for _, b := range books {
		b.run("", "doctor", "--deep")
		if r := b.sync(); r.Pushed+r.Pulled+r.Rejected+r.Conflicts != 0 {
			t.Errorf("a further sync moves %+v", r)
		}
	}
	for _, kind := range []string{"partner", "visit"} {
		for _, b := range books[1:] {
			if d := cmp.Diff(books[0].list(kind), b.list(kind)); d != "" {
				t.Errorf("the workbooks differ in %s (-first +other):\n%s", kind, d)
			}
		}
	}
}

func TestOneUserOnTwoDevicesAndAColleagueAgreeAfterWeeksOffline(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	s.addUser("li.na", "rep", "--territory", "34")
	s.addUser("wang.wei", "rep", "--territory", "34")
	laptop, tablet, colleague := newBook(t), newBook(t), newBook(t)
	laptop.login(s, "li.na")
	tablet.login(s, "li.na")
	colleague.login(s, "wang.wei")
	p := laptop.add("partner", `{"name":"铜陵达人","region_code":"34","tags":["教育"]}`)
	agree(t, laptop, tablet, colleague)
	s.kill()
	laptop.edit("partner", p, `{"notes":"写在笔记本上","address":"laptop","tags":["教育","医疗"],"phone":"1"}`)
	laptop.add("visit", fmt.Sprintf(`{"partner_id":%q,"visit_type":"routine","notes":"laptop"}`, p))
	tablet.edit("partner", p, `{"notes":"写在平板上","address":"tablet","tags":["教育","政府"],"tier":"gold"}`)
	tablet.add("visit", fmt.Sprintf(`{"partner_id":%q,"visit_type":"routine","notes":"tablet"}`, p))
	colleague.edit("partner", p, `{"notes":"同事写的","address":"colleague","tags":[]}`)
	s.start()
	agree(t, laptop, colleague, tablet)
	got := laptop.list("partner")[0]
	if got["phone"] != "1" || got["tier"] != "gold" || fmt.Sprint(got["tags"]) != "[医疗 政府]" && fmt.Sprint(got["tags"]) != "[政府 医疗]" {
		t.Errorf("edits of different fields or set members were lost: %v", got)
	}
	for _, want := range []string{"写在笔记本上", "写在平板上", "同事写的"} {
		if notes, _ := got["notes"].(string); !strings.Contains(notes, want) {
			t.Errorf("the notes, which all three wrote, lack %q: %q", want, notes)
		}
	}
	if v := colleague.list("visit"); len(v) != 2 {
		t.Errorf("the colleague sees %d visits, want 2", len(v))
	}
	mine, tablets := objects(t, laptop.run("", "conflicts", "--json")), objects(t, tablet.run("", "conflicts", "--json"))
	theirs := objects(t, colleague.run("", "conflicts", "--json"))
	if len(mine)+len(theirs) != 2 || len(mine) != len(tablets) {
		t.Errorf("two values lost; told are %v on the laptop, %v on the tablet, %v to the colleague", mine, tablets, theirs)
	}
}

func TestADeleteMeetsAnEditInEitherOrder(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	s.addUser("li.na", "rep")
	s.addUser("wang.wei", "rep")
	a, b := newBook(t), newBook(t)
	a.login(s, "li.na")
	b.login(s, "wang.wei")
	first, second := a.add("partner", `{"name":"先删后改"}`), a.add("partner", `{"name":"先改后删"}`)
	agree(t, a, b)

	a.run("", "delete", "partner", first)
	b.edit("partner", first, `{"notes":"晚到的修改"}`)
	a.sync()
	if r := b.sync(); r.Rejected != 1 {
		t.Errorf("an edit of a deleted record gives %+v", r)
	}
	p := b.pending()
	if len(p) != 1 || p[0]["code"] != "gone" || p[0]["hint"] == "" {
		t.Fatalf("the tray holds %v", p)
	}
	change, _ := p[0]["change"].(string)
	b.run("", "undo", change)

	b.edit("partner", second, `{"notes":"先到的修改"}`)
	a.run("", "delete", "partner", second)
	b.sync()
	if r := a.sync(); r.Rejected != 1 {
		t.Errorf("a delete of what was edited meanwhile gives %+v", r)
	}
	p = a.pending()
	if len(p) != 1 || p[0]["code"] != "changed_meanwhile" {
		t.Fatalf("the tray holds %v", p)
	}
	change, _ = p[0]["change"].(string)
	a.run("", "retry", change)
	a.sync()
	for _, left := range a.pending() {
		if left["state"] == "rejected" { // the first retry may still be the same immutable delete: undo it, look, delete anew
			change, _ = left["change"].(string)
			a.run("", "undo", change)
			a.run("", "delete", "partner", second)
			a.sync()
		}
	}
	agree(t, a, b)
	if left := b.list("partner"); len(left) != 0 {
		t.Errorf("still there: %v", left)
	}
	if p := append(a.pending(), b.pending()...); len(p) != 0 {
		t.Errorf("still waiting: %v", p)
	}
}

func TestARepSeesAndWritesOnlyTheirOwnTerritories(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	s.addUser("boss", "admin")
	s.addUser("li.na", "rep", "--territory", "34")
	s.addUser("wang.wei", "rep", "--territory", "45")
	boss, a, b := newBook(t), newBook(t), newBook(t)
	for user, side := range map[string]*book{"boss": boss, "li.na": a, "wang.wei": b} {
		side.login(s, user)
	}
	boss.run(`{"code":"34","name":"安徽"}
{"code":"3407","name":"铜陵","parent_code":"34"}
{"code":"45","name":"广西"}
{"code":"11","name":"北京"}`, "add", "territory", "--json", "-")
	in34 := boss.add("partner", `{"name":"安徽伙伴","region_code":"3407"}`)
	visit := boss.add("visit", fmt.Sprintf(`{"partner_id":%q,"visit_type":"routine"}`, in34))
	boss.add("partner", `{"name":"广西伙伴","region_code":"45"}`)
	boss.sync()
	a.sync()
	b.sync()
	if l := a.list("partner"); len(l) != 1 || l[0]["id"] != in34 {
		t.Fatalf("the rep of 34 sees %v", l)
	}

	// What lies outside is refused with the reason, and mended by an edit.
	outside := a.add("partner", `{"name":"越区","region_code":"11"}`)
	child := a.add("visit", fmt.Sprintf(`{"partner_id":%q,"visit_type":"routine"}`, outside))
	if r := a.sync(); r.Rejected != 2 {
		t.Errorf("a write outside the territory gives %+v", r)
	}
	p := a.pending()
	if len(p) != 2 || p[0]["state"] != "rejected" || p[0]["code"] != "forbidden" || p[0]["message"] == "" || p[1]["state"] != "held" || p[1]["id"] != child {
		t.Fatalf("the tray holds %v", p)
	}
	change, _ := p[0]["change"].(string)
	a.run("", "retry", change)
	if r := a.sync(); r.Pushed != 0 || r.Rejected == 0 {
		t.Errorf("a retry without a mend gives %+v", r)
	}
	a.edit("partner", outside, `{"region_code":"34"}`)
	if r := a.sync(); r.Pushed != 2 || r.Rejected != 0 {
		t.Errorf("after mending: %+v, %v", r, a.pending())
	}
	undone := a.add("partner", `{"name":"再越区","region_code":"11"}`)
	a.sync()
	if p = a.pending(); len(p) != 1 {
		t.Fatalf("the tray holds %v", p)
	}
	change, _ = p[0]["change"].(string)
	a.run("", "undo", change)
	a.refused("", "no such record", "show", "partner", undone, "--json")

	// A partner that moves takes its visits along, appears whole on one side and goes on the other.
	b.sync()
	a.edit("visit", visit, `{"notes":"搬走之前离线写的"}`)
	boss.edit("partner", in34, `{"region_code":"45"}`)
	boss.sync()
	if b.sync(); len(b.list("partner", "--where", "id="+in34)) != 1 || len(b.list("visit", "--where", "id="+visit)) != 1 {
		t.Error("the partner has not arrived with its visit")
	}
	if r := a.sync(); r.Rejected != 1 || len(a.list("partner", "--where", "id="+in34)) != 0 {
		t.Errorf("the side that lost it: %+v", r)
	}
	if p = a.pending(); len(p) != 1 || p[0]["code"] != "forbidden" || fmt.Sprint(p[0]["values"]) != "map[notes:搬走之前离线写的]" {
		t.Errorf("the edit of what was lost shows as %v", p)
	}
	for _, side := range []*book{boss, a, b} {
		side.sync()
		side.run("", "doctor", "--deep")
	}
}

func TestASignInThatEndedKeepsTheWorkAndSaysSo(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	s.addUser("li.na", "rep")
	a := newBook(t)
	a.refused("wrong\n", "the user name or the password is wrong", "login", "--server", s.url(), "--user", "li.na", "--password-stdin")
	a.login(s, "li.na")
	a.sync()
	for _, end := range [][]string{{"revoke", "li.na"}, {"disable", "li.na"}, {"password", "li.na", "--password-stdin"}} {
		a.add("partner", `{"name":"`+end[0]+`"}`)
		s.administer("correct horse\n", end...)
		if _, complaint, _ := a.try("", "sync"); strings.Count(complaint, "your work is kept") != 1 {
			t.Errorf("after %s: %q", end[0], complaint)
		}
		a.refused("", "sign in again", "sync")
		if p := a.pending(); len(p) != 1 {
			t.Errorf("after %s the workbook holds %v", end[0], p)
		}
		if end[0] == "disable" {
			a.refused("correct horse\n", s.url(), "login", "--server", s.url(), "--user", "li.na", "--password-stdin")
			s.administer("", "enable", "li.na")
		}
		a.login(s, "li.na")
		if r := a.sync(); r.Pushed != 1 {
			t.Errorf("after signing in again: %+v", r)
		}
	}
	a.add("partner", `{"name":"签退以后"}`)
	if out := a.run("", "logout"); !strings.Contains(out, "1 change") {
		t.Errorf("logout says %q", out)
	}
	a.refused("", "sign in again", "sync")
	a.login(s, "li.na")
	if r := a.sync(); r.Pushed != 1 {
		t.Errorf("after signing out and in: %+v", r)
	}
}

func TestAnotherOrganisationAtTheSameAddressGetsNothing(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	s.addUser("li.na", "rep")
	a := newBook(t)
	a.login(s, "li.na")
	a.add("partner", `{"name":"甲"}`)
	a.sync()
	a.add("partner", `{"name":"乙"}`)
	s.kill()
	s.dir = t.TempDir()
	s.start()
	s.addUser("li.na", "rep")
	a.refused("", s.url(), "sync")
	a.refused("correct horse\n", "another organisation", "login", "--server", s.url(), "--user", "li.na", "--password-stdin")
	if len(a.list("partner")) != 2 || len(a.pending()) != 1 {
		t.Errorf("the workbook lost something: %v %v", a.list("partner"), a.pending())
	}
	b := newBook(t)
	b.login(s, "li.na")
	b.sync()
	if l := b.list("partner"); len(l) != 0 {
		t.Errorf("the other organisation received %v", l)
	}
}
