package accounts

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/sync/server"
	"github.com/rounds-field/rounds/sync/wire"
)

// How long a sign-in stays good after its last use, by purpose.
const (
	deviceIdle  = 90 * 24 * time.Hour
	consoleIdle = 12 * time.Hour
)

var _ server.Accounts = (*Service)(nil)

// SignIn trades a name and password for a device token.
func (s *Service) SignIn(ctx context.Context, req wire.SignInRequest, address string) (wire.SignInResponse, error) {
	token, u, err := s.signIn(ctx, req, address, central.TokenDevice)
	if err != nil {
		return wire.SignInResponse{}, err
	}
	return wire.SignInResponse{
		Token: token, UserID: u.ID, User: u.Name, DisplayName: u.DisplayName, Role: sales.Role(u.Role), Organisation: s.journal.Organisation(),
	}, nil
}

// SignInToConsole trades a name and password for a session of the web console.
func (s *Service) SignInToConsole(ctx context.Context, name, password, address, browser string) (string, error) {
	token, _, err := s.signIn(ctx, wire.SignInRequest{User: name, Password: password, Device: browser}, address, central.TokenConsole)
	return token, err
}

func (s *Service) signIn(ctx context.Context, req wire.SignInRequest, address, purpose string) (string, sales.User, error) {
	name := normal(req.User)
	if len(name) > maxName {
		name = "" // is nobody's, and too long for the answer and the log
	}
	if name == "" || len(req.Password) > MaxPassword {
		return "", sales.User{}, wrong(name)
	}
	account, u, err := s.prove(ctx, name, req.Password, network(address))
	if err != nil {
		return "", sales.User{}, err
	}
	if u.Disabled {
		return "", sales.User{}, &sales.Error{Code: sales.CodeForbidden, Message: "the user " + name + " is disabled", Hint: "ask your administrator"}
	}
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return "", sales.User{}, fmt.Errorf("make a token: %w", err)
	}
	token := base64.RawURLEncoding.EncodeToString(raw)
	hash := hashOf(token)
	now := s.now()
	u.Name = account.Name
	return token, u, s.journal.AddToken(ctx, account, central.Token{
		ID: hex.EncodeToString(hash[:6]), Hash: hash, UserID: u.ID, Purpose: purpose, Device: req.Device, Incarnation: req.Incarnation,
		Created: now, Used: now, Expires: now.Add(idle(purpose)),
	})
}

// prove compares the password. The attempt is looked at and counted while it holds its place among the few that run at once, so that a
// thousand of them begun together are not all let through.
func (s *Service) prove(ctx context.Context, name, password, address string) (central.Account, sales.User, error) {
	if err := s.hasher.enter(ctx); err != nil {
		return central.Account{}, sales.User{}, err
	}
	defer s.hasher.leave()
	if err := s.guesses.allow(name, address); err != nil {
		return central.Account{}, sales.User{}, err
	}
	account, u, err := s.journal.Account(ctx, name)
	if err != nil && !sales.HasCode(err, sales.CodeNotFound) {
		return central.Account{}, sales.User{}, err
	}
	ok, err := matches(password, account.Password)
	if err != nil {
		return central.Account{}, sales.User{}, err
	}
	if !ok {
		s.guesses.failed(name, address)
		return central.Account{}, sales.User{}, wrong(name)
	}
	s.guesses.succeeded(name, address)
	return account, u, nil
}

// wrong does not say which of the two was wrong, so that nobody learns which names exist.
func wrong(name string) error {
	return &sales.Error{Code: sales.CodeSignedOut, Message: "the user name or the password is wrong (user " + name + ")", Hint: "check both, and the keyboard's capital lock"}
}

func hashOf(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}

func idle(purpose string) time.Duration {
	if purpose == central.TokenConsole {
		return consoleIdle
	}
	return deviceIdle
}

func (s *Service) good(t central.Token) bool { return t.Revoked.IsZero() && t.Expires.After(s.now()) }

