package central

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store"
)

// Token is a sign-in of a device, or of a browser on the console. Only the hash of what the device holds is kept.
type Token struct {
	ID          string // names it in lists
	Hash        []byte // SHA-256 of the token
	UserID      string
	Purpose     string // TokenDevice or TokenConsole
	Device      string
	Incarnation string
	Created     time.Time
	Used        time.Time
	Expires     time.Time // moves ahead with use
	Revoked     time.Time // zero while it is good
}

// What a token is good for.
const (
	TokenDevice  = "device"
	TokenConsole = "console"
)

// #nosec G101 -- names of columns
const tokenColumns = "id, hash, user_id, purpose, device, incarnation, created, used, expires, revoked"

// AddToken keeps a new token of somebody who proved the password of an account. Where that was replaced since it was read, all sign-ins of before have ended, and
// this one is refused with CodeSignedOut.
func (j *Journal) AddToken(ctx context.Context, proved Account, t Token) error {
	err := j.db.Write(ctx, func(tx *sql.Tx) error {
		var password string
		err := tx.QueryRowContext(ctx, j.sql.bind("SELECT password FROM accounts WHERE org_id = ? AND name = ?"+j.sql.forShare()), j.org, proved.Name).Scan(&password)
		if errors.Is(err, sql.ErrNoRows) || err == nil && password != proved.Password {
			return &sales.Error{Code: sales.CodeSignedOut, Message: "the password of " + proved.Name + " was replaced meanwhile", Hint: "sign in with the new one"}
		}
		if err != nil {
			return fmt.Errorf("look at the account again: %w", err)
		}
		_, err = tx.ExecContext(ctx, j.sql.bind("INSERT INTO tokens (org_id, "+tokenColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)"),
			j.org, t.ID, t.Hash, t.UserID, t.Purpose, clean(t.Device), clean(t.Incarnation), t.Created.UnixMilli(), t.Used.UnixMilli(), t.Expires.UnixMilli())
		if err != nil {
			return err
		}
		return j.audit(ctx, tx, AuditEntry{At: j.now(), Actor: t.UserID, Action: "signed_in", Subject: t.ID, Detail: t.Purpose + " " + t.Device})
	})
	return store.Explain("keep a sign-in", err)
}

// Token finds a token by its hash, with its user; an Error with CodeSignedOut when there is none. Whether it is still good is for the caller
// to say.
func (j *Journal) Token(ctx context.Context, hash []byte) (Token, sales.User, error) {
	var t Token
	var u sales.User
	err := j.db.Read(ctx, func(tx *sql.Tx) error {
		var err error
		t, err = scanToken(tx.QueryRowContext(ctx, j.sql.bind("SELECT "+tokenColumns+" FROM tokens WHERE org_id = ? AND hash = ?"), j.org, hash))
		if errors.Is(err, sql.ErrNoRows) {
			return &sales.Error{Code: sales.CodeSignedOut, Message: "the sign-in is not known here", Hint: "sign in again; your work is kept"}
		}
		if err != nil {
			return err
		}
		u, err = j.user(ctx, tx, t.UserID)
		return err
	})
	return t, u, store.Explain("look up a sign-in", err)
}

func scanToken(s scanner) (Token, error) {
	var t Token
	var created, used, expires, revoked int64
	if err := s.Scan(&t.ID, &t.Hash, &t.UserID, &t.Purpose, &t.Device, &t.Incarnation, &created, &used, &expires, &revoked); err != nil {
		return Token{}, err
	}
	t.Created, t.Used, t.Expires = time.UnixMilli(created).UTC(), time.UnixMilli(used).UTC(), time.UnixMilli(expires).UTC()
	if revoked > 0 {
		t.Revoked = time.UnixMilli(revoked).UTC()
	}
	return t, nil
}

// UseToken notes that a token was used and until when it is good from now on.
func (j *Journal) UseToken(ctx context.Context, hash []byte, expires time.Time) error {
	err := j.db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, j.sql.bind("UPDATE tokens SET used = ?, expires = ? WHERE org_id = ? AND hash = ?"), j.now().UnixMilli(), expires.UnixMilli(), j.org, hash)
		return err
	})
	return store.Explain("note a sign-in's use", err)
}

// Tokens lists a user's tokens, newest first; user "" lists everybody's.
func (j *Journal) Tokens(ctx context.Context, userID string) ([]Token, error) {
	var out []Token
	err := j.db.Read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, j.sql.bind("SELECT "+tokenColumns+" FROM tokens WHERE org_id = ? AND (user_id = ? OR ? = '') ORDER BY created DESC, id"), j.org, userID, userID)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			t, err := scanToken(rows)
			if err != nil {
				return err
			}
			out = append(out, t)
		}
		return rows.Err()
	})
	return out, store.Explain("list devices", err)
}

// RevokeTokens ends the tokens of a user that have this id, all of them for id "", and gives how many that were.
func (j *Journal) RevokeTokens(ctx context.Context, actor, userID, id string) (int, error) {
	var n int64
	err := j.db.Write(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, j.sql.bind("UPDATE tokens SET revoked = ? WHERE org_id = ? AND user_id = ? AND (id = ? OR ? = '') AND revoked = 0"),
			j.now().UnixMilli(), j.org, userID, id, id)
		if err != nil {
			return err
		}
		if n, err = res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return j.audit(ctx, tx, AuditEntry{At: j.now(), Actor: actor, Action: "device_revoked", Subject: id, Detail: fmt.Sprintf("%d sign-ins of user %s", n, userID)})
	})
	return int(n), store.Explain("revoke devices", err)
}
