package opportunities

import (
	"context"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

func (v *overview) showBoard(b Board) {
	columns := make([]ui.BoardColumn, len(b.Columns))
	count := 0
	for i, c := range b.Columns {
		count += c.Count
		key := "opportunities.column.totals"
		if sales.Closed(c.Stage) {
			key = "opportunities.column.amount"
		}
		columns[i] = ui.BoardColumn{
			Key: c.Stage, Title: stageText(c.Stage), Summary: totalsText(c.Totals, key),
			Tone: stageTone(c.Stage), Count: c.Count,
		}
		if c.More() > 0 {
			columns[i].More = ui.T("opportunities.more", "Count", min(firstCards, c.More()), "Rest", ui.FormatNumber(int64(c.More())))
		}
		for _, card := range c.Cards {
			columns[i].Cards = append(columns[i].Cards, boardCard(card))
		}
	}
	v.setSummary(b.Count, b.Open)
	v.board.SetColumns(columns)
	if count == 0 {
		v.put(v.nothing())
		return
	}
	v.put(v.board)
}

// boardCard is an opportunity as a card: what, with whom, how much, and when it should close; closed ones say why.
func boardCard(c Card) ui.BoardCard {
	card := ui.BoardCard{ID: c.ID, Title: c.Name, Subtitle: c.Company, Value: amountText(c.Amount, c.Currency)}
	switch {
	case !c.Open():
		card.Note = ui.FormatDayShort(string(c.ClosedOn))
		if c.CloseReason != "" {
			card.Note += " · " + c.CloseReason
		}
	case c.Late:
		card.Note, card.Tone = ui.T("opportunities.card.late", "Day", ui.FormatDayShort(string(c.ExpectedClose))), ui.ToneDanger
	case c.ExpectedClose != "":
		card.Note = ui.T("opportunities.card.close", "Day", ui.FormatDayShort(string(c.ExpectedClose)))
	default:
		card.Note = ui.T("opportunities.card.no_close")
	}
	switch {
	case c.StuckFor > 0:
		card.Badge, card.BadgeTone = ui.T("opportunities.stuck", "Count", c.StuckFor), ui.ToneWarning
	case c.Pending:
		card.Badge, card.BadgeTone = ui.T("opportunities.pending.short"), ui.ToneInfo
	}
	return card
}

func (v *overview) more(stage string) {
	v.limits[stage] = max(firstCards, v.limits[stage]) + firstCards
	v.Refresh()
}

func (v *overview) move(id, _, to string) {
	startMove(v.host, v.model, id, to)
}

// startMove moves an opportunity to a stage and asks for what that takes: nothing, a reason, or the values that are missing.
func startMove(host ui.Host, model *Model, id, to string) {
	ui.Go(host.Context(), func(ctx context.Context) (MovePlan, error) { return model.PlanMove(ctx, id, to) },
		func(plan MovePlan, err error) {
			switch {
			case err != nil:
				host.ShowError(err)
			case plan.Opportunity.Stage == to:
			case plan.Refused != nil:
				host.ShowError(plan.Refused)
			case plan.Simple():
				finishMove(host, model, plan, "", nil, host.ShowError)
			default:
				askMove(host, model, plan)
			}
		})
}

// finishMove makes the move and offers to take it back.
func finishMove(host ui.Host, model *Model, plan MovePlan, reason string, values map[string]any, onError func(error)) {
	o := plan.Opportunity
	ui.Do(ui.Lasting(host), func(ctx context.Context) error { return model.Move(ctx, o.ID, plan.To, reason, values) }, func(err error) {
		if err != nil {
			onError(err)
			return
		}
		onError(nil)
		host.Changed(kind, "stage_change")
		host.ToastAction(ui.T("opportunities.moved", "Name", o.Name, "Stage", stageText(plan.To)), ui.T("opportunities.undo"), func() {
			ui.Do(ui.Lasting(host), func(ctx context.Context) error {
				return model.Move(ctx, o.ID, o.Stage, ui.T("opportunities.undo.reason"), nil)
			}, func(err error) {
				if err != nil {
					host.ShowError(err)
					return
				}
				host.Changed(kind, "stage_change")
			})
		})
	})
}
