package server_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"connectrpc.com/connect"
	"github.com/google/uuid"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/server/accounts"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/sync/client"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/server"
	"github.com/rounds-field/rounds/sync/syncpb"
	"github.com/rounds-field/rounds/sync/wire"
)

const password = "a good password"

// site is a server over HTTP with one representative.
type site struct {
	t       testing.TB
	url     string
	journal *central.Journal
	acc     *accounts.Service
	handler *server.Handler
	log     *bytes.Buffer
}

func newSite(t testing.TB, limits server.Limits) *site {
	t.Helper()
	j, err := central.Open(t.Context(), filepath.Join(t.TempDir(), "rounds.db"), central.Options{Sync: "normal"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})
	s := &site{t: t, journal: j, acc: accounts.New(j, nil), log: &bytes.Buffer{}}
	if _, _, err := s.acc.Add(t.Context(), wire.Caller{}, accounts.NewUser{Name: "li.na", Role: sales.RoleRep, Password: password}); err != nil {
		t.Fatal(err)
	}
	s.handler = server.NewHandler(server.New(j, limits), s.acc, slog.New(slog.NewTextHandler(s.log, nil)), nil)
	s.url = serve(t, s.handler)
	return s
}

// serve runs a handler until the test ends.
func serve(t testing.TB, h http.Handler) string {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL
}

func (s *site) signIn() (*client.Client, wire.SignInResponse, string) {
	s.t.Helper()
	c, err := client.New(s.url, "")
	if err != nil {
		s.t.Fatal(err)
	}
	inc := uuid.NewString()
	who, err := c.SignIn(s.t.Context(), wire.SignInRequest{User: "Li.Na", Password: password, Device: "test", Incarnation: inc})
	if err != nil {
		s.t.Fatal(err)
	}
	if c, err = client.New(s.url, who.Token); err != nil {
		s.t.Fatal(err)
	}
	return c, who, inc
}

func partner(n uint64, name string) wire.Change {
	return wire.Change{
		ID: sales.NewID(), Counter: n, Group: n, Kind: "partner", RecordID: sales.NewID(), Verb: sales.Create, HLC: hlc.Reading(n << 16), Schema: 1,
		Fields: []wire.FieldEdit{{Number: 2, Value: name}},
	}
}

