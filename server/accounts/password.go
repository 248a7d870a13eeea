package accounts

import (
	"context"
	"fmt"

	"github.com/alexedwards/argon2id"
)

// cost is OWASP's recommendation for argon2id: 19 MiB and two passes on one core.
var cost = &argon2id.Params{Memory: 19 << 10, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// atOnce bounds how many hashes are computed at the same time, so that a flood of sign-ins cannot fill the memory.
const atOnce = 4

type hasher struct{ slots chan struct{} }

func newHasher() *hasher { return &hasher{make(chan struct{}, atOnce)} }

func (h *hasher) enter(ctx context.Context) error {
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *hasher) leave() { <-h.slots }

func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer h.leave()
	hash, err := argon2id.CreateHash(password, cost)
	if err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	return hash, nil
}

// matches compares a password with a hash; the caller holds a place among those at once. Where there is no account, and so no hash, it takes as long, so that the time
// tells nobody which names exist.
func matches(password, hash string) (bool, error) {
	if hash == "" {
		if _, err := argon2id.CreateHash(password, cost); err != nil {
			return false, fmt.Errorf("compare a password: %w", err)
		}
		return false, nil
	}
	ok, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil {
		return false, fmt.Errorf("compare a password: %w", err)
	}
	return ok, nil
}
