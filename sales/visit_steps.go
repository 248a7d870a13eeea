package sales

import (
	"cmp"
	"slices"
	"time"
)

// The results of a visit's step.
const (
	StepDone    = "done"
	StepSkipped = "skipped"
)

// StepsOf gives the active steps that a type of visit asks for, in their order.
func StepsOf(steps []VisitStep, visitType string) []VisitStep {
	var out []VisitStep
	for _, s := range steps {
		if s.VisitType == visitType && !s.Inactive {
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b VisitStep) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.Code, b.Code))
	})
	return out
}

// MissingSteps gives the mandatory steps that were neither done nor skipped with a reason, in the order of steps.
func MissingSteps(steps []VisitStep, results []VisitResult) []VisitStep {
	var out []VisitStep
	for _, s := range steps {
		answered := slices.ContainsFunc(results, func(r VisitResult) bool {
			return r.StepCode == s.Code && (r.Result == StepDone || r.Result == StepSkipped && r.SkipReason != "")
		})
		if s.Mandatory && !s.Inactive && !answered {
			out = append(out, s)
		}
	}
	return out
}

// A skipped step needs its reason whether or not it is mandatory: the record alone cannot tell, and a reason never hurts.
func (r VisitResult) check(*Record) Errors {
	if r.Result == StepSkipped && r.SkipReason == "" {
		return Errors{refuse(CodeReasonNeeded, "visit_result", "skip_reason", "say why it was skipped", "a skipped step needs its reason")}
	}
	return nil
}

func (r *VisitResult) complete(now time.Time, _ string) {
	if r.RecordedAt == 0 {
		r.RecordedAt = InstantOf(now)
	}
}

func (t VisitType) check(*Record) Errors {
	return notNegative("visit_type", amount{"minutes", t.Minutes})
}
