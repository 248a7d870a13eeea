package accounts

import (
	"context"
	"sync"
	"time"

	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/sync/wire"
)

// A caller who sends nonsense fills the log, not the audit: one entry in this time for each user and call.
const refusalEvery = time.Minute

// refusals remembers when a refusal was last audited.
type refusals struct {
	mu sync.Mutex
	at map[string]time.Time
}

// due says whether a refusal is to be audited, and takes note of it.
func (r *refusals) due(key string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if last, ok := r.at[key]; ok && now.Sub(last) < refusalEvery {
		return false
	}
	if r.at == nil || len(r.at) >= rememberedMost {
		r.at = map[string]time.Time{}
	}
	r.at[key] = now
	return true
}

// Refused audits that a caller sent a message that no honest device sends: too large, malformed, or with a forged sender.
func (s *Service) Refused(ctx context.Context, caller wire.Caller, call, reason string) error {
	if !s.refusals.due(caller.UserID+"\x00"+call, s.now()) {
		return nil
	}
	return s.journal.Audit(ctx, central.AuditEntry{Actor: caller.UserID, Action: "message_refused", Subject: call, Detail: "from " + caller.Device + ": " + reason})
}
