package central

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store"
	"github.com/rounds-field/rounds/sync/wire"
)

// Account lets a user of the directory sign in. Role, territories and whether the user is disabled are in the record of kind user.
type Account struct {
	Name     string // sign-in name, lower case
	UserID   string
	Password string // argon2id hash
	Created  time.Time
	Changed  time.Time
}

// NewAccount is an account to be made, together with its record of kind user where UserID is "".
type NewAccount struct {
	Account
	User sales.User
}

// AddAccounts makes accounts and the users they are for, in one transaction, and gives the users' ids. A name that is taken is an Error with
// CodeDuplicate and nothing is made.
func (j *Journal) AddAccounts(ctx context.Context, caller wire.Caller, list ...NewAccount) ([]string, error) {
	ids := make([]string, len(list))
	var moved []wire.Cursor
	err := j.db.Write(ctx, func(tx *sql.Tx) error {
		moved = nil
		for i, a := range list {
			taken, err := j.account(ctx, tx, a.Name)
			if err != nil {
				return err
			}
			if taken != nil {
				return &sales.Error{
					Code: sales.CodeDuplicate, Kind: "user", ID: taken.UserID, Field: "name", Message: "there is a user called " + a.Name + " already",
					Hint: "choose another name, or change that user", Args: map[string]any{"Value": a.Name},
				}
			}
			ids[i] = a.UserID
			if a.UserID == "" {
				made, heads, err := j.commit(ctx, tx, caller, []sales.Edit{sales.CreateOf(a.User)})
				if err != nil {
					return err
				}
				ids[i], moved = made[0], append(moved, heads...)
			}
			now := j.now().UnixMilli()
			_, err = tx.ExecContext(ctx, j.sql.bind("INSERT INTO accounts (org_id, name, user_id, password, created, changed) VALUES (?, ?, ?, ?, ?, ?)"),
				j.org, a.Name, ids[i], a.Password, now, now)
			if err != nil {
				return fmt.Errorf("write account %s: %w", a.Name, err)
			}
			if err := j.audit(ctx, tx, AuditEntry{
				At: j.now(), Actor: caller.UserID, Action: "user_added", Subject: a.Name,
				Detail: fmt.Sprintf("role %s, territories %v", a.User.Role, a.User.Territories),
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, store.Explain("add users", err)
	}
	j.moves.tell("", moved)
	return ids, nil
}

func (j *Journal) account(ctx context.Context, tx *sql.Tx, name string) (*Account, error) {
	a := &Account{}
	var created, changed int64
	err := tx.QueryRowContext(ctx, j.sql.bind("SELECT name, user_id, password, created, changed FROM accounts WHERE org_id = ? AND name = ?"), j.org, clean(name)).
		Scan(&a.Name, &a.UserID, &a.Password, &created, &changed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read account %s: %w", name, err)
	}
	a.Created, a.Changed = time.UnixMilli(created).UTC(), time.UnixMilli(changed).UTC()
	return a, nil
}

// Account finds an account by its sign-in name, with its user; an Error with CodeNotFound when there is none.
func (j *Journal) Account(ctx context.Context, name string) (Account, sales.User, error) {
	var a *Account
	var u sales.User
	err := j.db.Read(ctx, func(tx *sql.Tx) error {
		var err error
		if a, err = j.account(ctx, tx, name); err != nil {
			return err
		}
		if a == nil {
			return &sales.Error{Code: sales.CodeNotFound, Kind: "user", Message: "there is no user called " + name, Hint: "`rounds-server user list` lists them", Args: map[string]any{"Value": name}}
		}
		u, err = j.user(ctx, tx, a.UserID)
		return err
	})
	if err != nil {
		return Account{}, sales.User{}, store.Explain("find user "+name, err)
	}
	return *a, u, nil
}

// user reads a user's record; a deleted or missing one counts as disabled.
func (j *Journal) user(ctx context.Context, tx *sql.Tx, id string) (sales.User, error) {
	r, err := j.find(ctx, tx, key{"user", id})
	if err != nil {
		return sales.User{}, err
	}
	if r == nil || r.state.Deleted {
		return sales.User{ID: id, Disabled: true}, nil
	}
	return sales.As[sales.User](r.state.Record()), nil
}

// signInName keeps the directory and the accounts in step: a user who can sign in keeps the name, and nobody else takes it.
func (b *batch) signInName(prev *sales.Record, next sales.Record) (*sales.Error, error) {
	name := strings.ToLower(next.Text("name"))
	if prev != nil && strings.ToLower(prev.Text("name")) == name {
		return nil, nil
	}
	refused := func(code, message, hint string) *sales.Error {
		return &sales.Error{Code: code, Kind: "user", ID: next.ID, Field: "name", Message: message, Hint: hint, Args: map[string]any{"Value": name}}
	}
	other, err := b.j.account(b.ctx, b.tx, name)
	if err != nil {
		return nil, err
	}
	if other != nil && other.UserID != next.ID {
		return refused(sales.CodeDuplicate, "there is a user called "+name+" already", "choose another name"), nil
	}
	if prev == nil {
		return nil, nil
	}
	own, err := b.j.account(b.ctx, b.tx, strings.ToLower(prev.Text("name")))
	if err != nil {
		return nil, err
	}
	if own != nil && own.UserID == next.ID {
		return refused(sales.CodeForbidden, "the sign-in name of a user who can sign in stays as it is", "change the display name, or add another user"), nil
	}
	return nil, nil
}

// SetPassword replaces the hash of a user's password and revokes every token of theirs.
func (j *Journal) SetPassword(ctx context.Context, actor, name, hash string) error {
	err := j.db.Write(ctx, func(tx *sql.Tx) error {
		a, err := j.account(ctx, tx, name)
		if err != nil {
			return err
		}
		if a == nil {
			return &sales.Error{Code: sales.CodeNotFound, Kind: "user", Message: "there is no user called " + name, Hint: "`rounds-server user list` lists them", Args: map[string]any{"Value": name}}
		}
		now := j.now()
		if _, err := tx.ExecContext(ctx, j.sql.bind("UPDATE accounts SET password = ?, changed = ? WHERE org_id = ? AND name = ?"), hash, now.UnixMilli(), j.org, name); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, j.sql.bind("UPDATE tokens SET revoked = ? WHERE org_id = ? AND user_id = ? AND revoked = 0"), now.UnixMilli(), j.org, a.UserID); err != nil {
			return err
		}
		return j.audit(ctx, tx, AuditEntry{At: now, Actor: actor, Action: "password_set", Subject: name, Detail: "all devices have to sign in again"})
	})
	return store.Explain("set the password of "+name, err)
}

// Accounts lists the accounts by name, each with its user.
func (j *Journal) Accounts(ctx context.Context) ([]Account, map[string]sales.User, error) {
	var out []Account
	users := map[string]sales.User{}
	err := j.db.Read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, j.sql.bind("SELECT name, user_id, created, changed FROM accounts WHERE org_id = ? ORDER BY name"), j.org)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var a Account
			var created, changed int64
			if err := rows.Scan(&a.Name, &a.UserID, &created, &changed); err != nil {
				return err
			}
			a.Created, a.Changed = time.UnixMilli(created).UTC(), time.UnixMilli(changed).UTC()
			out = append(out, a)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		return j.each(ctx, tx, "user", func(r sales.Record) { users[r.ID] = sales.As[sales.User](r) })
	})
	return out, users, store.Explain("list the users", err)
}

// Territories gives the territory tree.
func (j *Journal) Territories(ctx context.Context) (sales.TerritoryTree, error) {
	var tree sales.TerritoryTree
	err := j.db.Read(ctx, func(tx *sql.Tx) error {
		var err error
		tree, err = j.territories(ctx, tx)
		return err
	})
	return tree, store.Explain("read the territories", err)
}
