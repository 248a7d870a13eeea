package app_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"github.com/rounds-field/rounds/app"
	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/internal/uitest"
)

func TestMain(m *testing.M) { uitest.Main(m) }

// page is a page that remembers what the window did with it.
type page struct {
	host      ui.Host
	route     ui.Route
	filter    *ui.Entry
	title     string
	refreshed int
	closed    bool
	saved     int
	keys      []fyne.KeyName
}

func (p *page) Title() string {
	if p.title != "" {
		return p.title
	}
	return p.route.Name
}

func (p *page) Content() fyne.CanvasObject {
	return ui.PageFrame(p.route.Name, p.route.ID, nil, p.filter, ui.Scroll(ui.Label("…")))
}
func (p *page) Refresh()                         { p.refreshed++ }
func (p *page) SaveState() map[string]string     { return map[string]string{"filter": p.filter.Text} }
func (p *page) RestoreState(s map[string]string) { p.filter.SetText(s["filter"]) }
func (p *page) Close()                           { p.closed = true }
func (p *page) Shortcuts() []ui.Shortcut {
	return []ui.Shortcut{{Key: fyne.KeyReturn, Ctrl: true, Run: func() { p.saved++ }}}
}

func (p *page) TypedKey(event *fyne.KeyEvent) bool {
	p.keys = append(p.keys, event.Name)
	return event.Name == fyne.KeyDown
}

type world struct {
	shell    *app.Shell
	host     *uitest.Host
	state    ui.MapState
	pages    []*page
	captured int
}

func (w *world) last() *page { return w.pages[len(w.pages)-1] }

// TestTitleFollowsPage: a page knows what its record is called only once it has loaded it.
func TestTitleFollowsPage(t *testing.T) {
	w := newWorld(t, ui.MapState{})
	w.shell.Open("partner/1")
	p := w.last()
	ui.Do(context.Background(), func(context.Context) error { return nil }, func(error) { p.title = "杭州长兴电子" })
	if got := w.host.Window.Title(); !strings.HasPrefix(got, "杭州长兴电子 — ") {
		t.Errorf("the window's title is %q after the page loaded its record", got)
	}
}

// TestLinksKeepFilters: a link with a filter of its own does not replace the one that the user left at the place.
func TestLinksKeepFilters(t *testing.T) {
	w := newWorld(t, ui.MapState{})
	w.shell.Open("partners")
	w.last().filter.SetText("长兴")
	w.shell.Open("partners?missed=1")
	w.last().filter.SetText("逾期")
	w.shell.Open("today")
	w.shell.Open("partners")
	if got := w.last().filter.Text; got != "长兴" {
		t.Errorf("the place shows %q instead of what the user had filtered by", got)
	}
}

// TestPlaceOfPages: the navigation shows the place that a page belongs to, wherever it was opened from.
func TestPlaceOfPages(t *testing.T) {
	w := newWorld(t, ui.MapState{})
	w.shell.RouteBelow("partners", "contract", func(h ui.Host, r ui.Route) ui.Page { return &page{host: h, route: r, filter: ui.NewEntry()} })
	w.shell.Open("today")
	w.shell.Open("contract/1")
	if got := w.shell.Place(); got != "partners" {
		t.Errorf("the navigation shows %q on a page of the partners", got)
	}
	w.shell.Open("today")
	w.shell.Open("partner/1") // belongs to no place of its own
	if got := w.shell.Place(); got != "today" {
		t.Errorf("the navigation shows %q on a page opened from today", got)
	}
}

func newWorld(t *testing.T, state ui.MapState) *world {
	t.Helper()
	w := &world{host: uitest.NewHost(t), state: state}
	w.shell = app.NewShell(w.host.Window, app.Config{State: state, User: "王小明 · 华北大区", Search: search})
	newPage := func(h ui.Host, r ui.Route) ui.Page {
		p := &page{host: h, route: r, filter: ui.NewEntry()}
		w.pages = append(w.pages, p)
		return p
	}
	w.shell.Add(app.NavItem{Route: "today", LabelKey: "ui.day.today", Icon: ui.IconToday}, newPage)
	w.shell.Add(app.NavItem{Route: "partners", LabelKey: "ui.ok", Icon: ui.IconPartners}, newPage)
	w.shell.Add(app.NavItem{Route: "sync", LabelKey: "ui.retry", Icon: ui.IconSync, Bottom: true}, newPage)
	w.shell.Route("partner", newPage)
	w.shell.AddCommand(app.Command{
		LabelKey: "ui.close", Icon: ui.IconFeedback, Run: func() { w.captured++ },
		Shortcut: ui.Shortcut{Key: fyne.KeyF, Ctrl: true, Shift: true},
	})
	w.shell.AddCommand(app.Command{LabelKey: "ui.cancel", Run: func() {}, Shortcut: ui.Shortcut{Key: fyne.KeyF5}})
	w.shell.Start()
	t.Cleanup(w.shell.Close)
	return w
}

