package central

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/wire"
)

// incarnation is what the server knows of one copy of a device's database.
type incarnation struct {
	id      []byte
	user    string
	counter uint64
	last    hlc.Reading
	fresh   bool
}

func (b *batch) incarnation(id string) (*incarnation, error) {
	s, err := b.stmt("SELECT user_id, last_counter, last_hlc FROM incarnations WHERE org_id = ? AND incarnation = ?" + b.j.sql.forUpdate())
	if err != nil {
		return nil, err
	}
	inc := &incarnation{id: idBytes(id)}
	var counter, last int64
	err = s.QueryRowContext(b.ctx, b.j.org, inc.id).Scan(&inc.user, &counter, &last)
	inc.counter, inc.last = uint64(counter), hlc.Reading(last)
	if errors.Is(err, sql.ErrNoRows) {
		inc.fresh = true
		inc.user, err = b.twinOf(inc.id)
		return inc, err
	}
	if err != nil {
		return nil, fmt.Errorf("read the incarnation: %w", err)
	}
	return inc, nil
}

// twinOf gives the user to whom a new incarnation belongs: the caller, unless another user has one with the same node. Stamps carry the
// node alone, and a value of the same node is never a conflict, so a twin could replace that user's values without a word.
func (b *batch) twinOf(id []byte) (string, error) {
	first, last := [16]byte{}, [16]byte{}
	copy(first[:8], id)
	copy(last[:8], id)
	for i := 8; i < 16; i++ {
		last[i] = 0xff
	}
	s, err := b.stmt("SELECT user_id FROM incarnations WHERE org_id = ? AND incarnation >= ? AND incarnation <= ? AND user_id <> ? LIMIT 1")
	if err != nil {
		return "", err
	}
	user := b.caller.UserID
	err = s.QueryRowContext(b.ctx, b.j.org, first[:], last[:], user).Scan(&user)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("look for a twin of the incarnation: %w", err)
	}
	return user, nil
}

// stampOf bounds a change's reading against the server's clock. Readings of one incarnation that had to be cut back stay
// in order, so that its own later edits stay later.
func (i *incarnation) stampOf(c *wire.Change, node uint64, now time.Time) hlc.Stamp {
	r := hlc.Bound(c.HLC, now)
	if r != c.HLC && r <= i.last {
		r = i.last + 1
	}
	i.last = max(i.last, r)
	i.counter = max(i.counter, c.Counter)
	return hlc.Stamp{HLC: r, Node: node}
}

// seen writes down what the incarnation has sent.
func (b *batch) seen(i *incarnation) error {
	at := b.now.UnixMilli()
	if i.fresh {
		return b.exec("INSERT INTO incarnations (org_id, incarnation, user_id, device, first_seen, last_seen, last_counter, last_hlc) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			b.j.org, i.id, i.user, b.caller.Device, at, at, int64(i.counter), int64(i.last))
	}
	return b.exec("UPDATE incarnations SET device = ?, last_seen = ?, last_counter = ?, last_hlc = ? WHERE org_id = ? AND incarnation = ?",
		b.caller.Device, at, int64(i.counter), int64(i.last), b.j.org, i.id)
}
