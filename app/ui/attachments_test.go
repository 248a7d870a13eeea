package ui_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/internal/uitest"
	"github.com/rounds-field/rounds/sales"
)

// fileArea is the area of one visit with what a test needs to look behind it.
type fileArea struct {
	t     *testing.T
	book  *fakebook.Book
	files *fakebook.Files
	desk  *uitest.Desk
	host  *uitest.Host
	area  *ui.Attachments
}

const fileVisit = "01900000-0000-7000-8000-000000000001"

func newFileArea(t *testing.T, h *uitest.Host, role sales.Role) *fileArea {
	t.Helper()
	book := fakebook.New(func() time.Time { return uitest.Clock }, fakebook.Me)
	book.Put(sales.User{ID: fakebook.Me, Name: "li.na", DisplayName: "李娜"}, sales.Visit{ID: fileVisit, Subject: "月度回访"})
	f := &fileArea{t: t, book: book, files: fakebook.NewFiles(book), desk: &uitest.Desk{}, host: h}
	f.files.Folder = t.TempDir()
	f.area = ui.NewAttachments(h, &ui.FileDeps{Book: book, Files: f.files, Desk: f.desk, Me: func() sales.User { return sales.User{ID: fakebook.Me, Role: string(role)} }}, "visit", fileVisit)
	return f
}

func (f *fileArea) put(n uint64, name, mediaType, caption string, content []byte, state sales.FileState) {
	f.t.Helper()
	a := sales.Attachment{ID: fakebook.SampleID("attachment", int(n)), FileName: name, MediaType: mediaType, Caption: caption, VisitID: fileVisit, OwnerID: fakebook.Me, Size: int64(len(content))}
	if content != nil {
		a.SHA256 = f.files.Put(content)
		f.files.States[a.SHA256] = state
	}
	f.book.Put(a)
}

func TestWhatKeepsAFileLooksAsItDid(t *testing.T) {
	uitest.Golden(t, "attachments-kept", func(h *uitest.Host) fyne.CanvasObject {
		f := newFileArea(t, h, sales.RoleRep)
		for i, kept := range []struct {
			state sales.FileState
			why   *sales.Error
		}{
			{sales.FileWaiting, &sales.Error{Code: sales.CodeOffline, Reason: sales.OfflineFault}},
			{sales.FileRefused, &sales.Error{Code: sales.CodeTooLarge, Args: map[string]any{"Limit": "3 MB"}}},
			{sales.FileRefused, &sales.Error{Code: sales.CodeQuota}},
			{sales.FileDamaged, &sales.Error{Code: sales.CodeFile, Reason: sales.FileReasonDamaged}},
		} {
			content := shelfPhoto(400+i, 300)
			f.put(uint64(10+i), "陈列照片.jpg", "image/jpeg", "入口展架，新品在左，价格牌齐全，缺少海报", content, kept.state)
			f.files.Problems[hashOf(content)] = kept.why
		}
		area := ui.MaxWidth(520, ui.Panel(f.area.Content())) // as beside other things: the reasons wrap
		f.area.Refresh()
		h.Window.SetContent(area)
		return area
	})
}

func hashOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

