package main

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/server"
	"github.com/rounds-field/rounds/sync/client"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/wire"
)

// TestMain lets the test binary be the server itself, so that a real process can be killed.
func TestMain(m *testing.M) {
	if os.Getenv("ROUNDS_TEST_SERVER") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// process is a running server in a process of its own.
type process struct {
	cmd     *exec.Cmd
	address string
	dead    sync.Once
}

func start(t *testing.T, data string) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0], "serve", "--data", data, "--listen", "127.0.0.1:0")
	cmd.Env = append(os.Environ(), "ROUNDS_TEST_SERVER=1")
	cmd.Stderr = os.Stderr
	if !testing.Verbose() {
		cmd.Stderr = nil
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the server did not get ready: %v", err)
	}
	_, address, _ := strings.Cut(strings.TrimSpace(line), "http://")
	return &process{cmd: cmd, address: "http://" + address}
}

// kill ends the process as a power cut does.
func (p *process) kill() {
	p.dead.Do(func() {
		_ = p.cmd.Process.Kill() // it may be gone already
		_ = p.cmd.Wait()         // it was killed, says the error
	})
}

// TestAServerKilledAtRandomKeepsWhatItAcknowledgedAndTakesNothingTwice pushes changes while the server is killed again and again.
func TestAServerKilledAtRandomKeepsWhatItAcknowledgedAndTakesNothingTwice(t *testing.T) {
	const kills, batches, size = 8, 60, 25
	data := filepath.Join(t.TempDir(), "data")
	mustRun(t, "a good password", "user", "add", "li.na", "--data", data, "--role", "rep", "--password-stdin")
	p := start(t, data)
	incarnation := uuid.NewString()
	dial := func(token string) *client.Client {
		c, err := client.New(p.address, token)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	who, err := dial("").SignIn(t.Context(), wire.SignInRequest{User: "li.na", Password: "a good password", Device: "test", Incarnation: incarnation})
	if err != nil {
		t.Fatal(err)
	}
	clock := hlc.New(time.Now, 0)
	changes := make([]wire.Change, batches*size)
	for i := range changes {
		n := uint64(i + 1)
		changes[i] = wire.Change{
			ID: sales.NewID(), Counter: n, Group: n, Kind: "partner", RecordID: sales.NewID(), Verb: sales.Create, HLC: clock.Next(), Schema: wire.SchemaVersion,
			Fields: []wire.FieldEdit{{Number: 2, Value: fmt.Sprint("Partner ", i)}},
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	killed := 0
	next := time.AfterFunc(time.Hour, func() {})
	arm := func() {
		if killed < kills {
			victim := p
			next = time.AfterFunc(time.Duration(rng.IntN(60)+5)*time.Millisecond, victim.kill)
		}
	}
	arm()
	acknowledged := 0
	for b := 0; b < batches; {
		batch := changes[b*size : (b+1)*size]
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		resp, err := dial(who.Token).Push(ctx, wire.PushRequest{Incarnation: incarnation, Changes: batch})
		cancel()
		if err != nil {
			next.Stop()
			p.kill()
			killed++
			p = start(t, data)
			arm()
			continue
		}
		for _, v := range resp.Verdicts {
			if v.Outcome != wire.Applied && v.Outcome != wire.Duplicate {
				t.Fatalf("verdict %+v", v)
			}
			acknowledged++
		}
		b++
	}
	next.Stop()
	p.kill()
	if killed < 2 {
		t.Errorf("only %d kills hit", killed)
	}
	check(t, data, who.UserID, changes)
	t.Logf("%d acknowledged, %d kills", acknowledged, killed)
}

// check looks into the database of a killed server: everything there, once, in a dense sequence, with right checksums.
func check(t *testing.T, data, userID string, changes []wire.Change) {
	t.Helper()
	j, err := server.OpenJournal(t.Context(), data, "")
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	caller := wire.Caller{Access: sales.Access{UserID: userID, Role: sales.RoleRep}}
	page, err := j.Pull(t.Context(), caller, wire.PullRequest{Limit: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	seqs, there := map[uint64]bool{}, map[string]bool{}
	for _, r := range page.Records {
		if r.Bucket == "t:" {
			seqs[r.Seq], there[r.ID] = true, true
		}
	}
	for i := range changes {
		if !there[changes[i].RecordID] {
			t.Errorf("change %d is lost", i)
		}
	}
	if len(there) != len(changes) || len(seqs) != len(changes) || !seqs[1] || !seqs[uint64(len(changes))] {
		t.Errorf("%d records with %d numbers for %d changes", len(there), len(seqs), len(changes))
	}
	for _, c := range changes[:20] {
		entries, err := j.History(t.Context(), caller, "partner", c.RecordID)
		if err != nil || len(entries) != 1 {
			t.Errorf("history of %s: %d entries, %v", c.RecordID, len(entries), err)
		}
	}
	if wrong, err := j.Verify(t.Context()); err != nil || len(wrong) > 0 {
		t.Errorf("checksums differ in %v, %v", wrong, err)
	}
}