func search(_ context.Context, text string) ([]ui.PickItem, error) {
	if text == "broken" {
		return nil, errors.New("read the index: it is damaged")
	}
	return []ui.PickItem{
		{ID: "partner/1", Title: "北京神州数码有限公司 " + text, Subtitle: "D-0001", Icon: ui.IconPartners, Group: "Partners"},
		{ID: "partner/2", Title: "上海佳杰科技", Group: "Partners"},
	}, nil
}

func press(h *uitest.Host, key fyne.KeyName, modifier fyne.KeyModifier) {
	ui.PressShortcut(h.Canvas(), &desktop.CustomShortcut{KeyName: key, Modifier: modifier})
}

func TestGoingBackFindsThePageAsItWasLeft(t *testing.T) {
	w := newWorld(t, ui.MapState{})
	w.shell.Open("partners")
	partners := w.last()
	partners.filter.SetText("神州")
	w.shell.Open("partner/1?tab=visits")
	if !partners.closed || partners.host.Context().Err() == nil {
		t.Error("the page that was left goes on living")
	}
	if got := w.last().route; got.ID != "1" || got.Get("tab") != "visits" {
		t.Errorf("route is %v", got)
	}
	w.shell.Back()
	if got := w.last(); got.route.Name != "partners" || got.filter.Text != "神州" || got.refreshed != 1 {
		t.Errorf("back shows %s with filter %q, loaded %d times", got.route.Name, got.filter.Text, got.refreshed)
	}
	w.shell.Forward()
	if got := w.last().route.String(); got != "partner/1?tab=visits" {
		t.Errorf("forward shows %s", got)
	}
	w.shell.Forward() // There is nothing further.
	w.shell.Back()
	w.shell.Open("today")
	w.shell.Forward()
	if _, route := w.shell.Current(); route.Name != "today" {
		t.Errorf("forward went to %s, which a new step had cut off", route)
	}
}

func TestARestartFindsPageFilterAndSize(t *testing.T) {
	state := ui.MapState{}
	w := newWorld(t, state)
	w.shell.Open("partners")
	w.last().filter.SetText("华北")
	w.host.Window.Resize(fyne.NewSize(1500, 900))
	w.shell.Close()

	again := newWorld(t, state)
	if got := again.last(); got.route.Name != "partners" || got.filter.Text != "华北" {
		t.Errorf("after a restart %s is open with filter %q", got.route.Name, got.filter.Text)
	}
	if got := again.host.Canvas().Size(); got.Width != 1500 || got.Height != 900 {
		t.Errorf("after a restart the window is %v", got)
	}
}

func TestARouteThatNobodyHasIsExplained(t *testing.T) {
	w := newWorld(t, ui.MapState{"window.route": "gone/1"})
	if got := w.last().route.Name; got != "today" {
		t.Errorf("the window starts with %s", got)
	}
	w.shell.Open("rebates/7")
	if overlay := w.host.Canvas().Overlays().Top(); overlay == nil || !strings.Contains(strings.Join(uitest.Texts(overlay), " "), "rebates/7") {
		t.Error("nothing says that the page is unknown")
	}
}

func TestShortcutsReachPageWindowAndDialog(t *testing.T) {
	w := newWorld(t, ui.MapState{})
	press(w.host, fyne.Key2, fyne.KeyModifierControl)
	if got := w.last().route.Name; got != "partners" {
		t.Errorf("Ctrl+2 shows %s", got)
	}
	press(w.host, fyne.KeyF, fyne.KeyModifierControl|fyne.KeyModifierShift)
	// While one types, too.
	w.host.Canvas().Focus(w.last().filter)
	w.last().filter.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyF, Modifier: fyne.KeyModifierControl | fyne.KeyModifierShift})
	if w.captured != 2 {
		t.Errorf("the command ran %d times instead of 2", w.captured)
	}
	w.last().filter.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyReturn, Modifier: fyne.KeyModifierControl})
	if w.last().saved != 1 {
		t.Error("Ctrl+Enter in a field does not reach the page")
	}
	answered := 0
	ui.Confirm(w.host.Canvas(), ui.ConfirmOptions{Title: "?"}, func() { answered++ })
	press(w.host, fyne.Key1, fyne.KeyModifierControl)
	press(w.host, fyne.KeyReturn, fyne.KeyModifierControl)
	if got := w.last().route.Name; got != "partners" || answered != 1 || w.last().saved != 1 {
		t.Errorf("below a dialog the page became %s, saved %d; the dialog was answered %d times", got, w.last().saved, answered)
	}
}

