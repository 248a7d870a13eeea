package local

import (
	"context"
	"errors"
	"slices"

	"github.com/rounds-field/rounds/sales"
)

// followRole has this workbook's user work under the role that the organisation's directory gives them, without signing in again.
func (p *pulling) followRole(ctx context.Context) error {
	who := p.s.user()
	if who.Server == "" {
		return nil
	}
	st, err := p.server(ctx, tables["user"], who.UserID)
	if errors.Is(err, errDamaged) {
		return nil // a deep check mends it
	}
	if err != nil || st == nil {
		return err
	}
	rec := st.Record()
	role := sales.Role(rec.Text("role"))
	if role == who.Role || !slices.Contains(sales.Roles(), role) {
		return nil
	}
	who.Role = role
	p.s.log.Info("the user's role changed", "role", role)
	return p.keepIdentity(ctx, who)
}
