package partners

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// save checks and writes. A name that another record has is asked about once: it may be the same company.
func (v *formView) save() {
	values := v.values()
	wrong := map[string]string{}
	for name, in := range v.inputs {
		if in.valid != nil && !in.valid() {
			wrong[name] = ui.ErrorText(&sales.Error{Code: sales.CodeInvalid, Kind: v.model.kind, Field: name, Message: "cannot be read"})
		}
	}
	for name, text := range ui.FieldErrors(v.model.Check(values)) {
		wrong[name] = text
	}
	if len(wrong) > 0 {
		v.refuse(wrong)
		return
	}
	v.form.ClearErrors()
	type outcome struct{ id, similar string }
	sure := v.sure || v.model.kind == "contact"
	ui.Go(v.host.Context(), func(ctx context.Context) (o outcome, err error) {
		if !sure {
			if o.similar, err = v.model.Similar(ctx, textOf(values["name"])); err != nil || o.similar != "" {
				return o, err
			}
		}
		o.id, err = v.model.Save(ctx, values)
		return o, err
	}, func(o outcome, err error) {
		switch {
		case err != nil:
			v.failed(err)
		case o.similar != "":
			v.askSimilar(o.similar, textOf(values["name"]))
		default:
			v.draft.Clear()
			v.host.Changed(v.model.kind)
			v.host.Toast(ui.T("partners.saved", "Name", textOf(values["name"])))
			v.saved(o.id)
		}
	})
}

// failed shows what the workbook refused: at its field where it names one.
func (v *formView) failed(err error) {
	var list sales.Errors
	var one *sales.Error
	if !errors.As(err, &list) && !errors.As(err, &one) {
		v.host.ShowError(err)
		return
	}
	v.refuse(ui.FieldErrors(err))
}

func (v *formView) refuse(wrong map[string]string) {
	for _, text := range v.form.SetErrors(wrong) {
		v.host.ShowError(errors.New(text))
	}
	for _, f := range sales.MustKind(v.model.kind).Fields {
		if wrong[f.Name] != "" {
			v.focus(f.Name)
			return
		}
	}
}

// askSimilar offers to open the record that has the name already, or to save all the same.
func (v *formView) askSimilar(id, name string) {
	var modal *ui.Modal
	answer := func(do func()) func() {
		return func() {
			modal.Hide()
			do()
		}
	}
	modal = ui.ShowModal(v.host.Canvas(), ui.T("partners.similar", "Name", name), ui.Paragraph(ui.T("partners.similar_text")), ui.ModalOptions{
		Width: 460, Buttons: []fyne.CanvasObject{
			ui.Button(ui.T("partners.similar_save"), answer(func() {
				v.sure = true
				v.save()
			})),
			ui.PrimaryButton(ui.T("partners.similar_open"), answer(func() { v.host.Open(v.model.kind + "/" + id) })),
		},
	})
}
