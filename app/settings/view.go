package settings

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// Deps is what the settings page needs from the program.
type Deps struct {
	Model      *Model
	Appearance func(language string, mode ui.ThemeMode, size ui.TextSize) // applies and remembers the choice
	SignedIn   func()                                                     // after signing in or out
	Folder     string                                                     // where the workbook lies
	Version    string
}

// NewPage makes the settings page.
func NewPage(h ui.Host, _ ui.Route, d Deps) ui.Page {
	p := &page{host: h, deps: d, server: container.NewStack()}
	p.content = ui.PageFrame(ui.T("settings.title"), "", nil, nil, ui.Scroll(ui.Grid(440,
		ui.VGap(12, ui.NewCard(ui.T("settings.look"), p.look()), ui.NewCard(ui.T("settings.about"), p.about())),
		ui.VGap(12, ui.NewCard(ui.T("settings.account"), p.server)),
	)))
	p.Refresh()
	return p
}

type page struct {
	host    ui.Host
	deps    Deps
	server  *fyne.Container
	content fyne.CanvasObject
}

// Title names the page.
func (p *page) Title() string { return ui.T("settings.title") }

// Content is the page's body.
func (p *page) Content() fyne.CanvasObject { return p.content }

// Refresh shows who is signed in now.
func (p *page) Refresh() {
	ui.Go(p.host.Context(), p.deps.Model.Session.State, func(s sales.SyncState, err error) {
		if err != nil {
			p.host.ShowError(err)
			return
		}
		p.showServer(s)
	})
}

func (p *page) look() fyne.CanvasObject {
	mode, size := ui.Appearance()
	language := ui.NewSelect([]ui.Option{{Code: "en", Label: "English"}, {Code: "zh", Label: "简体中文"}}, nil)
	theme := ui.NewSelect([]ui.Option{
		{Code: string(ui.ThemeSystem), Label: ui.T("settings.theme.system")},
		{Code: string(ui.ThemeLight), Label: ui.T("settings.theme.light")},
		{Code: string(ui.ThemeDark), Label: ui.T("settings.theme.dark")},
	}, nil)
	text := ui.NewSelect([]ui.Option{
		{Code: string(ui.TextSmall), Label: ui.T("settings.text.small")},
		{Code: string(ui.TextNormal), Label: ui.T("settings.text.normal")},
		{Code: string(ui.TextLarge), Label: ui.T("settings.text.large")},
	}, nil)
	language.SetCode(ui.Lang())
	theme.SetCode(string(mode))
	text.SetCode(string(size))
	apply := func(string) {
		p.deps.Appearance(language.Code(), ui.ThemeMode(theme.Code()), ui.TextSize(text.Code()))
	}
	language.SetOnChanged(apply)
	theme.SetOnChanged(apply)
	text.SetOnChanged(apply)
	form := ui.NewForm()
	form.Add("language", ui.T("settings.language"), language)
	form.Add("theme", ui.T("settings.theme"), theme)
	form.Add("text", ui.T("settings.text"), text)
	return form
}

func (p *page) showServer(s sales.SyncState) {
	var parts []fyne.CanvasObject
	signedIn := s.Phase != sales.SyncLocal && s.Phase != sales.SyncSignedOut
	switch {
	case s.Phase == sales.SyncLocal:
		parts = append(parts, ui.Prose(ui.T("settings.local", "Count", Unsent(s))))
	default:
		parts = append(parts, ui.KeyValue(
			ui.KV{Label: ui.T("settings.server"), Value: s.Server},
			ui.KV{Label: ui.T("settings.user"), Value: s.User},
			ui.KV{Label: ui.T("settings.unsent"), Value: ui.FormatNumber(int64(Unsent(s)))},
		))
	}
	if signedIn {
		parts = append(parts, ui.HStack(
			ui.WithIcon(ui.Button(ui.T("settings.sign_out"), func() { p.signOut(s) }), ui.IconSignOut),
			ui.Button(ui.T("settings.other_user"), func() { p.showForm(parts, Credentials{Server: s.Server}) }),
		))
	} else {
		form := NewSignInForm(p.host.Context, p.deps.Model, Credentials{Server: s.Server, User: s.User}, p.signedIn, p.host.ShowError)
		parts = append(parts, form.Content())
	}
	p.server.Objects = []fyne.CanvasObject{ui.VGap(12, parts...)}
	p.server.Refresh()
}

// showForm puts the sign-in form for another user below what is shown.
func (p *page) showForm(above []fyne.CanvasObject, known Credentials) {
	form := NewSignInForm(p.host.Context, p.deps.Model, known, p.signedIn, p.host.ShowError)
	all := append(append([]fyne.CanvasObject{}, above...),
		ui.Prose(ui.T("settings.other_user_text")), form.Content())
	p.server.Objects = []fyne.CanvasObject{ui.VGap(12, all...)}
	p.server.Refresh()
}

func (p *page) signedIn(s sales.SyncState) {
	p.host.Toast(ui.T("settings.signed_in", "User", s.User))
	p.deps.SignedIn()
	p.host.Changed()
	p.showServer(s)
}

// signOut asks first, saying what happens to work that was not sent.
func (p *page) signOut(s sales.SyncState) {
	text := ui.T("settings.sign_out_all_sent")
	if n := Unsent(s); n > 0 {
		text = ui.T("settings.sign_out_unsent", "Count", n)
	}
	ui.Confirm(p.host.Canvas(), ui.ConfirmOptions{Title: ui.T("settings.sign_out_title"), Text: text, Yes: ui.T("settings.sign_out"), No: ui.T("settings.stay")}, func() {
		ui.Go(p.host.Context(), func(ctx context.Context) (sales.SyncState, error) { return p.deps.Model.SignOut(ctx) }, func(s sales.SyncState, err error) {
			if err != nil {
				p.host.ShowError(err)
				return
			}
			p.deps.SignedIn()
			p.showServer(s)
		})
	})
}

func (p *page) about() fyne.CanvasObject {
	return ui.KeyValue(
		ui.KV{Label: ui.T("settings.version"), Value: p.deps.Version},
		ui.KV{Label: ui.T("settings.folder"), Value: p.deps.Folder},
	)
}
