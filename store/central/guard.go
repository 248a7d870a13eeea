package central

import (
	"fmt"
	"strings"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// looseTerritories is how many territories that the tree does not name may hold records. Every one is a bucket of its own, and who sees all of
// them names every one in a pull.
const looseTerritories = 5000

// lastAdmin refuses a change after which nobody could administer the server: next is nil when the user is deleted.
func (b *batch) lastAdmin(prev *sales.Record, next *sales.Record) (*sales.Error, error) {
	if prev == nil || !administers(prev) || next != nil && administers(next) {
		return nil, nil
	}
	s, err := b.stmt("SELECT user_id FROM accounts WHERE org_id = ? ORDER BY user_id")
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(b.ctx, b.j.org)
	if err != nil {
		return nil, fmt.Errorf("look for another administrator: %w", err)
	}
	defer rows.Close()
	var others []string
	own := false
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("look for another administrator: %w", err)
		}
		own = own || id == prev.ID
		if id != prev.ID {
			others = append(others, id)
		}
	}
	if err := rows.Err(); err != nil || !own { // who cannot sign in administers nothing
		return nil, err
	}
	for _, id := range others {
		r, err := b.load(key{"user", id})
		if err != nil {
			return nil, err
		}
		if r == nil || r.state.Deleted {
			continue
		}
		if rec := r.state.Record(); administers(&rec) {
			return nil, nil
		}
	}
	return &sales.Error{
		Code: sales.CodeBadOrder, Kind: "user", ID: prev.ID, Field: "role", Message: "this is the last administrator",
		Hint: "add another administrator first",
	}, nil
}

// widened refuses what nobody meant: several administrators have taken territories from a user, each another one and none of them the last, and without any the user would see the
// whole organisation.
func widened(prev *sales.Record, next sales.Record, c *wire.Change) *sales.Error {
	if prev == nil || len(sales.As[sales.User](*prev).Territories) == 0 || len(sales.As[sales.User](next).Territories) > 0 {
		return nil
	}
	f, _ := sales.MustKind(next.Kind).Field("territories")
	for _, e := range c.Fields {
		if meant, _ := e.Value.([]string); e.Number == f.Number && len(meant) > 0 {
			return &sales.Error{
				Code: sales.CodeBadOrder, Kind: next.Kind, ID: next.ID, Field: f.Name,
				Message: "others have taken the other territories meanwhile, and without any the user would see the whole organisation",
				Hint:    "sync, look which territories are left, and say anew what is meant",
			}
		}
	}
	return nil
}

func administers(u *sales.Record) bool {
	return u.Text("role") == string(sales.RoleAdmin) && !u.Flag("disabled")
}

// territory refuses one more territory that the tree does not name, when there are too many that hold records already.
func (b *batch) territory(k *sales.Kind, prev *sales.Record, next sales.Record) (*sales.Error, error) {
	code := next.Text("region_code")
	if k.Scope != sales.InTerritory || code == "" || prev != nil && prev.Text("region_code") == code {
		return nil, nil
	}
	if _, known := b.tree[code]; known || b.grown[code] {
		return nil, nil
	}
	if b.loose == nil {
		if err := b.countLoose(); err != nil {
			return nil, err
		}
	}
	if !b.loose[code] && len(b.loose) >= looseTerritories {
		return &sales.Error{
			Code: sales.CodeBadReference, Kind: k.Name, ID: next.ID, Field: "region_code",
			Message: fmt.Sprintf("there is no territory %q, and records lie in %d such already", code, len(b.loose)),
			Hint:    "choose one that exists, or leave it out", Args: map[string]any{"Of": "territory", "Value": code},
		}, nil
	}
	b.loose[code] = true
	return nil, nil
}

// countLoose lists the territories that hold or held records and are not in the tree.
func (b *batch) countLoose() error {
	s, err := b.stmt("SELECT bucket FROM buckets WHERE org_id = ? AND bucket LIKE 't:_%' ORDER BY bucket")
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(b.ctx, b.j.org)
	if err != nil {
		return fmt.Errorf("count the territories in use: %w", err)
	}
	defer rows.Close()
	b.loose = map[string]bool{}
	for rows.Next() {
		var bucket string
		if err := rows.Scan(&bucket); err != nil {
			return fmt.Errorf("count the territories in use: %w", err)
		}
		code := strings.TrimPrefix(bucket, sales.TerritoryBucket(""))
		if _, known := b.tree[code]; !known {
			b.loose[code] = true
		}
	}
	return rows.Err()
}

// auditForbidden notes that a push held what its author may not do. The changes are in the journal, each with its verdict; the audit has one
// entry for all of them.
func (b *batch) auditForbidden(incarnation string) error {
	n := 0
	first := ""
	for _, e := range b.entries {
		v := &e.verdict
		if v.Outcome != wire.Rejected || v.Code != sales.CodeForbidden {
			continue
		}
		if n++; n == 1 {
			first = fmt.Sprintf("%s %s: %s", e.change.Kind, e.change.RecordID, v.Message)
		}
	}
	if n == 0 {
		return nil
	}
	return b.audit("changes_forbidden", incarnation, fmt.Sprintf("%d changes refused; the first is of %s", n, first))
}
