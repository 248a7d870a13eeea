//go:build window

package windowtest

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rounds-field/rounds/assets/sample"
)

// TestARepresentativesDay is the main job from the window to a colleague's device, and what must survive a restart and a crash.
func TestARepresentativesDay(t *testing.T) {
	s := newScreen(t)
	at := startServer(t)
	mine, other := filepath.Join(t.TempDir(), "mine"), filepath.Join(t.TempDir(), "other")

	w := s.open("Today", "--workbook", mine, "--server", at.url, "--user", sample.Rep, "--password-file", at.passwordFile, "--language", "en")
	if err := w.close(); err != nil {
		t.Fatalf("the app ended with %v\n%s", err, w.complaint)
	}
	s.ctl(mine, "", "sync") // the whole of the territory is here, whenever the window was closed
	s.login(other, at)
	partner := firstPartner(s, mine)

	const notes = "谈了三季度的备货，客户希望下周三前看到报价"
	w = s.open("Today", "--workbook", mine)
	w.logVisit("Log a visit", partner["name"], notes)
	w.save("Log a visit")
	s.until("the other device has the visit", func() bool {
		s.ctl(other, "", "sync")
		return len(s.visits(other, notes)) == 1
	})
	if err := w.close(); err != nil {
		t.Fatalf("the app ended with %v\n%s", err, w.complaint)
	}
	here, there := s.visits(mine, notes), s.visits(other, notes)
	if len(here) != 1 || here[0]["id"] != there[0]["id"] || here[0]["partner_id"] != partner["id"] || here[0]["status"] != "done" {
		t.Fatalf("here is %v, there is %v", here, there)
	}

	w = s.open("", "--workbook", mine)
	w.chinese()
	s.press("ctrl+3")
	w.titled("渠道伙伴")
	s.run("xdotool", "windowsize", "--sync", w.id, "1230", "870")
	if err := w.close(); err != nil {
		t.Fatalf("the app ended with %v\n%s", err, w.complaint)
	}
	w = s.open("渠道伙伴", "--workbook", mine)
	if width, height := w.size(); width != 1230 || height != 870 {
		t.Errorf("after a restart the window is %d by %d", width, height)
	}
	s.refuseSecond(mine)

	const halfWritten = "断电之前写下的半句话"
	w.focus()
	s.press("ctrl+1")
	w.titled("今天") // where Ctrl+N is not a new partner
	w.logVisit("记录走访", partner["name"], halfWritten)
	time.Sleep(3 * time.Second) // a draft is written within a second and a half; nothing outside tells
	w.kill()
	w = s.open("记录走访", "--workbook", mine)
	time.Sleep(pace)
	w.save("记录走访")
	if err := w.close(); err != nil {
		t.Fatalf("the app ended with %v\n%s", err, w.complaint)
	}
	if kept := s.visits(mine, halfWritten); len(kept) != 1 || kept[0]["partner_id"] != partner["id"] {
		t.Errorf("after the crash the draft became %v", kept)
	}
}

// firstPartner is a partner of the representative's.
func firstPartner(s *screen, dir string) map[string]string {
	s.t.Helper()
	var me, p struct {
		ID, Name string
		OwnerID  string `json:"owner_id"`
	}
	if err := json.Unmarshal([]byte(s.ctl(dir, "", "list", "user", "--where", "name="+sample.Rep, "--json")), &me); err != nil {
		s.t.Fatal(err)
	}
	line, _, _ := strings.Cut(s.ctl(dir, "", "list", "partner", "--where", "owner_id="+me.ID, "--limit", "1", "--json"), "\n")
	if err := json.Unmarshal([]byte(line), &p); err != nil {
		s.t.Fatalf("read a partner of the sample: %v", err)
	}
	return map[string]string{"id": p.ID, "name": p.Name}
}

// logVisit opens the quick log, picks a partner by its name and writes notes.
func (w *window) logVisit(title, partner, notes string) {
	w.s.t.Helper()
	w.s.press("ctrl+n")
	w.titled(title)
	time.Sleep(pace)
	w.s.press("Return") // the keyboard is in the partner's field: Enter opens its list
	time.Sleep(pace)
	w.s.paste(partner)
	time.Sleep(pace)
	w.s.press("Return")
	time.Sleep(pace)
	w.click(550, 490) // the notes
	w.s.paste(notes)
	time.Sleep(pace)
}

// save saves the form and answers the question for a follow-up with none.
func (w *window) save(title string) {
	w.s.t.Helper()
	w.s.press("ctrl+Return")
	w.s.until("the visit is saved", func() bool {
		time.Sleep(pace / 3)
		w.s.press("Escape")
		return !strings.HasPrefix(w.title(), title)
	})
}

// chinese switches the language in the settings.
func (w *window) chinese() {
	w.s.t.Helper()
	w.click(60, -49)
	w.titled("Settings")
	w.click(480, 186) // the language
	time.Sleep(pace)
	w.s.press("Escape", "Right") // its list goes, the keyboard stays: the next language
	w.titled("设置")
}

// refuseSecond opens the workbook a second time, which must be explained.
func (s *screen) refuseSecond(dir string) {
	s.t.Helper()
	second := s.open("Rounds", "--workbook", dir)
	if err := second.close(); err == nil {
		s.t.Error("a second program on the same workbook ended as if all were well")
	}
	if said := second.complaint.String(); !strings.Contains(said, "open") {
		s.t.Errorf("a second program on the same workbook says %q", said)
	}
}
