package feedback

import (
	"context"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// NewPage gives the factory of the pages of feedback, for the routes "feedback" and "feedback/<id>" (the inbox, with one opened)
// and "feedback/new" (?partner=, ?account=, ?visit=).
func NewPage(d Deps) func(ui.Host, ui.Route) ui.Page {
	return func(host ui.Host, route ui.Route) ui.Page {
		model := NewModel(d)
		if route.ID == "new" {
			return newCapture(host, model, Origin{PartnerID: route.Get("partner"), AccountID: route.Get("account"), VisitID: route.Get("visit")})
		}
		return newInbox(host, model, route.ID)
	}
}

func optionText(field, code string) string { return ui.T("option." + field + "." + code) }

func fieldText(field string) string { return ui.T("field.feedback." + field) }

// choices gives the declared codes of a field as options, with counts where there are any.
func choices(field string, counts map[string]int) []ui.Option {
	var out []ui.Option
	for _, code := range options(field) {
		out = append(out, ui.Option{Code: code, Label: optionText(field, code), Count: counts[code]})
	}
	return out
}

func severityTone(severity string) ui.Tone {
	switch severity {
	case "critical":
		return ui.ToneDanger
	case "high":
		return ui.ToneWarning
	case "low":
		return ui.ToneMuted
	}
	return ui.ToneNeutral
}

func statusTone(status string) ui.Tone {
	switch status {
	case sales.FeedbackAcknowledged, sales.FeedbackInProgress:
		return ui.ToneInfo
	case sales.FeedbackAnswered:
		return ui.ToneAccent
	case sales.FeedbackClosed:
		return ui.ToneSuccess
	}
	return ui.ToneNeutral
}

// choose makes the search of a picker for records of some kinds. The ids of several kinds are told apart by "kind:id".
func choose(book sales.ReadSearcher, kinds ...string) func(context.Context, string) ([]ui.PickItem, error) {
	return func(ctx context.Context, text string) ([]ui.PickItem, error) {
		var items []ui.PickItem
		for _, kind := range kinds {
			hits, err := sales.Choices(ctx, book, kind, text, 30/len(kinds))
			if err != nil {
				return nil, err
			}
			for _, h := range hits {
				item := ui.PickItem{ID: h.ID, Title: h.Title, Subtitle: h.Excerpt}
				if len(kinds) > 1 {
					item.ID, item.Subtitle = kind+":"+h.ID, ui.T("kind."+kind)+" "+h.Excerpt
				}
				items = append(items, item)
			}
		}
		return items, nil
	}
}
