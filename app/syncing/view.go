package syncing

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// Deps is what the sync page needs from the program.
type Deps struct {
	Model *Model
	State func() sales.SyncState // how syncing stands now
	Sync  func()                 // asks for a sync soon
}

// NewPage makes the sync page.
func NewPage(h ui.Host, _ ui.Route, d Deps) ui.Page {
	p := &page{host: h, deps: d, model: d.Model, tab: "waiting"}
	p.build()
	p.Refresh()
	return p
}

type page struct {
	host  ui.Host
	deps  Deps
	model *Model
	tab   string
	shown Overview

	body      *fyne.Container
	banner    *fyne.Container
	health    []fyne.CanvasObject // banners below the one of the state
	kept      []fyne.CanvasObject // banners of files that stay here
	tabs      *ui.Tabs
	waiting   *tray
	refused   *tray
	conflicts *conflictList
	content   fyne.CanvasObject
}

// Title names the page.
func (p *page) Title() string { return ui.T("syncing.title") }

// Content is the page's body.
func (p *page) Content() fyne.CanvasObject { return p.content }

// SaveState remembers the open tab.
func (p *page) SaveState() map[string]string { return map[string]string{"tab": p.tabs.Selected()} }

// RestoreState opens the remembered tab.
func (p *page) RestoreState(s map[string]string) {
	if s["tab"] != "" {
		p.tabs.Select(s["tab"])
	}
}

// Shortcuts are the page's keys.
func (p *page) Shortcuts() []ui.Shortcut {
	return []ui.Shortcut{{Key: fyne.KeyF5, LabelKey: "syncing.sync_now", Run: p.deps.Sync}}
}

func (p *page) build() {
	p.banner = container.NewStack()
	p.waiting = newTray(p, "waiting", ui.NewEmpty(ui.IconOK, ui.T("syncing.waiting.empty"), ui.T("syncing.waiting.empty_hint"), "", nil))
	p.refused = newTray(p, "refused", ui.NewEmpty(ui.IconOK, ui.T("syncing.refused.empty"), ui.T("syncing.refused.empty_hint"), "", nil))
	p.conflicts = newConflictList(p)
	p.tabs = ui.NewTabs(
		ui.Tab{Key: "waiting", Label: ui.T("syncing.waiting"), Build: func() fyne.CanvasObject { return p.waiting.content }},
		ui.Tab{Key: "refused", Label: ui.T("syncing.refused"), Build: func() fyne.CanvasObject { return p.refused.content }},
		ui.Tab{Key: "conflicts", Label: ui.T("syncing.conflicts"), Build: func() fyne.CanvasObject { return p.conflicts.content }},
	)
	now := ui.WithIcon(ui.PrimaryButton(ui.T("syncing.sync_now"), p.deps.Sync), ui.IconSync)
	p.body = ui.VGap(4, p.banner, ui.Grow(p.tabs))
	p.content = ui.PageFrame(ui.T("syncing.title"), ui.T("syncing.subtitle"), []fyne.CanvasObject{now}, nil, p.body)
}

// Refresh reads everything anew.
func (p *page) Refresh() {
	p.showState()
	ui.Go(p.host.Context(), p.model.Load, func(o Overview, err error) {
		if err != nil {
			p.host.ShowError(err)
			return
		}
		first := p.shown.Waiting == nil && p.shown.Refused == nil && p.shown.Conflicts == nil
		p.shown = o
		p.kept = nil
		for _, k := range o.Kept {
			p.kept = append(p.kept, ui.PadXY(0, 6, k.banner(p.host)))
		}
		p.showHealth()
		p.waiting.set(o.Waiting)
		p.refused.set(o.Refused)
		open := p.conflicts.set(o.Conflicts)
		p.tabs.SetBadge("waiting", len(o.Waiting))
		p.tabs.SetBadge("refused", len(o.Refused))
		p.tabs.SetBadge("conflicts", open)
		if first && len(o.Waiting) == 0 { // what the user must act on comes first
			switch {
			case len(o.Refused) > 0:
				p.tabs.Select("refused")
			case open > 0:
				p.tabs.Select("conflicts")
			}
		}
	})
}

// StateChanged shows a new state of syncing; call it on the UI thread.
func (p *page) StateChanged() { p.showState() }

func (p *page) showState() {
	state := p.deps.State()
	text, tone := stateText(state)
	var shown fyne.CanvasObject = ui.PadXY(0, 6, ui.NewBanner(tone, text, "", nil))
	if files := filesText(state); files != "" {
		shown = ui.VGap(2, shown, ui.PadXY(14, 4, ui.Muted(files).Elastic()))
	}
	below := slices.Concat(p.kept, p.health)
	if trouble := filesTrouble(state); trouble != "" {
		below = slices.Insert(below, 0, fyne.CanvasObject(ui.PadXY(0, 6, ui.NewBanner(ui.ToneWarning, trouble, "", nil))))
	}
	if len(below) > 0 {
		shown = ui.VGap(4, append([]fyne.CanvasObject{shown}, below...)...)
	}
	p.banner.Objects = []fyne.CanvasObject{shown}
	p.banner.Refresh() // gives the texts their width, and so their height,
	p.body.Refresh()   // for which the tabs make room
}

// act runs one action on the workbook, says that it worked, and shows what is there then.
func (p *page) act(done string, action func(ctx context.Context) ([]string, error)) {
	ui.Go(p.host.Context(), action, func(kinds []string, err error) {
		if err != nil {
			p.host.ShowError(err)
			return
		}
		p.host.Toast(done)
		p.host.Changed(kinds...)
		p.Refresh()
	})
}
