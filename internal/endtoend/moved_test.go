package endtoend

import (
	"path/filepath"
	"strings"
	"testing"
)

// A server that is reached at another address from some day on gets what was not sent to the former one; the user confirms it, and is told.
func TestWhatWasNotSentFollowsTheServerToAnotherAddress(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	s.addUser("li.na", "rep")
	a := newBook(t)
	a.login(s, "li.na")
	id := a.add("partner", `{"name":"甲"}`)
	a.sync()
	a.edit("partner", id, `{"notes":"还没发送"}`)
	a.add("visit", `{"partner_id":"`+id+`","visit_type":"routine"}`)
	former := s.url()
	s.kill()
	s.addr = freeAddress(t)
	s.start()

	login := []string{"login", "--server", s.url(), "--user", "li.na", "--password-stdin"}
	_, complaint, err := a.try("correct horse\n", login...)
	for _, part := range []string{former, s.url(), "li.na", "--moved"} {
		if err == nil || strings.Count(strings.TrimSpace(complaint), "\n") != 0 || !strings.Contains(complaint, part) {
			t.Errorf("signing in at the new address says %q without %s, %v", complaint, part, err)
		}
	}
	if out := a.run("", "status"); !strings.Contains(out, former) || !strings.Contains(out, "2 waiting") {
		t.Errorf("the status is %q", out)
	}
	out := a.run("correct horse\n", append(login, "--moved")...)
	for _, part := range []string{former, s.url(), "2 changes"} {
		if !strings.Contains(out, part) {
			t.Errorf("the confirmed sign-in says %q without %s", out, part)
		}
	}
	if r := a.sync(); r.Pushed != 2 || r.Rejected != 0 {
		t.Errorf("sync: %+v", r)
	}
	a.run("", "doctor", "--deep")
	b := newBook(t)
	b.login(s, "li.na")
	agree(t, a, b)
	if found, err := filepath.Glob(filepath.Join(a.dir, "*", "workbook.db")); err != nil || len(found) != 1 {
		t.Errorf("the workbooks are %v, %v", found, err)
	}
}
