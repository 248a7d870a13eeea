package today

import (
	"strconv"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// quiet says whether there is nothing at all to show.
func (d Day) quiet() bool {
	return len(d.Visits)+d.VisitsDone+d.MissedTotal+d.TasksTotal+d.DealsTotal+len(d.Projects)+len(d.Announcements)+len(d.News) == 0
}

// tiles are the day in six figures; each leads to its list.
func (p *page) tiles() fyne.CanvasObject {
	d := p.day
	return ui.Grid(140,
		p.tile("visits", d.VisitsLeft+d.VisitsLate, p.visitsNote(), danger(d.VisitsLate > 0), "visits?view=day"),
		p.tile("tasks", d.TasksTotal, late(d.TasksLate, "today.note.late"), danger(d.TasksLate > 0), "tasks"),
		p.tile("missed", d.MissedTotal, ui.T("today.note.missed"), warning(d.MissedTotal > 0), "partners?missed=1"),
		p.tile("deals", d.DealsTotal, p.dealsNote(), warning(d.DealsTotal > 0), dealsRoute),
		p.tile("projects", len(d.Projects), p.projectsNote(), danger(p.red() > 0), "projects"),
		p.tile("announcements", len(d.Announcements), p.announcementsNote(), p.announcementsTone(), "announcements"))
}

func (p *page) tile(key string, n int, note string, tone ui.Tone, route string) fyne.CanvasObject {
	if n == 0 {
		tone = ui.ToneSuccess
		if note == "" {
			note = ui.T("today.note.none")
		}
	}
	return ui.NewStatTile(ui.T("today.tile."+key), strconv.Itoa(n), note, tone, func() { p.host.Open(route) })
}

func danger(yes bool) ui.Tone {
	if yes {
		return ui.ToneDanger
	}
	return ui.ToneNeutral
}

func warning(yes bool) ui.Tone {
	if yes {
		return ui.ToneWarning
	}
	return ui.ToneNeutral
}

func late(n int, key string) string {
	if n == 0 {
		return ""
	}
	return ui.T(key, "Count", n)
}

func (p *page) visitsNote() string {
	switch d := p.day; {
	case d.VisitsLate > 0:
		return ui.T("today.note.visits.late", "Count", d.VisitsLate)
	case d.VisitsDone > 0:
		return ui.T("today.note.visits.done", "Count", d.VisitsDone)
	}
	return ""
}

func (p *page) dealsNote() string {
	if p.day.DealsValue == 0 {
		return ""
	}
	return ui.FormatMoneyShort(p.day.DealsValue, sales.DefaultCurrency)
}

func (p *page) red() int {
	n := 0
	for _, project := range p.day.Projects {
		if project.Health == sales.HealthRed {
			n++
		}
	}
	return n
}

func (p *page) projectsNote() string { return late(p.red(), "today.note.red") }

func (p *page) toConfirm() int {
	n := 0
	for _, a := range p.day.Announcements {
		if a.MustConfirm {
			n++
		}
	}
	return n
}

func (p *page) announcementsNote() string { return late(p.toConfirm(), "today.note.confirm") }

func (p *page) announcementsTone() ui.Tone { return warning(p.toConfirm() > 0) }
