package partners

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// overviewTab shows the company at a glance.
func (v *profileView) overviewTab() fyne.CanvasObject {
	body := container.NewStack(ui.Loading())
	v.reload["overview"] = func() {
		load(v, v.model.Overview, func(o Overview) {
			body.Objects = []fyne.CanvasObject{ui.Scroll(v.overview(o))}
			body.Refresh()
		})
	}
	return body
}

func (v *profileView) overview(o Overview) fyne.CanvasObject {
	right := []fyne.CanvasObject{v.contactsCard(o.Contacts)}
	if v.model.side.goods {
		right = append(right, v.shipmentsCard(o.Goods), v.ageingCard(o.Goods))
	}
	left := []fyne.CanvasObject{v.factsCard()}
	if notes := v.profile.Record.Text("notes"); notes != "" {
		left = append(left, ui.NewCard(label(v.model.side.kind, "notes"), ui.Prose(notes)))
	}
	if latest := v.latestCard(o.Latest); v.model.side.goods {
		left = append(left, latest)
	} else {
		right = append(right, latest)
	}
	return ui.VGap(12, v.tiles(o), ui.Grid(420, ui.VGap(12, left...), ui.VGap(12, right...)))
}

// tiles are the key figures; each opens the records behind it.
func (v *profileView) tiles(o Overview) fyne.CanvasObject {
	open := func(tab string) func() {
		return func() {
			v.tabs.Select(tab)
			v.refreshTab()
		}
	}
	tiles := []fyne.CanvasObject{
		ui.NewStatTile(ui.T("partners.tile.visits"), ui.FormatNumber(int64(o.Visits)), ui.T("partners.tile.visits_note"), ui.ToneNeutral, open("visits")),
	}
	deals, note := "0", ""
	if len(o.Deals) > 0 {
		deals = ui.FormatMoneyShort(o.Deals[0].Amount, o.Deals[0].Currency)
		note = ui.T("partners.tile.deals_note", "Count", o.Deals[0].Count, "Amount", ui.FormatMoneyShort(o.Deals[0].Weighted, o.Deals[0].Currency))
	}
	tiles = append(tiles,
		ui.NewStatTile(ui.T("partners.tile.deals"), deals, note, ui.ToneNeutral, open("opportunities")),
		ui.NewStatTile(ui.T("partners.tile.tasks"), ui.FormatNumber(int64(o.Open["tasks"])), "", toneIf(o.Open["tasks"] > 0, ui.ToneInfo), open("tasks")),
		ui.NewStatTile(ui.T("partners.tile.feedback"), ui.FormatNumber(int64(o.Open["feedback"])), "", toneIf(o.Open["feedback"] > 0, ui.ToneInfo), open("feedback")),
	)
	if v.model.side.goods {
		g := o.Goods
		tiles = append(tiles,
			ui.NewStatTile(ui.T("partners.tile.shipped"), ui.FormatMoneyShort(g.Shipped, g.Currency), ui.T("partners.tile.shipped_note"), ui.ToneNeutral, open("shipments")),
			ui.NewStatTile(ui.T("partners.tile.overdue"), ui.FormatMoneyShort(g.Overdue, g.Owed), ui.T("partners.tile.overdue_note", "Amount", ui.FormatMoneyShort(g.Open, g.Owed)), toneIf(g.Overdue > 0, ui.ToneDanger), open("receivables")),
		)
	} else {
		tiles = append(tiles, ui.NewStatTile(ui.T("partners.tile.projects"), ui.FormatNumber(int64(o.Open["projects"])), "", ui.ToneNeutral, open("projects")))
	}
	return ui.Grid(150, tiles...)
}

func toneIf(yes bool, tone ui.Tone) ui.Tone {
	if yes {
		return tone
	}
	return ui.ToneNeutral
}

// factsCard lists those facts that the header does not show already.
func (v *profileView) factsCard() fyne.CanvasObject {
	s, r := v.model.side, v.profile.Record
	var facts []ui.KV
	add := func(field, value string) { facts = append(facts, ui.KV{Label: label(s.kind, field), Value: value}) }
	if address := r.Text("address"); address != "" {
		facts = append(facts, ui.KV{Label: label(s.kind, "address"), Object: ui.Prose(address)})
	}
	for _, field := range []string{"email", "website"} {
		if _, ok := sales.MustKind(s.kind).Field(field); ok {
			add(field, r.Text(field))
		}
	}
	add("visit_every", cadenceEvery(v.profile.Cadence))
	add(s.size, money(r.Int(s.size), r.Text("currency")))
	if s.goods {
		add("signed_on", r.Text("signed_on"))
		facts = append(facts, ui.KV{Label: label(s.kind, "agreement_ends"), Object: v.agreementEnd()})
	} else {
		add("employees", number(r.Int("employees")))
		add("founded_in", plainNumber(r.Int("founded_in")))
		add("parent_name", r.Text("parent_name"))
	}
	if tags, ok := r.Values["tags"].([]string); ok && len(tags) > 0 {
		facts = append(facts, ui.KV{Label: label(s.kind, "tags"), Object: tagRow(tags)})
	}
	var actions []fyne.CanvasObject
	if v.model.mayWrite(s.kind) {
		actions = append(actions, ui.IconButton(ui.IconEdit, ui.T("partners.do.edit"), func() { v.host.Open(v.editRoute()) }))
	}
	return ui.NewCard(ui.T("partners.card.facts"), ui.KeyValue(facts...), actions...)
}

