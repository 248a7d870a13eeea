package announcements

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// load reads the chosen announcement and shows it. One that asks for no confirmation counts as read by that.
func (v *view) load() {
	id := v.open
	ui.Go(v.host.Context(), func(ctx context.Context) (Item, error) { return v.model.Get(ctx, id) }, func(item Item, err error) {
		switch {
		case id != v.open:
			return
		case sales.HasCode(err, sales.CodeNotFound):
			v.open = ""
			v.showNone()
			return
		case err != nil:
			v.host.ShowError(err)
			return
		}
		v.item = item
		v.show(item)
		if item.Unread() && !item.MustConfirm {
			v.read(func() {})
		}
	})
}

// confirm records that the user has read the chosen announcement, where that is asked for.
func (v *view) confirm() {
	if v.open == "" || v.item.ID != v.open || !v.item.MustConfirm || !v.item.Unread() {
		return
	}
	v.read(func() { v.host.Toast(ui.T("announcements.confirmed")) })
}

// read leaves the receipt of reading.
func (v *view) read(done func()) {
	id := v.open
	ui.Do(v.host.Context(), func(ctx context.Context) error { return v.model.Read(ctx, id) }, func(err error) {
		if err != nil {
			v.host.ShowError(err)
			return
		}
		done()
		v.host.Changed("receipt")
	})
}

func (v *view) showNone() {
	v.detail.Objects = []fyne.CanvasObject{ui.Panel(ui.NewEmpty(ui.IconAnnounce, ui.T("announcements.none"), ui.T("announcements.none_hint"), "", nil))}
	v.detail.Refresh()
}

func (v *view) show(i Item) {
	marks := []fyne.CanvasObject{}
	mark := func(text string, tone ui.Tone) {
		if text != "" {
			marks = append(marks, ui.NewBadge(text, tone))
		}
	}
	mark(option("category", i.Category), categoryTone(i.Category))
	mark(state(i), stateTone(i))
	if i.PublishedOn > v.model.today() {
		mark(ui.T("announcements.state.later"), ui.ToneNeutral)
	}
	if i.Pending {
		mark(ui.T("announcements.pending"), ui.ToneWarning)
	}
	meta := []string{string(i.PublishedOn), i.Author}
	if i.ExpiresOn != "" {
		meta = append(meta, ui.T("announcements.until", "Day", string(i.ExpiresOn)))
	}
	if len(i.Roles) > 0 {
		roles := make([]string, len(i.Roles))
		for n, role := range i.Roles {
			roles[n] = option("role", role)
		}
		meta = append(meta, ui.T("announcements.for", "Roles", strings.Join(roles, ", ")))
	}
	top := ui.VGap(8, ui.HStack(append([]fyne.CanvasObject{ui.Grow(ui.Title(i.Title).Elastic())}, v.actions(i)...)...), ui.Flow(marks...), ui.Muted(joined(meta)).Elastic())
	var bottom fyne.CanvasObject
	switch {
	case i.MustConfirm && i.Unread():
		bottom = ui.HStack(ui.Grow(ui.Muted(ui.T("announcements.please_confirm")).Elastic()), ui.WithIcon(ui.PrimaryButton(ui.T("announcements.confirm"), v.confirm), ui.IconCheck))
	case i.MustConfirm:
		bottom = ui.HStack(ui.Icon(ui.ToneIcon(ui.IconOK, ui.ToneSuccess)), ui.Muted(ui.T("announcements.confirmed_at", "When", ui.FormatDateTime(i.ReadAt.Time()))))
	}
	body := ui.Scroll(ui.Prose(i.Body))
	v.detail.Objects = []fyne.CanvasObject{ui.Panel(ui.Border(ui.PadBottom(8, top), bottom, nil, nil, body))}
	v.detail.Refresh()
}

// actions are what a publisher may do with the announcement.
func (v *view) actions(i Item) []fyne.CanvasObject {
	if !v.model.MayPublish() {
		return nil
	}
	return []fyne.CanvasObject{
		ui.IconButton(ui.IconEdit, ui.T("announcements.edit"), func() { v.host.Open("announcement/" + i.ID + "?edit=1") }),
		ui.IconButton(ui.IconDelete, ui.T("announcements.withdraw"), func() { v.withdraw(i) }),
	}
}

func (v *view) withdraw(i Item) {
	ui.Confirm(v.host.Canvas(), ui.ConfirmOptions{
		Title: ui.T("announcements.withdraw_title", "Title", i.Title), Text: ui.T("announcements.withdraw_text"), Yes: ui.T("announcements.withdraw"), Danger: true,
	}, func() {
		ui.Do(v.host.Context(), func(ctx context.Context) error { return v.model.Withdraw(ctx, i.ID) }, func(err error) {
			if err != nil {
				v.host.ShowError(err)
				return
			}
			v.open = ""
			v.showNone()
			v.host.Toast(ui.T("announcements.withdrawn"))
			v.host.Changed("announcement")
		})
	})
}

// joined puts a dot between those texts that are not empty.
func joined(texts []string) string {
	var out []string
	for _, s := range texts {
		if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, " · ")
}
