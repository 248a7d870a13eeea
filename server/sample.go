package server

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rounds-field/rounds/assets/sample"
	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/server/accounts"
	"github.com/rounds-field/rounds/store"
	"github.com/rounds-field/rounds/sync/wire"
)

// loadSample gives the organisation the sample's records, once, and lets its people sign in. Their password is in a file that only the
// server's user reads.
func (s *Server) loadSample(ctx context.Context) error {
	begun := time.Now()
	count := 0
	loaded, err := s.journal.Once(ctx, "sample", func() ([]sales.Edit, error) {
		records, err := sample.Organisation(s.config.Sample, begun)
		count = len(records)
		return creations(records), err
	})
	if err != nil {
		return err
	}
	if loaded {
		s.log.InfoContext(ctx, "loaded the sample organisation", "scale", s.config.Sample, "records", count, "seconds", time.Since(begun).Seconds())
	}
	return s.sampleUsers(ctx)
}

// sampleUsers makes accounts for the sample's people. Those that exist stay as they are, so a start that was cut short is made good.
func (s *Server) sampleUsers(ctx context.Context) error {
	password, err := s.samplePassword()
	if err != nil {
		return err
	}
	known, err := s.accounts.List(ctx)
	if err != nil {
		return err
	}
	have := make(map[string]bool, len(known))
	for _, u := range known {
		have[u.Name] = true
	}
	var users []accounts.NewUser
	for _, u := range sample.Users() {
		if !have[u.Name] {
			users = append(users, accounts.NewUser{Name: u.Name, DisplayName: u.DisplayName, Role: sales.Role(u.Role), Territories: u.Territories, Password: password})
		}
	}
	if len(users) == 0 {
		return nil
	}
	_, _, err = s.accounts.Add(ctx, wire.Caller{}, users...)
	if sales.HasCode(err, sales.CodeDuplicate) {
		return s.sampleUsers(ctx) // another server that starts on the same database was quicker: see what is still to do
	}
	return err
}

// refuseKnownPassword keeps an organisation that was begun on this computer, with the sample's documented password, from being opened to others
// as it is.
func (c Config) refuseKnownPassword() error {
	if c.local() {
		return nil
	}
	path := filepath.Join(c.Data, passwordFile)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return store.Explain("read "+path, err)
	}
	if strings.TrimSpace(string(b)) != sample.Password {
		return nil
	}
	return bad("listen", "the sample's people in "+c.Data+" have a password that everybody can read in the documentation",
		"give them others with `rounds-server user password` or disable them, then delete "+path)
}

// local says whether only this computer can reach the server.
func (c Config) local() bool {
	host, _, err := net.SplitHostPort(c.Listen)
	return err == nil && loopback(host)
}

// samplePassword is the password in the file, which is made when it does not exist: the documented one on this computer, a random one where others can
// reach the server.
func (s *Server) samplePassword() (string, error) {
	path := filepath.Join(s.config.Data, passwordFile)
	b, err := os.ReadFile(path)
	if err == nil {
		return strings.TrimSpace(string(b)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", store.Explain("read "+path, err)
	}
	password := sample.Password
	if !s.config.local() {
		password = rand.Text()
	}
	if err := os.WriteFile(path, []byte(password+"\n"), 0o600); err != nil {
		return "", store.Explain("write "+path, err)
	}
	return password, nil
}
