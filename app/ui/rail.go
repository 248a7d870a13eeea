package ui

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/rounds-field/rounds/assets"
)

// RailItem is one place that the rail leads to. Bottom ones stand at the rail's end.
type RailItem struct {
	Key, Label string
	Icon       fyne.Resource
	Badge      int
	Bottom     bool
}

// Rail is the navigation at the left of the window: the places with icons and labels.
type Rail struct {
	widget.BaseWidget
	items    []RailItem
	selected string
	onSelect func(key string)
	top      *fyne.Container
	bottom   *fyne.Container
	body     fyne.CanvasObject
}

// NewRail returns a rail below the product's name. footer, which may be empty, names the user at its end.
func NewRail(name, footer string, onSelect func(key string)) *Rail {
	r := &Rail{onSelect: onSelect, top: VGap(2), bottom: VGap(2)}
	title := styled(name, colorRailBright, theme.SizeNameSubHeadingText, true)
	mark := Fixed(24, 24, widget.NewIcon(assets.AppIcon))
	head := PadXY(8, 10, HGap(8, mark, title))
	foot := []fyne.CanvasObject{r.bottom}
	if footer != "" {
		user := styled(footer, colorRailText, theme.SizeNameCaptionText, false).Elastic()
		foot = append(foot, PadXY(10, 4, user))
	}
	content := PadXY(8, 4, Border(head, VGap(4, foot...), nil, nil, container.NewVScroll(r.top)))
	r.body = container.NewStack(newSurface(colorRail, colorClear, 0), MinSize(164*theme.Size(theme.SizeNameText)/13, 0, content))
	r.ExtendBaseWidget(r)
	return r
}

// SetItems replaces the places.
func (r *Rail) SetItems(items []RailItem) {
	r.items = items
	r.rebuild()
}

// SetBadge shows a count at a place; 0 shows none.
func (r *Rail) SetBadge(key string, count int) {
	for i := range r.items {
		if r.items[i].Key == key && r.items[i].Badge != count {
			r.items[i].Badge = count
			r.rebuild()
		}
	}
}

// Select marks a place as the one that is shown; an unknown key marks none.
func (r *Rail) Select(key string) {
	if r.selected != key {
		r.selected = key
		r.rebuild()
	}
}

func (r *Rail) rebuild() {
	r.top.Objects, r.bottom.Objects = nil, nil
	for _, item := range r.items {
		row := r.row(item)
		if item.Bottom {
			r.bottom.Objects = append(r.bottom.Objects, row)
		} else {
			r.top.Objects = append(r.top.Objects, row)
		}
	}
	r.top.Refresh()
	r.bottom.Refresh()
	r.Refresh()
}

func (r *Rail) row(item RailItem) fyne.CanvasObject {
	ink, fill := colorRailText, colorClear
	label := NewText(item.Label)
	if item.Key == r.selected {
		ink, fill = colorRailBright, colorRailSelected
		label.Bold = true
	}
	label.ColorName = ink
	size := theme.Size(theme.SizeNameInlineIcon) + 2
	parts := []fyne.CanvasObject{Fixed(size, size, widget.NewIcon(theme.NewColoredResource(item.Icon, ink))), Grow(label.Elastic())}
	if item.Badge > 0 {
		count := strconv.Itoa(item.Badge)
		if item.Badge > 99 {
			count = "99+"
		}
		text := styled(count, colorRailBright, theme.SizeNameCaptionText, false)
		parts = append(parts, container.NewStack(newSurface(colorRailBadge, colorClear, 9), PadXY(7, 1, text)))
	}
	back := newSurface(fill, colorClear, 7)
	row := newTappable(container.NewStack(back, PadXY(10, 7, HGap(10, parts...))), 7, func() { r.onSelect(item.Key) })
	row.lit = colorRailHover
	return row
}

// CreateRenderer implements fyne.Widget.
func (r *Rail) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.body) }

// Status is a short text with an icon in the color of a tone that opens something: the state of the sync.
type Status struct {
	widget.BaseWidget
	text *Text
	icon *widget.Icon
	row  *fyne.Container
	body fyne.CanvasObject
}

// NewStatus returns a status without text.
func NewStatus(onTap func()) *Status {
	s := &Status{text: NewText(""), icon: widget.NewIcon(nil)}
	size := theme.Size(theme.SizeNameInlineIcon)
	s.row = HGap(6, Fixed(size, size, s.icon), s.text)
	s.body = newTappable(PadXY(8, 5, s.row), 6, onTap)
	s.ExtendBaseWidget(s)
	return s
}

// Set changes the status.
func (s *Status) Set(icon fyne.Resource, text string, tone Tone) {
	s.icon.SetResource(ToneIcon(icon, tone))
	s.text.ColorName = tone.textColor()
	s.text.SetText(text)
	s.row.Refresh()
	s.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (s *Status) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(s.body) }

// NewSearchButton looks like a search field and opens the search. The hint names its shortcut.
func NewSearchButton(placeholder, hint string, onTap func()) fyne.CanvasObject {
	text := NewText(placeholder)
	text.ColorName = theme.ColorNamePlaceHolder
	content := PadXY(10, 6, HGap(8, Icon(ToneIcon(IconSearch, ToneMuted)), Grow(text.Elastic()), Caption(hint)))
	back := newSurface(theme.ColorNameInputBackground, theme.ColorNameInputBorder, 6)
	return container.NewStack(back, newTappable(content, 6, onTap))
}

// TopBar is the strip at the top of the window.
func TopBar(content fyne.CanvasObject) *fyne.Container {
	return container.NewStack(newSurface(colorSurface, colorClear, 0), Border(nil, hairline(), nil, nil, PadXY(12, 6, content)))
}
