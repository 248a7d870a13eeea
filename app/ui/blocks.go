package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// NewEmpty says what a screen without records is for, and offers the first step. No label means no button.
func NewEmpty(icon fyne.Resource, title, hint, actionLabel string, action func()) *fyne.Container {
	heading := Heading(title)
	heading.Align = fyne.TextAlignCenter
	text := MutedParagraph(hint)
	text.Alignment = fyne.TextAlignCenter
	parts := []fyne.CanvasObject{
		container.NewCenter(IconSized(ToneIcon(icon, ToneMuted), 40)), heading.Elastic(), Fixed(340, 0, text),
	}
	if actionLabel != "" {
		parts = append(parts, container.NewCenter(PrimaryButton(actionLabel, action)))
	}
	return container.NewCenter(VGap(6, parts...))
}

// Loading says that records are on their way.
func Loading() *fyne.Container { return container.NewCenter(Muted(T("ui.loading"))) }

// NewBanner is a strip above a page's content that says something and offers one thing to do about it. No label
// means no button.
func NewBanner(tone Tone, text, actionLabel string, action func()) *fyne.Container {
	icon := IconInfo
	switch tone {
	case ToneDanger:
		icon = IconError
	case ToneWarning:
		icon = IconWarning
	case ToneSuccess:
		icon = IconOK
	case ToneNeutral, ToneInfo, ToneAccent, ToneMuted:
	}
	label := Paragraph(text)
	var right fyne.CanvasObject
	if actionLabel != "" {
		right = container.NewCenter(Button(actionLabel, action))
	}
	content := Border(nil, nil, container.NewCenter(Icon(ToneIcon(icon, tone))), right, label)
	return container.NewStack(newSurface(tone.fillColor(), colorClear, 8), PadXY(gapLarge, 2, content))
}

// KV is one fact of a record: its label, and its value as text or, when that is set, as an object.
type KV struct {
	Label, Value string
	Object       fyne.CanvasObject
}

// KeyValue lists facts, each label beside its value. A fact without a value is shown as a dash.
func KeyValue(pairs ...KV) *fyne.Container {
	width := float32(0)
	rows := make([]fyne.CanvasObject, 0, len(pairs))
	for _, pair := range pairs {
		width = max(width, Muted(pair.Label).MinSize().Width)
	}
	width = min(width, 150)
	for _, pair := range pairs {
		value := pair.Object
		if value == nil {
			text := pair.Value
			if text == "" {
				text = "—"
			}
			value = NewText(text).Elastic()
		}
		rows = append(rows, HGap(gapLarge, Fixed(width, 0, Muted(pair.Label).Elastic()), Grow(value)))
	}
	return VGap(7, rows...)
}

// PageFrame is the frame of every page: title with subtitle and actions, a row of filters, the body. Subtitle,
// actions and toolbar may be missing.
func PageFrame(title, subtitle string, actions []fyne.CanvasObject, toolbar, body fyne.CanvasObject) *fyne.Container {
	heading := []fyne.CanvasObject{Title(title).Elastic()}
	if subtitle != "" {
		heading = append(heading, Muted(subtitle).Elastic())
	}
	row := append([]fyne.CanvasObject{Grow(VGap(1, heading...))}, actions...)
	top := []fyne.CanvasObject{MinSize(0, 36, HStack(row...))}
	if toolbar != nil {
		top = append(top, toolbar)
	}
	return PadXY(gapPage, gapLarge, Border(PadBottom(gapLarge, VGap(10, top...)), nil, nil, nil, body))
}

// NewMasterDetail puts a list beside what is selected in it. The divider's place is remembered under the key.
func NewMasterDetail(state State, key string, offset float64, master, detail fyne.CanvasObject) fyne.CanvasObject {
	key = "split." + key
	split := container.NewHSplit(nil, nil)
	split.Offset = stateFloat(state, key, offset)
	beside := &besideDivider{right: 4, moved: func() { setStateFloat(state, key, split.Offset) }, kept: split}
	split.Leading = container.New(beside, master)
	split.Trailing = container.New(&besideDivider{left: 4}, detail)
	return split
}

// besideDivider keeps an object clear of the divider, and notices when it was dragged: the toolkit lays both sides
// out then and tells nobody.
type besideDivider struct {
	left, right float32
	kept        *container.Split
	offset      float64
	moved       func()
}

// MinSize implements fyne.Layout.
func (b *besideDivider) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[0].MinSize().AddWidthHeight(b.left+b.right, 0)
}

// Layout implements fyne.Layout.
func (b *besideDivider) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Move(fyne.NewPos(b.left, 0))
	objects[0].Resize(size.SubtractWidthHeight(b.left+b.right, 0))
	if b.kept == nil || b.offset == b.kept.Offset {
		return
	}
	first := b.offset == 0
	b.offset = b.kept.Offset
	if !first {
		b.moved()
	}
}

// Feed is a short list of things to act on, each one tap from being acted on.
type Feed struct {
	widget.BaseWidget
	items []FeedItem
	body  *fyne.Container
}

// FeedItem is one line of a feed: an icon in its tone, title and text, a remark at the right, and a badge.
type FeedItem struct {
	Icon              fyne.Resource
	Tone              Tone
	Title, Text, Meta string
	MetaTone          Tone
	Badge             *Badge
	Action            fyne.CanvasObject
	OnTap             func()
}

// NewFeed returns a feed of the items.
func NewFeed(items []FeedItem) *Feed {
	f := &Feed{body: VGap(0)}
	f.ExtendBaseWidget(f)
	f.SetItems(items)
	return f
}

// SetItems replaces the items.
func (f *Feed) SetItems(items []FeedItem) {
	f.items = items
	rows := make([]fyne.CanvasObject, 0, 2*len(items))
	for i, item := range items {
		if i > 0 {
			rows = append(rows, hairline())
		}
		rows = append(rows, feedRow(item))
	}
	f.body.Objects = rows
	f.body.Refresh()
	f.Refresh()
}

func feedRow(item FeedItem) fyne.CanvasObject {
	texts := []fyne.CanvasObject{NewText(item.Title).Elastic()}
	if item.Text != "" {
		texts = append(texts, Caption(item.Text).Elastic())
	}
	row := []fyne.CanvasObject{}
	if item.Icon != nil {
		row = append(row, Icon(ToneIcon(item.Icon, item.Tone)))
	}
	row = append(row, Grow(VGap(1, texts...)))
	if item.Meta != "" {
		meta := Caption(item.Meta)
		if item.MetaTone != ToneNeutral {
			meta.ColorName = item.MetaTone.textColor()
		}
		row = append(row, meta)
	}
	if item.Badge != nil {
		row = append(row, item.Badge)
	}
	if item.Action != nil {
		row = append(row, item.Action)
	}
	return newTappable(PadXY(6, 6, HGap(10, row...)), 6, item.OnTap)
}

// CreateRenderer implements fyne.Widget.
func (f *Feed) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(f.body) }
