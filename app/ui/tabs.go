package ui

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Tab is one of several contents in the same place. It is built when it is first shown.
type Tab struct {
	Key, Label string
	// Badge is a count behind the label; 0 shows none.
	Badge int
	Build func() fyne.CanvasObject
}

// Tabs shows one of several contents, with a row of labels above.
type Tabs struct {
	widget.BaseWidget
	// OnChanged is told the key of the tab that the user chose.
	OnChanged func(key string)
	tabs      []Tab
	built     map[string]fyne.CanvasObject
	selected  string
	row       *fyne.Container
	content   *fyne.Container
	body      fyne.CanvasObject
}

// NewTabs returns tabs with the first one chosen.
func NewTabs(tabs ...Tab) *Tabs {
	t := &Tabs{tabs: tabs, built: map[string]fyne.CanvasObject{}, row: newFlow(2), content: container.NewStack()}
	t.body = Border(PadBottom(10, VGap(0, t.row, hairline())), nil, nil, nil, t.content)
	t.ExtendBaseWidget(t)
	if len(tabs) > 0 {
		t.Select(tabs[0].Key)
	}
	return t
}

// Selected returns the key of the chosen tab.
func (t *Tabs) Selected() string { return t.selected }

// Select chooses a tab without telling OnChanged. An unknown key changes nothing.
func (t *Tabs) Select(key string) {
	for _, tab := range t.tabs {
		if tab.Key != key {
			continue
		}
		t.selected = key
		if t.built[key] == nil {
			t.built[key] = tab.Build()
		}
		t.content.Objects = []fyne.CanvasObject{t.built[key]}
		t.content.Refresh()
		t.rebuild()
	}
}

// SetBadge changes the count behind a tab's label.
func (t *Tabs) SetBadge(key string, count int) {
	for i := range t.tabs {
		if t.tabs[i].Key == key && t.tabs[i].Badge != count {
			t.tabs[i].Badge = count
			t.rebuild()
		}
	}
}

// Rebuild throws a tab's content away, so that it is built anew when it is shown next, or now if it is shown.
func (t *Tabs) Rebuild(key string) {
	delete(t.built, key)
	if t.selected == key {
		t.Select(key)
	}
}

func (t *Tabs) rebuild() {
	objects := make([]fyne.CanvasObject, 0, len(t.tabs))
	for _, tab := range t.tabs {
		label := NewText(tab.Label)
		line := newSurface(colorClear, colorClear, 1)
		line.least = fyne.NewSize(0, 2)
		label.ColorName = colorMuted
		if tab.Key == t.selected {
			label.ColorName, label.Bold = colorAccentText, true
			line.fill = theme.ColorNamePrimary
		}
		parts := []fyne.CanvasObject{label}
		if tab.Badge > 0 {
			parts = append(parts, NewBadge(strconv.Itoa(tab.Badge), ToneNeutral))
		}
		tap := func() {
			t.Select(tab.Key)
			if t.OnChanged != nil {
				t.OnChanged(tab.Key)
			}
		}
		objects = append(objects, newTappable(VGap(0, PadXY(10, 6, HGap(6, parts...)), line), 4, tap))
	}
	t.row.Objects = objects
	t.row.Refresh()
	t.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (t *Tabs) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(t.body) }
