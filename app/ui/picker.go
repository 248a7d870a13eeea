package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Picker is a field for a reference to another record. It shows the record's title; Enter, a click or typing
// opens a list that is filtered as one types.
type Picker struct {
	widget.BaseWidget
	// OnChanged is called when the user picks another record or none (an item without ID).
	OnChanged func(PickItem)
	search    func(context.Context, string) ([]PickItem, error)
	chosen    PickItem
	title     *Text
	border    *surface
	clear     fyne.CanvasObject
	body      fyne.CanvasObject
	popup     *widget.PopUp
	list      *OptionList
	cancel    context.CancelFunc
	hint      string
	disabled  bool
}

// NewPicker returns an empty field. search runs off the UI thread, returns the first records that fit the text
// (all for "", the likeliest first), and stops when its context ends.
func NewPicker(search func(ctx context.Context, text string) ([]PickItem, error)) *Picker {
	p := &Picker{search: search, title: NewText("").Elastic()}
	p.border = newSurface(theme.ColorNameInputBackground, theme.ColorNameInputBorder, 6)
	p.clear = IconButton(IconClose, T("ui.pick.clear"), func() { p.choose(PickItem{}) })
	padding := theme.Size(theme.SizeNameInnerPadding)
	field := newTappable(PadXY(padding+2, padding, HGap(4, Grow(p.title), Icon(ToneIcon(IconDown, ToneMuted)))), 6, func() { p.open("") })
	p.body = container.NewStack(p.border, Border(nil, nil, nil, p.clear, field))
	p.ExtendBaseWidget(p)
	p.show()
	return p
}

// ID returns the picked record's id, or "".
func (p *Picker) ID() string { return p.chosen.ID }

// Item returns the picked record.
func (p *Picker) Item() PickItem { return p.chosen }

// Set shows a record without telling OnChanged; an empty id shows none.
func (p *Picker) Set(id, title string) {
	p.chosen = PickItem{ID: id, Title: title}
	p.show()
}

// SetPlaceHolder sets what the empty field says.
func (p *Picker) SetPlaceHolder(text string) {
	p.hint = text
	p.show()
}

// Disable shows the record and lets nobody change it.
func (p *Picker) Disable() {
	p.disabled = true
	p.show()
}

func (p *Picker) show() {
	p.title.ColorName = theme.ColorNameForeground
	text := p.chosen.Title
	switch {
	case p.chosen.ID == "":
		text, p.title.ColorName = orText(p.hint, "ui.pick.placeholder"), theme.ColorNamePlaceHolder
	case text == "":
		text = p.chosen.ID
	}
	p.title.SetText(text)
	p.title.Refresh()
	if p.chosen.ID == "" || p.disabled {
		p.clear.Hide()
	} else {
		p.clear.Show()
	}
}

func (p *Picker) choose(item PickItem) {
	p.chosen = item
	p.show()
	if p.OnChanged != nil {
		p.OnChanged(item)
	}
}

// Open opens the list, filtered by a text.
func (p *Picker) Open(text string) { p.open(text) }

func (p *Picker) open(text string) {
	canvas := fyne.CurrentApp().Driver().CanvasForObject(p)
	if canvas == nil || p.disabled {
		return
	}
	p.list = NewOptionList(T("ui.pick.search"), p.find)
	p.list.OnEscape = func() { p.close(canvas) }
	p.list.OnPick = func(item PickItem) {
		p.close(canvas)
		p.choose(item)
	}
	width := max(p.Size().Width, 280)
	p.popup = widget.NewPopUp(PadXY(4, 4, p.list), canvas)
	p.popup.Resize(fyne.NewSize(width, 320))
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(p)
	y := min(at.Y, canvas.Size().Height-328)
	p.popup.ShowAtPosition(fyne.NewPos(min(at.X, canvas.Size().Width-width-4), max(0, y)))
	canvas.Focus(p.list.Entry)
	if text != "" {
		p.list.Entry.SetText(text)
		p.list.Entry.CursorColumn = len([]rune(text))
		return
	}
	p.find("")
}

func (p *Picker) close(canvas fyne.Canvas) {
	if p.cancel != nil {
		p.cancel()
	}
	p.popup.Hide()
	canvas.Focus(p)
}

func (p *Picker) find(text string) {
	if p.cancel != nil {
		p.cancel()
	}
	ctx, cancel := context.WithCancel(context.Background())
	p.cancel = cancel
	list := p.list
	Go(ctx, func(ctx context.Context) ([]PickItem, error) { return p.search(ctx, text) },
		func(items []PickItem, err error) {
			list.SetItems(items)
			if err != nil {
				list.note.SetText(ErrorText(err))
			}
		})
}

// FocusGained implements fyne.Focusable.
func (p *Picker) FocusGained() {
	p.border.setColors(theme.ColorNameInputBackground, theme.ColorNamePrimary)
}

// FocusLost implements fyne.Focusable.
func (p *Picker) FocusLost() {
	p.border.setColors(theme.ColorNameInputBackground, theme.ColorNameInputBorder)
}

// TypedRune implements fyne.Focusable: typing searches.
func (p *Picker) TypedRune(r rune) { p.open(string(r)) }

// TypedKey implements fyne.Focusable.
func (p *Picker) TypedKey(event *fyne.KeyEvent) {
	switch event.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeyDown:
		p.open("")
	case fyne.KeyDelete, fyne.KeyBackspace:
		if !p.disabled {
			p.choose(PickItem{})
		}
	default:
		passKey(p, event)
	}
}

// TypedShortcut implements fyne.Shortcutable: pasting searches, as typing does.
func (p *Picker) TypedShortcut(shortcut fyne.Shortcut) {
	if _, ok := shortcut.(*fyne.ShortcutPaste); ok {
		p.open(strings.TrimSpace(fyne.CurrentApp().Clipboard().Content()))
		return
	}
	passShortcut(p, shortcut)
}

// CreateRenderer implements fyne.Widget.
func (p *Picker) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(p.body) }
