package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/rounds-field/rounds/assets/sample"
	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/server/accounts"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/sync/wire"
	"github.com/rounds-field/rounds/workbook"
)

// process is a running server.
type process struct {
	cmd   *exec.Cmd
	addr  string
	ended chan struct{} // closed when it has ended
	said  *bytes.Buffer // what it logged; to be read when it has ended
}

// stop ends the server, if one runs.
func (p *process) stop() {
	if p.cmd != nil {
		_ = p.cmd.Process.Kill() // it may have ended already
		<-p.ended
	}
}

// memory is what the server has of it in MB.
func (p *process) memory() (float64, error) { return memoryOf(p.cmd.Process.Pid) }

// Who syncs: boss and peer see everything, field sees a province, as a representative does.
const (
	boss     = "bench.boss"
	peer     = "bench.peer"
	field    = "bench.field"
	province = "44"

	mostPushers = 64
)

// pusherName is one of mostPushers users who only push.
func pusherName(i int) string { return fmt.Sprintf("bench.pusher%02d", i) }

func (b *bench) startServer(ctx context.Context) error {
	addr, err := freeAddress()
	if err != nil {
		return err
	}
	b.server.addr = addr
	_, err = os.Stat(b.path("server"))
	loaded := err == nil && b.url == "" // of a run before on the same folder
	begun := time.Now()
	if err := b.restartServer(ctx); err != nil || loaded {
		return err
	}
	b.add("server: load the full sample at its first start", "", "", "%.1f s", time.Since(begun).Seconds())
	return b.addUsers(ctx)
}

// freeAddress finds a port of this computer that nobody listens on.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// restartServer starts the server on its data and waits for it.
func (b *bench) restartServer(ctx context.Context) (err error) {
	b.server, err = b.launch(ctx, b.server.addr, "server")
	return err
}

// launch starts a server with a data folder of that name and waits until it is ready.
func (b *bench) launch(ctx context.Context, addr, folder string) (process, error) {
	cmd := exec.CommandContext(ctx, b.serverBin, b.where(folder, "serve", "--listen", addr, "--sample", sample.Full, "--no-jobs")...)
	p := process{cmd: cmd, addr: addr, ended: make(chan struct{}), said: &bytes.Buffer{}}
	cmd.Stderr = p.said
	if os.Getenv("BENCH_VERBOSE") != "" {
		cmd.Stderr = os.Stderr
	}
	if err := cmd.Start(); err != nil {
		return process{addr: addr}, err
	}
	go func() {
		_ = cmd.Wait() // how it ended is told by what it logged
		close(p.ended)
	}()
	err := p.waitReady(ctx)
	return p, err
}

// where adds to a command of the server where its data lies.
func (b *bench) where(folder string, args ...string) []string {
	args = append(args, "--data", b.path(folder))
	if b.url != "" {
		args = append(args, "--database", b.url)
	}
	return args
}

func (b *bench) addUsers(ctx context.Context) (err error) {
	users := []accounts.NewUser{
		{Name: boss, Role: sales.RoleManager, Password: sample.Password},
		{Name: peer, Role: sales.RoleManager, Password: sample.Password},
		{Name: field, Role: sales.RoleRep, Territories: []string{province}, Password: sample.Password},
	}
	for i := range mostPushers {
		users = append(users, accounts.NewUser{Name: pusherName(i), Role: sales.RoleRep, Password: sample.Password})
	}
	j, err := b.journal(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	_, _, err = accounts.New(j, nil).Add(ctx, wire.Caller{}, users...)
	return err
}

// journal opens the server's database beside it.
func (b *bench) journal(ctx context.Context) (*central.Journal, error) {
	database := b.url
	if database == "" {
		database = b.path("server") + "/rounds.db"
	}
	return central.Open(ctx, database, central.Options{})
}

func (p *process) waitReady(ctx context.Context) error {
	for range 12_000 {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.addr+"/readyz", nil)
		if err != nil {
			return err
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			ok := resp.StatusCode == http.StatusOK
			if err := resp.Body.Close(); err != nil {
				return err
			}
			if ok {
				return nil
			}
		}
		select {
		case <-p.ended:
			return fmt.Errorf("the server ended:\n%s", p.said)
		case <-time.After(50 * time.Millisecond):
		}
	}
	return errors.New("the server does not become ready")
}

// device is a workbook of its own.
type device struct{ *workbook.Workbook }

// newDevice makes a device and signs a user in on it.
func (b *bench) newDevice(ctx context.Context, name, user string) (*device, error) {
	wb, err := workbook.Open(ctx, b.path(name), workbook.Options{})
	if err != nil {
		return nil, err
	}
	if err := wb.SignIn(ctx, "http://"+b.server.addr, user, sample.Password); err != nil {
		return nil, errors.Join(err, wb.Close())
	}
	return &device{wb}, nil
}

// memoryOf is the resident memory of a process in MB.
func memoryOf(pid int) (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range bytes.Lines(status) {
		if rest, ok := bytes.CutPrefix(line, []byte("VmRSS:")); ok {
			kb, err := strconv.ParseFloat(strings.Fields(string(rest))[0], 64)
			return kb / 1024, err
		}
	}
	return 0, errors.New("no VmRSS")
}
