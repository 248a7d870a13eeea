package settings

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// SignInForm asks for server, user and password and signs in. It serves the settings and the first-run page.
type SignInForm struct {
	model   *Model
	context func() context.Context
	done    func(sales.SyncState)
	failed  func(error)

	server, user, password *ui.Entry
	form                   *ui.Form
	action                 fyne.Disableable
	content                fyne.CanvasObject
}

// NewSignInForm makes the form with what is known filled in. done is called on the UI thread after signing in, failed with what the server or the
// network said.
func NewSignInForm(ctx func() context.Context, m *Model, known Credentials, done func(sales.SyncState), failed func(error)) *SignInForm {
	f := &SignInForm{model: m, context: ctx, done: done, failed: failed}
	f.server, f.user, f.password = ui.NewEntry(), ui.NewEntry(), ui.NewPasswordEntry()
	f.server.SetText(known.Server)
	f.user.SetText(known.User)
	f.server.SetPlaceHolder("https://rounds.example.com")
	f.password.OnSubmitted = func(string) { f.Submit() }
	f.form = ui.NewForm()
	f.form.Add("server", ui.T("settings.server"), f.server, ui.Required)
	f.form.Add("user", ui.T("settings.user"), f.user, ui.Required)
	f.form.Add("password", ui.T("settings.password"), f.password, ui.Required)
	button := ui.PrimaryButton(ui.T("settings.sign_in"), f.Submit)
	f.action = button
	f.content = ui.VStack(f.form, ui.HStack(ui.Spacer(), button))
	return f
}

// Content is the form's body.
func (f *SignInForm) Content() fyne.CanvasObject { return f.content }

// Submit signs in with what is typed, or says what is missing.
func (f *SignInForm) Submit() {
	f.form.ClearErrors()
	c := Credentials{Server: f.server.Text, User: f.user.Text, Password: f.password.Text}
	if missing := c.Check(); len(missing) > 0 {
		texts := make(map[string]string, len(missing))
		for name, key := range missing {
			texts[name] = ui.T(key)
		}
		f.form.SetErrors(texts)
		return
	}
	f.signIn(c)
}

func (f *SignInForm) signIn(c Credentials) {
	f.action.Disable()
	ui.Go(f.context(), func(ctx context.Context) (sales.SyncState, error) { return f.model.SignIn(ctx, c) }, func(s sales.SyncState, err error) {
		f.action.Enable()
		f.password.SetText("")
		var moved *sales.Error
		switch {
		case err == nil:
			f.done(s)
		case errors.As(err, &moved) && moved.Code == sales.CodeServerMoved && !c.Moved:
			f.askMoved(c, moved)
		default:
			f.failed(err)
		}
	})
}

// askMoved asks whether the server has moved, which only a person knows, and signs in if so. Enter is no answer to it: what was not sent goes there.
func (f *SignInForm) askMoved(c Credentials, e *sales.Error) {
	ui.Confirm(fyne.CurrentApp().Driver().CanvasForObject(f.content), ui.ConfirmOptions{
		Title: ui.T("settings.moved_title"), Text: ui.T("settings.moved_text", e.ErrorArgs()), Yes: ui.T("settings.moved_yes"), Danger: true,
	}, func() {
		c.Moved = true
		f.signIn(c)
	})
}
