package partners

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
)

// filterBar is the two rows above the list: search, territory and saved views; then what is on or off.
type filterBar struct {
	view *listView

	object    fyne.CanvasObject
	switches  *fyne.Container // the second row
	search    *ui.Entry
	territory *ui.Picker
	views     *ui.Select
	more      *ui.PushButton
	flags     *ui.Chips
	tiers     *ui.Chips
	category  *choice
	status    *choice
	clear     *ui.PushButton
	count     *ui.Text

	saved  []View
	chosen string // id of the view that was chosen last
	tree   Territories
	quiet  bool // the widgets are being set, not used
}

func newFilterBar(v *listView) *filterBar {
	b := &filterBar{view: v, count: ui.Muted("")}
	s := v.model.side
	b.search = ui.NewSearchEntry(s.text("search_hint"), func(text string) {
		b.change(func(f *Filter) { f.Text = strings.TrimSpace(text) })
	})
	b.territory = ui.NewPicker(b.findTerritory)
	b.territory.OnChanged = func(item ui.PickItem) { b.change(func(f *Filter) { f.Territory = item.ID }) }
	b.views = ui.NewSelect(nil, b.choose)
	b.views.PlaceHolder = ui.T("partners.views")
	b.more = ui.WithIcon(ui.QuietButton("", b.menu), ui.IconStar)
	b.flags = ui.NewChips(true, func(codes []string) {
		b.change(func(f *Filter) { f.Mine, f.Missed = slices.Contains(codes, "mine"), slices.Contains(codes, "missed") })
	}, ui.Option{Code: "mine", Label: ui.T("partners.mine")}, ui.Option{Code: "missed", Label: ui.T("partners.missed")})
	b.tiers = ui.NewChips(true, func(codes []string) { b.change(func(f *Filter) { f.Tiers = codes }) }, options("tier", s.options("tier"))...)
	b.category = newChoice(v, label(s.kind, s.category), options(s.category, s.options(s.category)), func(codes []string) {
		b.change(func(f *Filter) { f.Categories = codes })
	})
	b.status = newChoice(v, label(s.kind, "status"), options("status", s.options("status")), func(codes []string) {
		b.change(func(f *Filter) { f.Statuses = codes })
	})
	b.clear = ui.WithIcon(ui.QuietButton(ui.T("partners.clear_filters"), func() { v.apply(Filter{Sort: v.filter.Sort, Desc: v.filter.Desc}) }), ui.IconClose)
	b.switches = ui.HStack(b.flags, b.tiers, b.category.button, b.status.button, b.clear, ui.Spacer(), b.count)
	b.object = ui.VStack(
		ui.HStack(ui.Grow(b.search), ui.Caption(label(s.kind, "region_code")), ui.Fixed(220, 0, b.territory), ui.Fixed(170, 0, b.views), b.more),
		b.switches,
	)
	return b
}

// change lets the user's hand on a widget change the filter.
func (b *filterBar) change(set func(*Filter)) {
	if b.quiet {
		return
	}
	f := b.view.filter
	set(&f)
	if f.Encode() == b.view.filter.Encode() {
		return
	}
	b.view.filter = f
	b.showClear(f)
	b.view.Refresh()
}

// show makes the widgets say what the filter says.
func (b *filterBar) show(f Filter) {
	b.quiet = true
	defer func() { b.quiet = false }()
	if b.search.Text != f.Text {
		b.search.SetText(f.Text)
	}
	b.showTerritory(f)
	var on []string
	if f.Mine {
		on = append(on, "mine")
	}
	if f.Missed {
		on = append(on, "missed")
	}
	b.flags.Set(on...)
	b.tiers.Set(f.Tiers...)
	b.category.set(f.Categories)
	b.status.set(f.Statuses)
	b.showClear(f)
}

func (b *filterBar) showTerritory(f Filter) {
	b.territory.Set(f.Territory, b.tree.Name(f.Territory))
}

func (b *filterBar) showClear(f Filter) {
	if f.empty() {
		b.clear.Hide()
	} else {
		b.clear.Show()
	}
	b.switches.Refresh()
}

// loaded takes what came with the rows.
func (b *filterBar) loaded(total int, views []View, tree Territories, industries []string) {
	b.tree, b.saved = tree, views
	b.count.SetText(b.view.model.side.text("count", "Count", total, "Number", ui.FormatNumber(int64(total))))
	b.showTerritory(b.view.filter)
	if industries != nil {
		b.category.setOptions(options("industry", industries))
	}
	b.showViews()
	b.switches.Refresh()
}

func (b *filterBar) showViews() {
	choices := make([]ui.Option, len(b.saved))
	known := false
	for i, view := range b.saved {
		choices[i] = ui.Option{Code: view.ID, Label: view.Name}
		known = known || view.ID == b.chosen
	}
	if !known {
		b.chosen = ""
	}
	b.views.SetCode("")
	b.views.SetChoices(choices)
	b.views.SetCode(b.chosen)
}

func (b *filterBar) findTerritory(_ context.Context, text string) ([]ui.PickItem, error) {
	return b.tree.items(text), nil
}

// choose applies a saved view.
func (b *filterBar) choose(id string) {
	for _, view := range b.saved {
		if view.ID == id {
			b.chosen = id
			b.view.apply(view.Filter)
		}
	}
}

// menu offers to save the present filter as a view and to delete the chosen view.
func (b *filterBar) menu() {
	v := b.view
	items := []ui.MenuItem{{Label: ui.T("partners.view.save"), Icon: ui.IconStar, Run: b.save}}
	for _, view := range b.saved {
		if view.ID == b.chosen {
			items = append(items, ui.MenuItem{Label: ui.T("partners.view.delete", "Name", view.Name), Danger: true, Run: func() { b.remove(view) }})
		}
	}
	ui.ShowMenu(v.host.Canvas(), b.more, items...)
}

func (b *filterBar) save() {
	v := b.view
	name := ""
	for _, view := range b.saved {
		if view.ID == b.chosen {
			name = view.Name
		}
	}
	ui.AskText(v.host.Canvas(), ui.AskOptions{
		Title: ui.T("partners.view.save"), Label: ui.T("partners.view.name"), Text: name, Yes: ui.T("partners.save"), Required: true,
	}, func(name string) {
		filter := v.filter
		ui.Go(v.host.Context(), func(ctx context.Context) (string, error) { return v.model.SaveView(ctx, name, filter) }, func(id string, err error) {
			if err != nil {
				v.host.ShowError(err)
				return
			}
			b.chosen = id
			v.host.Toast(ui.T("partners.view.saved", "Name", name))
			v.host.Changed("saved_view")
		})
	})
}

// remove deletes a view at once: making it again is a matter of seconds, and the toast offers just that.
func (b *filterBar) remove(view View) {
	v := b.view
	ui.Do(v.host.Context(), func(ctx context.Context) error { return v.model.DeleteView(ctx, view.ID) }, func(err error) {
		if err != nil {
			v.host.ShowError(err)
			return
		}
		v.host.Changed("saved_view")
		v.host.ToastAction(ui.T("partners.view.deleted", "Name", view.Name), ui.T("partners.undo"), func() {
			ui.Go(v.host.Context(), func(ctx context.Context) (string, error) { return v.model.SaveView(ctx, view.Name, view.Filter) }, func(id string, err error) {
				if err != nil {
					v.host.ShowError(err)
					return
				}
				b.chosen = id
				v.host.Changed("saved_view")
			})
		})
	})
}
