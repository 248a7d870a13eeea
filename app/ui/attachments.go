package ui

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"github.com/rounds-field/rounds/sales"
)

// Attachments shows the photos and documents of one record: to be added, looked at, saved elsewhere and removed, with where each of them is.
type Attachments struct {
	// Describe completes a new attachment, such as with the company that a visit was to. It may be nil.
	Describe func(*sales.Attachment)
	// OnCount is told how many there are after each loading. It may be nil.
	OnCount func(n int)

	host     Host
	deps     *FileDeps
	kind, id string
	body     *fyne.Container
	pictures map[string]fyne.Resource // small pictures that were loaded, by attachment
	rows     []attachmentRow
	closed   bool
	cancel   func() // no more drops
}

// NewAttachments makes the area of one record. It loads itself anew when attachments change; files dropped on the window while it is there are added.
func NewAttachments(host Host, deps *FileDeps, kind, id string) *Attachments {
	a := &Attachments{host: host, deps: deps, kind: kind, id: id, body: VGap(6), pictures: map[string]fyne.Resource{}}
	RefreshOn(host, a.Refresh, "attachment")
	a.cancel = func() {}
	if deps.mayWrite() {
		a.cancel = deps.Desk.OnDrop(func(paths []string) {
			if !Left(host) {
				a.add(paths...)
			}
		})
		context.AfterFunc(host.Context(), func() { OnUI(a.cancel) })
	}
	a.show()
	return a
}

// Content is the area.
func (a *Attachments) Content() fyne.CanvasObject { return a.body }

// Close ends an area before its page is left, because another record is shown in its place.
func (a *Attachments) Close() {
	a.closed = true
	a.cancel()
}

// Refresh loads the attachments anew.
func (a *Attachments) Refresh() {
	if a.closed {
		return
	}
	Go(a.host.Context(), func(ctx context.Context) ([]attachmentRow, error) { return a.deps.load(ctx, a.kind, a.id) }, func(rows []attachmentRow, err error) {
		if err != nil {
			a.body.Objects = []fyne.CanvasObject{NewErrorBanner(err, a.Refresh)}
			a.body.Refresh()
			return
		}
		a.rows = rows
		a.show()
		if a.OnCount != nil {
			a.OnCount(len(rows))
		}
		a.loadPictures()
	})
}

func (a *Attachments) show() {
	var objects []fyne.CanvasObject
	if a.deps.mayWrite() {
		add := WithIcon(Button(T("ui.files.add"), func() {
			a.deps.Desk.ChooseFile(T("ui.files.add.title"), func(path string) { a.add(path) })
		}), IconAdd)
		objects = append(objects, HStack(Grow(Caption(T("ui.files.drop")).Elastic()), add))
	}
	for i, row := range a.rows {
		if i > 0 {
			objects = append(objects, hairline())
		}
		objects = append(objects, a.row(row))
	}
	if len(a.rows) == 0 {
		objects = append(objects, Muted(T("ui.files.none")).Elastic())
	}
	a.body.Objects = objects
	a.body.Refresh()
}

// The room of a small picture in a row.
const (
	pictureWidth  = 68
	pictureHeight = 51
)

func (a *Attachments) row(row attachmentRow) fyne.CanvasObject {
	var meta []string
	for _, part := range []string{FormatBytes(row.Size), row.Owner, FormatDayShort(DayOf(sales.CreatedAt(row.ID).Time()))} {
		if part != "" {
			meta = append(meta, part)
		}
	}
	texts := []fyne.CanvasObject{NewText(row.FileName).Elastic()}
	if row.Caption != "" {
		texts = append(texts, Caption(row.Caption).Elastic())
	}
	texts = append(texts, Caption(strings.Join(meta, " · ")).Elastic())
	var more fyne.CanvasObject
	more = IconButton(IconMore, T("ui.files.more"), func() { ShowMenu(a.host.Canvas(), more, a.menu(row)...) })
	badge := NewBadge(T("ui.files.state."+string(row.State)), fileTone(row.State))
	line := HGap(10, container.NewCenter(a.picture(row)), Grow(VGap(1, texts...)), container.NewCenter(badge), container.NewCenter(more))
	var shown fyne.CanvasObject = line
	if row.Problem != nil { // below the name, and in full: it says what to do
		shown = VGap(2, line, HGap(10, Fixed(pictureWidth, 1, container.NewStack()), Grow(Prose(ErrorText(row.Problem)))))
	}
	return newTappable(PadXY(6, 6, shown), 6, func() { a.open(row) })
}

