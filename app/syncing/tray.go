package syncing

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// tray is a list of pending changes with the selected one beside it.
type tray struct {
	page    *page
	table   *ui.Table[sales.Pending]
	detail  *fyne.Container
	split   fyne.CanvasObject
	empty   fyne.CanvasObject
	content *fyne.Container
}

func newTray(p *page, key string, empty fyne.CanvasObject) *tray {
	t := &tray{page: p, detail: container.NewStack(), empty: empty}
	t.table = ui.NewTable(p.host.State(), "syncing."+key, []ui.Column[sales.Pending]{
		{Key: "at", Title: ui.T("syncing.column.at"), Width: 130, Text: func(c sales.Pending) string { return ui.FormatDateTime(c.WrittenAt.Time().Local()) }},
		{Key: "what", Title: ui.T("syncing.column.what"), Width: 150, Text: func(c sales.Pending) string {
			return ui.T("syncing.what", "Verb", verbText(c.Verb), "Kind", kindLabel(c.Kind))
		}},
		{Key: "record", Title: ui.T("syncing.column.record"), Width: 160, Flex: 1, Text: One},
		{
			Key: "state", Title: ui.T("syncing.column.state"), Width: 100, Badge: true,
			Text: func(c sales.Pending) string { return ui.T("syncing.pending." + string(c.State)) },
			Tone: func(c sales.Pending) ui.Tone {
				switch c.State {
				case sales.Rejected:
					return ui.ToneDanger
				case sales.Held:
					return ui.ToneWarning
				}
				return ui.ToneInfo
			},
		},
	})
	t.table.OnSelect = t.show
	t.table.OnOpen = func(c sales.Pending) {
		if r := RouteOf(c.Kind, c.RecordID); r != "" && c.Verb != sales.Delete {
			p.host.Open(r)
		}
	}
	t.split = ui.NewMasterDetail(p.host.State(), "syncing."+key+".split", 0.6, t.table, t.detail)
	t.content = container.NewStack(t.split)
	return t
}

func (t *tray) set(list []sales.Pending) {
	selected, had := t.table.Selected()
	t.table.SetRows(ui.SliceRows(list))
	t.content.Objects = []fyne.CanvasObject{t.empty}
	if len(list) > 0 {
		t.content.Objects = []fyne.CanvasObject{t.split}
	}
	t.content.Refresh()
	if len(list) == 0 {
		return
	}
	at := 0
	for i, c := range list {
		if had && c.ID == selected.ID {
			at = i
		}
	}
	t.table.Select(at)
	t.show(list[at])
}

// show puts one change beside the list: what it sets, why it was refused, and what can be done.
func (t *tray) show(c sales.Pending) {
	host, m := t.page.host, t.page.model
	type row struct{ label, before, after string }
	ui.Go(host.Context(), func(ctx context.Context) ([]row, error) {
		var rows []row
		for _, f := range Fields(c) {
			rows = append(rows, row{fieldLabel(c.Kind, f.Field.Name), m.valueText(ctx, f.Field, f.Before), m.valueText(ctx, f.Field, f.After)})
		}
		return rows, nil
	}, func(rows []row, err error) {
		if err != nil {
			host.ShowError(err)
			return
		}
		parts := []fyne.CanvasObject{ui.Heading(One(c)), ui.Muted(ui.T("syncing.what", "Verb", verbText(c.Verb), "Kind", kindLabel(c.Kind)) + " · " + ui.FormatDateTime(c.WrittenAt.Time().Local()))}
		if c.Problem != nil {
			tone := ui.ToneDanger
			if c.State == sales.Held {
				tone = ui.ToneWarning
			}
			parts = append(parts, ui.NewBanner(tone, ui.ErrorText(c.Problem), "", nil))
			if c.State == sales.Rejected && c.Problem.Message != "" { // it names the values; a held change has nothing to add
				parts = append(parts, ui.VGap(2, ui.Caption(ui.T("syncing.server_said")), ui.Prose(c.Problem.Message)))
			}
		}
		for _, r := range rows {
			value := r.after
			if r.before != "–" {
				value = r.before + " → " + r.after
			}
			parts = append(parts, ui.VGap(2, ui.Caption(r.label), ui.Prose(value)))
		}
		foot := ui.PadXY(0, 8, ui.HStack(t.actions(c)...))
		t.detail.Objects = []fyne.CanvasObject{ui.Panel(ui.Border(nil, foot, nil, nil, ui.Scroll(ui.VGap(10, parts...))))}
		t.detail.Refresh()
	})
}

func (t *tray) actions(c sales.Pending) []fyne.CanvasObject {
	p := t.page
	var out []fyne.CanvasObject
	if r := RouteOf(c.Kind, c.RecordID); r != "" && c.Verb != sales.Delete {
		label := ui.T("syncing.open")
		if c.Problem != nil {
			label = ui.T("syncing.mend")
		}
		out = append(out, ui.WithIcon(ui.PrimaryButton(label, func() { p.host.Open(r) }), ui.IconOpen))
	}
	if c.State != sales.Waiting {
		out = append(out, ui.WithIcon(ui.Button(ui.T("syncing.retry"), func() {
			p.act(ui.T("syncing.retried"), func(ctx context.Context) ([]string, error) {
				return []string{c.Kind}, p.model.Tray.Retry(ctx, c.ID)
			})
			p.deps.Sync()
		}), ui.IconRetry))
	}
	return append(out, ui.WithIcon(ui.QuietButton(ui.T("syncing.undo"), func() {
		ui.Confirm(p.host.Canvas(), ui.ConfirmOptions{
			Title: ui.T("syncing.undo_title"), Text: ui.T("syncing.undo_text", "Record", One(c)), Yes: ui.T("syncing.undo"), No: ui.T("syncing.keep"), Danger: true,
		}, func() {
			p.act(ui.T("syncing.undone"), func(ctx context.Context) ([]string, error) {
				return []string{c.Kind}, p.model.Tray.Undo(ctx, c.ID)
			})
		})
	}), ui.IconUndo))
}