// agreementEnd marks an agreement that ends soon, or has ended.
func (v *profileView) agreementEnd() fyne.CanvasObject {
	p := sales.As[sales.Partner](v.profile.Record)
	if p.AgreementEnds == "" {
		return ui.Label("—")
	}
	days, ending := p.AgreementEnding(v.model.today(), 90)
	switch {
	case ending && days < 0:
		return ui.HStack(ui.Label(string(p.AgreementEnds)), ui.NewBadge(ui.T("partners.agreement.ended"), ui.ToneDanger))
	case ending:
		return ui.HStack(ui.Label(string(p.AgreementEnds)), ui.NewBadge(ui.T("partners.agreement.ending", "Count", days), ui.ToneWarning))
	}
	return ui.Label(string(p.AgreementEnds))
}

func cadenceEvery(c sales.Cadence) string {
	if c.Every == 0 {
		return ""
	}
	return ui.T("partners.every", "Count", c.Every)
}

func tagRow(tags []string) fyne.CanvasObject {
	badges := make([]fyne.CanvasObject, len(tags))
	for i, tag := range tags {
		badges[i] = ui.NewBadge(tag, ui.ToneNeutral)
	}
	return ui.Flow(badges...)
}

// contactsCard shows whom to call.
func (v *profileView) contactsCard(contacts []sales.Contact) fyne.CanvasObject {
	const most = 4
	var content fyne.CanvasObject = ui.Muted(ui.T("partners.empty.contacts"))
	if len(contacts) > 0 {
		items := []ui.FeedItem{}
		for _, c := range contacts[:min(most, len(contacts))] {
			items = append(items, ui.FeedItem{
				Icon: ui.IconUser, Tone: attitudeTone(c.Attitude), Title: c.Name, Text: joined(c.JobTitle, option("decision_role", c.DecisionRole)),
				Meta: firstOf(c.Mobile, c.Email, c.WeChat), OnTap: func() { v.host.Open("contact/" + c.ID) },
			})
		}
		content = ui.NewFeed(items)
	}
	var actions []fyne.CanvasObject
	if len(contacts) > most {
		actions = append(actions, ui.NewLink(ui.T("partners.all", "Count", len(contacts)), func() {
			v.tabs.Select("contacts")
			v.refreshTab()
		}))
	}
	if v.model.mayWrite("contact") {
		actions = append(actions, ui.IconButton(ui.IconAdd, ui.T("partners.do.contact"), func() { v.host.Open(v.with("contact/new")) }))
	}
	return ui.NewCard(ui.T("partners.tab.contacts"), content, actions...)
}

// latestCard shows what happened last; the timeline has the rest.
func (v *profileView) latestCard(events []Event) fyne.CanvasObject {
	if len(events) == 0 {
		return ui.NewCard(ui.T("partners.card.latest"), ui.Muted(ui.T("partners.empty.timeline")))
	}
	items := make([]ui.FeedItem, len(events))
	for i, e := range events {
		icon, tone := eventLook(e)
		items[i] = ui.FeedItem{Icon: icon, Tone: tone, Title: joined(ui.T("partners.event."+e.What), e.Title), Text: eventText(e), Meta: ui.RelativeDay(ui.DayOf(e.At.Time()))}
		if e.Route != "" {
			items[i].OnTap = func() { v.host.Open(e.Route) }
		}
	}
	return ui.NewCard(ui.T("partners.card.latest"), ui.NewFeed(items), ui.NewLink(ui.T("partners.tab.timeline"), func() {
		v.tabs.Select("timeline")
		v.refreshTab()
	}))
}

func (v *profileView) shipmentsCard(g Goods) fyne.CanvasObject {
	if len(g.Shipments) == 0 {
		return ui.NewCard(ui.T("partners.chart.shipments"), ui.Muted(ui.T("partners.empty.shipments")))
	}
	return ui.NewCard(ui.T("partners.chart.shipments"), monthChart(g))
}

func (v *profileView) ageingCard(g Goods) fyne.CanvasObject {
	if g.Open == 0 {
		return ui.NewCard(ui.T("partners.chart.ageing"), ui.Muted(ui.T("partners.empty.open_receivables")))
	}
	return ui.NewCard(ui.T("partners.chart.ageing"), ageChart(g))
}

// monthChart draws what was shipped in each of the last months.
func monthChart(g Goods) fyne.CanvasObject {
	bars := make([]ui.Bar, len(g.Months))
	for i, m := range g.Months {
		text := ""
		if m.Amount != 0 {
			text = ui.FormatMoneyShort(m.Amount, g.Currency)
		}
		bars[i] = ui.Bar{Label: m.Month[2:], Value: float64(m.Amount), Text: text, Tone: ui.ToneAccent}
	}
	return ui.MinSize(0, 150, ui.NewBarChart(bars))
}

// ageChart draws what is owed, by how late it is.
func ageChart(g Goods) fyne.CanvasObject {
	bars := make([]ui.Bar, len(g.Ages))
	for i, a := range g.Ages {
		text := ""
		if a.Amount != 0 {
			text = ui.FormatMoneyShort(a.Amount, g.Owed)
		}
		bars[i] = ui.Bar{Label: ui.T("partners.age." + a.Bucket), Value: float64(a.Amount), Text: text, Tone: ageTone(a.Bucket)}
	}
	return ui.MinSize(0, 150, ui.NewBarChart(bars))
}
