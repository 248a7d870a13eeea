package endtoend

import (
	"io"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rounds-field/rounds/internal/pgtest"
)

// balancer is the one address at which devices reach several servers.
type balancer struct {
	addr   string
	target atomic.Pointer[string]
}

func newBalancer(t *testing.T) *balancer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	b := &balancer{addr: l.Addr().String()}
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return // the test is over
			}
			go b.carry(in)
		}
	}()
	return b
}

// to sends new connections to a server.
func (b *balancer) to(s *server) { b.target.Store(&s.addr) }

func (b *balancer) carry(in net.Conn) {
	defer in.Close()
	out, err := net.Dial("tcp", *b.target.Load())
	if err != nil {
		return
	}
	defer out.Close()
	var done sync.WaitGroup
	done.Go(func() {
		_, _ = io.Copy(out, in) // one side has gone
		_ = out.(*net.TCPConn).CloseWrite()
	})
	_, _ = io.Copy(in, out)
	_ = in.(*net.TCPConn).CloseWrite()
	done.Wait()
}

// Two servers share a PostgreSQL database. One is killed right after it took a device's changes: whoever asks the other one finds them, the device
// itself and its colleague, and nothing is sent or shown twice.
func TestWhatOneServerTookAnotherGivesAfterTheFirstWasKilled(t *testing.T) {
	database := pgtest.New(t)
	one := startServer(t, "--database", database)
	two := startServer(t, "--database", database)
	one.addUser("li.na", "rep", "--territory", "34", "--database", database)
	two.addUser("wang", "rep", "--territory", "34", "--database", database)
	door := newBalancer(t)
	front := &server{t: t, addr: door.addr}

	door.to(one)
	a, b := newBook(t), newBook(t)
	a.login(front, "li.na")
	id := strings.TrimSpace(a.run(`{"name":"东方","region_code":"34"}`+"\n", "add", "partner", "--json", "-"))
	if r := a.sync(); r.Pushed == 0 {
		t.Fatalf("nothing was pushed: %+v", r)
	}
	one.kill()

	door.to(two)
	b.login(front, "wang") // the other server knows the same users
	b.sync()
	if got := b.list("partner"); len(got) != 1 || got[0]["id"] != id {
		t.Errorf("the colleague sees %v", got)
	}
	// The device is still signed in, has nothing left to send, and still sees its own write.
	if r := a.sync(); r.Pushed != 0 || r.Rejected != 0 {
		t.Errorf("the device's next sync: %+v", r)
	}
	a.run(`{"name":"东方明珠"}`, "edit", "partner", id, "--json", "-")
	a.sync()
	b.sync()
	for name, book := range map[string]*book{"the device": a, "its colleague": b} {
		if got := book.list("partner"); len(got) != 1 || got[0]["name"] != "东方明珠" {
			t.Errorf("%s sees %v", name, got)
		}
		book.run("", "doctor", "--deep")
	}
	for _, s := range []*server{one, two} {
		s.kill() // it writes no more
		if strings.Contains(s.log.String(), pgtest.Password()) || strings.Contains(s.log.String(), "postgres://") {
			t.Errorf("the log has the database's address or password in it:\n%s", s.log)
		}
	}
}

// After a move the journal's tables are there and the queue's are not: servers that start together reach the queue together.
func TestServersThatStartTogetherAfterAMoveAllServe(t *testing.T) {
	old := startServer(t)
	old.addUser("li.na", "rep", "--territory", "34")
	old.stop()
	for range 3 {
		database := pgtest.New(t)
		if out, err := exec.Command(filepath.Join(bin, "rounds-server"), "move", "--from", old.dir, "--to", database).CombinedOutput(); err != nil {
			t.Fatalf("move: %v\n%s", err, out)
		}
		servers := []*server{newServer(t), newServer(t), newServer(t)}
		for _, s := range servers {
			s.launch("--database", database)
		}
		for _, s := range servers {
			s.await()
		}
		for _, s := range servers {
			s.stop()
		}
	}
}

// The server that was first has no folder for backups; the other one has.
func TestTheDailyBackupIsMadeByTheServerThatHasAFolderForIt(t *testing.T) {
	database, folder := pgtest.New(t), t.TempDir()
	without := startServer(t, "--database", database)
	with := startServer(t, "--database", database, "--backups", folder)
	made := func() bool {
		list, err := filepath.Glob(filepath.Join(folder, "rounds-*.rounds"))
		if err != nil {
			t.Fatal(err)
		}
		return len(list) > 0
	}
	for begun := time.Now(); !made(); time.Sleep(100 * time.Millisecond) {
		if time.Since(begun) > time.Minute {
			t.Fatalf("there is no backup:\n%s\n%s", without.admin("jobs", "list", "--database", database), with.log)
		}
	}
	with.stop()
	without.stop()
	if out := with.admin("jobs", "list", "--database", database); strings.Count(out, "backup ") != 1 || !strings.Contains(out, "and verified it") {
		t.Errorf("it is listed as\n%s", out)
	}
	for s, want := range map[*server]bool{without: true, with: false} {
		if strings.Contains(s.log.String(), "makes no daily backups") != want {
			t.Errorf("that it makes no backups is said or not:\n%s", s.log)
		}
	}
}

// S3 is down for a while when the server starts.
func TestRecordsSyncWhileTheFileStoreCannotBeReached(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "rounds-test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "rounds-test-secret")
	s := startServer(t, "--blobs", "s3://rounds?region=us-east-1&use_path_style=true&endpoint=http://127.0.0.1:1")
	s.addUser("li.na", "rep", "--territory", "34")
	b := newBook(t)
	b.login(s, "li.na")
	b.addPartners(0, 3)
	if r := b.sync(); r.Pushed == 0 || r.Rejected != 0 {
		t.Errorf("%+v", r)
	}
	s.stop()
	if !strings.Contains(s.log.String(), "the file store cannot be used") {
		t.Errorf("the log does not say it:\n%s", s.log)
	}
}
