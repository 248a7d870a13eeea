package workbook

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/local"
	"github.com/rounds-field/rounds/sync/client"
	"github.com/rounds-field/rounds/sync/wire"
)

// SignIn signs a user in and puts that user's own database into use. A workbook that had no server becomes the user's: every record in it is sent with the
// next sync. Another user's database on this device stays as it is, closed, with all its unsent work.
func (w *Workbook) SignIn(ctx context.Context, server, user, password string) error {
	server, err := client.Address(server)
	if err != nil {
		return err
	}
	target := folderOf(server, normal(user))
	_, statErr := os.Stat(filepath.Join(w.Dir, target))
	known := statErr == nil
	if !known && !errors.Is(statErr, os.ErrNotExist) {
		return &sales.Error{Code: sales.CodeFile, Message: "look into workbook " + w.Dir, Cause: statErr, Hint: "check the folder's permissions"}
	}
	before := w.sub
	if known && before == localName {
		if err := w.refuseUnsentLocal(ctx, user); err != nil {
			return err
		}
	}
	// The server binds the token to the incarnation of the database that will use it, so that database is opened first.
	if w.sub != target && (known || before != localName) {
		if err := w.switchTo(ctx, target); err != nil {
			return err
		}
	}
	id, token, err := w.ask(ctx, server, user, password)
	if err == nil && !known {
		var own string
		if own, err = w.ownedBy(ctx, id, target); err == nil && own != "" {
			if id, token, err = w.askAgain(ctx, id, token, own, target, password); err == nil {
				target, known = own, true
			}
		}
	}
	if err == nil {
		err = w.adopt(ctx, id, token, target)
	}
	if err != nil {
		return errors.Join(err, w.backTo(ctx, before, target, known))
	}
	return nil
}

// SignOut forgets the device token, here and, where it can be reached, on the server. The database stays, with all unsent work.
func (w *Workbook) SignOut(ctx context.Context) error {
	w.mu.Lock()
	c := w.client
	w.mu.Unlock()
	if err := dropToken(filepath.Join(w.Dir, w.sub)); err != nil {
		return err
	}
	if err := w.connect(ctx); err != nil {
		return err
	}
	if c == nil {
		return nil
	}
	err := c.SignOut(ctx)
	if sales.HasCode(err, sales.CodeOffline) || sales.HasCode(err, sales.CodeSignedOut) {
		return nil // the token is gone from this device; the server lets it expire
	}
	return err
}

// ask signs in on the server.
func (w *Workbook) ask(ctx context.Context, server, user, password string) (local.Identity, string, error) {
	incarnation, err := w.Store.Incarnation(ctx)
	if err != nil {
		return local.Identity{}, "", err
	}
	c, err := client.New(server, "")
	if err != nil {
		return local.Identity{}, "", err
	}
	host, err := os.Hostname()
	if err != nil {
		host = "unnamed computer"
	}
	r, err := c.SignIn(ctx, wire.SignInRequest{User: user, Password: password, Device: host, Incarnation: incarnation})
	if err != nil {
		return local.Identity{}, "", err
	}
	return local.Identity{
		UserID: r.UserID, UserName: r.User, DisplayName: r.DisplayName, Role: r.Role, Server: server, OrganisationID: r.Organisation,
	}, r.Token, nil
}

// adopt makes the open database the signed-in user's, in its own folder, and keeps the token.
func (w *Workbook) adopt(ctx context.Context, id local.Identity, token, target string) error {
	had, err := w.Store.Identity(ctx)
	if err != nil {
		return err
	}
	if had.OrganisationID != "" && had.OrganisationID != id.OrganisationID {
		return &sales.Error{
			Code: sales.CodeForbidden, Message: "the server at " + id.Server + " now belongs to another organisation than workbook " + filepath.Join(w.Dir, w.sub),
			Hint: "move that folder away to start anew; nothing in it was changed",
		}
	}
	if had.Server == "" {
		err = w.Store.Attach(ctx, id)
	} else {
		err = w.Store.SetIdentity(ctx, id)
	}
	if err != nil {
		return err
	}
	if w.sub != target {
		if err := w.move(ctx, target); err != nil {
			return err
		}
	}
	if err := writeCurrent(w.Dir, target); err != nil {
		return err
	}
	if err := saveToken(filepath.Join(w.Dir, target), token); err != nil {
		return err
	}
	return w.connect(ctx)
}

