package syncing

import (
	"context"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// HealthBook tells what checks of the workbook found, as this feature needs it.
type HealthBook interface {
	Health(ctx context.Context) (sales.Condition, error)
	// Acknowledge is called when the user has seen what was mended.
	Acknowledge(ctx context.Context) error
}

// maxNamed is how many records a banner names; the report has more.
const maxNamed = 3

// named names the first of the records that differ, "" when all records agree.
func (m *Model) named(ctx context.Context, d sales.Difference) (string, error) {
	names := make([]string, 0, maxNamed)
	for _, r := range d.Records {
		if len(names) == maxNamed {
			break
		}
		name := r.ID
		if _, known := sales.KindNamed(r.Kind); known {
			titles, err := m.Book.Titles(ctx, r.Kind, []string{r.ID})
			if err != nil {
				return "", err
			}
			if titles[r.ID] != "" {
				name = titles[r.ID]
			}
		}
		names = append(names, name)
	}
	if d.Total > len(names) && len(names) > 0 {
		names = append(names, "…")
	}
	return strings.Join(names, ", "), nil
}

// reportText is what an administrator needs to know of the workbook's health. It is for them, and so in the language of the server's log.
func reportText(h sales.Condition) string {
	var b strings.Builder
	for _, d := range h.Differences {
		fmt.Fprintf(&b, "bucket %s at %d/%d/%016x, found %s: %s; %s\n", d.Bucket, d.Epoch, d.Seq, d.Chain, d.Found.Time().UTC().Format("2006-01-02 15:04:05Z"), d, sales.DifferenceHint)
	}
	for _, l := range h.Left {
		fmt.Fprintln(&b, l)
	}
	return b.String()
}

// showHealth shows a banner for everything that the user should know of.
func (p *page) showHealth() {
	h := p.shown.Health
	p.health = nil
	add := func(tone ui.Tone, text, action string, do func()) {
		p.health = append(p.health, ui.PadXY(0, 6, ui.NewBanner(tone, text, action, do)))
	}
	copyReport := func() {
		fyne.CurrentApp().Clipboard().SetContent(reportText(h))
		p.host.Toast(ui.T("syncing.health.copied"))
	}
	for i, d := range h.Differences {
		text := ui.T("syncing.health.books")
		if d.Total > 0 {
			text = ui.T("syncing.health.differs", "Count", d.Total, "Names", p.shown.Differing[i])
		}
		add(ui.ToneWarning, text, ui.T("syncing.health.copy"), copyReport)
	}
	if len(h.Left) > 0 {
		add(ui.ToneDanger, ui.T("syncing.health.left", "Count", len(h.Left)), ui.T("syncing.health.copy"), copyReport)
	}
	if h.Mended > 0 {
		add(ui.ToneInfo, ui.T("syncing.health.mended", "Count", h.Mended), ui.T("syncing.health.seen"), func() {
			ui.Go(p.host.Context(), func(ctx context.Context) (struct{}, error) { return struct{}{}, p.model.Health.Acknowledge(ctx) }, func(_ struct{}, err error) {
				if err != nil {
					p.host.ShowError(err)
					return
				}
				p.Refresh()
			})
		})
	}
	p.showState()
}