func TestADeviceSignsInPushesPullsReadsHistoryAndSignsOut(t *testing.T) {
	s := newSite(t, server.Limits{})
	c, who, inc := s.signIn()
	if who.User != "li.na" || who.Role != sales.RoleRep || who.Organisation != s.journal.Organisation() {
		t.Errorf("%+v", who)
	}
	change := partner(1, strings.Repeat("东方", 100))
	resp, err := c.Push(t.Context(), wire.PushRequest{Incarnation: inc, Changes: []wire.Change{change}})
	if err != nil || resp.Verdicts[0].Outcome != wire.Applied || resp.HLC == 0 {
		t.Fatalf("%+v, %v", resp, err)
	}
	page, err := c.Pull(t.Context(), wire.PullRequest{})
	if err != nil || page.More || len(page.Records) != 2 {
		t.Fatalf("%+v, %v", page, err)
	}
	entries, err := c.History(t.Context(), "partner", change.RecordID)
	if err != nil || len(entries) != 1 || entries[0].UserName != "li.na" || entries[0].Device != "test" || entries[0].Verb != sales.Create {
		t.Errorf("%+v, %v", entries, err)
	}
	if err := c.SignOut(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Pull(t.Context(), wire.PullRequest{}); !sales.HasCode(err, sales.CodeSignedOut) {
		t.Errorf("after signing out: %v", err)
	}
	if strings.Contains(s.log.String(), password) || strings.Contains(s.log.String(), who.Token) {
		t.Error("a secret is in the log")
	}
}

func TestEveryCallNeedsAToken(t *testing.T) {
	s := newSite(t, server.Limits{})
	for _, token := range []string{"", "nonsense", "Bearer"} {
		c, err := client.New(s.url, token)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Push(t.Context(), wire.PushRequest{}); !sales.HasCode(err, sales.CodeSignedOut) {
			t.Errorf("push: %v", err)
		}
		if _, err := c.Pull(t.Context(), wire.PullRequest{}); !sales.HasCode(err, sales.CodeSignedOut) {
			t.Errorf("pull: %v", err)
		}
		if _, err := c.History(t.Context(), "partner", sales.NewID()); !sales.HasCode(err, sales.CodeSignedOut) {
			t.Errorf("history: %v", err)
		}
	}
}

func TestADisabledUserAndANewRoleTakeEffectAtOnce(t *testing.T) {
	s := newSite(t, server.Limits{})
	c, who, inc := s.signIn()
	if _, err := s.journal.Commit(t.Context(), wire.Caller{}, sales.Edit{Verb: sales.Update, Kind: "user", ID: who.UserID, Values: sales.Values{"role": "auditor"}}); err != nil {
		t.Fatal(err)
	}
	resp, err := c.Push(t.Context(), wire.PushRequest{Incarnation: inc, Changes: []wire.Change{partner(1, "P")}})
	if err != nil || resp.Verdicts[0].Code != sales.CodeForbidden {
		t.Errorf("as an auditor: %+v, %v", resp, err)
	}
	if err := s.acc.SetDisabled(t.Context(), wire.Caller{}, "li.na", true); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Pull(t.Context(), wire.PullRequest{}); !sales.HasCode(err, sales.CodeSignedOut) {
		t.Errorf("disabled: %v", err)
	}
	anon, err := client.New(s.url, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := anon.SignIn(t.Context(), wire.SignInRequest{User: "li.na", Password: password, Incarnation: inc}); !sales.HasCode(err, sales.CodeForbidden) {
		t.Errorf("signing in while disabled: %v", err)
	}
}

func TestTooManyChangesAreRefusedWithAHint(t *testing.T) {
	s := newSite(t, server.Limits{Changes: 2, MessageBytes: 1 << 20})
	c, _, inc := s.signIn()
	_, err := c.Push(t.Context(), wire.PushRequest{Incarnation: inc, Changes: []wire.Change{partner(1, "A"), partner(2, "B"), partner(3, "C")}})
	if !sales.HasCode(err, sales.CodeInvalid) || !strings.Contains(err.Error(), "over the limit of 2; send them in smaller batches") {
		t.Errorf("%v", err)
	}
	// Two megabytes that pack into a few bytes.
	_, err = c.Push(t.Context(), wire.PushRequest{Incarnation: inc, Changes: []wire.Change{partner(1, strings.Repeat("x", 2<<20))}})
	if err == nil {
		t.Error("an oversized message went through")
	}
	if resp, err := c.Push(t.Context(), wire.PushRequest{Incarnation: inc, Changes: []wire.Change{partner(1, "A")}}); err != nil || resp.Verdicts[0].Outcome != wire.Applied {
		t.Errorf("afterwards: %+v, %v", resp, err)
	}
}

// post sends raw bytes as somebody with curl does.
func (s *site) post(call, contentType, token string, body []byte, header ...string) (int, string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url+"/rounds.sync.v1.SyncService/"+call, bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

func TestEveryCallWorksAsPlainJSON(t *testing.T) {
	s := newSite(t, server.Limits{})
	status, body := s.post("SignIn", "application/json", "", []byte(`{"user":"li.na","password":"`+password+`","device":"curl","incarnation":"AZ0c2mV4cJ6BqQABAgMEBQ=="}`))
	var who struct{ Token string }
	if err := json.Unmarshal([]byte(body), &who); err != nil || status != http.StatusOK || who.Token == "" {
		t.Fatalf("%d %s", status, body)
	}
	status, body = s.post("Push", "application/json", who.Token, []byte(`{"incarnation":"AZ0c2mV4cJ6BqQABAgMEBQ==","changes":[{"id":"AZ0c2mV4cJ6BqQABAgMEBg==","counter":"1","group":"1","kind":6,"record":"AZ0c2mV4cJ6BqQABAgMEBw==","verb":"VERB_CREATE","hlc":"65536","fields":[{"number":2,"value":{"text":"By hand"}}]}]}`))
	if status != http.StatusOK || !strings.Contains(body, "OUTCOME_APPLIED") {
		t.Errorf("%d %s", status, body)
	}
	if status, body = s.post("Pull", "application/json", who.Token, []byte(`{}`)); status != http.StatusOK || !strings.Contains(body, "By hand") {
		t.Errorf("%d %s", status, body)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(`{}`)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if status, body = s.post("Pull", "application/json", who.Token, packed.Bytes(), "Content-Encoding", "gzip"); status != http.StatusOK || !strings.Contains(body, "By hand") {
		t.Errorf("gzip: %d %s", status, body)
	}
	if status, body = s.post("SignIn", "application/json", "", []byte(`{"user":"li.na","password":"wrong","incarnation":"AZ0c2mV4cJ6BqQABAgMEBQ=="}`)); status != http.StatusUnauthorized || !strings.Contains(body, "password is wrong") {
		t.Errorf("%d %s", status, body)
	}
}

// broken is a journal that panics or fails with what nobody should read.
type broken struct{ server.Journal }

func (broken) Pull(context.Context, wire.Caller, wire.PullRequest) (wire.PullResponse, error) {
	panic("a mistake")
}

func (broken) Push(context.Context, wire.Caller, wire.PushRequest) (wire.PushResponse, error) {
	return wire.PushResponse{}, errors.New("secret detail of the database")
}

func TestAFaultStaysInsideAndTheServerLives(t *testing.T) {
	s := newSite(t, server.Limits{})
	_, who, _ := s.signIn()
	var log bytes.Buffer
	srv := httptest.NewServer(server.NewHandler(server.New(broken{}, server.Limits{}), s.acc, slog.New(slog.NewTextHandler(&log, nil)), nil))
	defer srv.Close()
	rpc := syncpb.NewSyncServiceClient(http.DefaultClient, srv.URL)
	for range 2 {
		pull := connect.NewRequest(&syncpb.PullRequest{})
		pull.Header().Set("Authorization", "Bearer "+who.Token)
		if _, err := rpc.Pull(t.Context(), pull); connect.CodeOf(err) != connect.CodeInternal || strings.Contains(err.Error(), "mistake") {
			t.Errorf("a panic: %v", err)
		}
		push := connect.NewRequest(&syncpb.PushRequest{})
		push.Header().Set("Authorization", "Bearer "+who.Token)
		if _, err := rpc.Push(t.Context(), push); connect.CodeOf(err) != connect.CodeInternal || strings.Contains(err.Error(), "secret") {
			t.Errorf("an error: %v", err)
		}
	}
	if !strings.Contains(log.String(), "a mistake") || !strings.Contains(log.String(), "secret detail") {
		t.Error("the log does not say what happened")
	}
}
