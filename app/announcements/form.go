package announcements

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// form is the page on which an announcement is written.
type form struct {
	host  ui.Host
	model *Model
	id    string             // "" for a new one
	prev  sales.Announcement // as it was opened
	quiet bool               // the inputs are being set, not used

	title       *ui.Entry
	body        *ui.Entry
	category    *ui.Select
	roles       *ui.MultiSelect
	publishedOn *ui.DateEntry
	expiresOn   *ui.DateEntry
	mustConfirm *ui.Check
	fields      *ui.Form
	draft       *ui.Draft
	banner      *fyne.Container
	content     fyne.CanvasObject
}

func newForm(h ui.Host, r ui.Route, m *Model) *form {
	f := &form{host: h, model: m, id: r.ID, banner: container.NewStack()}
	if r.ID == "new" {
		f.id = ""
	}
	f.build()
	f.draft = ui.NewDraft(h.State(), "announcement/"+r.ID, f.keep, f.bring)
	save := ui.WithIcon(ui.PrimaryButton(ui.T("announcements.publish"), f.save), ui.IconAnnounce)
	if f.id != "" {
		save = ui.WithIcon(ui.PrimaryButton(ui.T("announcements.save"), f.save), ui.IconCheck)
	}
	actions := []fyne.CanvasObject{ui.Button(ui.T("announcements.cancel"), f.cancel), save}
	body := ui.Border(f.banner, nil, nil, nil, ui.Scroll(ui.MaxWidth(900, ui.VStack(ui.Panel(f.fields)))))
	f.content = ui.PageFrame(f.Title(), "", actions, nil, body)
	f.load(body)
	return f
}

func (f *form) build() {
	kind := sales.MustKind("announcement")
	category, _ := kind.Field("category")
	roles := make([]string, 0, len(sales.Roles()))
	for _, role := range sales.Roles() {
		roles = append(roles, string(role))
	}
	f.title, f.body = ui.NewEntry(), ui.NewMultiline(12)
	f.title.OnChanged = func(string) { f.touched() }
	f.body.OnChanged = func(string) { f.touched() }
	f.category = ui.NewSelect(options("category", category.Options), func(string) { f.touched() })
	f.roles = ui.NewMultiSelect(options("role", roles), func([]string) { f.touched() })
	f.publishedOn, f.expiresOn = ui.NewDateEntry(), ui.NewDateEntry()
	f.publishedOn.OnChanged = func(string) { f.touched() }
	f.expiresOn.OnChanged = func(string) { f.touched() }
	f.mustConfirm = ui.NewCheck(ui.T("announcements.ask_confirm"), func(bool) { f.touched() })
	f.fields = ui.NewForm().SetColumns(2)
	f.fields.Add("title", label("title"), f.title, ui.Required, ui.Wide)
	f.fields.Add("category", label("category"), f.category, ui.Wide)
	f.fields.Add("published_on", label("published_on"), f.publishedOn, ui.Required)
	f.fields.Add("expires_on", label("expires_on"), f.expiresOn)
	f.fields.Add("roles", label("roles"), f.roles, ui.Wide)
	f.fields.Add("must_confirm", "", f.mustConfirm, ui.Wide)
	f.fields.Add("body", label("body"), f.body, ui.Wide)
	f.fields.SetHint("roles", ui.T("announcements.roles_hint"))
}

// Title implements ui.Page.
func (f *form) Title() string {
	if f.id == "" {
		return ui.T("announcements.new")
	}
	return ui.T("announcements.edit")
}

// Content implements ui.Page.
func (f *form) Content() fyne.CanvasObject { return f.content }

// Refresh implements ui.Page. It leaves the input alone.
func (f *form) Refresh() {}

