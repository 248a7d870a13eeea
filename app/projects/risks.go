package projects

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// riskTone colors a risk by what decides the project's health.
func riskTone(r sales.ProjectRisk) ui.Tone {
	switch {
	case r.Status == "occurred", r.Open() && r.Score() >= 9:
		return ui.ToneDanger
	case r.Open() && r.Score() >= 4:
		return ui.ToneWarning
	case r.Open():
		return ui.ToneInfo
	}
	return ui.ToneNeutral
}

func (p *detailPage) risksCard() fyne.CanvasObject {
	add := ui.WithIcon(ui.QuietButton(ui.T("projects.risk.add"), func() {
		p.editRisk(sales.ProjectRisk{ProjectID: p.id, Likelihood: "medium", Impact: "medium", Status: "open"})
	}), ui.IconAdd)
	title := ui.T("projects.risks")
	if len(p.detail.Risks) == 0 {
		return ui.NewCard(title, ui.Muted(ui.T("projects.risks.none")), add)
	}
	var rows []fyne.CanvasObject
	for _, r := range p.detail.Risks {
		grade := ui.T("projects.risk.grade", "Likelihood", optionText("likelihood", r.Likelihood), "Impact", optionText("impact", r.Impact))
		texts := []fyne.CanvasObject{ui.Label(r.Title).Elastic()}
		if r.Response != "" {
			texts = append(texts, ui.Caption(ui.T("projects.risk.response", "Text", r.Response)).Elastic())
		}
		rows = append(rows, ui.HGap(8, ui.Grow(ui.VGap(1, texts...)), ui.PendingMark(r.Pending), ui.NewBadge(grade, riskTone(r.ProjectRisk)),
			ui.NewBadge(optionText("status", r.Status), ui.ToneNeutral),
			ui.IconButton(ui.IconEdit, ui.T("projects.risk.edit"), func() { p.editRisk(r.ProjectRisk) })))
	}
	return ui.NewCard(title, ui.VGap(6, rows...), add)
}

func (p *detailPage) editRisk(r sales.ProjectRisk) {
	name, response := ui.NewEntry(), ui.NewMultiline(3)
	name.SetText(r.Title)
	response.SetText(r.Response)
	choice := func(field, code string) *ui.Select {
		s := ui.NewSelect(optionsOf("project_risk", field), nil)
		s.SetCode(code)
		return s
	}
	likelihood, impact, status := choice("likelihood", r.Likelihood), choice("impact", r.Impact), choice("status", r.Status)
	label := func(field string) string { return ui.T("field.project_risk." + field) }
	form := ui.NewForm().Add("title", label("title"), name, ui.Required).
		Add("likelihood", label("likelihood"), likelihood).Add("impact", label("impact"), impact).
		Add("response", label("response"), response).Add("status", label("status"), status)
	p.ask(ui.T("projects.risk"), form, name, nil, func(ctx context.Context) error {
		next := r
		next.Title, next.Response = name.Text, response.Text
		next.Likelihood, next.Impact, next.Status = likelihood.Code(), impact.Code(), status.Code()
		return p.model.SaveRisk(ctx, next)
	}, "project_risk")
}

// notesCard shows the notes of progress, with a field for the next one.
func (p *detailPage) notesCard() fyne.CanvasObject {
	add := ui.Button(ui.T("projects.note.add"), p.addNote)
	rows := []fyne.CanvasObject{ui.Border(nil, nil, nil, ui.PadXY(6, 0, ui.VGap(0, add)), p.note)}
	for _, n := range p.detail.Notes {
		head := ui.HGap(8, ui.Strong(n.Author), ui.Caption(ui.RelativeTime(n.WrittenAt.Time())))
		if n.Pending {
			head.Add(ui.NewBadge(ui.T("projects.pending"), ui.ToneInfo))
		}
		rows = append(rows, ui.VGap(2, head, ui.Prose(n.Body)))
	}
	if len(p.detail.Notes) == 0 {
		rows = append(rows, ui.Muted(ui.T("projects.notes.none")))
	}
	return ui.NewCard(ui.T("projects.notes"), ui.VGap(8, rows...))
}

func (p *detailPage) addNote() {
	text := p.note.Text
	if text == "" {
		p.host.Canvas().Focus(p.note)
		return
	}
	p.write(func(ctx context.Context) error { return p.model.AddNote(ctx, p.id, text) }, func() {
		p.note.SetText("")
		p.draft.Clear()
	}, "project_note")
}