func TestPlainKeysGoToThePageThenToTheWindow(t *testing.T) {
	w := newWorld(t, ui.MapState{})
	w.host.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyDown})
	w.host.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyF5})
	if got := w.last().keys; len(got) != 2 {
		t.Errorf("the page got %v", got)
	}
}

func TestTheSearchFindsRecordsAndCommands(t *testing.T) {
	w := newWorld(t, ui.MapState{})
	press(w.host, fyne.KeyK, fyne.KeyModifierControl)
	overlay := w.host.Canvas().Overlays().Top()
	if overlay == nil {
		t.Fatal("Ctrl+K opens nothing")
	}
	entry := uitest.Find[*ui.Entry](t, overlay, 0)
	entry.SetText("szsm")
	if !uitest.Shows(overlay, "Partners") || !uitest.Shows(overlay, "上海佳杰科技") {
		t.Errorf("the search shows %q", uitest.Texts(overlay))
	}
	entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if got := w.last().route.String(); got != "partner/2" {
		t.Errorf("Enter on the second hit opens %s", got)
	}
	w.shell.OpenSearch()
	overlay = w.host.Canvas().Overlays().Top()
	uitest.Find[*ui.Entry](t, overlay, 0).SetText("broken")
	if !strings.Contains(strings.Join(uitest.Texts(overlay), " "), "damaged") {
		t.Errorf("a search that fails shows %q", uitest.Texts(overlay))
	}
	uitest.Find[*ui.Entry](t, overlay, 0).SetText("close")
	uitest.Find[*ui.Entry](t, overlay, 0).TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if w.host.Canvas().Overlays().Top() != nil {
		t.Error("Escape leaves the search open")
	}
}

func TestTheSyncStateSpeaksInRecords(t *testing.T) {
	w := newWorld(t, ui.MapState{})
	for want, status := range map[string]app.SyncStatus{
		"On this computer only":                {Local: true},
		"3 waiting":                            {Online: true, Waiting: 3},
		"Offline, 12 waiting":                  {Waiting: 12},
		"1 change needs you":                   {Online: true, Trouble: 1, Waiting: 4},
		"Receiving 25 %, about 2 minutes left": {Online: true, Running: true, Waiting: 1, Done: 25_000, Total: 100_000, Left: 110 * time.Second},
		"Receiving 5 %":                        {Online: true, Running: true, Done: 5_000, Total: 100_000},
		"All synced 09:12":                     {Online: true, Last: uitest.Clock.Add(-18 * time.Minute)},
	} {
		w.shell.SetSync(status)
		if !uitest.Shows(w.host.Window.Content(), want) {
			t.Errorf("%+v does not show %q", status, want)
		}
	}
}

func TestManyChangesLoadThePageOnce(t *testing.T) {
	w := newWorld(t, ui.MapState{})
	before := w.last().refreshed
	for range 50 {
		w.shell.Notify("visit")
		w.shell.Notify("partner")
	}
	uitest.Elapse()
	if got := w.last().refreshed - before; got != 1 {
		t.Errorf("the page was loaded %d times", got)
	}
	var told []string
	w.last().host.OnChanged(func(kinds []string) { told = append(told, kinds...) })
	w.last().host.Changed("task")
	if len(told) != 1 || told[0] != "task" {
		t.Errorf("the page was told %v", told)
	}
}

