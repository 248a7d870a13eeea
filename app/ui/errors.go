package ui

import (
	"context"
	"errors"
	"maps"

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
		return T(errorKey(coded), errorArgs(coded))
	case errors.Is(err, context.DeadlineExceeded):
		return T("ui.error.timeout")
	default:
		return T("ui.error.general", "Detail", err.Error())
	}
}

// errorKey chooses the most specific text that there is for an error.
func errorKey(err CodedError) string {
	var specific interface {
		error
		TextKeys() []string
	}
	if errors.As(err, &specific) {
		for _, key := range specific.TextKeys() {
			if Has(key) {
				return key
			}
		}
	}
	return "error." + err.ErrorCode()
}

// errorArgs names the field and the kind in the user's language instead of the program's.
func errorArgs(err CodedError) map[string]any {
	args := maps.Clone(err.ErrorArgs())
	if args == nil {
		args = map[string]any{}
	}
	kind, _ := args["Kind"].(string)
	field, _ := args["Field"].(string)
	if key := "field." + kind + "." + field; Has(key) {
		args["Field"] = T(key)
	}
	if key := "kind." + kind; Has(key) {
		args["Kind"] = T(key)
	}
	return args
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
		OnEnter: func() { modal.Hide() },
	})
}
