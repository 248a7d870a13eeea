package app

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"github.com/rounds-field/rounds/app/ui"
)

// searchBox is the open search: one field over all records and commands.
type searchBox struct {
	shell  *Shell
	popup  *widget.PopUp
	list   *ui.OptionList
	cancel context.CancelFunc
}

// OpenSearch opens the search and gives it the keyboard.
func (s *Shell) OpenSearch() {
	if s.search != nil && s.search.popup.Visible() {
		return
	}
	box := &searchBox{shell: s, cancel: func() {}}
	s.search = box
	box.list = ui.NewOptionList(ui.T("app.search.placeholder"), box.find)
	box.list.OnPick = box.pick
	box.list.OnEscape = box.close
	canvas := s.window.Canvas()
	box.popup = widget.NewPopUp(ui.PadXY(6, 6, box.list), canvas)
	size := canvas.Size()
	width, height := min(640, size.Width-40), min(480, size.Height-60)
	box.popup.Resize(fyne.NewSize(width, height))
	box.popup.ShowAtPosition(fyne.NewPos((size.Width-width)/2, 48))
	canvas.Focus(box.list.Entry)
	box.find("")
}

func (b *searchBox) close() {
	b.cancel()
	b.popup.Hide()
}

func (b *searchBox) pick(item ui.PickItem) {
	b.close()
	if item.Run != nil {
		item.Run()
		return
	}
	b.shell.Open(item.ID)
}

// find shows the commands that fit at once and the records as soon as they are found.
func (b *searchBox) find(text string) {
	b.cancel()
	ctx, cancel := context.WithCancel(context.Background())
	b.cancel = cancel
	text = strings.TrimSpace(text)
	commands := b.shell.matchingCommands(text)
	b.list.SetItems(commands)
	if b.shell.config.Search == nil || text == "" {
		return
	}
	ui.Go(ctx, func(ctx context.Context) ([]ui.PickItem, error) {
		return b.shell.config.Search(ctx, text)
	}, func(items []ui.PickItem, err error) {
		if err != nil {
			items = append(items, ui.PickItem{Title: ui.ErrorText(err), Icon: ui.IconError, Run: func() {}})
		}
		if ready := b.shell.config.SearchReady; ready != nil && !ready() {
			items = append(items, ui.PickItem{Title: ui.T("app.search.preparing"), Subtitle: ui.T("app.search.preparing_hint"), Icon: ui.IconInfo, Run: func() {}})
		}
		b.list.SetItems(append(items, commands...))
	})
}

// matchingCommands returns commands and places whose label has the text in it; all for "".
func (s *Shell) matchingCommands(text string) []ui.PickItem {
	var items []ui.PickItem
	add := func(item ui.PickItem) {
		if strings.Contains(strings.ToLower(item.Title), strings.ToLower(text)) {
			items = append(items, item)
		}
	}
	for _, command := range s.commands {
		add(ui.PickItem{
			ID: command.LabelKey, Title: ui.T(command.LabelKey), Subtitle: shortcutText(command.Shortcut),
			Icon: command.Icon, Group: ui.T("app.search.commands"), Run: command.Run,
		})
	}
	for i, item := range s.nav {
		add(ui.PickItem{
			ID: item.Route, Title: ui.T(item.LabelKey), Subtitle: shortcutText(placeShortcut(i)),
			Icon: item.Icon, Group: ui.T("app.search.places"),
		})
	}
	return items
}
