package visits

import "github.com/rounds-field/rounds/app/ui"

// keepDraft keeps what is typed into the short forms of a visit, so that it survives a crash.
func (c *captures) keepDraft(id string) {
	c.draft = ui.NewDraft(c.host.State(), "visit/"+id+"/capture", c.input, c.restore)
	touch := func(string) {
		if c.filling {
			return
		}
		c.draft.Touch()
	}
	for _, e := range []*ui.Entry{c.feedback, c.deal, &c.amount.Entry, c.task} {
		e.OnChanged = touch
	}
	c.closing.OnChanged = touch
}

// input is what is worth keeping: nothing when all texts are empty.
func (c *captures) input() map[string]string {
	if c.feedback.Text+c.deal.Text+c.amount.Text+c.task.Text == "" {
		return nil
	}
	return map[string]string{
		"kind": c.feedbackKind.Code(), "severity": c.severity.Code(), "feedback": c.feedback.Text,
		"deal": c.deal.Text, "amount": c.amount.Text, "closing": c.closing.Day(), "task": c.task.Text, "due": c.due.Day(),
	}
}

func (c *captures) restore(input map[string]string) {
	c.filling = true
	defer func() { c.filling = false }()
	c.feedbackKind.SetCode(input["kind"])
	c.severity.SetCode(input["severity"])
	c.feedback.SetText(input["feedback"])
	c.deal.SetText(input["deal"])
	c.amount.SetText(input["amount"])
	c.closing.SetDay(input["closing"])
	c.task.SetText(input["task"])
	c.due.SetDay(input["due"])
}
