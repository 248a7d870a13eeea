package announcements

import "github.com/rounds-field/rounds/app/ui"

// Routes names the routes that NewPage answers.
func Routes() []string { return []string{"announcements", "announcement"} }

// NewPage gives the factory of the package's pages. It answers the routes
//
//	announcements                 the list, with the chosen one beside it; ?unread=1 shows unread ones only
//	announcement/<id>             the same with that one chosen; ?edit=1 its form
//	announcement/new              the form of a new one
func NewPage(d Deps) func(ui.Host, ui.Route) ui.Page {
	return func(h ui.Host, r ui.Route) ui.Page {
		m := NewModel(d)
		if r.Name == "announcement" && (r.ID == "new" || r.Get("edit") != "") {
			return newForm(h, r, m)
		}
		return newView(h, r, m)
	}
}

// option names an option of a code field; codes that are no option are shown as they are.
func option(field, code string) string {
	if key := "option." + field + "." + code; code != "" && ui.Has(key) {
		return ui.T(key)
	}
	return code
}

// label names a field.
func label(field string) string { return ui.T("field.announcement." + field) }

// options are the choices of a code field.
func options(field string, codes []string) []ui.Option {
	out := make([]ui.Option, len(codes))
	for i, code := range codes {
		out[i] = ui.Option{Code: code, Label: option(field, code)}
	}
	return out
}

func categoryTone(category string) ui.Tone {
	switch category {
	case "policy":
		return ui.ToneWarning
	case "price_list":
		return ui.ToneAccent
	case "product":
		return ui.ToneInfo
	case "promotion":
		return ui.ToneSuccess
	}
	return ui.ToneNeutral
}
