package accounts

import (
	"fmt"
	"net/netip"
	"sync"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/server"
)

// Failed sign-ins that are let through in one window, for a user from one address, and for one address. Counting users and addresses
// together keeps a stranger from locking a rep out.
const (
	window         = 15 * time.Minute
	perUser        = 10
	perAddress     = 100
	rememberedMost = 100_000 // counters; beyond that, old ones are forgotten
)

type guesses struct {
	now func() time.Time
	mu  sync.Mutex
	at  map[string]counter
}

type counter struct {
	failed int
	since  time.Time
}

func newGuesses(now func() time.Time) *guesses { return &guesses{now: now, at: map[string]counter{}} }

// network is what counts as one address: a connection of the newer protocol has 2^64 of them, its first half in common.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil || ip.Unmap().Is4() {
		return address
	}
	p, err := ip.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return p.String()
}

// allow refuses another attempt after too many failed ones.
func (g *guesses) allow(user, address string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	for key, most := range map[string]int{user + "\x00" + address: perUser, address: perAddress} {
		c := g.at[key]
		if wait := window - g.now().Sub(c.since); c.failed >= most && wait > 0 {
			return &sales.Error{
				Code: sales.CodeForbidden, Message: "sign in as " + user,
				Hint: fmt.Sprintf("wait %d minutes, then try again, or ask your administrator for a new password", (wait+time.Minute-1)/time.Minute), Cause: server.ErrTooMany,
			}
		}
	}
	return nil
}

func (g *guesses) failed(user, address string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.at) >= rememberedMost {
		for key, c := range g.at {
			if g.now().Sub(c.since) > window || len(g.at) >= rememberedMost {
				delete(g.at, key)
			}
		}
	}
	for _, key := range []string{user + "\x00" + address, address} {
		c := g.at[key]
		if g.now().Sub(c.since) > window {
			c = counter{since: g.now()}
		}
		c.failed++
		g.at[key] = c
	}
}

func (g *guesses) succeeded(user, address string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.at, user+"\x00"+address)
}
