package syncing

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/internal/uitest"
	"github.com/rounds-field/rounds/sales"
)

// keep attaches files to a partner of the sample, of which none goes: one waits, two are too large, for the others there is no room, and one was damaged.
func (s *shown) keep() (partner string) {
	partner = fakebook.All[sales.Partner](s.book)[0].ID
	all := fakebook.NewFiles(s.book)
	add := func(name string, state sales.FileState, why error) {
		a := sales.Attachment{FileName: name, PartnerID: partner, SHA256: all.Put([]byte(name))}
		all.States[a.SHA256], all.Problems[a.SHA256] = state, why
		s.book.Put(a)
	}
	large := &sales.Error{Code: sales.CodeTooLarge, Args: map[string]any{"Limit": "1 MB"}}
	add("等待.pdf", sales.FileWaiting, nil)
	add("大图.jpg", sales.FileRefused, large)
	add("录像.mp4", sales.FileRefused, large)
	for i := range 4 {
		add(fmt.Sprintf("照片%d.jpg", i+1), sales.FileRefused, &sales.Error{Code: sales.CodeQuota})
	}
	add("合同.pdf", sales.FileDamaged, &sales.Error{Code: sales.CodeFile, Reason: sales.FileReasonDamaged})
	s.page.model.Files = all
	s.page.Refresh()
	return partner
}

func TestFilesThatAreNotSentLookAsTheyDid(t *testing.T) {
	uitest.Golden(t, "files", func(h *uitest.Host) fyne.CanvasObject {
		s := show(t, h, "waiting")
		s.state.FilesWaiting, s.state.FilesRefused = 8, 7
		s.state.FileProblem = &sales.Error{Code: sales.CodeOffline, Reason: sales.OfflineFault}
		s.keep()
		return s.content
	})
}

// What the server does not take is named on the page, once for each reason, with what to do and the way there.
func TestFilesThatAreNotTakenAreNamedWithTheReason(t *testing.T) {
	s := show(t, uitest.NewHost(t), "waiting")
	partner := s.keep()
	said := strings.Join(uitest.Texts(s.content), "\n")
	for _, want := range []string{
		"Not taken by the server: 大图.jpg, 录像.mp4. The file is too large; at most 1 MB can be attached. Attach a smaller one.",
		"Not taken by the server: 照片1.jpg, 照片2.jpg, 照片3.jpg and others (4 in all). There is no more room for files on the server.",
		"Cannot be sent: 合同.pdf. The copy on this computer was damaged",
	} {
		if strings.Count(said, want) != 1 {
			t.Errorf("the page does not say %q: %s", want, said)
		}
	}
	if strings.Contains(said, "等待.pdf") {
		t.Error("a file that only waits is among them")
	}
	uitest.TapText(t, s.page.banner, "Open")
	if len(s.host.Opened) != 1 || s.host.Opened[0] != "partner/"+partner {
		t.Errorf("opened %v", s.host.Opened)
	}
}

// A lasting trouble of files is told in words while the records go, and not beside the state that says the same.
func TestTheStateSaysWhyFilesDoNotGetThrough(t *testing.T) {
	t.Cleanup(func() { ui.SetLanguage("en") })
	problem := fmt.Errorf("send chunk 1 of 3 of file 0a1b: %w", &sales.Error{Code: sales.CodeOffline, Reason: sales.OfflineFault, Message: "the server's file store does not answer"})
	for lang, want := range map[string]string{
		"en": "Photos and documents do not get through. The server has a fault of its own.",
		"zh": "照片和文档未能传送。服务器自身出现故障",
	} {
		ui.SetLanguage(lang)
		for _, phase := range []sales.SyncPhase{sales.SyncIdle, sales.SyncRunning, sales.SyncFailed} {
			if text := filesTrouble(sales.SyncState{Phase: phase, FileProblem: problem}); !strings.Contains(text, want) || strings.Contains(text, "0a1b") {
				t.Errorf("%s, %s: %q", lang, phase, text)
			}
		}
		for _, phase := range []sales.SyncPhase{sales.SyncOffline, sales.SyncSignedOut, sales.SyncLocal} {
			if text := filesTrouble(sales.SyncState{Phase: phase, FileProblem: problem}); text != "" {
				t.Errorf("%s, %s: %q", lang, phase, text)
			}
		}
		if text := filesTrouble(sales.SyncState{Phase: sales.SyncIdle}); text != "" {
			t.Errorf("without trouble: %q", text)
		}
	}
	ui.SetLanguage("en")
	s := show(t, uitest.NewHost(t), "waiting")
	s.state.FileProblem = problem
	s.page.StateChanged()
	if !strings.Contains(strings.Join(uitest.Texts(s.content), "\n"), "Photos and documents do not get through") {
		t.Error("the page does not say so")
	}
}

func TestOnlyFilesThatMayGoAreSaidToWait(t *testing.T) {
	for want, state := range map[string]sales.SyncState{
		"":                         {FilesWaiting: 2, FilesRefused: 2},
		"1 file waits to be sent.": {FilesWaiting: 3, FilesRefused: 2},
		"2 files wait to be sent.": {FilesWaiting: 2},
		// A refused one is tried again: it is not on the server yet either.
		"Sending a file: 1 KB of 2 KB; 1 in all are not on the server yet.": {FilesWaiting: 1, FilesRefused: 1, FileDone: 1024, FileTotal: 2048},
	} {
		if got := filesText(state); got != want {
			t.Errorf("%+v is %q", state, got)
		}
	}
}
