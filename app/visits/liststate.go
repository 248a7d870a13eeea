package visits

import "strconv"

// saveState adds the list's filter, order and place to the state of the page.
func (l *listView) saveState(state map[string]string) {
	state["text"], state["status"], state["type"], state["period"] = l.filter.Text, l.filter.Status, l.filter.Type, l.filter.Period
	state["company"], state["company_name"] = l.company, l.name
	state["sort"], state["desc"] = l.filter.Sort, strconv.FormatBool(l.filter.Desc)
	if l.table != nil {
		state["offset"] = strconv.FormatFloat(float64(l.table.ScrollOffset()), 'f', 0, 32)
	}
}

// restoreState takes it back, before or after the list was built.
func (l *listView) restoreState(state map[string]string) {
	l.filter.Text, l.filter.Status, l.filter.Type, l.filter.Period = state["text"], state["status"], state["type"], state["period"]
	l.company, l.name = state["company"], state["company_name"]
	if state["sort"] != "" {
		l.filter.Sort, l.filter.Desc = state["sort"], state["desc"] == "true"
	}
	if offset, err := strconv.ParseFloat(state["offset"], 32); err == nil {
		l.offset = float32(offset)
	}
	l.words, l.root = nil, nil // built anew with what was restored
}