// picture is the small form of an attachment, else a sign of its kind, in the same room.
func (a *Attachments) picture(row attachmentRow) fyne.CanvasObject {
	ground := newSurface(ToneNeutral.fillColor(), colorClear, 6)
	small, ok := a.pictures[row.ID]
	if !ok || small == nil {
		return Fixed(pictureWidth, pictureHeight, container.NewStack(ground, container.NewCenter(Icon(ToneIcon(IconFile, ToneMuted)))))
	}
	image := canvas.NewImageFromResource(small)
	image.FillMode = canvas.ImageFillContain
	return Fixed(pictureWidth, pictureHeight, container.NewStack(ground, image))
}

// loadPictures brings the small pictures one by one: those that are not here come over the network.
func (a *Attachments) loadPictures() {
	for _, row := range a.rows {
		if _, ok := a.pictures[row.ID]; ok || !strings.HasPrefix(row.MediaType, "image/") || row.SHA256 == "" {
			continue
		}
		a.pictures[row.ID] = nil // asked for
		Go(a.host.Context(), func(ctx context.Context) ([]byte, error) { return a.deps.Files.Thumbnail(ctx, row.ID) }, func(small []byte, err error) {
			if err != nil || len(small) == 0 { // the sign stays, and the next loading asks again
				delete(a.pictures, row.ID)
				return
			}
			a.pictures[row.ID] = fyne.NewStaticResource(row.SHA256+".jpg", small)
			a.show()
		})
	}
}

func (a *Attachments) menu(row attachmentRow) []MenuItem {
	items := []MenuItem{
		{Label: T("ui.files.open"), Icon: IconOpen, Run: func() { a.open(row) }},
		{Label: T("ui.files.save"), Icon: IconDown, Run: func() { a.saveAs(row) }},
	}
	if a.deps.mayWrite() {
		items = append(
			items,
			MenuItem{Label: T("ui.files.caption"), Icon: IconEdit, Run: func() { a.askCaption(row) }},
			MenuItem{Label: T("ui.files.remove"), Danger: true, Run: func() { a.remove(row) }},
		)
	}
	return items
}

// add attaches files from the disk, one after the other. What was read is in the workbook before the next begins.
func (a *Attachments) add(paths ...string) {
	Do(Lasting(a.host), func(ctx context.Context) error {
		for _, path := range paths {
			if err := a.addOne(ctx, path); err != nil {
				return err
			}
		}
		return nil
	}, func(err error) {
		if err != nil {
			a.host.ShowError(err)
		} else {
			a.host.Toast(T("ui.files.added", "Count", len(paths), "Name", filepath.Base(paths[0])))
		}
		a.host.Changed("attachment") // also those before the one that failed
	})
}

func (a *Attachments) addOne(ctx context.Context, path string) error {
	f, err := os.Open(path)
	if err == nil {
		defer f.Close() //nolint:errcheck // it was only read
		var info os.FileInfo
		if info, err = f.Stat(); err == nil && info.IsDir() {
			err = os.ErrInvalid
		}
	}
	if err != nil {
		return &sales.Error{
			Code: sales.CodeFile, Message: "read " + path, Hint: "choose a file that can be read", Cause: err, Args: map[string]any{"Value": filepath.Base(path)},
		}
	}
	n := sales.Attachment{FileName: filepath.Base(path)}
	n.AttachTo(a.kind, a.id)
	if a.Describe != nil {
		a.Describe(&n)
	}
	_, err = a.deps.Files.AddFile(ctx, n, f)
	return err
}

