package ui

import (
	"cmp"
	"context"
	"slices"

	"github.com/rounds-field/rounds/sales"
)

// FileDeps is what attachments need from outside: the workbook, the contents of files, and the computer's own windows for choosing and opening them.
type FileDeps struct {
	Book  sales.Workbook
	Files sales.Files
	Desk  FileDesk
	Me    func() sales.User
}

// FileDesk is what a computer offers about files. Its functions are called on the UI thread and call back there, but for OpenFile.
type FileDesk interface {
	// ChooseFile asks for a file; chosen is not called when none is.
	ChooseFile(title string, chosen func(path string))
	// ChoosePlace asks where to write a file that is to be called name.
	ChoosePlace(title, name string, chosen func(path string))
	// OpenFile shows a file in the program that the system has for it, and says when there is none. It is called away from the UI thread, and may
	// last as long as that program.
	OpenFile(ctx context.Context, path string) error
	// OnDrop gives the files that are dropped on the window to f, until cancel is called. The last one who asked gets them.
	OnDrop(f func(paths []string)) (cancel func())
}

// attachmentRow is an attachment as it is shown.
type attachmentRow struct {
	sales.Attachment
	sales.FileStatus
	Owner string
}

// load reads the attachments of a record, the newest first.
func (d *FileDeps) load(ctx context.Context, kind, id string) ([]attachmentRow, error) {
	field := sales.ParentOf(kind)
	records, err := d.Book.List(ctx, sales.Query{Kind: "attachment", Where: []sales.Cond{{Field: field, Op: sales.Eq, Value: id}}, Sort: []string{"-id"}})
	if err != nil {
		return nil, err
	}
	rows := make([]attachmentRow, len(records))
	var hashes, owners []string
	for i, r := range records {
		rows[i] = attachmentRow{Attachment: sales.As[sales.Attachment](r)}
		hashes = append(hashes, rows[i].SHA256)
		owners = append(owners, rows[i].OwnerID)
	}
	slices.Sort(owners)
	names, err := d.Book.Titles(ctx, "user", slices.Compact(owners))
	if err != nil {
		return nil, err
	}
	states, err := d.Files.FileStates(ctx, hashes)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		rows[i].Owner = names[rows[i].OwnerID]
		rows[i].FileStatus = states[rows[i].SHA256]
		rows[i].State = cmp.Or(rows[i].State, sales.FileNone)
	}
	return rows, nil
}

// mayWrite says whether the user's role writes attachments, to spare a vain attempt; the server decides.
func (d *FileDeps) mayWrite() bool {
	role := sales.Role(d.Me().Role)
	return role == "" || role.MayWrite(sales.MustKind("attachment")) // a workbook without a server has no roles
}

// fileTone is the tone in which the state of a file is shown.
func fileTone(s sales.FileState) Tone {
	switch s {
	case sales.FileHere:
		return ToneSuccess
	case sales.FileWaiting, sales.FileComing:
		return ToneWarning
	case sales.FileSending:
		return ToneInfo
	case sales.FileRefused, sales.FileDamaged:
		return ToneDanger
	}
	return ToneNeutral
}

// FormatBytes writes a number of bytes as people read it.
func FormatBytes(n int64) string {
	switch {
	case n >= 1<<20:
		return FormatNumberShort(float64(n)/(1<<20)) + " MB"
	case n > 0:
		return FormatNumberShort(float64((n+1023)/1024)) + " KB"
	}
	return ""
}
