package endtoend

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// admin runs rounds-server beside the server, which must succeed.
func (s *server) admin(args ...string) string {
	s.t.Helper()
	out, err := exec.Command(filepath.Join(bin, "rounds-server"), append(args, "--data", s.dir)...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("rounds-server %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// stop ends the server as an administrator would.
func (s *server) stop() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		s.t.Fatal(err)
	}
	if err := s.cmd.Wait(); err != nil {
		s.t.Fatalf("the server ends with %v:\n%s", err, s.log)
	}
}

func (b *book) addPartners(from, to int) {
	b.t.Helper()
	var lines strings.Builder
	for i := from; i < to; i++ {
		fmt.Fprintf(&lines, `{"name":"伙伴%d","code":"R%03d","region_code":"34"}`+"\n", i, i)
	}
	b.run(lines.String(), "add", "partner", "--json", "-")
}

// codes are the codes of the partners that a book shows, in order.
func (b *book) codes() string {
	b.t.Helper()
	var out []string
	for _, p := range objects(b.t, b.run("", "list", "partner", "--json", "--sort", "code")) {
		code, _ := p["code"].(string)
		out = append(out, code)
	}
	return strings.Join(out, " ")
}

func codes(from, to int) string {
	var out []string
	for i := from; i < to; i++ {
		out = append(out, fmt.Sprintf("R%03d", i))
	}
	return strings.Join(out, " ")
}

// restored plays a day: a backup is made of the running server, devices push on, the server is restored. meanwhile happens to the restored
// server before the devices come back. In the end every device and a new one show everything, and the database verifies.
func restored(t *testing.T, meanwhile func(s *server), all string) {
	t.Helper()
	s := startServer(t)
	for _, name := range []string{"li.na", "wang.wei", "chen"} {
		s.addUser(name, "rep", "--territory", "34")
	}
	a, b := newBook(t), newBook(t)
	a.login(s, "li.na")
	b.login(s, "wang.wei")
	a.addPartners(0, 20)
	a.sync()
	b.sync()
	file := filepath.Join(t.TempDir(), "noon.rounds")
	s.admin("backup", file) // while it runs

	a.addPartners(20, 40)
	b.addPartners(40, 50)
	edited := b.list("partner")[0]["id"].(string)
	b.edit("partner", edited, `{"notes":"写于备份之后"}`)
	for range 2 {
		a.sync()
		b.sync()
	}
	a.addPartners(50, 55) // waits in the outbox
	if out := s.admin("verify", file); !strings.Contains(out, "no fault was found") {
		t.Fatal(out)
	}
	s.stop()
	if out := s.admin("restore", file, "--force-replace"); !strings.Contains(out, "kept the database that was there") {
		t.Fatal(out)
	}
	s.start()
	meanwhile(s)

	a.sync()
	b.sync()
	a.sync()
	fresh := newBook(t)
	fresh.login(s, "chen")
	fresh.sync()
	for name, book := range map[string]*book{"the first device": a, "the second device": b, "a new device": fresh} {
		if got := book.codes(); got != all {
			t.Errorf("%s has %s,\nwant %s", name, got, all)
		}
		for _, p := range book.list("partner", "--where", "notes=写于备份之后") {
			if p["id"] != edited {
				t.Errorf("%s has the note on %v", name, p)
			}
		}
		if n := len(book.list("partner", "--where", "notes=写于备份之后")); n != 1 {
			t.Errorf("%s has the note %d times", name, n)
		}
		book.run("", "doctor", "--deep")
	}
	if out := s.admin("verify"); !strings.Contains(out, "no fault was found") {
		t.Error(out)
	}
}

// Guarantee 27: the server is restored to a while ago.
func TestAServerRestoredFromABackupHasEverythingAgainAfterItsDevicesSynced(t *testing.T) {
	t.Parallel()
	restored(t, func(*server) {}, codes(0, 55))
}

// Guarantee 28: it is restored, and other devices write to it beyond the old cursors before the first ones come back.
func TestAServerThatWroteOnAfterItsRestoreHasEverythingAgainToo(t *testing.T) {
	t.Parallel()
	restored(t, func(s *server) {
		c := newBook(t)
		c.login(s, "chen")
		c.sync()
		c.addPartners(55, 100) // more than were lost: the numbers go past those that the others had seen
		c.sync()
	}, codes(0, 100))
}
