package ui

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"
)

// CodedError is an error with a stable code and the facts that its explanation needs. The domain's errors are
// such ones; the texts are the keys "error.<code>".
type CodedError interface {
	error
	ErrorCode() string
	ErrorArgs() map[string]any
}

// ErrorText explains an error in the user's language: what, where, what to do. An error without a code, or with
// one that has no text, is shown as it is after a general sentence, so that support can work with it.
func ErrorText(err error) string {
	var coded CodedError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &coded) && Has("error."+coded.ErrorCode()):
		return T("error."+coded.ErrorCode(), coded.ErrorArgs())
	case errors.Is(err, context.DeadlineExceeded):
		return T("ui.error.timeout")
	default:
		return T("ui.error.general", "Detail", err.Error())
	}
}

// NewErrorBanner shows an error above a page's content; retry may be nil.
func NewErrorBanner(err error, retry func()) *fyne.Container {
	label := ""
	if retry != nil {
		label = T("ui.retry")
	}
	return NewBanner(ToneDanger, ErrorText(err), label, retry)
}

// ShowError explains an error in a dialog. No error shows nothing.
func ShowError(canvas fyne.Canvas, err error) {
	if err == nil || canvas == nil {
		return
	}
	var modal *Modal
	modal = ShowModal(canvas, T("ui.error.title"), Paragraph(ErrorText(err)), ModalOptions{
		Width: 460, Buttons: []fyne.CanvasObject{PrimaryButton(T("ui.ok"), func() { modal.Hide() })},
	})
}
