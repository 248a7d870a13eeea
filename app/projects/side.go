package projects

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// healthCard says how the project stands and why, and lets it be set by hand.
func (p *detailPage) healthCard() fyne.CanvasObject {
	d := p.detail
	choice := ui.NewSelect(optionsOf(kind, "health"), func(code string) {
		p.write(func(ctx context.Context) error { return p.model.SetHealth(ctx, p.id, code) }, nil, kind)
	})
	set := d.Project.Health
	if set == "" {
		set = sales.HealthAuto
	}
	choice.SetCode(set)
	head := ui.HGap(8, ui.NewBadge(optionText("health", d.Health), healthTone(d.Health)), ui.Spacer(), ui.Fixed(150, 0, choice))
	rows := []fyne.CanvasObject{head}
	for _, r := range d.Reasons {
		rows = append(rows, ui.Prose("· "+reasonText(r)))
	}
	if len(d.Reasons) == 0 {
		rows = append(rows, ui.Muted(ui.T("projects.health.fine")))
	}
	return ui.NewCard(fieldText("health"), ui.VGap(2, rows...))
}

// newNextStep makes the field of the next step, which is saved where it stands.
func (p *detailPage) newNextStep() {
	p.step = ui.NewEntry()
	p.step.SetPlaceHolder(ui.T("projects.next_step.hint"))
	p.save = ui.Button(ui.T("projects.save"), func() {
		text := p.step.Text
		p.write(func(ctx context.Context) error { return p.model.SetNextStep(ctx, p.id, text) },
			func() { p.host.Toast(ui.T("projects.saved")) }, kind)
	})
	p.step.OnChanged = func(string) { p.checkNextStep() }
	p.step.OnSubmitted = func(string) { p.save.OnTapped() }
}

func (p *detailPage) checkNextStep() {
	if p.step.Text == p.detail.NextStep {
		p.save.Disable()
	} else {
		p.save.Enable()
	}
}

func (p *detailPage) nextStepCard() fyne.CanvasObject {
	p.checkNextStep()
	return ui.NewCard(fieldText("next_step"), ui.HStack(ui.Grow(p.step), p.save))
}

func (p *detailPage) factsCard() fyne.CanvasObject {
	d := p.detail
	link := func(text, route string) fyne.CanvasObject {
		if text == "" {
			return nil
		}
		return ui.NewLink(text, func() { p.host.Open(route) })
	}
	day := func(date sales.Date) string {
		if date == "" {
			return ""
		}
		return ui.FormatDay(string(date))
	}
	facts := ui.KeyValue(
		ui.KV{Label: ui.T("kind.account"), Object: link(d.Account, "account/"+d.AccountID)},
		ui.KV{Label: ui.T("kind.partner"), Object: link(d.Partner, "partner/"+d.PartnerID)},
		ui.KV{Label: fieldText("revenue"), Object: ui.Strong(orDash(moneyText(d.Project)))},
		ui.KV{Label: fieldText("status"), Value: optionText("status", d.Status)},
		ui.KV{Label: fieldText("starts_on"), Value: day(d.StartsOn)},
		ui.KV{Label: fieldText("ends_on"), Value: day(d.EndsOn)},
		ui.KV{Label: fieldText("owner_id"), Value: d.Owner},
	)
	content := ui.VGap(8, facts)
	if d.Project.Notes != "" {
		content.Add(ui.Prose(d.Project.Notes))
	}
	return ui.NewCard(ui.T("projects.facts"), content)
}

func orDash(text string) string {
	if text == "" {
		return "—"
	}
	return text
}

// membersCard shows who works on the project; a picker adds, the cross takes out.
func (p *detailPage) membersCard() fyne.CanvasObject {
	d := p.detail
	var rows []fyne.CanvasObject
	for _, member := range d.Members {
		name := member.Name
		if name == "" {
			name = ui.T("projects.member.unknown")
		}
		rows = append(rows, ui.HGap(8, ui.Icon(ui.ToneIcon(ui.IconUser, ui.ToneMuted)), ui.Grow(ui.Label(name).Elastic()),
			ui.IconButton(ui.IconClose, ui.T("projects.member.remove", "Name", name), func() {
				p.write(func(ctx context.Context) error { return p.model.RemoveMember(ctx, d.Project, member.ID) }, nil, kind)
			})))
	}
	if len(rows) == 0 {
		rows = append(rows, ui.Muted(ui.T("projects.members.none")))
	}
	add := ui.NewPicker(choose(p.model.Book, "user"))
	add.OnChanged = func(item ui.PickItem) {
		if item.ID == "" || slices.Contains(d.MemberIDs, item.ID) {
			return
		}
		p.write(func(ctx context.Context) error { return p.model.AddMember(ctx, d.Project, item.ID) }, nil, kind)
	}
	rows = append(rows, ui.HGap(8, ui.Fixed(96, 0, ui.Muted(ui.T("projects.member.add")).Elastic()), ui.Grow(add)))
	return ui.NewCard(ui.T("projects.members"), ui.VGap(4, rows...))
}
