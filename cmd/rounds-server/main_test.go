package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// run calls the command line and gives its output and its error.
func run(t *testing.T, stdin string, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	cmd := command(strings.NewReader(stdin), &out, io.Discard)
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(t.Context())
	return out.String(), err
}

func mustRun(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	out, err := run(t, stdin, args...)
	if err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	return out
}

func TestUsersAreAddedListedDisabledAndEnabled(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	out := mustRun(t, "a good password\n", "user", "add", "Li.Na", "--data", data, "--role", "rep", "--territory", "31,32", "--password-stdin")
	if !strings.Contains(out, "added li.na (rep)") || !strings.Contains(out, "no territory tree yet") {
		t.Error(out)
	}
	if out := mustRun(t, "a good password", "user", "add", "boss", "--data", data, "--role", "admin", "--password-stdin"); !strings.Contains(out, "covers the whole organisation") {
		t.Error(out)
	}
	list := mustRun(t, "", "user", "list", "--data", data)
	if !strings.Contains(list, "li.na") || !strings.Contains(list, "31,32") || !strings.Contains(list, "all") {
		t.Error(list)
	}
	mustRun(t, "", "user", "disable", "li.na", "--data", data)
	if list := mustRun(t, "", "user", "list", "--data", data); !strings.Contains(list, "disabled") {
		t.Error(list)
	}
	mustRun(t, "", "user", "enable", "li.na", "--data", data)
	mustRun(t, "another password\n", "user", "password", "li.na", "--data", data, "--password-stdin")
	mustRun(t, "", "user", "devices", "li.na", "--data", data)
	mustRun(t, "", "user", "revoke", "li.na", "--data", data)
}

func TestARefusalSaysWhatToDoInOneLine(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	mustRun(t, "a good password", "user", "add", "boss", "--data", data, "--role", "admin", "--password-stdin")
	for want, args := range map[string][]string{
		"is not a role; use rep":            {"user", "add", "x", "--role", "king", "--password-stdin"},
		"already; choose another name":      {"user", "add", "BOSS", "--role", "rep", "--password-stdin"},
		"no password is given; add":         {"user", "add", "x", "--role", "rep"},
		"is not a sign-in name; use":        {"user", "add", "x y", "--role", "rep", "--password-stdin"},
		"there is no user called nobody":    {"user", "disable", "nobody"},
		"this is the last administrator":    {"user", "disable", "boss"},
		"has no device abc":                 {"user", "revoke", "boss", "abc"},
		"passwords would travel":            {"serve", "--listen", "0.0.0.0:7420"},
		"certificate and key go together":   {"serve", "--tls-cert", "x.pem"},
		"is not an address with a port":     {"serve", "--listen", "7420"},
		`"huge" is not a sample; use small`: {"serve", "--sample", "huge"},
		`"xml" is not a format; use text`:   {"serve", "--log", "xml"},
	} {
		_, err := run(t, "a good password", append(args, "--data", data)...)
		if err == nil || !strings.Contains(oneLine(err), want) || strings.Contains(oneLine(err), "\n") {
			t.Errorf("%v: %v; want %q", args, err, want)
		}
	}
	if _, err := run(t, "short", "user", "add", "x", "--data", data, "--role", "rep", "--password-stdin"); err == nil || !strings.Contains(err.Error(), "fewer than 8") {
		t.Errorf("a short password: %v", err)
	}
}

func TestOptionsComeFromFlagEnvironmentAndFileInThisOrder(t *testing.T) {
	dir := t.TempDir()
	file, env, flag := filepath.Join(dir, "file"), filepath.Join(dir, "env"), filepath.Join(dir, "flag")
	config := filepath.Join(dir, "rounds.conf")
	if err := os.WriteFile(config, []byte("# where things are\ndata = \""+file+"\"\n\nlisten = 127.0.0.1:1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	made := func(dir string) bool {
		_, err := os.Stat(dir)
		return err == nil
	}
	mustRun(t, "", "migrate", "--config", config)
	if !made(file) || made(env) || made(flag) {
		t.Error("the file's folder was not taken")
	}
	t.Setenv("ROUNDS_DATA", env)
	t.Setenv("ROUNDS_CONFIG", config)
	mustRun(t, "", "migrate")
	if !made(env) || made(flag) {
		t.Error("the environment's folder was not taken")
	}
	mustRun(t, "", "migrate", "--data", flag)
	if !made(flag) {
		t.Error("the flag's folder was not taken")
	}
	if err := os.WriteFile(config, []byte("data = x\npasword = y\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := run(t, "", "user", "list"); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("a line that is no option: %v", err)
	}
}

func TestTheVersionIsPrinted(t *testing.T) {
	if out := mustRun(t, "", "version"); strings.TrimSpace(out) != version {
		t.Error(out)
	}
}
