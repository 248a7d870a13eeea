package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/local"
	"github.com/rounds-field/rounds/workbook"
)

// unsentFiles are the contents that the server does not have, for every command that says what waits.
type unsentFiles struct {
	Waiting int          `json:"files_waiting"` // all of them
	Refused int          `json:"files_refused"` // those that the server does not take or that cannot be sent
	Files   []unsentFile `json:"files,omitempty"`

	list []sales.UnsentFile
}

type unsentFile struct {
	Attachment string          `json:"attachment"`
	Name       string          `json:"name"`
	Size       int64           `json:"size"`
	State      sales.FileState `json:"state"`
	Code       string          `json:"code,omitempty"`
	Message    string          `json:"message,omitempty"`
	Hint       string          `json:"hint,omitempty"`
}

func readUnsent(ctx context.Context, wb *workbook.Workbook) (unsentFiles, error) {
	list, err := wb.UnsentFiles(ctx)
	u := unsentFiles{list: list, Waiting: len(list)}
	for _, f := range list {
		l := unsentFile{Attachment: f.ID, Name: f.Name(), Size: f.Size, State: f.State}
		if refused(f) {
			u.Refused++
		}
		if f.Problem != nil {
			l.Code, l.Message, l.Hint = explained(f.Problem)
		}
		u.Files = append(u.Files, l)
	}
	return u, err
}

// refused says whether a file waits for somebody to do something, and not only for the next sync.
func refused(f sales.UnsentFile) bool {
	return f.State == sales.FileRefused || f.State == sales.FileDamaged
}

// explained divides an error into what is wrong and what to do.
func explained(err error) (code, message, hint string) {
	var e *sales.Error
	if !errors.As(err, &e) {
		return "", oneLine(err), ""
	}
	said := sales.Error{Message: e.Message, Cause: e.Cause}
	return e.Code, oneLine(&said), e.Hint
}

// String sums them up.
func (u unsentFiles) String() string {
	files := "files"
	if u.Waiting == 1 {
		files = "file"
	}
	if u.Refused > 0 {
		return fmt.Sprintf("%d %s not sent, %d of them with a problem", u.Waiting, files, u.Refused)
	}
	return fmt.Sprintf("%d %s not sent", u.Waiting, files)
}

// print lists the files one a line; with --json they are part of the line before.
func (u unsentFiles) print(t *tool) error {
	if t.asJSON {
		return nil
	}
	for _, f := range u.Files {
		why := ""
		if f.Message != "" {
			why = ": " + f.Message
		}
		if f.Hint != "" {
			why += "; " + f.Hint
		}
		if _, err := fmt.Fprintf(t.out, "file %s  %s  %s%s\n", f.Attachment, f.State, f.Name, why); err != nil {
			return err
		}
	}
	return nil
}

// findings are the files about which something has to be done, as the doctor tells of them.
func (u unsentFiles) findings() []local.Finding {
	var out []local.Finding
	for i, f := range u.list {
		if refused(f) {
			l := u.Files[i]
			out = append(out, local.Finding{Code: "file_" + string(f.State), Where: "file " + l.Name, Message: l.Message, Hint: l.Hint, Kind: "attachment", ID: f.ID})
		}
	}
	return out
}
