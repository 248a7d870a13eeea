package opportunities

import (
	"context"
	"fmt"
	"maps"

	"github.com/rounds-field/rounds/sales"
)

// MovePlan says what a move to a stage takes.
type MovePlan struct {
	Opportunity sales.Opportunity
	To          string
	Missing     []string // fields that the stage demands and the opportunity lacks, in the order in which to ask for them
	Reason      bool     // whether the move must be explained
	Refused     error    // why the move cannot be made whatever is filled in, else nil
}

// Simple says that the move can be made without asking anything.
func (p MovePlan) Simple() bool { return p.Refused == nil && !p.Reason && len(p.Missing) == 0 }

// PlanMove finds what moving an opportunity to a stage takes.
func (m *Model) PlanMove(ctx context.Context, id, to string) (MovePlan, error) {
	record, err := m.Book.Get(ctx, kind, id)
	if err != nil {
		return MovePlan{}, fmt.Errorf("open the opportunity: %w", err)
	}
	o := sales.As[sales.Opportunity](record)
	plan := MovePlan{Opportunity: o, To: to, Reason: o.Stage != to && sales.MoveNeedsReason(o.Stage, to)}
	for _, problem := range sales.CanMove(o, to) {
		if problem.Code == sales.CodeRequired {
			plan.Missing = append(plan.Missing, problem.Field)
		} else if plan.Refused == nil {
			plan.Refused = problem
		}
	}
	return plan, nil
}

// Move moves an opportunity to a stage, with the values that the stage demands and the reason for it. Both its own change and
// the entry in its stage history are saved, or neither.
func (m *Model) Move(ctx context.Context, id, to, reason string, values sales.Values) error {
	record, err := m.Book.Get(ctx, kind, id)
	if err != nil {
		return fmt.Errorf("open the opportunity: %w", err)
	}
	changed := record
	changed.Values = sales.Apply(record.Values, values)
	edits, err := sales.Move(sales.As[sales.Opportunity](changed), to, reason, m.Now(), m.me())
	if err != nil {
		return err
	}
	if len(edits) == 0 {
		return nil
	}
	own := sales.Diff(record.Values, changed.Values)
	maps.Copy(own, edits[0].Values)
	edits[0].Values = own
	if _, err := m.Book.Write(ctx, edits...); err != nil {
		return fmt.Errorf("move the opportunity: %w", err)
	}
	return nil
}
