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
// next sync. Another user's database on this device stays as it is, closed, with all its unsent work. Where the server says that it is the one whose workbook the user has
// here at another address, nothing is done and the error has CodeServerMoved: whether that is true only a person knows, who then confirms it by SignInMoved.
func (w *Workbook) SignIn(ctx context.Context, server, user, password string) error {
	_, err := w.signIn(ctx, server, user, password, false)
	return err
}

// SignInMoved is SignIn with the word of the user that the server has moved to this address, where it has: the user's workbook goes along with all its unsent work. It
// gives the address that the workbook was at, "" when none had to be moved.
func (w *Workbook) SignInMoved(ctx context.Context, server, user, password string) (from string, err error) {
	return w.signIn(ctx, server, user, password, true)
}

func (w *Workbook) signIn(ctx context.Context, server, user, password string, moved bool) (from string, err error) {
	server, err = client.Address(server)
	if err != nil {
		return "", err
	}
	target, known, err := w.folderFor(ctx, server, user)
	if err != nil {
		return "", err
	}
	before := w.sub
	if known && before == localName {
		if err := w.refuseUnsentLocal(ctx, user); err != nil {
			return "", err
		}
	}
	// The server binds the token to the incarnation of the database that will use it, so that database is opened first.
	if w.sub != target && (known || before != localName) {
		if err := w.switchTo(ctx, target); err != nil {
			return "", err
		}
	}
	id, token, err := w.ask(ctx, server, user, password)
	if err == nil && !known {
		var own owned
		if own, err = w.ownedBy(ctx, id, user, target); err == nil && own.sub != "" {
			if id, token, err = w.askAgain(ctx, id, token, own, target, password, moved); err == nil {
				target, known, from = own.sub, true, own.from
			}
		}
	}
	if err == nil {
		err = w.adopt(ctx, id, token, target)
	}
	if err != nil {
		return "", errors.Join(err, w.backTo(ctx, before, target, known))
	}
	return from, nil
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

// folderFor names the folder in which a user of a server has a workbook, or shall have one, and says whether there is one. The workbook that has the name may have moved
// with its server since; whoever has the address now gets another folder.
func (w *Workbook) folderFor(ctx context.Context, server, user string) (sub string, known bool, err error) {
	name := folderOf(server, normal(user))
	for n := 1; ; n++ {
		if sub = name; n > 1 {
			sub = fmt.Sprintf("%s-%d", name, n)
		}
		if _, err := os.Stat(filepath.Join(w.Dir, sub)); errors.Is(err, os.ErrNotExist) {
			return sub, false, nil
		} else if err != nil {
			return "", false, &sales.Error{Code: sales.CodeFile, Message: "look into workbook " + w.Dir, Cause: err, Hint: "check the folder's permissions"}
		}
		if !w.isElsewhere(ctx, sub, server) {
			return sub, true, nil
		}
	}
}

// isElsewhere says whether the workbook in a subfolder is for sure one of another server's address. A damaged one is not: opening it says what is wrong.
func (w *Workbook) isElsewhere(ctx context.Context, sub, server string) bool {
	owner, ok := w.ownerOf(ctx, sub)
	at, err := client.Address(owner.Server)
	return ok && err == nil && at != server
}

// ownerOf tells whose workbook lies in a subfolder; false when it is damaged.
func (w *Workbook) ownerOf(ctx context.Context, sub string) (local.Identity, bool) {
	owner, err := local.OwnerOf(ctx, filepath.Join(w.Dir, sub))
	if err != nil && w.log != nil {
		w.log.Warn("see whose workbook this is", "folder", sub, "error", err)
	}
	return owner, err == nil
}

// owned is a workbook that a user has here already.
type owned struct {
	sub  string // its subfolder, "" when there is none
	from string // the other address at which it knows its server, "" when it is this one
}

// ownedBy finds the folder, other than the one with their name, in which a user of a server has a workbook already: what it is called comes from how name and
// address were written when it was made. A server may also have moved. What it says of itself any other could say too, but not what the user typed: of another address only a workbook
// counts that has the typed name.
func (w *Workbook) ownedBy(ctx context.Context, id local.Identity, user, target string) (owned, error) {
	found, err := filepath.Glob(filepath.Join(w.Dir, "*", local.DatabaseName))
	if err != nil {
		return owned{}, fmt.Errorf("look for databases in %s: %w", w.Dir, err)
	}
	var moved owned
	for _, path := range found {
		sub := filepath.Base(filepath.Dir(path))
		if sub == target || sub == localName || sub == sampleName {
			continue
		}
		owner, ok := w.ownerOf(ctx, sub)
		at, err := client.Address(owner.Server)
		switch {
		case !ok || err != nil: // a damaged one keeps nobody from signing in
		case owner.UserID != id.UserID || owner.OrganisationID != id.OrganisationID:
		case at == id.Server:
			return owned{sub: sub}, nil
		case normal(owner.UserName) == normal(user):
			moved = owned{sub: sub, from: owner.Server}
		}
	}
	return moved, nil
}

// askAgain signs a user in who has a workbook here already, for that one. What was made or begun for target is given up.
func (w *Workbook) askAgain(ctx context.Context, id local.Identity, token string, own owned, target, password string, moved bool) (local.Identity, string, error) {
	c, err := client.New(id.Server, token)
	if err != nil {
		return id, "", err
	}
	if err := c.SignOut(ctx); err != nil && w.log != nil {
		w.log.Info("a sign-in that is not used is left to expire", "error", err)
	}
	if own.from != "" && !moved {
		return id, "", &sales.Error{
			Code: sales.CodeServerMoved, Message: id.Server + " says that it is the server of " + id.UserName + "'s workbook, which is at " + own.from,
			Hint: "ask your administrator; if the server has moved, confirm it with `roundsctl login --moved` or in the app under Settings, and all that was not sent goes to the new address. Nothing was changed yet",
			Args: map[string]any{"From": own.from, "Server": id.Server, "User": id.UserName},
		}
	}
	fresh := w.sub == target
	if w.sub == localName {
		if err := w.refuseUnsentLocal(ctx, id.UserName); err != nil {
			return id, "", err
		}
	}
	if err := w.switchTo(ctx, own.sub); err != nil {
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
