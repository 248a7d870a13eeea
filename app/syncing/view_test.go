package syncing

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/internal/uitest"
	"github.com/rounds-field/rounds/sales"
)

// shown is the sync page in a window, with what it asked for.
type shown struct {
	host    *uitest.Host
	page    *page
	book    *fakebook.Book
	tray    *fakeTray
	content fyne.CanvasObject
	state   sales.SyncState
	synced  int
}

func show(t *testing.T, h *uitest.Host, tab string) *shown {
	t.Helper()
	model, book, tray := sampleModel(t)
	s := &shown{host: h, book: book, tray: tray}
	s.state = sales.SyncState{Phase: sales.SyncIdle, Waiting: 3, Rejected: 2, Conflicts: 1, LastSync: uitest.Clock.Add(-time.Minute)}
	state := func() sales.SyncState { return s.state }
	made, ok := NewPage(h, ui.Route{Name: "sync"}, Deps{Model: model, State: state, Sync: func() { s.synced++ }}).(*page)
	if !ok {
		t.Fatal("the sync page is another one")
	}
	s.page = made
	s.content = h.Show(made)
	if tab != "" {
		made.RestoreState(map[string]string{"tab": tab})
	}
	return s
}

// change is one of the sample's, by its id.
func (s *shown) change(id string) sales.Pending {
	return s.tray.list[slices.IndexFunc(s.tray.list, func(p sales.Pending) bool { return p.ID == id })]
}

func TestThePagesLookAsTheyDid(t *testing.T) {
	for _, tab := range []string{"waiting", "refused", "conflicts"} {
		uitest.Golden(t, tab, func(h *uitest.Host) fyne.CanvasObject { return show(t, h, tab).content })
	}
	uitest.Golden(t, "history", func(h *uitest.Host) fyne.CanvasObject {
		model, book, _ := sampleModel(t)
		id := fakebook.All[sales.Partner](book)[0].ID
		return h.Show(NewHistoryPage(h, ui.ParseRoute("history/"+id+"?kind=partner"), Deps{Model: model}))
	})
}

func TestUndoAsksFirst(t *testing.T) {
	s := show(t, uitest.NewHost(t), "waiting")
	uitest.TapText(t, s.content, "Undo")
	asked := s.host.Canvas().Overlays().Top()
	if asked == nil || len(s.tray.undone) > 0 {
		t.Fatalf("nothing is asked, undone %v", s.tray.undone)
	}
	if texts := strings.Join(uitest.Texts(asked), " "); !strings.Contains(texts, "goes back to what the server has") {
		t.Errorf("the question is %q", texts)
	}
	s.host.Press(fyne.KeyReturn, fyne.KeyModifierControl)
	if !slices.Equal(s.tray.undone, []string{"c3"}) || !slices.Contains(s.host.Toasts, "Undone") || !slices.Contains(s.host.ChangedKinds, "task") {
		t.Errorf("undone %v, told %v, changed %v", s.tray.undone, s.host.Toasts, s.host.ChangedKinds)
	}
}

func TestARefusedChangeSaysWhyAndIsSentAgain(t *testing.T) {
	s := show(t, uitest.NewHost(t), "refused")
	for _, text := range []string{"territory 110101 is not among yours", ui.ErrorText(s.change("c4").Problem)} {
		if !strings.Contains(strings.Join(uitest.Texts(s.content), "\n"), text) {
			t.Errorf("%q is not shown", text)
		}
	}
	uitest.TapText(t, s.content, "Open and mend")
	uitest.TapText(t, s.content, "Send again")
	if !slices.Equal(s.tray.retried, []string{"c4"}) || s.synced != 1 {
		t.Errorf("sent again %v, synced %d times", s.tray.retried, s.synced)
	}
	if want := "partner/" + s.change("c4").RecordID; !slices.Equal(s.host.Opened, []string{want}) {
		t.Errorf("opened %v", s.host.Opened)
	}
}

func TestAHeldChangeDoesNotRepeatTheServersWords(t *testing.T) {
	s := show(t, uitest.NewHost(t), "refused")
	s.page.refused.show(s.change("c5"))
	texts := strings.Join(uitest.Texts(s.content), "\n")
	if strings.Contains(texts, s.change("c5").Problem.Message) || !strings.Contains(texts, ui.T("error.held")) {
		t.Errorf("the page shows %q", texts)
	}
}

func TestKeepingMineOrTheirsSettlesTheConflict(t *testing.T) {
	for button, status := range map[string]string{"Keep mine": sales.ConflictKeptMine, "Keep theirs": sales.ConflictKeptTheirs} {
		s := show(t, uitest.NewHost(t), "conflicts")
		for _, text := range []string{"下周三再去，带上新的报价", "客户要求先寄样机"} {
			if !uitest.Shows(s.content, text) {
				t.Errorf("%q is not shown", text)
			}
		}
		uitest.TapText(t, s.content, button)
		c, err := s.book.Get(t.Context(), "conflict", fakebook.SampleID("conflict", 1))
		if err != nil || c.Text("status") != status || s.synced != 1 {
			t.Errorf("%s: the conflict is %q, %v; synced %d times", button, c.Text("status"), err, s.synced)
		}
		if got := s.page.SaveState()["tab"]; got != "conflicts" {
			t.Errorf("%s leaves for the tab %s", button, got)
		}
	}
}

func TestTheLastChangeLeavesAnEmptyListAndTheNextAppearsInTheSamePlace(t *testing.T) {
	s := show(t, uitest.NewHost(t), "waiting")
	split := s.page.waiting.content.Objects[0]
	kept := s.tray.list
	s.tray.list = nil
	s.page.Refresh()
	if !uitest.Shows(s.content, "Everything has been sent") {
		t.Errorf("without changes the page shows %q", uitest.Texts(s.content))
	}
	s.tray.list = kept
	s.page.Refresh()
	if s.page.waiting.content.Objects[0] != split || !uitest.Shows(s.content, "回访价格问题") {
		t.Errorf("with changes again the page shows %q", uitest.Texts(s.content))
	}
}

func TestEveryStateOfSyncingHasItsSentence(t *testing.T) {
	for want, state := range map[string]sales.SyncState{
		"This workbook works on this computer only. 4 changes are kept for the day it is connected to a server.": {Phase: sales.SyncLocal, Waiting: 4},
		"Receiving records: 1,200 of 5,000. You can work meanwhile.":                                             {Phase: sales.SyncRunning, Done: 1200, Total: 5000},
		"Receiving records: 1,200 of 50,000, about 3 minutes left. You can work meanwhile.":                      {Phase: sales.SyncRunning, Done: 1200, Total: 50_000, Left: 3 * time.Minute},
		"Connected":                     {Phase: sales.SyncIdle},
		"All synced at 09:30":           {Phase: sales.SyncIdle, LastSync: uitest.Clock},
		"All but files synced at 09:30": {Phase: sales.SyncIdle, LastSync: uitest.Clock, FilesWaiting: 1},
	} {
		if got, _ := stateText(state); got != want {
			t.Errorf("%+v is %q instead of %q", state, got, want)
		}
	}
}
