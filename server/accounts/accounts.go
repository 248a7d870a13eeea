// Package accounts is who may sign in to the server, from which devices, and what they may see: users with passwords (argon2id), device
// tokens of which only hashes are kept, and the limits on guessing.
package accounts

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/sync/wire"
)

// Limits of names and passwords.
const (
	MinPassword = 8    // characters
	MaxPassword = 1000 // bytes
	maxName     = 64   // bytes
)

// Service manages accounts. It is safe for concurrent use.
type Service struct {
	journal *central.Journal
	now     func() time.Time
	hasher  *hasher
	guesses *guesses

	refusals refusals
	unnoted  atomic.Int64 // uses of a token
}

// New makes the service over a journal; now may be nil for time.Now.
func New(journal *central.Journal, now func() time.Time) *Service {
	if now == nil {
		now = time.Now
	}
	return &Service{journal: journal, now: now, hasher: newHasher(), guesses: newGuesses(now)}
}

// NewUser is a user to be added.
type NewUser struct {
	Name        string // sign-in name: letters, digits, dot, dash, underscore
	DisplayName string // "" takes the name
	Role        sales.Role
	Territories []string // codes; none means the whole organisation
	Password    string
}

// Add makes users with their accounts, all of them or none, and gives their ids. Warnings are for the person who adds them.
func (s *Service) Add(ctx context.Context, caller wire.Caller, users ...NewUser) (ids, warnings []string, err error) {
	tree, err := s.journal.Territories(ctx)
	if err != nil {
		return nil, nil, err
	}
	list := make([]central.NewAccount, 0, len(users))
	hashes := map[string]string{} // the sample gives everybody the same password
	for _, u := range users {
		u.Name = normal(u.Name)
		u.Territories = sales.CleanSet(u.Territories)
		if err := check(u); err != nil {
			return nil, nil, err
		}
		more, err := checkTerritories(u, tree)
		if err != nil {
			return nil, nil, err
		}
		warnings = append(warnings, more...)
		if _, ok := hashes[u.Password]; !ok {
			if hashes[u.Password], err = s.hasher.hash(ctx, u.Password); err != nil {
				return nil, nil, err
			}
		}
		if u.DisplayName == "" {
			u.DisplayName = u.Name
		}
		list = append(list, central.NewAccount{
			Account: central.Account{Name: u.Name, Password: hashes[u.Password]},
			User:    sales.User{Name: u.Name, DisplayName: u.DisplayName, Role: string(u.Role), Territories: u.Territories},
		})
	}
	// A user that the directory has already, from an import say, gets the account; nobody gets two records.
	taken, known, err := s.journal.Accounts(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, a := range taken {
		delete(known, a.UserID) // is told that the name is taken
	}
	for id, u := range known {
		for i := range list {
			if normal(u.Name) == list[i].Name && list[i].UserID == "" {
				if err := agrees(u, list[i].User); err != nil {
					return nil, nil, err
				}
				list[i].UserID = id
			}
		}
	}
	ids, err = s.journal.AddAccounts(ctx, caller, list...)
	return ids, warnings, err
}

// agrees refuses to give an account to a user of the directory who would be somebody else with it than was asked for: the directory's role and
// territories count.
func agrees(known, asked sales.User) error {
	differs := func(field, have, want string) error {
		return &sales.Error{
			Code: sales.CodeDuplicate, Kind: "user", ID: known.ID, Field: field,
			Message: fmt.Sprintf("the directory has %s already, with the %s %q and not %q", asked.Name, field, have, want),
			Hint:    "add the user as the directory has it, or change the directory first", Args: map[string]any{"Value": asked.Name},
		}
	}
	have, want := strings.Join(known.Territories, ","), strings.Join(asked.Territories, ",")
	switch {
	case known.Role != asked.Role:
		return differs("role", known.Role, asked.Role)
	case have != want:
		return differs("territories", have, want)
	case known.Disabled:
		return &sales.Error{Code: sales.CodeBadOrder, Kind: "user", ID: known.ID, Message: "the directory has " + asked.Name + " as disabled", Hint: "enable the user there first"}
	}
	return nil
}

func normal(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

func check(u NewUser) error {
	bad := func(field, message, hint string) error {
		return &sales.Error{Code: sales.CodeInvalid, Kind: "user", Field: field, Message: message, Hint: hint, Args: map[string]any{"Value": u.Name}}
	}
	odd := func(r rune) bool {
		return r < 128 && !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789.-_", r)
	}
	switch {
	case u.Name == "" || len(u.Name) > maxName || strings.ContainsFunc(u.Name, odd) || !utf8.ValidString(u.Name):
		return bad("name", fmt.Sprintf("%q is not a sign-in name", u.Name), "use letters, digits, dot, dash and underscore")
	case !slices.Contains(sales.Roles(), u.Role):
		return bad("role", fmt.Sprintf("%q is not a role", u.Role), "use rep, manager, operations, admin or auditor")
	}
	return checkPassword(u.Password)
}

func checkPassword(password string) error {
	switch {
	case utf8.RuneCountInString(password) < MinPassword:
		return &sales.Error{Code: sales.CodeInvalid, Kind: "user", Field: "password", Message: fmt.Sprintf("the password has fewer than %d characters", MinPassword), Hint: "choose a longer one", Args: map[string]any{"Value": "…"}}
	case len(password) > MaxPassword:
		return &sales.Error{Code: sales.CodeTooLong, Kind: "user", Field: "password", Message: fmt.Sprintf("the password has more than %d bytes", MaxPassword), Hint: "choose a shorter one", Args: map[string]any{"Limit": MaxPassword}}
	}
	return nil
}

// checkTerritories refuses codes that are not in the tree; while there is no tree they are taken with a warning.
func checkTerritories(u NewUser, tree sales.TerritoryTree) ([]string, error) {
	if len(u.Territories) == 0 {
		return []string{u.Name + " has no territory and so covers the whole organisation"}, nil
	}
	if len(tree) == 0 {
		return []string{"there is no territory tree yet: the codes " + strings.Join(u.Territories, ", ") + " were not checked"}, nil
	}
	for _, code := range u.Territories {
		if _, ok := tree[code]; !ok {
			return nil, &sales.Error{
				Code: sales.CodeInvalid, Kind: "user", Field: "territories", Message: "there is no territory with code " + code,
				Hint: "look the code up in the console under Records, Territory", Args: map[string]any{"Value": code},
			}
		}
	}
	return nil, nil
}

// User is a user with what the server knows beyond the directory.
type User struct {
	sales.User
	Added   time.Time
	Devices int       // sign-ins that are still good
	Seen    time.Time // last use of any of them
}

// List gives all users that have an account, by name.
func (s *Service) List(ctx context.Context) ([]User, error) {
	accounts, users, err := s.journal.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	tokens, err := s.journal.Tokens(ctx, "")
	if err != nil {
		return nil, err
	}
	out := make([]User, 0, len(accounts))
	for _, a := range accounts {
		u := User{User: users[a.UserID], Added: a.Created}
		if u.ID == "" {
			u.User = sales.User{ID: a.UserID, Disabled: true}
		}
		u.Name = a.Name
		for _, t := range tokens {
			if t.UserID != a.UserID {
				continue
			}
			if t.Used.After(u.Seen) {
				u.Seen = t.Used
			}
			if s.good(t) {
				u.Devices++
			}
		}
		out = append(out, u)
	}
	return out, nil
}

// SetDisabled stops a user from signing in and ends all their sign-ins, or lets them in again. Their work stays. The last administrator
// cannot be disabled, and nobody themselves.
func (s *Service) SetDisabled(ctx context.Context, caller wire.Caller, name string, disabled bool) error {
	_, u, err := s.journal.Account(ctx, normal(name))
	if err != nil {
		return err
	}
	if disabled && u.ID == caller.UserID {
		return &sales.Error{Code: sales.CodeForbidden, Kind: "user", ID: u.ID, Message: "you cannot disable yourself", Hint: "ask another administrator"}
	}
	if _, err := s.journal.Commit(ctx, caller, sales.Edit{Verb: sales.Update, Kind: "user", ID: u.ID, Values: sales.Values{"disabled": disabled}}); err != nil {
		return err
	}
	action := "user_enabled"
	if disabled {
		action = "user_disabled"
		if _, err := s.journal.RevokeTokens(ctx, caller.UserID, u.ID, ""); err != nil {
			return err
		}
	}
	return s.journal.Audit(ctx, central.AuditEntry{Actor: caller.UserID, Action: action, Subject: u.Name})
}

// SetPassword replaces a user's password; every device of theirs has to sign in again.
func (s *Service) SetPassword(ctx context.Context, caller wire.Caller, name, password string) error {
	if err := checkPassword(password); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	return s.journal.SetPassword(ctx, caller.UserID, normal(name), hash)
}
