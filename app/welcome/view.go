// Package welcome is the first page of a new workbook: work on this computer only, connect to a server, or look around with sample
// data.
package welcome

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"github.com/rounds-field/rounds/app/ui"
)

// Deps is what the first-run page needs from the program.
type Deps struct {
	Local   func()                              // begin with an empty workbook
	Sample  func(ctx context.Context) error     // fill the workbook with sample data
	SignIn  func(done func()) fyne.CanvasObject // makes the sign-in form
	Started func()                              // the choice is made: show the app
	Failed  func(err error)
	Context func() context.Context
	Switch  func(language string) // the user wants the other language
}

// New makes the page.
func New(d Deps) fyne.CanvasObject {
	p := &page{deps: d, body: container.NewStack()}
	p.choices()
	return p.body
}

type page struct {
	deps Deps
	body *fyne.Container
}

func (p *page) frame(content fyne.CanvasObject) {
	language, label := "zh", "简体中文"
	if ui.Lang() == "zh" {
		language, label = "en", "English"
	}
	top := ui.Pad(ui.HStack(ui.Spacer(), ui.NewLink(label, func() { p.deps.Switch(language) })))
	p.body.Objects = []fyne.CanvasObject{ui.Border(top, nil, nil, nil, container.New(layout.NewCenterLayout(), content))}
	p.body.Refresh()
}

// choices shows the three ways to begin.
func (p *page) choices() {
	card := func(icon fyne.Resource, title, text, label string, primary bool, act func()) fyne.CanvasObject {
		button := ui.Button(label, act)
		if primary {
			button = ui.PrimaryButton(label, act)
		}
		head := ui.PadBottom(8, ui.VGap(14, ui.HStack(ui.IconSized(ui.ToneIcon(icon, ui.ToneAccent), 32)), ui.Heading(title)))
		return ui.Fixed(300, 244, ui.Panel(ui.PadXY(10, 10, ui.Border(head, button, nil, nil, ui.Prose(text)))))
	}
	p.frame(ui.VGap(28,
		ui.VGap(6, center(ui.Title(ui.T("welcome.title"))), center(ui.Muted(ui.T("welcome.subtitle")))),
		container.NewHBox(
			card(ui.IconCloud, ui.T("welcome.server"), ui.T("welcome.server_text"), ui.T("welcome.server_button"), true, p.connect), ui.Fixed(8, 1, ui.Spacer()),
			card(ui.IconUser, ui.T("welcome.local"), ui.T("welcome.local_text"), ui.T("welcome.local_button"), false, func() { p.deps.Local(); p.deps.Started() }), ui.Fixed(8, 1, ui.Spacer()),
			card(ui.IconStar, ui.T("welcome.sample"), ui.T("welcome.sample_text"), ui.T("welcome.sample_button"), false, p.sample),
		),
	))
}

func center(o fyne.CanvasObject) fyne.CanvasObject {
	return container.NewHBox(layout.NewSpacer(), o, layout.NewSpacer())
}

// connect asks for the server.
func (p *page) connect() {
	form := p.deps.SignIn(p.deps.Started)
	p.frame(ui.Panel(ui.PadXY(24, 20, ui.VGap(16,
		ui.HStack(ui.NewLink(ui.T("welcome.back"), p.choices)),
		ui.Heading(ui.T("welcome.server")), ui.Fixed(440, form.MinSize().Height, form),
	))))
}

// sample fills the workbook, which takes a moment.
func (p *page) sample() {
	p.frame(ui.VGap(12, center(ui.Heading(ui.T("welcome.filling"))), center(ui.Muted(ui.T("welcome.filling_text")))))
	ui.Go(p.deps.Context(), func(ctx context.Context) (struct{}, error) { return struct{}{}, p.deps.Sample(ctx) }, func(_ struct{}, err error) {
		if err != nil {
			p.choices()
			p.deps.Failed(err)
			return
		}
		p.deps.Started()
	})
}