func TestTheFirstChangeIsShownAtOnceAndThoseThatFollowTogether(t *testing.T) {
	w := newWorld(t, ui.MapState{})
	var waits []time.Duration
	var due []func()
	was := ui.Later
	t.Cleanup(func() { ui.Later = was })
	ui.Later = func(after time.Duration, call func()) func() {
		waits, due = append(waits, after), append(due, call)
		return func() {}
	}
	elapse := func() {
		call := due[0]
		due = due[1:]
		call()
	}
	before := w.last().refreshed
	for turn := range 2 { // the second time after nothing has changed for a while
		waits = nil
		w.shell.Notify("visit")
		elapse()
		if got := w.last().refreshed - before; got != 1 || waits[0] > 10*time.Millisecond {
			t.Fatalf("turn %d: the first change was shown %d times after %v", turn, got, waits[0])
		}
		for range 50 {
			w.shell.Notify("visit")
			w.shell.Notify("partner")
		}
		if got := w.last().refreshed - before; got != 1 || len(due) != 1 {
			t.Fatalf("turn %d: what follows was shown %d times, with %d more to come, before its time", turn, got-1, len(due))
		}
		elapse()
		if got := w.last().refreshed - before; got != 2 || waits[1] < 100*time.Millisecond {
			t.Fatalf("turn %d: what follows was shown %d times after %v", turn, got-1, waits[1])
		}
		elapse()
		if got := w.last().refreshed - before; got != 2 || len(due) != 0 {
			t.Fatalf("turn %d: nothing changed, and the page was loaded %d times with %d more to come", turn, got-2, len(due))
		}
		before = w.last().refreshed
	}
}

func TestTheWindowChangesItsLanguageWithThePageAsItIs(t *testing.T) {
	w := newWorld(t, ui.MapState{})
	w.shell.Open("partners")
	w.last().filter.SetText("half typed")
	ui.SetLanguage("zh")
	t.Cleanup(func() { ui.SetLanguage("en") })
	if !uitest.Shows(w.host.Window.Content(), "今天") {
		t.Errorf("the navigation says %q", uitest.Texts(w.host.Window.Content()))
	}
	if got := w.last().filter.Text; got != "half typed" {
		t.Errorf("the page's field holds %q", got)
	}
}

func TestToastsGoByThemselvesAndCanBeActedOn(t *testing.T) {
	w := newWorld(t, ui.MapState{})
	undone := false
	w.last().host.ToastAction("Saved 走访", "Undo it", func() { undone = true })
	uitest.TapText(t, w.host.Window.Content(), "Undo it")
	if !undone || uitest.Shows(w.host.Window.Content(), "Saved 走访") {
		t.Error("the toast's action does not run, or the toast stays")
	}
	w.last().host.Toast("Gone soon")
	uitest.Elapse()
	if uitest.Shows(w.host.Window.Content(), "Gone soon") {
		t.Error("the toast stays for good")
	}
}

func TestTheWindowLooksAsItDid(t *testing.T) {
	uitest.GoldenSample(t, "window", func(h *uitest.Host) fyne.CanvasObject {
		return sampleWindow(t, h, func(*app.Shell) {})
	})
	uitest.GoldenSample(t, "search", func(h *uitest.Host) fyne.CanvasObject {
		return sampleWindow(t, h, func(s *app.Shell) {
			s.OpenSearch()
			test.Type(uitest.Find[*ui.Entry](t, h.Canvas().Overlays().Top(), 0), "数码")
		})
	})
}

func sampleWindow(t *testing.T, h *uitest.Host, then func(*app.Shell)) fyne.CanvasObject {
	size := h.Canvas().Size()
	shell := app.NewShell(h.Window, app.Config{State: h.State(), User: "王小明 · 华北大区", Search: search})
	h.Window.Resize(size)
	sample := func(host ui.Host, r ui.Route) ui.Page {
		return &page{host: host, route: r, filter: ui.NewSearchEntry("…", func(string) {})}
	}
	for _, item := range []app.NavItem{
		{Route: "Today", LabelKey: "ui.day.today", Icon: ui.IconToday},
		{Route: "visits", LabelKey: "ui.day.tomorrow", Icon: ui.IconVisits},
		{Route: "partners", LabelKey: "ui.day.yesterday", Icon: ui.IconPartners},
		{Route: "sync", LabelKey: "ui.retry", Icon: ui.IconSync, Bottom: true},
		{Route: "settings", LabelKey: "ui.ok", Icon: ui.IconSettings, Bottom: true},
	} {
		shell.Add(item, sample)
	}
	shell.AddCommand(app.Command{LabelKey: "ui.close", Icon: ui.IconAdd, Run: func() {}, Shortcut: ui.Shortcut{Key: fyne.KeyN, Ctrl: true}})
	shell.Start()
	t.Cleanup(shell.Close)
	shell.SetSync(app.SyncStatus{Online: true, Waiting: 3})
	shell.SetBadge("visits", 4)
	shell.Toast("Visit saved · 走访已保存")
	then(shell)
	return h.Window.Content()
}