func shelfPhoto(w, h int) []byte {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, color.RGBA{R: uint8(80 + 100*x/w), G: uint8(110 + 60*y/h), B: 150, A: 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func TestTheAttachmentsLookAsTheyDid(t *testing.T) {
	uitest.Golden(t, "attachments", func(h *uitest.Host) fyne.CanvasObject {
		f := newFileArea(t, h, sales.RoleRep)
		for i, state := range []sales.FileState{sales.FileHere, sales.FileWaiting, sales.FileSending, sales.FileComing, sales.FileThere, sales.FileRefused, sales.FileNone} {
			content := bytes.Repeat([]byte{byte(i)}, 700_000*(i+1))
			name, mediaType := "对账单.xlsx", ""
			switch {
			case state == sales.FileNone:
				content = nil
			case i < 2:
				name, mediaType, content = "陈列照片.jpg", "image/jpeg", shelfPhoto(400+i, 300)
			}
			caption := ""
			if i%2 == 0 {
				caption = "入口展架，新品在左，价格牌齐全，缺少海报"
			}
			f.put(uint64(10+i), name, mediaType, caption, content, state)
		}
		content := ui.Panel(f.area.Content())
		f.area.Refresh()
		h.Window.SetContent(content)
		return content
	})
}

func TestAFileIsAddedByChoosingAndByDropping(t *testing.T) {
	h := uitest.NewHost(t)
	f := newFileArea(t, h, sales.RoleRep)
	f.area.Describe = func(a *sales.Attachment) { a.Caption = "completed" }
	count := 0
	f.area.OnCount = func(n int) { count = n }
	dir := t.TempDir()
	for _, name := range []string{"a.pdf", "b.pdf", "c.pdf"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h.Window.SetContent(f.area.Content())
	f.desk.Choose = filepath.Join(dir, "a.pdf")
	uitest.TapText(t, f.area.Content(), ui.T("ui.files.add"))
	if !f.desk.Drop(filepath.Join(dir, "b.pdf"), filepath.Join(dir, "c.pdf")) {
		t.Fatal("nobody takes what is dropped")
	}
	f.area.Refresh()
	all := fakebook.All[sales.Attachment](f.book)
	if len(all) != 3 || count != 3 || len(h.Errors) > 0 {
		t.Fatalf("%d attached, %d counted, %v", len(all), count, h.Errors)
	}
	for i, name := range []string{"a.pdf", "b.pdf", "c.pdf"} {
		if a := all[i]; a.FileName != name || a.VisitID != fileVisit || a.Caption != "completed" || a.SHA256 == "" {
			t.Errorf("%+v", a)
		}
	}
	f.desk.Drop(dir) // a folder
	if len(h.Errors) != 1 || !sales.HasCode(h.Errors[0], sales.CodeFile) || len(fakebook.All[sales.Attachment](f.book)) != 3 {
		t.Errorf("a folder: %v", h.Errors)
	}
	f.area.Close()
	if f.desk.Drop(filepath.Join(dir, "a.pdf")) {
		t.Error("a closed area takes what is dropped")
	}
}

func TestAFileIsOpenedSavedAndRemoved(t *testing.T) {
	h := uitest.NewHost(t)
	f := newFileArea(t, h, sales.RoleRep)
	f.put(1, "报价.pdf", "application/pdf", "", []byte("%PDF-1.7"), sales.FileHere)
	f.area.Refresh()
	content := f.area.Content()
	h.Window.SetContent(content)
	uitest.TapText(t, content, "报价.pdf")
	if len(f.desk.Opened) != 1 || filepath.Base(f.desk.Opened[0]) != "报价.pdf" {
		t.Fatalf("opened %v, %v", f.desk.Opened, h.Errors)
	}
	f.desk.Place = filepath.Join(t.TempDir(), "copy.pdf")
	f.area.Run("save", 0)
	if b, err := os.ReadFile(f.desk.Place); err != nil || string(b) != "%PDF-1.7" || f.desk.Names[0] != "报价.pdf" {
		t.Errorf("saved %q as %v, %v", b, f.desk.Names, err)
	}
	f.area.Run("remove", 0)
	if len(fakebook.All[sales.Attachment](f.book)) != 1 {
		t.Error("removed without being asked")
	}
	uitest.TapText(t, h.Canvas().Overlays().Top(), ui.T("ui.files.remove.yes"))
	if all := fakebook.All[sales.Attachment](f.book); len(all) != 0 {
		t.Errorf("still there: %+v", all)
	}
}

// Why a file is not sent stands beside it in the user's language, with what to do; nothing stands there when nothing is known.
func TestAFileThatIsNotSentSaysWhy(t *testing.T) {
	t.Cleanup(func() { ui.SetLanguage("en") })
	for lang, reasons := range map[string]map[string]*sales.Error{
		"en": {
			"The file is too large; at most 1 MB can be attached. Attach a smaller one.":   {Code: sales.CodeTooLarge, Kind: "attachment", Field: "sha256", Args: map[string]any{"Limit": "1 MB"}},
			"There is no more room for files on the server. Remove files":                  {Code: sales.CodeQuota, Kind: "attachment", Field: "sha256"},
			"Your role or your territories do not allow this (Attachment). Ask your":       {Code: sales.CodeForbidden, Kind: "attachment", Field: "sha256"},
			"The server received something else than this file holds. It is offered again": {Code: sales.CodeInvalid, Kind: "attachment", Field: "sha256"},
			"The copy on this computer was damaged. Attach the same file once more":        {Code: sales.CodeFile, Reason: sales.FileReasonDamaged, Kind: "attachment", Field: "sha256"},
			"The server has a fault of its own. It is tried again by itself":               {Code: sales.CodeOffline, Reason: sales.OfflineFault},
		},
		"zh": {
			"文件太大，最多可附加 1 MB。请换一个较小的文件。": {Code: sales.CodeTooLarge, Kind: "attachment", Field: "sha256", Args: map[string]any{"Limit": "1 MB"}},
			"服务器上的文件空间已用完。请删除不再需要的文件":    {Code: sales.CodeQuota, Kind: "attachment", Field: "sha256"},
			"服务器收到的内容与此文件不符。":            {Code: sales.CodeInvalid, Kind: "attachment", Field: "sha256"},
			"本机上的副本已损坏。请从原来的位置":          {Code: sales.CodeFile, Reason: sales.FileReasonDamaged, Kind: "attachment", Field: "sha256"},
		},
	} {
		ui.SetLanguage(lang)
		for want, why := range reasons {
			f := newFileArea(t, uitest.NewHost(t), sales.RoleRep)
			content := []byte("%PDF-1.7")
			f.put(1, "报价.pdf", "application/pdf", "", content, sales.FileRefused)
			f.area.Refresh()
			before := len(uitest.Texts(f.area.Content()))
			f.files.Problems[hashOf(content)] = why
			f.area.Refresh()
			texts := uitest.Texts(f.area.Content())
			if said := strings.Join(texts, "\n"); !strings.Contains(said, want) || len(texts) != before+1 {
				t.Errorf("%s is %q", why.Code, said)
			}
		}
	}
}

func TestAFileThatIsStillOnItsWaySaysSo(t *testing.T) {
	h := uitest.NewHost(t)
	f := newFileArea(t, h, sales.RoleRep)
	f.book.Put(sales.Attachment{FileName: "远.mp4", VisitID: fileVisit, SHA256: "ab"})
	f.files.States["ab"] = sales.FileComing
	f.area.Refresh()
	h.Window.SetContent(f.area.Content())
	uitest.TapText(t, f.area.Content(), "远.mp4")
	if len(f.desk.Opened) != 0 || len(h.Errors) != 1 || !sales.HasCode(h.Errors[0], sales.CodeNotReady) {
		t.Errorf("opened %v, %v", f.desk.Opened, h.Errors)
	}
}

func TestAFileThatNoProgramOpensSaysSo(t *testing.T) {
	h := uitest.NewHost(t)
	f := newFileArea(t, h, sales.RoleRep)
	f.put(1, "报价.pdf", "application/pdf", "", []byte("%PDF-1.7"), sales.FileHere)
	f.desk.Refuse = errors.New("no program")
	f.area.Refresh()
	h.Window.SetContent(f.area.Content())
	uitest.TapText(t, f.area.Content(), "报价.pdf")
	if len(h.Errors) != 1 || !sales.HasCode(h.Errors[0], sales.CodeFile) || !strings.Contains(ui.ErrorText(h.Errors[0]), "报价.pdf") {
		t.Errorf("told are %v", h.Errors)
	}
}

func TestAnAttachedProgramIsNotStarted(t *testing.T) {
	h := uitest.NewHost(t)
	f := newFileArea(t, h, sales.RoleRep)
	f.put(1, "报价.pdf.EXE", "application/pdf", "", []byte("MZ"), sales.FileHere)
	f.area.Refresh()
	h.Window.SetContent(f.area.Content())
	uitest.TapText(t, f.area.Content(), "报价.pdf.EXE")
	if len(f.desk.Opened) != 0 || len(h.Errors) != 1 || !strings.Contains(ui.ErrorText(h.Errors[0]), "报价.pdf.EXE") {
		t.Errorf("opened %v, told %v", f.desk.Opened, h.Errors)
	}
}

func TestAnAuditorLooksAndAddsNothing(t *testing.T) {
	h := uitest.NewHost(t)
	f := newFileArea(t, h, sales.RoleAuditor)
	f.put(1, "报价.pdf", "application/pdf", "", []byte("x"), sales.FileHere)
	f.area.Refresh()
	h.Window.SetContent(f.area.Content())
	if uitest.Shows(f.area.Content(), ui.T("ui.files.add")) || f.desk.Drop("/etc/hostname") {
		t.Error("an auditor may add files")
	}
}
