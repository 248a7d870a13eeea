package opportunities

import (
	"context"
	"strings"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// stageText names a stage.
func stageText(stage string) string { return ui.T("option.stage." + stage) }

// fieldText names a field of an opportunity.
func fieldText(field string) string { return ui.T("field.opportunity." + field) }

func stageTone(stage string) ui.Tone {
	switch stage {
	case sales.StageWon:
		return ui.ToneSuccess
	case sales.StageLost:
		return ui.ToneDanger
	case sales.StageNegotiation:
		return ui.ToneWarning
	case sales.StageProposal:
		return ui.ToneAccent
	case sales.StageQualified:
		return ui.ToneInfo
	}
	return ui.ToneMuted
}

func currencyOf(currency string) string {
	if currency == "" {
		return sales.DefaultCurrency
	}
	return currency
}

func money(minor int64, currency string) string { return ui.FormatMoney(minor, currencyOf(currency)) }

// amountText is an amount without empty decimals, or a dash while none is known.
func amountText(minor int64, currency string) string {
	if minor == 0 {
		return "—"
	}
	return strings.TrimSuffix(money(minor, currency), ".00")
}

// totalsText writes totals of one or several currencies, with what may be expected of them.
func totalsText(totals []sales.Total, key string) string {
	var sums, weighted []string
	for _, t := range totals {
		if t.Amount == 0 && len(totals) > 1 {
			continue
		}
		sums = append(sums, ui.FormatMoneyShort(t.Amount, t.Currency))
		weighted = append(weighted, ui.FormatMoneyShort(t.Weighted, t.Currency))
	}
	if len(sums) == 0 {
		return ""
	}
	return ui.T(key, "Amount", strings.Join(sums, " + "), "Weighted", strings.Join(weighted, " + "))
}

// choose makes the search of a picker for records of a kind.
func choose(book sales.ReadSearcher, kind string) func(context.Context, string) ([]ui.PickItem, error) {
	return func(ctx context.Context, text string) ([]ui.PickItem, error) {
		hits, err := sales.Choices(ctx, book, kind, text, 30)
		items := make([]ui.PickItem, len(hits))
		for i, h := range hits {
			items[i] = ui.PickItem{ID: h.ID, Title: h.Title, Subtitle: h.Excerpt}
		}
		return items, err
	}
}

// optionsOf gives codes with their labels.
func optionsOf(field string, codes ...string) []ui.Option {
	options := make([]ui.Option, len(codes))
	for i, code := range codes {
		options[i] = ui.Option{Code: code, Label: ui.T("option." + field + "." + code)}
	}
	return options
}
