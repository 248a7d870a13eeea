// Package settings is where a user chooses language, theme and text size, and signs in to and out of a server.
package settings

import (
	"context"
	"strings"

	"github.com/rounds-field/rounds/sales"
)

// Session is the sign-in, as this feature needs it.
type Session interface {
	SignIn(ctx context.Context, server, user, password string) error
	// SignInMoved is SignIn after the user confirmed that their server has moved to this address.
	SignInMoved(ctx context.Context, server, user, password string) error
	SignOut(ctx context.Context) error
	State(ctx context.Context) (sales.SyncState, error)
}

// Model signs in and out without a window.
type Model struct{ Session Session }

// Credentials are what a user types to sign in.
type Credentials struct {
	Server, User, Password string
	Moved                  bool // the user says that their server has moved to this address
}

// Check says what is missing, by field name: server, user, password.
func (c Credentials) Check() map[string]string {
	missing := map[string]string{}
	if strings.TrimSpace(c.Server) == "" {
		missing["server"] = "settings.server_needed"
	}
	if strings.TrimSpace(c.User) == "" {
		missing["user"] = "settings.user_needed"
	}
	if c.Password == "" {
		missing["password"] = "settings.password_needed"
	}
	return missing
}

// SignIn signs in and gives the state after it.
func (m *Model) SignIn(ctx context.Context, c Credentials) (sales.SyncState, error) {
	signIn := m.Session.SignIn
	if c.Moved {
		signIn = m.Session.SignInMoved
	}
	if err := signIn(ctx, strings.TrimSpace(c.Server), strings.TrimSpace(c.User), c.Password); err != nil {
		return sales.SyncState{}, err
	}
	return m.Session.State(ctx)
}

// SignOut signs out and gives the state after it: what waits there is kept for the next sign-in.
func (m *Model) SignOut(ctx context.Context) (sales.SyncState, error) {
	if err := m.Session.SignOut(ctx); err != nil {
		return sales.SyncState{}, err
	}
	return m.Session.State(ctx)
}

// Unsent is the number of changes that wait in the workbook.
func Unsent(s sales.SyncState) int { return s.Waiting + s.Rejected }
