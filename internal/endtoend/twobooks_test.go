package endtoend

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// partners makes n partners, one JSON object a line.
func partnerLines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"code":"P%05d","name":"铜陵达人科技%d号","tier":"gold","region_code":"3407"}`+"\n", i, i)
	}
	return b.String()
}

func TestTwoWorkbooksAgreeRecordForRecordAfterWeeksApart(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	s.addUser("li.na", "rep", "--territory", "3407")
	s.addUser("wang.wei", "rep", "--territory", "34")
	a, b := newBook(t), newBook(t)
	a.login(s, "li.na")
	b.login(s, "wang.wei")
	ids := strings.Fields(a.run(partnerLines(50), "add", "partner", "--json", "-"))
	if len(ids) != 50 {
		t.Fatalf("50 partners gave %d ids", len(ids))
	}
	a.sync()
	if r := b.sync(); r.Pulled < 50 {
		t.Fatalf("the colleague received %+v", r)
	}

	s.kill() // A is cut off: 200 visits with feedback, and 50 partners that B edits too
	if _, complaint, err := a.try("", "sync"); err == nil || strings.Count(strings.TrimSpace(complaint), "\n") != 0 || !strings.Contains(complaint, s.addr) {
		t.Errorf("syncing without a server says %q", complaint)
	}
	var visits strings.Builder
	for i := range 200 {
		fmt.Fprintf(&visits, `{"partner_id":%q,"visit_type":"routine","notes":"第%d次走访，备货充足"}`+"\n", ids[i%50], i)
	}
	visitIDs := strings.Fields(a.run(visits.String(), "add", "visit", "--json", "-"))
	var feedback strings.Builder
	for i, v := range visitIDs {
		fmt.Fprintf(&feedback, `{"kind":"market","body":"竞品降价%d元","visit_id":%q,"partner_id":%q}`+"\n", i, v, ids[i%50])
	}
	a.run(feedback.String(), "add", "feedback", "--json", "-")
	for i, id := range ids {
		a.run(fmt.Sprintf(`{"notes":"甲去了%d次","address":"A%d"}`, i, i), "edit", "partner", id, "--json", "-")
	}
	s.start()
	for i, id := range ids {
		b.run(fmt.Sprintf(`{"notes":"乙去了%d次","address":"B%d","phone":"1380000%04d"}`, i, i, i), "edit", "partner", id, "--json", "-")
	}

	b.sync()
	if r := a.sync(); r.Pushed != 450 || r.Rejected != 0 {
		t.Errorf("A sent %+v, want 450 changes, none rejected", r)
	}
	b.sync()
	a.sync()
	if d := cmp.Diff(a.everything(), b.everything()); d != "" {
		t.Errorf("the workbooks differ (-A +B):\n%s", d)
	}
	lost := map[string]int{}
	for _, side := range []*book{a, b} {
		for _, c := range objects(t, side.run("", "conflicts", "--json")) {
			text, _ := c["lost"].(string)
			lost[text[:1]]++
		}
	}
	if lost["A"]+lost["B"] != 50 {
		t.Errorf("50 edits of one field lost: A is told of %d, B of %d", lost["A"], lost["B"])
	}
	for _, side := range []*book{a, b} {
		side.run("", "doctor", "--deep")
		if p := side.run("", "pending", "--json"); p != "" {
			t.Errorf("something still waits: %s", p)
		}
	}
	if r := a.sync(); r.Pushed != 0 || r.Pulled != 0 {
		t.Errorf("a further sync moves %+v", r)
	}
	for i, p := range b.list("partner") {
		if p["phone"] != fmt.Sprintf("1380000%04d", i) {
			t.Errorf("partner %d lost the phone number that only B edited: %v", i, p["phone"])
		}
		notes, _ := p["notes"].(string)
		for _, want := range []string{fmt.Sprintf("甲去了%d次", i), fmt.Sprintf("乙去了%d次", i)} {
			if !strings.Contains(notes, want) {
				t.Errorf("partner %d lacks %q in its notes, which both wrote: %q", i, want, notes)
			}
		}
	}
}

func TestAValueThatLostComesBackByKeepingIt(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	s.addUser("li.na", "rep")
	s.addUser("wang.wei", "rep")
	a, b := newBook(t), newBook(t)
	a.login(s, "li.na")
	b.login(s, "wang.wei")
	id := strings.TrimSpace(a.run(`{"name":"桂林声智科技"}`, "add", "partner", "--json", "-"))
	a.sync()
	b.sync()
	a.run(`{"address":"mine"}`, "edit", "partner", id, "--json", "-")
	b.run(`{"address":"theirs"}`, "edit", "partner", id, "--json", "-")
	a.sync()
	b.sync()
	a.sync()
	conflicts := objects(t, a.run("", "conflicts", "--json"))
	if len(conflicts) != 1 || conflicts[0]["lost"] != "mine" || conflicts[0]["kept"] != "theirs" || conflicts[0]["record"] != id {
		t.Fatalf("A is told %v", conflicts)
	}
	conflict, _ := conflicts[0]["id"].(string)
	a.run("", "resolve", conflict, "--mine")
	a.sync()
	b.sync()
	if got := b.list("partner")[0]["address"]; got != "mine" {
		t.Errorf("after keeping mine the colleague sees %v", got)
	}
	if left := a.run("", "conflicts", "--json"); left != "" {
		t.Errorf("the conflict stays open: %s", left)
	}
	life := objects(t, b.run("", "show", "partner", id, "--history", "--json"))
	if len(life) != 4 || life[0]["user"] == "" || life[0]["device"] == "" {
		t.Errorf("the history has %d entries: %v", len(life), life)
	}
}

func TestAnotherUserOnTheSameComputerNeitherSeesNorSendsTheFirstOnesWork(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	s.addUser("li.na", "rep", "--territory", "34")
	s.addUser("wang.wei", "rep", "--territory", "45")
	a := newBook(t)
	a.login(s, "li.na")
	a.run(`{"name":"只在A的本子里","region_code":"34"}`, "add", "partner", "--json", "-")
	a.login(s, "wang.wei")
	if r := a.sync(); r.Pushed != 0 || len(a.list("partner")) != 0 {
		t.Errorf("the second user sent %d changes and sees %v", r.Pushed, a.list("partner"))
	}
	a.login(s, "li.na")
	if r := a.sync(); r.Pushed != 1 || len(a.list("partner")) != 1 {
		t.Errorf("the first user's work: sent %+v, %v", r, a.list("partner"))
	}
}

func TestALocalWorkbookConnectsToAServerWithoutLosingARecord(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	s.addUser("li.na", "rep")
	a, b := newBook(t), newBook(t)
	ids := strings.Fields(a.run(partnerLines(3), "add", "partner", "--json", "-"))
	a.run(fmt.Sprintf(`{"partner_id":%q,"visit_type":"routine","notes":"没有服务器时写的"}`, ids[0]), "add", "visit", "--json", "-")
	before := a.everything()
	a.login(s, "li.na")
	a.sync()
	b.login(s, "li.na")
	b.sync()
	after := b.everything()
	if len(after["partner"]) != 3 || len(after["visit"]) != 1 || after["visit"][0]["notes"] != before["visit"][0]["notes"] {
		t.Errorf("another device of the user has %d partners and %d visits", len(after["partner"]), len(after["visit"]))
	}
	me := objects(t, b.run("", "list", "user", "--json", "--where", "name=li.na"))
	if len(me) != 1 || after["visit"][0]["owner_id"] != me[0]["id"] {
		t.Errorf("the visit's owner is %v, not the user who signed in", after["visit"][0]["owner_id"])
	}
}
