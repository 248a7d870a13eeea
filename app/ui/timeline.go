package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// TimelineItem is one thing that happened.
type TimelineItem struct {
	Time              time.Time
	Icon              fyne.Resource
	Tone              Tone
	Title, Text, Meta string
	// WholeDay says that only the day is known: no clock time is shown.
	WholeDay bool
	OnTap    func()
}

// Timeline shows what happened, the latest first, with the days as headings.
type Timeline struct {
	widget.BaseWidget
	body *fyne.Container
}

// NewTimeline returns a timeline of the items, which come in the order to show them.
func NewTimeline(items []TimelineItem) *Timeline {
	t := &Timeline{body: VGap(0)}
	t.ExtendBaseWidget(t)
	t.SetItems(items)
	return t
}

// SetItems replaces the items.
func (t *Timeline) SetItems(items []TimelineItem) {
	t.body.Objects = nil
	day := ""
	for i, item := range items {
		if at := DayOf(item.Time); at != day {
			day = at
			t.body.Add(PadXY(0, 6, timelineDay(day)))
		}
		last := i == len(items)-1 || DayOf(items[i+1].Time) != day
		t.body.Add(timelineRow(item, last))
	}
	if len(items) == 0 {
		t.body.Add(PadXY(0, 12, Muted(T("ui.timeline.empty"))))
	}
	t.Refresh()
}

func timelineDay(day string) fyne.CanvasObject {
	heading := Caption(FormatDay(day))
	heading.Bold = true
	parts := []fyne.CanvasObject{heading}
	if relative := RelativeDay(day); relative != FormatDayShort(day) {
		parts = append(parts, Caption(relative))
	}
	return HGap(8, parts...)
}

func timelineRow(item TimelineItem, last bool) fyne.CanvasObject {
	icon := item.Icon
	if icon == nil {
		icon = IconInfo
	}
	disc := container.NewStack(newSurface(item.Tone.fillColor(), colorClear, 12), container.NewCenter(IconSized(ToneIcon(icon, item.Tone), 14)))
	stem := newSurface(theme.ColorNameSeparator, colorClear, 0)
	if last {
		stem.setColors(colorClear, colorClear)
	}
	clock := FormatTime(item.Time)
	if item.WholeDay {
		clock = ""
	}
	texts := []fyne.CanvasObject{HGap(8, Grow(NewText(item.Title).Elastic()), Caption(clock))}
	if item.Text != "" {
		texts = append(texts, Caption(item.Text).Elastic())
	}
	if item.Meta != "" {
		texts = append(texts, Caption(item.Meta).Elastic())
	}
	content := newTappable(PadXY(6, 3, VGap(1, texts...)), 6, item.OnTap)
	return container.New(&timelineLayout{}, stem, disc, content)
}

// timelineLayout draws the stem through the middle of the icons.
type timelineLayout struct{}

func (timelineLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	content := objects[2].MinSize()
	return fyne.NewSize(content.Width+32, max(content.Height+8, 34))
}

func (timelineLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	stem, disc, content := objects[0], objects[1], objects[2]
	stem.Move(fyne.NewPos(12, 26))
	stem.Resize(fyne.NewSize(1, max(0, size.Height-26)))
	disc.Move(fyne.NewPos(0, 2))
	disc.Resize(fyne.NewSize(24, 24))
	content.Move(fyne.NewPos(30, 0))
	content.Resize(fyne.NewSize(size.Width-30, size.Height-6))
}

// CreateRenderer implements fyne.Widget.
func (t *Timeline) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(t.body) }

// Milestone is a point on a project's time line.
type Milestone struct {
	Day, Label string
	Tone       Tone
	Done       bool
}

// NewMilestones draws milestones on a line of time, with today marked. Labels change sides so that neighbors do
// not meet.
func NewMilestones(milestones []Milestone, today string) *Chart {
	return newChart(func(p *plot) { p.milestones(milestones, today) }, fyne.NewSize(240, 120))
}

func (p *plot) milestones(milestones []Milestone, today string) {
	if len(milestones) == 0 {
		p.empty()
		return
	}
	first, last := milestones[0].Day, milestones[0].Day
	for _, one := range append(milestones[:len(milestones):len(milestones)], Milestone{Day: today}) {
		first, last = min(first, one.Day), max(last, one.Day)
	}
	span, ok := DaysBetween(first, last)
	if !ok {
		p.empty()
		return
	}
	const margin = 56
	y := p.size.Height / 2
	x := func(day string) float32 {
		days, _ := DaysBetween(first, day)
		return margin + (p.size.Width-2*margin)*float32(days)/float32(max(span, 1))
	}
	p.line(fyne.NewPos(8, y), fyne.NewPos(p.size.Width-8, y), themeColor(theme.ColorNameSeparator), 3)
	p.line(fyne.NewPos(8, y), fyne.NewPos(x(today), y), themeColor(theme.ColorNamePrimary), 3)
	p.line(fyne.NewPos(x(today), y-16), fyne.NewPos(x(today), y+16), themeColor(theme.ColorNamePrimary), 1)
	room := max(80, min(150, 1.7*(p.size.Width-2*margin)/float32(max(1, len(milestones)-1))))
	for i, one := range milestones {
		at := x(one.Day)
		tone := seriesTone(one.Tone)
		p.rectangle(at-7, y-7, 14, 14, themeColor(tone.solidColor()), 7)
		if !one.Done {
			p.rectangle(at-4, y-4, 8, 8, themeColor(colorSurface), 4)
		}
		center := min(max(at, room/2), p.size.Width-room/2)
		label, day := y-30-p.row(), y-14-p.row()
		if i%2 == 1 {
			label, day = y+14, y+14+p.row()+2
		}
		p.text(one.Label, center, label, room, theme.ColorNameForeground)
		p.text(FormatDayShort(one.Day), center, day, room, colorMuted)
	}
}
