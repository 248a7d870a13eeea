package pgtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	user     = "postgres"
	password = "a password that is in no log" // #nosec G101 -- of a database that lives as long as a test
	patience = 60 * time.Second
)

// What a server writes through to the disk: nothing, or all that it has to, as in earnest.
const (
	volatile = "-F -c full_page_writes=off -c shared_buffers=64MB -c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=256MB -c autovacuum=off"
	durable  = "-c shared_buffers=256MB -c max_wal_size=2GB"
)

// cluster is the server of this test process.
type cluster struct {
	dir  string
	port int
	sync string         // options of the server on what it writes through to the disk
	hold io.WriteCloser // the shell ends the server once this is closed
}

var (
	start   = sync.OnceValues(func() (*cluster, error) { return begin(volatile) })
	counter atomic.Int64
	lasting []*cluster // of Durable: one that nobody held any more would be ended by the next collection of garbage, which closes its pipe
)

// New gives the URL of a fresh, empty database, which is dropped when the test ends. A machine without PostgreSQL fails the test: what is not tried
// is not known to work.
func New(t testing.TB) string {
	t.Helper()
	c, err := start()
	if err != nil {
		t.Fatalf("start PostgreSQL for the tests: %v", err)
	}
	name := "test" + strconv.FormatInt(counter.Add(1), 10)
	if err := c.run("CREATE DATABASE " + name); err != nil {
		t.Fatalf("make a database for the test: %v", err)
	}
	t.Cleanup(func() {
		if err := c.run("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	return c.url(name)
}

// Durable starts a cluster that keeps what it acknowledged, for measuring, and gives the URL of an empty database. It ends with this process.
func Durable() (string, error) {
	c, err := begin(durable)
	if err != nil {
		return "", err
	}
	lasting = append(lasting, c)
	if err := c.run("CREATE DATABASE rounds"); err != nil {
		return "", err
	}
	return c.url("rounds"), nil
}

// Password is the password in the URLs, for tests that look whether it shows up anywhere.
func Password() string { return password }

func (c *cluster) url(database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(user, password), Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(c.port)), Path: "/" + database,
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

// run runs a statement as the owner of the cluster.
func (c *cluster) run(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, c.url("postgres"))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}

// begin makes a cluster and starts it. A shell of its own stops it and removes its folder as soon as this process has ended, however it ended.
func begin(sync string) (*cluster, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "rounds-postgres-")
	if err != nil {
		return nil, err
	}
	c := &cluster{dir: dir, sync: sync}
	if err := c.begin(bin); err != nil {
		log, _ := os.ReadFile(filepath.Join(dir, "log")) // it may not have come so far
		return nil, errors.Join(fmt.Errorf("%w\n%s", err, log), os.RemoveAll(dir))
	}
	return c, nil
}

func (c *cluster) begin(bin string) error {
	secret, data := filepath.Join(c.dir, "password"), filepath.Join(c.dir, "data")
	if err := os.WriteFile(secret, []byte(password+"\n"), 0o600); err != nil {
		return err
	}
	as, err := owner(c.dir, secret)
	if err != nil {
		return err
	}
	initdb := exec.CommandContext(context.Background(), filepath.Join(bin, "initdb"), "--no-sync", "--no-instructions", "--encoding=UTF8", "--locale=C.UTF-8",
		"--auth-local=trust", "--auth-host=scram-sha-256", "--username="+user, "--pwfile="+secret, "--pgdata="+data) // #nosec G204 -- the programs of this machine's PostgreSQL, in a folder of our own
	as(initdb)
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	if c.port, err = freePort(); err != nil {
		return err
	}
	// The shell reads its standard input, which this process holds open and never writes to, until it ends.
	script := `"$1" -D "$2" -k "$3" -p "$4" -h 127.0.0.1 ` + c.sync + ` -c max_connections=300 -c log_min_messages=fatal >"$3/log" 2>&1 <&- & ` +
		`read -r _; kill -QUIT $!; wait $!; rm -rf "$3"`
	watch := exec.CommandContext(context.Background(), "/bin/sh", "-c", script, "sh", filepath.Join(bin, "postgres"), data, c.dir, strconv.Itoa(c.port)) // #nosec G204 -- the same
	as(watch)
	watch.Dir = c.dir
	if c.hold, err = watch.StdinPipe(); err != nil {
		return err
	}
	if err := watch.Start(); err != nil {
		return err
	}
	return c.await()
}

// await asks until the server answers.
func (c *cluster) await() error {
	var err error
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if err = c.run("SELECT 1"); err == nil {
			return nil
		}
	}
	return fmt.Errorf("it does not answer: %w", err)
}

// programs finds the folder of PostgreSQL's programs: in the path, or where Debian puts them, the newest version first.
func programs() (string, error) {
	if initdb, err := exec.LookPath("initdb"); err == nil {
		path, err := filepath.EvalSymlinks(initdb)
		return filepath.Dir(path), err
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errors.New("PostgreSQL is not installed: make deps-test installs it")
	}
	version := func(path string) int {
		n, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		if err != nil {
			return 0
		}
		return n
	}
	return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })), nil
}

func freePort() (int, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}