// fetch brings a content here and does something with it.
func (a *Attachments) fetch(row attachmentRow, then func(path string)) {
	if !row.State.Here() && row.State != sales.FileNone {
		a.host.Toast(T("ui.files.fetching", "Name", row.FileName))
	}
	Go(Lasting(a.host), func(ctx context.Context) (string, error) { return a.deps.Files.FetchFile(ctx, row.ID) }, func(path string, err error) {
		a.host.Changed("attachment")
		switch {
		case err != nil:
			a.host.ShowError(err)
		case !Left(a.host):
			then(path)
		}
	})
}

func (a *Attachments) open(row attachmentRow) {
	if sales.IsProgram(row.FileName) {
		a.host.ShowError(&sales.Error{
			Code: sales.CodeFile, Reason: "program", Message: row.FileName + " could be a program", Hint: "save it if you know who attached it and why", Args: map[string]any{"Value": row.FileName},
		})
		return
	}
	a.fetch(row, func(path string) {
		// The program that shows it may take its time to start, or stay: not on the UI thread.
		Do(Lasting(a.host), func(ctx context.Context) error { return a.deps.Desk.OpenFile(ctx, path) }, func(err error) {
			if err != nil {
				a.host.ShowError(&sales.Error{
					Code: sales.CodeFile, Reason: "open", Message: "open " + path, Hint: "save it and open it there", Cause: err, Args: map[string]any{"Value": row.FileName},
				})
			}
		})
	})
}

func (a *Attachments) saveAs(row attachmentRow) {
	a.fetch(row, func(path string) {
		a.deps.Desk.ChoosePlace(T("ui.files.save.title"), row.FileName, func(to string) {
			Do(Lasting(a.host), func(context.Context) error { return copyFile(path, to) }, func(err error) {
				if err != nil {
					a.host.ShowError(err)
					return
				}
				a.host.Toast(T("ui.files.saved", "Name", filepath.Base(to)))
			})
		})
	})
}

func copyFile(from, to string) error {
	failed := func(err error) error {
		return &sales.Error{Code: sales.CodeFile, Message: "write " + to, Hint: "choose another place", Cause: err, Args: map[string]any{"Value": filepath.Base(to)}}
	}
	in, err := os.Open(from)
	if err != nil {
		return failed(err)
	}
	defer in.Close() //nolint:errcheck // it was only read
	out, err := os.Create(to)
	if err != nil {
		return failed(err)
	}
	_, err = io.Copy(out, in)
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return failed(err)
	}
	return nil
}

func (a *Attachments) askCaption(row attachmentRow) {
	AskText(a.host.Canvas(), AskOptions{Title: row.FileName, Label: T("field.attachment.caption"), Text: row.Caption, Yes: T("ui.files.caption.save")}, func(text string) {
		a.write(sales.Edit{Verb: sales.Update, Kind: "attachment", ID: row.ID, Values: sales.Values{"caption": text}}, "")
	})
}

func (a *Attachments) remove(row attachmentRow) {
	Confirm(a.host.Canvas(), ConfirmOptions{
		Title: T("ui.files.remove"), Text: T("ui.files.remove.text", "Name", row.FileName), Yes: T("ui.files.remove.yes"), Danger: true,
	}, func() {
		a.write(sales.Edit{Verb: sales.Delete, Kind: "attachment", ID: row.ID}, T("ui.files.removed", "Name", row.FileName))
	})
}

func (a *Attachments) write(e sales.Edit, done string) {
	Do(Lasting(a.host), func(ctx context.Context) error {
		_, err := a.deps.Book.Write(ctx, e)
		return err
	}, func(err error) {
		if err != nil {
			a.host.ShowError(err)
			return
		}
		if done != "" {
			a.host.Toast(done)
		}
		a.host.Changed("attachment")
	})
}