// load fills the form with the announcement, and with what was typed before a crash.
func (f *form) load(body *fyne.Container) {
	show := func(a sales.Announcement, err error) {
		if err != nil {
			f.host.ShowError(err)
			return
		}
		f.prev = a
		f.fill(a)
		if f.draft.Restore() {
			f.banner.Objects = []fyne.CanvasObject{ui.PadBottom(8, ui.NewBanner(ui.ToneInfo, ui.T("announcements.draft"), ui.T("announcements.draft_drop"), func() {
				f.draft.Clear()
				f.banner.Objects = nil
				body.Refresh()
				f.fill(a)
			}))}
			body.Refresh()
		}
		f.host.Canvas().Focus(f.title)
	}
	ui.Go(f.host.Context(), func(ctx context.Context) (sales.Announcement, error) {
		if f.id == "" {
			return sales.Announcement{Category: "news", PublishedOn: f.model.today()}, nil
		}
		item, err := f.model.Get(ctx, f.id)
		return item.Announcement, err
	}, show)
}

func (f *form) fill(a sales.Announcement) {
	f.quiet = true
	defer func() { f.quiet = false }()
	f.title.SetText(a.Title)
	f.body.SetText(a.Body)
	f.category.SetCode(a.Category)
	f.roles.SetCodes(a.Roles)
	f.publishedOn.SetDay(string(a.PublishedOn))
	f.expiresOn.SetDay(string(a.ExpiresOn))
	f.mustConfirm.SetChecked(a.MustConfirm)
}

// value reads the form.
func (f *form) value() sales.Announcement {
	a := f.prev
	a.ID = f.id
	a.Title, a.Body, a.Category, a.Roles = f.title.Text, f.body.Text, f.category.Code(), sales.CleanSet(f.roles.Codes())
	a.PublishedOn, a.ExpiresOn, a.MustConfirm = sales.Date(f.publishedOn.Day()), sales.Date(f.expiresOn.Day()), f.mustConfirm.Checked
	return a
}

// keep and bring carry the input through a crash.
func (f *form) keep() map[string]string {
	a := f.value()
	out := map[string]string{
		"title": a.Title, "body": a.Body, "category": a.Category, "roles": strings.Join(a.Roles, " "),
		"published_on": string(a.PublishedOn), "expires_on": string(a.ExpiresOn),
	}
	if a.MustConfirm {
		out["must_confirm"] = "yes"
	}
	return out
}

func (f *form) bring(input map[string]string) {
	f.fill(sales.Announcement{
		Title: input["title"], Body: input["body"], Category: input["category"], Roles: strings.Fields(input["roles"]),
		PublishedOn: sales.Date(input["published_on"]), ExpiresOn: sales.Date(input["expires_on"]), MustConfirm: input["must_confirm"] != "",
	})
}

func (f *form) touched() {
	if !f.quiet {
		f.draft.Touch()
	}
}

func (f *form) save() {
	wrong := map[string]string{}
	for name, entry := range map[string]*ui.DateEntry{"published_on": f.publishedOn, "expires_on": f.expiresOn} {
		if entry.Valid() != nil {
			wrong[name] = ui.ErrorText(&sales.Error{Code: sales.CodeInvalid, Kind: "announcement", Field: name, Message: "is no day"})
		}
	}
	if len(wrong) > 0 {
		f.fields.SetErrors(wrong)
		return
	}
	next := f.value()
	ui.Go(f.host.Context(), func(ctx context.Context) (string, error) { return f.model.Publish(ctx, f.prev, next) }, func(_ string, err error) {
		if err != nil {
			if rest := f.fields.SetErrors(ui.FieldErrors(err)); len(rest) > 0 {
				f.host.ShowError(err)
			}
			return
		}
		f.draft.Clear()
		f.host.Changed("announcement")
		f.host.Toast(ui.T("announcements.published"))
		f.host.Back()
	})
}

// cancel leaves the form and forgets the draft.
func (f *form) cancel() {
	f.draft.Clear()
	f.host.Back()
}

// TypedKey implements ui.KeyHandler: Escape leaves; the draft stays, so that nothing is lost by a slip.
func (f *form) TypedKey(event *fyne.KeyEvent) bool {
	if event.Name != fyne.KeyEscape {
		return false
	}
	f.host.Back()
	return true
}

// Shortcuts implements ui.Shortcuts.
func (f *form) Shortcuts() []ui.Shortcut {
	return []ui.Shortcut{{Key: fyne.KeyReturn, Ctrl: true, LabelKey: "announcements.publish", Run: f.save}}
}

// Close implements ui.Closer: what was typed in the last moment is kept too.
func (f *form) Close() { f.draft.Flush() }
