// Package ui is what the screens of Rounds are made of: texts in the user's language, the theme, widgets, and
// the one crossing to the UI thread.
//
// # The screen recipe
//
// A feature is a folder below app with two kinds of files. model.go knows no Fyne: it is synchronous, takes a
// context and narrow interfaces, and is tested by plain table tests.
//
//	type Model struct{ Records sales.Reader }
//
//	func (m *Model) Load(ctx context.Context, filter Filter) ([]Row, error)
//
// view.go builds widgets from this package and never computes. It loads through Go, which leaves the UI thread
// and comes back to it; nothing else in the app crosses.
//
//	func NewPage(h ui.Host, r ui.Route, m *Model) ui.Page {
//		p := &page{host: h, model: m}
//		p.table = ui.NewTable(h.State(), "partners", columns())
//		p.table.OnOpen = func(row Row) { h.Open("partner/" + row.ID) }
//		return p
//	}
//
//	func (p *page) Title() string { return ui.T("partners.title") }
//
//	func (p *page) Content() fyne.CanvasObject {
//		add := ui.PrimaryButton(ui.T("partners.new"), func() { p.host.Open("partner/new") })
//		return ui.PageFrame(p.Title(), "", []fyne.CanvasObject{add}, p.chips, p.table)
//	}
//
//	func (p *page) Refresh() {
//		filter := p.filter()
//		ui.Go(p.host.Context(), func(ctx context.Context) ([]Row, error) {
//			return p.model.Load(ctx, filter)
//		}, func(rows []Row, err error) {
//			if err != nil {
//				p.host.ShowError(err)
//				return
//			}
//			p.table.SetRows(ui.SliceRows(rows))
//		})
//	}
//
// What the page shows survives leaving it when the page is Stateful. Texts are asked for while building: the
// window builds all pages anew when the language or the look changes. Unsaved input goes through a Draft.
//
// The test of the screen is one call, in both languages and themes, with package uitest:
//
//	func TestMain(m *testing.M) { uitest.Main(m) }
//
//	func TestTheListLooksAsItDid(t *testing.T) {
//		uitest.Golden(t, "list", func(h *uitest.Host) fyne.CanvasObject {
//			return h.Show(partners.NewPage(h, ui.Route{Name: "partners"}, sampleModel()))
//		})
//	}
package ui
