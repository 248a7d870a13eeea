package sample

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/rounds-field/rounds/sales"
)

// The scales of the sample organisation.
const (
	Small = "small" // a few hundred companies in the representatives' provinces, with all that belongs to them
	Full  = "full"  // all of the data
)

// Organisation makes the sample organisation as it is today: the same records with the same ids at every call, with days relative
// to today (whose location is that of the visits' hours). Records come in an order in which they can be written one by
// one: what others refer to first. The types of visit are not among them; see sales.Defaults. Every record passes
// sales.Validate. It errs for an unknown scale.
func Organisation(scale string, today time.Time) ([]sales.Record, error) {
	if scale != Small && scale != Full {
		return nil, fmt.Errorf("make sample organisation: scale %q is neither %s nor %s", scale, Small, Full)
	}
	b := &builder{
		full: scale == Full, now: today, today: sales.DateOf(today),
		midnight: time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, today.Location()),
		rnd:      rand.New(rand.NewPCG(2002, 60030)), // #nosec G404 -- the sample has to be the same every time
		users:    map[string]sales.User{}, kept: map[string]bool{},
	}
	for _, step := range []func() error{
		b.addTerritories, b.addUsers, b.addProducts, b.addCompanies, b.addContacts, b.addShipments, b.addReceivables,
		b.addOpportunities, b.addVisits, b.addFeedback, b.addTasks, b.addProjects, b.addAnnouncements,
	} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("make sample organisation: %w", err)
		}
	}
	return b.records, nil
}

// builder collects the records. Its steps follow one another in a fixed order and draw from one source of numbers, so
// that the outcome is always the same.
type builder struct {
	full     bool
	now      time.Time
	today    sales.Date
	midnight time.Time
	rnd      *rand.Rand
	records  []sales.Record
	users    map[string]sales.User // by sign-in name
	kept     map[string]bool       // codes of the partners that are in
	partners []company
	accounts []company
	products []sales.Product
	deals    []sales.Opportunity
	visits   []sales.Visit
}

// company is what partners and key accounts have in common here.
type company struct {
	id, code, name, region, tier string
	owner                        string // id of the user; "" where no representative works
	partner                      bool
}

// add completes the record as the app does when its owner writes it, and keeps it.
func (b *builder) add(model any) {
	b.records = append(b.records, sales.Complete(sales.RecordOf(model), b.now, b.users["admin"].ID))
}

// at gives the moment so many days from today at an hour and minute.
func (b *builder) at(days, hour, minute int) sales.Instant {
	m := b.midnight
	return sales.InstantOf(time.Date(m.Year(), m.Month(), m.Day()+days, hour, minute, 0, 0, m.Location()))
}

// day gives the day so many days from today.
func (b *builder) day(days int) sales.Date { return sales.DateOf(b.midnight.AddDate(0, 0, days)) }

// chance is true in so many of a hundred cases.
func (b *builder) chance(percent int) bool { return b.rnd.IntN(100) < percent }

func (b *builder) addTerritories() error {
	parent := map[string]string{}
	b.add(sales.Territory{ID: id("territory", headquarters), Code: headquarters, Name: "总部"})
	for _, r := range salesRegions {
		b.add(sales.Territory{ID: id("territory", r.code), Code: r.code, Name: r.name, ParentCode: headquarters})
		for _, p := range r.provinces {
			parent[p] = r.code
		}
	}
	table, err := rows("regions.csv")
	for _, row := range table {
		t := sales.Territory{ID: id("territory", row[0]), Code: row[0], Name: row[1], ParentCode: row[2]}
		if t.ParentCode == "" {
			t.ParentCode = parent[t.Code]
		}
		b.add(t)
	}
	return err
}

func (b *builder) addUsers() error {
	for _, u := range Users() {
		b.users[u.Name] = u
		b.add(u)
	}
	return nil
}

// repOf finds the representative who works a district; "" where none does.
func (b *builder) repOf(region string) string {
	for _, u := range Users() {
		if u.Role == string(sales.RoleRep) && slices.Contains(u.Territories, region[:2]) {
			return u.ID
		}
	}
	return ""
}

// managerOf finds the manager to whom a representative's reports go.
func (b *builder) managerOf(rep string) string {
	switch rep {
	case b.users["wang.qiang"].ID, b.users["sun.li"].ID:
		return b.users["liu.yang"].ID
	}
	return b.users["chen.wei"].ID
}