// move gives the open database another folder.
func (w *Workbook) move(ctx context.Context, target string) error {
	if err := w.Store.Move(filepath.Join(w.Dir, target)); err != nil {
		return errors.Join(fmt.Errorf("give the workbook its user's folder: %w", err), w.use(ctx, w.sub))
	}
	return w.use(ctx, target)
}

func (w *Workbook) switchTo(ctx context.Context, sub string) error {
	if err := w.Store.Close(); err != nil {
		return err
	}
	return w.use(ctx, sub)
}

// backTo undoes what a sign-in that did not succeed began: the database in use before is opened again, and a folder made for nothing goes.
func (w *Workbook) backTo(ctx context.Context, before, target string, known bool) error {
	if w.sub == before {
		return nil
	}
	if _, err := os.Stat(filepath.Join(w.Dir, before)); errors.Is(err, os.ErrNotExist) {
		return nil // it has been renamed to target already, which stays in use
	}
	if err := w.switchTo(ctx, before); err != nil {
		return err
	}
	if known {
		return nil
	}
	return os.RemoveAll(filepath.Join(w.Dir, target))
}

// ownedBy finds the folder, other than the one with their name, in which a user of a server has a workbook already: what it is called comes from how name and
// address were written when it was made. "" when there is none.
func (w *Workbook) ownedBy(ctx context.Context, id local.Identity, target string) (string, error) {
	found, err := filepath.Glob(filepath.Join(w.Dir, "*", local.DatabaseName))
	if err != nil {
		return "", fmt.Errorf("look for databases in %s: %w", w.Dir, err)
	}
	for _, path := range found {
		sub := filepath.Base(filepath.Dir(path))
		if sub == target || sub == localName || sub == sampleName {
			continue
		}
		owner, err := local.OwnerOf(ctx, filepath.Dir(path))
		if err != nil {
			if w.log != nil {
				w.log.Warn("see whose workbook this is", "folder", sub, "error", err)
			}
			continue // a damaged one keeps nobody from signing in
		}
		if server, err := client.Address(owner.Server); err == nil && server == id.Server && owner.UserID == id.UserID && owner.OrganisationID == id.OrganisationID {
			return sub, nil
		}
	}
	return "", nil
}

// askAgain signs a user in who has a workbook in the folder own already, for that one. What was made or begun for target is given up.
func (w *Workbook) askAgain(ctx context.Context, id local.Identity, token, own, target, password string) (local.Identity, string, error) {
	c, err := client.New(id.Server, token)
	if err != nil {
		return id, "", err
	}
	if err := c.SignOut(ctx); err != nil && w.log != nil {
		w.log.Info("a sign-in that is not used is left to expire", "error", err)
	}
	fresh := w.sub == target
	if w.sub == localName {
		if err := w.refuseUnsentLocal(ctx, id.UserName); err != nil {
			return id, "", err
		}
	}
	if err := w.switchTo(ctx, own); err != nil {
		return id, "", err
	}
	if fresh {
		if err := os.RemoveAll(filepath.Join(w.Dir, target)); err != nil {
			return id, "", fmt.Errorf("remove the folder of a sign-in that was given up: %w", err)
		}
	}
	return w.ask(ctx, id.Server, id.UserName, password)
}

// refuseUnsentLocal stops a sign-in that would leave work behind in the database that has no server.
func (w *Workbook) refuseUnsentLocal(ctx context.Context, user string) error {
	waiting, rejected, _, err := w.Store.Counts(ctx)
	if err != nil || waiting+rejected == 0 {
		return err
	}
	return &sales.Error{
		Code: sales.CodeDuplicate, Message: fmt.Sprintf("this computer's own workbook holds %d changes, and %s has a workbook here already", waiting+rejected, user),
		Hint: "export the records of the local workbook, sign in with another folder, and import them there",
	}
}

// normal is a user name as the server knows it.
func normal(user string) string { return strings.ToLower(strings.TrimSpace(user)) }

func shortHash(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:4])
}
