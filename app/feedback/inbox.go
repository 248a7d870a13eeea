package feedback

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rounds-field/rounds/sales"
)

// Whose feedback the inbox shows.
const (
	WhoseAll      = ""
	WhoseAssigned = "assigned" // assigned to the user
	WhoseCaptured = "captured" // captured by the user
)

// Filter says which feedback the inbox shows. Without statuses it shows what is not closed.
type Filter struct {
	Text       string
	Kinds      []string
	Statuses   []string
	Severities []string
	Whose      string
	Oldest     bool // the oldest first
}

// Narrowed says whether the filter hides more than what is closed.
func (f Filter) Narrowed() bool {
	return f.Text != "" || len(f.Kinds)+len(f.Statuses)+len(f.Severities) > 0 || f.Whose != WhoseAll
}

// State gives the filter as texts that survive a restart.
func (f Filter) State() map[string]string {
	state := map[string]string{
		"text": f.Text, "whose": f.Whose, "kinds": strings.Join(f.Kinds, ","),
		"statuses": strings.Join(f.Statuses, ","), "severities": strings.Join(f.Severities, ","),
	}
	if f.Oldest {
		state["oldest"] = "1"
	}
	return state
}

// FilterFrom reads what State gave.
func FilterFrom(state map[string]string) Filter {
	codes := func(name string) []string {
		if state[name] == "" {
			return nil
		}
		return strings.Split(state[name], ",")
	}
	return Filter{
		Text: state["text"], Whose: state["whose"], Kinds: codes("kinds"), Statuses: codes("statuses"),
		Severities: codes("severities"), Oldest: state["oldest"] == "1",
	}
}

// facets are the fields whose chips show counts.
var facets = []string{"kind", "status", "severity"}

func (f Filter) chosen(facet string) []string {
	switch facet {
	case "kind":
		return f.Kinds
	case "status":
		return f.Statuses
	}
	return f.Severities
}

// query is the filter as a query; without leaves one facet out, so that its chips count what choosing them would show.
func (m *Model) query(f Filter, without string) sales.Query {
	q := sales.Query{Kind: kind, Match: f.Text, Sort: []string{"-captured_at"}}
	if f.Oldest {
		q.Sort = []string{"captured_at"}
	}
	for _, facet := range facets {
		codes := f.chosen(facet)
		switch {
		case facet == without:
		case len(codes) > 0:
			q.Where = append(q.Where, sales.Cond{Field: facet, Op: sales.In, Value: codes})
		case facet == "status":
			q.Where = append(q.Where, sales.Cond{Field: facet, Op: sales.Ne, Value: sales.FeedbackClosed})
		}
	}
	switch f.Whose {
	case WhoseAssigned:
		q.Where = append(q.Where, sales.Cond{Field: "assignee_id", Op: sales.Eq, Value: m.me()})
	case WhoseCaptured:
		q.Where = append(q.Where, sales.Cond{Field: "owner_id", Op: sales.Eq, Value: m.me()})
	}
	return q
}

// Counts says how much feedback there is for each choice of each facet: kind, status, severity.
type Counts struct {
	Total int // what the inbox shows
	By    map[string]map[string]int
}

// Counts counts what the inbox shows, and what each chip would show, without loading it.
func (m *Model) Counts(ctx context.Context, f Filter) (Counts, error) {
	c := Counts{By: map[string]map[string]int{}}
	for _, facet := range facets {
		groups, err := m.Book.Aggregate(ctx, m.query(f, facet), facet, sales.CountOf, "")
		if err != nil {
			return Counts{}, fmt.Errorf("count the feedback: %w", err)
		}
		c.By[facet] = map[string]int{}
		for code, n := range groups {
			c.By[facet][code] = int(n)
		}
	}
	var err error
	if c.Total, err = m.Book.Count(ctx, m.query(f, "")); err != nil {
		return Counts{}, fmt.Errorf("count the feedback: %w", err)
	}
	return c, nil
}

// Row is feedback with the names that the inbox shows beside it.
type Row struct {
	sales.Feedback
	Company string
	Owner   string
	Late    int // days by which its answer is late; 0 when it is not
}

// Headline names the feedback in one line: its title, else how its text begins.
func (r Row) Headline() string {
	if r.Title != "" {
		return r.Title
	}
	return sales.TitleFrom(r.Body)
}

// Preview is the text in one line, as far as a row has room for it.
func (r Row) Preview() string {
	const most = 160
	chars := []rune(oneLine(r.Body))
	return string(chars[:min(most, len(chars))])
}

// oneLine puts a text of several lines on one.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// TitleIsText says that the title is only the beginning of the text, so that showing both says the same twice.
func (r Row) TitleIsText() bool {
	return r.Title == "" || strings.HasPrefix(strings.TrimSpace(r.Body), strings.TrimSuffix(r.Title, "…"))
}

// Page loads some rows of the inbox.
func (m *Model) Page(ctx context.Context, f Filter, offset, limit int) ([]Row, error) {
	q := m.query(f, "")
	q.Offset, q.Limit = offset, limit
	records, err := m.Book.List(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("load feedback: %w", err)
	}
	return m.rows(ctx, records)
}

func (m *Model) rows(ctx context.Context, records []sales.Record) ([]Row, error) {
	var names sales.Names
	rows := make([]Row, len(records))
	for i, f := range sales.AllAs[sales.Feedback](records) {
		rows[i] = Row{Feedback: f}
		names.Want("partner", f.PartnerID)
		names.Want("account", f.AccountID)
		names.Want("user", f.OwnerID)
	}
	if err := names.Load(ctx, m.Book); err != nil {
		return nil, err
	}
	for i := range rows {
		r := &rows[i]
		r.Company, r.Owner = names.Company(r.PartnerID, r.AccountID), names.Of("user", r.OwnerID)
		r.Late = r.Overdue(sales.DateOf(m.Now()))
	}
	return rows, nil
}

// options gives the declared codes of a field.
func options(field string) []string {
	f, _ := sales.MustKind(kind).Field(field)
	return slices.Clone(f.Options)
}