// Authenticate gives the caller that a device token stands for, or an Error with CodeSignedOut. Role and territories are those of
// this moment.
func (s *Service) Authenticate(ctx context.Context, token string) (wire.Caller, error) {
	caller, _, err := s.authenticate(ctx, token, central.TokenDevice)
	return caller, err
}

// ConsoleUser gives the caller and the user that a session of the web console stands for.
func (s *Service) ConsoleUser(ctx context.Context, token string) (wire.Caller, sales.User, error) {
	return s.authenticate(ctx, token, central.TokenConsole)
}

func (s *Service) authenticate(ctx context.Context, token, purpose string) (wire.Caller, sales.User, error) {
	ended := func(why string) (wire.Caller, sales.User, error) {
		return wire.Caller{}, sales.User{}, &sales.Error{Code: sales.CodeSignedOut, Message: why, Hint: "sign in again; your work is kept"}
	}
	if token == "" {
		return ended("the call carries no sign-in")
	}
	t, u, err := s.journal.Token(ctx, hashOf(token))
	if err != nil {
		return wire.Caller{}, sales.User{}, err
	}
	switch {
	case t.Purpose != purpose:
		return ended("the sign-in is for something else")
	case !t.Revoked.IsZero():
		return ended("the sign-in was ended")
	case !t.Expires.After(s.now()):
		return ended("the sign-in was not used for too long")
	case u.Disabled:
		return ended("the user is disabled")
	}
	// A write for every call would be a waste: the end moves ahead in steps of a hundredth.
	if until := s.now().Add(idle(purpose)); until.Sub(t.Expires) > idle(purpose)/100 {
		// It serves lists of devices and the end of the sign-in only: a disk that is full must not keep a device from pulling.
		if err := s.journal.UseToken(ctx, t.Hash, until); err != nil && ctx.Err() == nil {
			s.unnoted.Add(1)
		}
	}
	return wire.Caller{
		Access:      sales.Access{UserID: u.ID, Role: sales.Role(u.Role), Territories: u.Territories},
		Incarnation: t.Incarnation, Device: t.Device,
	}, u, nil
}

// Unnoted is how many uses of a sign-in could not be written down since the server started.
func (s *Service) Unnoted() int64 { return s.unnoted.Load() }

// SignOut revokes a token of either purpose; one that is not known is no error.
func (s *Service) SignOut(ctx context.Context, token string) error {
	t, _, err := s.journal.Token(ctx, hashOf(token))
	if sales.HasCode(err, sales.CodeSignedOut) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = s.journal.RevokeTokens(ctx, t.UserID, t.UserID, t.ID)
	return err
}

// Device is a sign-in that is listed and can be revoked.
type Device struct {
	ID      string
	Name    string
	Console bool // a browser on the web console
	Since   time.Time
	Seen    time.Time
	Good    bool // neither revoked nor expired
}

// Devices lists a user's sign-ins, newest first.
func (s *Service) Devices(ctx context.Context, name string) ([]Device, error) {
	a, _, err := s.journal.Account(ctx, normal(name))
	if err != nil {
		return nil, err
	}
	tokens, err := s.journal.Tokens(ctx, a.UserID)
	if err != nil {
		return nil, err
	}
	out := make([]Device, len(tokens))
	for i, t := range tokens {
		out[i] = Device{ID: t.ID, Name: t.Device, Console: t.Purpose == central.TokenConsole, Since: t.Created, Seen: t.Used, Good: s.good(t)}
	}
	return out, nil
}

// Revoke ends one sign-in of a user, or all of them for id "", and gives how many that were.
func (s *Service) Revoke(ctx context.Context, caller wire.Caller, name, id string) (int, error) {
	a, _, err := s.journal.Account(ctx, normal(name))
	if err != nil {
		return 0, err
	}
	n, err := s.journal.RevokeTokens(ctx, caller.UserID, a.UserID, id)
	if err == nil && n == 0 && id != "" {
		err = &sales.Error{Code: sales.CodeNotFound, Message: "user " + name + " has no device " + id + " that is signed in", Hint: "`rounds-server user devices " + name + "` lists them"}
	}
	return n, err
}
