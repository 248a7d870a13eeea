package syncing

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// conflictList shows lost values beside the kept ones, with the way back.
type conflictList struct {
	page    *page
	table   *ui.Table[Conflict]
	detail  *fyne.Container
	stack   *fyne.Container
	content fyne.CanvasObject
	empty   fyne.CanvasObject
	split   fyne.CanvasObject
}

func newConflictList(p *page) *conflictList {
	l := &conflictList{page: p, detail: container.NewStack()}
	l.empty = ui.NewEmpty(ui.IconOK, ui.T("syncing.conflicts.empty"), ui.T("syncing.conflicts.empty_hint"), "", nil)
	l.table = ui.NewTable(p.host.State(), "syncing.conflicts", []ui.Column[Conflict]{
		{Key: "record", Title: ui.T("syncing.column.record"), Width: 150, Flex: 1, Text: titleOf},
		{Key: "field", Title: ui.T("syncing.column.field"), Width: 110, Text: func(c Conflict) string { return fieldLabel(c.RecordKind, c.FieldName) }},
		{Key: "by", Title: ui.T("syncing.column.by"), Width: 90, Text: func(c Conflict) string { return c.KeptByName }},
		{
			Key: "status", Title: ui.T("syncing.column.state"), Width: 100, Badge: true,
			Text: func(c Conflict) string { return ui.T("syncing.conflict." + statusOf(c)) },
			Tone: func(c Conflict) ui.Tone {
				if c.Open() {
					return ui.ToneWarning
				}
				return ui.ToneNeutral
			},
		},
	})
	l.table.OnSelect = l.show
	l.table.OnOpen = func(c Conflict) {
		if r := RouteOf(c.RecordKind, c.RecordID); r != "" && !c.Gone {
			p.host.Open(r)
		}
	}
	l.split = ui.NewMasterDetail(p.host.State(), "syncing.conflicts.split", 0.45, l.table, l.detail)
	l.stack = container.NewStack(l.split)
	l.content = l.stack
	return l
}

// titleOf names the record, or at least its kind.
func titleOf(c Conflict) string {
	if c.Title == "" {
		return kindLabel(c.RecordKind)
	}
	return c.Title
}

func statusOf(c Conflict) string {
	if c.Open() {
		return sales.ConflictOpen
	}
	return c.Status
}

// set shows the conflicts and gives the number of open ones.
func (l *conflictList) set(list []Conflict) (open int) {
	for _, c := range list {
		if c.Open() {
			open++
		}
	}
	selected, had := l.table.Selected()
	l.table.SetRows(ui.SliceRows(list))
	l.stack.Objects = []fyne.CanvasObject{l.empty}
	if len(list) > 0 {
		l.stack.Objects = []fyne.CanvasObject{l.split}
		at := 0
		for i, c := range list {
			if had && c.ID == selected.ID {
				at = i
			}
		}
		l.table.Select(at)
		l.show(list[at])
	}
	l.stack.Refresh()
	return open
}

// show puts the two values side by side.
func (l *conflictList) show(c Conflict) {
	p := l.page
	type texts struct{ mine, theirs string }
	ui.Go(p.host.Context(), func(ctx context.Context) (texts, error) {
		k, ok := sales.KindNamed(c.RecordKind)
		if !ok {
			return texts{c.LostValue, c.KeptValue}, nil
		}
		f, ok := k.Field(c.FieldName)
		if !ok {
			return texts{c.LostValue, c.KeptValue}, nil
		}
		return texts{p.model.valueText(ctx, f, c.Lost), p.model.valueText(ctx, f, c.Kept)}, nil
	}, func(v texts, err error) {
		if err != nil {
			p.host.ShowError(err)
			return
		}
		l.detail.Objects = []fyne.CanvasObject{l.sideBySide(c, v.mine, v.theirs)}
		l.detail.Refresh()
	})
}

func (l *conflictList) sideBySide(c Conflict, mine, theirs string) fyne.CanvasObject {
	p := l.page
	by := c.KeptByName
	if by == "" {
		by = ui.T("syncing.somebody")
	}
	decide := func(keepMine bool, done string) func() {
		return func() {
			p.act(done, func(ctx context.Context) ([]string, error) { return p.model.Resolve(ctx, c, keepMine) })
			p.deps.Sync()
		}
	}
	side := func(title, when, value string, button fyne.CanvasObject) fyne.CanvasObject {
		var foot fyne.CanvasObject
		if button != nil {
			foot = button
		}
		head := ui.PadBottom(10, ui.VGap(2, ui.Strong(title).Elastic(), ui.Muted(when).Elastic()))
		return ui.Panel(ui.Border(head, foot, nil, nil, ui.Scroll(ui.VStack(ui.Prose(value)))))
	}
	var keepMine, keepTheirs fyne.CanvasObject
	if c.Open() {
		if !c.Gone {
			keepMine = ui.PrimaryButton(ui.T("syncing.keep_mine"), decide(true, ui.T("syncing.kept_mine")))
		}
		leave, left := "syncing.keep_theirs", "syncing.kept_theirs"
		if c.Joined {
			leave, left = "syncing.keep_joined", "syncing.kept_joined"
		}
		keepTheirs = ui.Button(ui.T(leave), decide(false, ui.T(left)))
	}
	said, theirTitle := "syncing.conflict_text", ui.T("syncing.theirs", "Name", by)
	switch {
	case c.Joined:
		said, theirTitle = "syncing.joined_text", ui.T("syncing.joined")
	case c.Withheld:
		said, theirTitle, theirs = "syncing.withheld_text", ui.T("syncing.not_shown"), ui.T("syncing.withheld")
	}
	head := ui.VStack(
		ui.Heading(titleOf(c)),
		ui.Prose(ui.T(said, "Kind", kindLabel(c.RecordKind), "Field", fieldLabel(c.RecordKind, c.FieldName), "Name", by)),
	)
	sides := container.New(halves{},
		side(ui.T("syncing.yours"), when(c.LostAt, c.LostDevice), mine, keepMine),
		side(theirTitle, when(c.KeptAt, c.KeptDevice), theirs, keepTheirs),
	)
	var foot fyne.CanvasObject
	if !c.Gone {
		links := []fyne.CanvasObject{ui.NewLink(ui.T("syncing.history"), func() { p.host.Open("history/" + c.RecordID + "?kind=" + c.RecordKind) })}
		if r := RouteOf(c.RecordKind, c.RecordID); r != "" {
			links = append(links, ui.NewLink(ui.T("syncing.open"), func() { p.host.Open(r) }))
		}
		foot = ui.PadXY(0, 10, ui.HGap(16, links...))
	}
	return ui.PadXY(8, 0, ui.Border(ui.PadBottom(12, head), foot, nil, nil, sides))
}

func when(at sales.Instant, device string) string {
	text := ui.FormatDateTime(at.Time().Local())
	if device != "" {
		text += " · " + device
	}
	return text
}

// halves puts two objects side by side with a gap, each as high as there is room.
type halves struct{}

const halvesGap = 12

// MinSize implements fyne.Layout.
func (halves) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(0, 0)
	for _, o := range objects {
		size = size.Max(o.MinSize())
	}
	return fyne.NewSize(2*size.Width+halvesGap, size.Height)
}

// Layout implements fyne.Layout.
func (halves) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	width := (size.Width - halvesGap) / 2
	for i, o := range objects {
		o.Move(fyne.NewPos(float32(i)*(width+halvesGap), 0))
		o.Resize(fyne.NewSize(width, size.Height))
	}
}
