package sales

import (
	"slices"
	"time"
)

// Demands lists what an opportunity lacks for a stage: a proposal needs an amount and an expected close, a negotiation
// moreover a next step, won and lost the closing day and the reason. They bind when a deal moves to the stage. A deal that
// is new here is taken as it is: what comes from other systems is often less complete, and refusing it would hide it.
func Demands(o Opportunity, stage string) Errors {
	var errs Errors
	need := func(missing bool, field, message string) {
		if missing {
			e := refuse(CodeRequired, "opportunity", field, "fill it in, then move it", "%s needs %s", stage, message)
			e.Args = map[string]any{"Stage": stage}
			errs = append(errs, e)
		}
	}
	switch stage {
	case StageProposal, StageNegotiation:
		need(o.Amount <= 0, "amount", "an amount")
		need(o.ExpectedClose == "", "expected_close", "the day on which it is expected to close")
		need(stage == StageNegotiation && o.NextStep == "", "next_step", "a next step")
	case StageWon, StageLost:
		need(stage == StageWon && o.Amount <= 0, "amount", "an amount")
		need(o.ClosedOn == "", "closed_on", "the day on which it was closed")
		if o.CloseReason == "" {
			errs = append(errs, refuse(CodeReasonNeeded, "opportunity", "close_reason", "say why", "%s needs its reason", stage))
		}
	}
	return errs
}

// CanMove says what stands in the way of moving an opportunity to a stage: the order of stages and the stage's demands. The
// reason and the closing day, which Move fills, are not asked for. Nil means that it can move.
func CanMove(o Opportunity, to string) Errors {
	if o.Stage == to {
		return nil
	}
	if !slices.Contains(NextStages(o), to) {
		return Errors{wrongStage(o.Stage, to)}
	}
	o.CloseReason, o.ClosedOn = "-", "2000-01-01"
	return Demands(o, to)
}

func wrongStage(from, to string) *Error {
	e := refuse(CodeBadOrder, "opportunity", "stage", "take the stages between first", "%q does not follow %q", to, from)
	e.Args = map[string]any{"From": from, "To": to}
	return e
}

// Move gives the edits that move an opportunity to a stage: its own, and the entry in its stage history. reason explains a
// win, a loss and a step back (see MoveNeedsReason). The error is of type Errors.
func Move(o Opportunity, to, reason string, now time.Time, userID string) ([]Edit, error) {
	if o.Stage == to {
		return nil, nil
	}
	errs := CanMove(o, to)
	if reason == "" && MoveNeedsReason(o.Stage, to) {
		errs = append(errs, refuse(CodeReasonNeeded, "opportunity", "close_reason", "say why", "moving to %s needs its reason", to))
	}
	if len(errs) > 0 {
		return nil, errs
	}
	next := o
	next.Stage, next.StageSince, next.Probability = to, InstantOf(now), 0
	next.ClosedOn, next.CloseReason = "", ""
	if Closed(to) {
		next.ClosedOn, next.CloseReason = DateOf(now), reason
	}
	change := StageChange{ID: NewID(), OpportunityID: o.ID, FromStage: o.Stage, ToStage: to, ChangedAt: InstantOf(now), AuthorID: userID, Reason: reason}
	return []Edit{UpdateOf(o, next), CreateOf(change)}, nil
}

func (o Opportunity) check(prev *Record) Errors {
	errs := percentage("opportunity", amount{"probability", o.Probability})
	if prev == nil || prev.Text("stage") == o.Stage {
		return errs
	}
	before := o
	before.Stage = prev.Text("stage")
	if before.Stage != "" && !slices.Contains(NextStages(before), o.Stage) {
		return append(errs, wrongStage(before.Stage, o.Stage))
	}
	return append(errs, Demands(o, o.Stage)...)
}

func (o *Opportunity) complete(now time.Time, userID string) {
	o.OwnerID = firstOf(o.OwnerID, userID)
	o.Stage = firstOf(o.Stage, StageProspect)
	if o.Pipeline == "" {
		o.Pipeline = PipelineChannel
		if o.AccountID != "" && o.PartnerID == "" {
			o.Pipeline = PipelineKeyAccount
		}
	}
	if o.StageSince == 0 {
		o.StageSince = InstantOf(now)
	}
	o.Currency = currencyFor(o.Amount, o.Currency)
}

func (c *StageChange) complete(now time.Time, userID string) {
	c.AuthorID = firstOf(c.AuthorID, userID)
	if c.ChangedAt == 0 {
		c.ChangedAt = InstantOf(now)
	}
}

func (l LineItem) check(*Record) Errors {
	return append(percentage("line_item", amount{"discount", l.Discount}), notNegative("line_item", amount{"unit_price", l.UnitPrice})...)
}

// Amount is the line's price after discount, in minor units.
func (l LineItem) Amount() int64 { return percentOf(l.Quantity*l.UnitPrice, 100-l.Discount) }
