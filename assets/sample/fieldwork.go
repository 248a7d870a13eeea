package sample

import (
	"fmt"
	"slices"
	"time"

	"github.com/rounds-field/rounds/sales"
)

// halfYear is how far back visits go, in days.
const halfYear = 182

// worked lists the companies that a representative works; all representatives' when rep is "".
func (b *builder) worked(rep string) []company {
	var out []company
	for _, c := range slices.Concat(b.partners, b.accounts) {
		if c.owner != "" && (rep == "" || c.owner == rep) {
			out = append(out, c)
		}
	}
	return out
}

func reps() []sales.User {
	return slices.DeleteFunc(Users(), func(u sales.User) bool { return u.Role != string(sales.RoleRep) })
}

// addVisits makes the visits of the past half year by cadence, kept more or less, and for each representative the agenda of these days:
// five visits today, two that were missed, some ahead.
func (b *builder) addVisits() error {
	for _, c := range b.worked("") {
		every := sales.CadenceDays(c.tier)
		for day, n := -halfYear+b.rnd.IntN(every), 0; day < -1; day, n = day+every*(80+b.rnd.IntN(55))/100, n+1 {
			b.pastVisit(c, day, n)
		}
	}
	for _, rep := range reps() {
		mine := b.worked(rep.ID)
		for i, plan := range []struct{ day, hour, minute int }{
			{-3, 10, 0},
			{-1, 15, 0},
			{0, 9, 0},
			{0, 10, 30},
			{0, 14, 0},
			{0, 15, 30},
			{0, 17, 0},
			{1, 9, 30},
			{1, 14, 0},
			{2, 10, 0},
			{3, 9, 30},
			{3, 15, 0},
			{4, 10, 30},
			{7, 9, 30},
			{8, 14, 0},
			{10, 10, 0},
			{14, 14, 30},
		} {
			v := b.visitTo(mine[(i*7+3)%len(mine)], fmt.Sprintf("plan/%s/%d", rep.Name, i))
			v.Status, v.PlannedAt = sales.VisitPlanned, b.at(plan.day, plan.hour, plan.minute)
			v.PlannedEnd = v.PlannedAt + sales.Instant(time.Hour.Milliseconds())
			switch i {
			case 2: // under way
				v.Status, v.StartedAt = sales.VisitInProgress, sales.InstantOf(b.now.Add(-20*time.Minute))
			case 9:
				v = v.Reschedule(v.PlannedAt.Time().Add(90 * time.Minute))
			case 12:
				v = v.Cancel("客户出差，改期另约")
			}
			b.visits = append(b.visits, v)
			b.add(v)
		}
	}
	return nil
}

// pastVisit makes one visit of the past; a few were cancelled.
func (b *builder) pastVisit(c company, day, n int) {
	v := b.visitTo(c, fmt.Sprintf("%s/%d", c.code, n))
	v.PlannedAt = b.at(day, 9+b.rnd.IntN(8), 30*b.rnd.IntN(2))
	if b.chance(5) {
		v = v.Cancel(pick(b.rnd, "客户临时有事", "客户出差", "天气原因", "门店盘点，不便接待"))
		b.add(v)
		return
	}
	v.Status = sales.VisitDone
	v.StartedAt = v.PlannedAt + sales.Instant(b.rnd.IntN(20))*60_000
	v.EndedAt = v.StartedAt + sales.Instant(25+b.rnd.IntN(60))*60_000
	v.Outcome = pick(b.rnd, "successful", "successful", "neutral", "neutral", "unsuccessful")
	v.Notes = pick(b.rnd, visitNotes...)
	if b.chance(30) {
		v.NextOn = b.day(day + 7 + b.rnd.IntN(14))
	}
	b.visits = append(b.visits, v)
	b.add(v)
	if day > -21 {
		b.addResults(v)
	}
}

func (b *builder) visitTo(c company, key string) sales.Visit {
	v := sales.Visit{ID: id("visit", key), VisitType: b.visitType(c), OwnerID: c.owner, Subject: pick(b.rnd, visitSubjects...)}
	if c.partner {
		v.PartnerID = c.id
	} else {
		v.AccountID = c.id
	}
	return v
}

func (b *builder) visitType(c company) string {
	if b.chance(70) {
		return sales.RoutineVisit
	}
	if c.partner {
		return pick(b.rnd, "training", "promotion", "complaint", "contract", "reconciliation")
	}
	return pick(b.rnd, "solution", "contract", "complaint", "training")
}

// addResults answers the steps of a visit; an optional one was skipped now and then.
func (b *builder) addResults(v sales.Visit) {
	for _, r := range sales.Defaults() {
		if r.Kind != "visit_step" || r.Text("visit_type") != v.VisitType {
			continue
		}
		code := r.Text("code")
		res := sales.VisitResult{ID: id("visit_result", v.ID+code), VisitID: v.ID, StepCode: code, Result: sales.StepDone, RecordedAt: v.EndedAt}
		if !r.Flag("mandatory") && b.chance(25) {
			res.Result, res.SkipReason = sales.StepSkipped, pick(b.rnd, "时间不够", "客户不便", "上次已完成")
		}
		b.add(res)
	}
}

// addTasks gives each representative follow-ups around today: three due today, some overdue, some done.
func (b *builder) addTasks() error {
	for _, rep := range reps() {
		mine := b.worked(rep.ID)
		for i := range 24 {
			c := mine[(i*11+5)%len(mine)]
			t := sales.Task{
				ID: id("task", fmt.Sprintf("%s/%d", rep.Name, i)), OwnerID: rep.ID, Title: pick(b.rnd, taskTitles...),
				Priority: pick(b.rnd, "normal", "normal", "high", "low"), Status: sales.TaskOpen, DueOn: b.day(-5 + i),
			}
			switch {
			case i < 3:
				t.DueOn = b.today
				t.RemindAt = b.at(0, 9+i*2, 0)
			case i > 15:
				t.DueOn = b.day(-i)
				t = t.Finish(b.at(-i, 16, 0).Time())
			}
			if c.partner {
				t.PartnerID = c.id
			} else {
				t.AccountID = c.id
			}
			b.add(t)
		}
	}
	for i, o := range b.deals {
		if o.Open() && o.NextStep != "" && i%3 == 0 {
			b.add(sales.Task{
				ID: id("task", "deal/"+o.Code), OwnerID: o.OwnerID, Title: o.NextStep + "：" + o.Name, DueOn: o.NextStepOn, Status: sales.TaskOpen,
				Priority: "normal", OpportunityID: o.ID, PartnerID: o.PartnerID, AccountID: o.AccountID,
			})
		}
	}
	return nil
}
