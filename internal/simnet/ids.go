package simnet

import (
	"encoding/binary"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
)

// idsOf gives a source of ids for one machine: UUIDv7s of its own clock, with the rest from the seed. It stands for true randomness, which no restore
// takes back, so that one source never gives an id twice.
func idsOf(seed, machine uint64, now func() time.Time) func() string {
	rng := rand.New(rand.NewPCG(seed, 1000+machine)) //nolint:gosec // a play is to be repeated
	return func() string {
		var u uuid.UUID
		binary.BigEndian.PutUint64(u[:8], uint64(max(now().UnixMilli(), 0))<<16|rng.Uint64()&0xfff)
		binary.BigEndian.PutUint64(u[8:], rng.Uint64())
		u[6] = u[6]&0x0f | 0x70
		u[8] = u[8]&0x3f | 0x80
		return u.String()
	}
}
