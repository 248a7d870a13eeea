package partners

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// input is the editor of one field: a widget, and the field's canonical value in and out.
type input struct {
	object fyne.CanvasObject
	get    func() any
	set    func(any)
	valid  func() bool // false while what was typed cannot be read
	wide   bool
}

// newInput makes the editor that suits a declared field. changed is called when the user changes it.
func (v *formView) newInput(f *sales.Field) input {
	switch {
	case f.Name == "region_code":
		return v.territoryInput()
	case f.Name == "currency":
		return v.selectInput([]ui.Option{{Code: "CNY", Label: "CNY"}, {Code: "USD", Label: "USD"}, {Code: "EUR", Label: "EUR"}, {Code: "HKD", Label: "HKD"}, {Code: "GBP", Label: "GBP"}, {Code: "JPY", Label: "JPY"}})
	case f.Type == sales.Ref && f.Of == "user":
		return v.pickInput("user", v.findUsers)
	case len(f.Options) > 0:
		return v.selectInput(options(f.Name, f.Options))
	case f.Type == sales.Money:
		return v.moneyInput()
	case f.Type == sales.Int:
		return v.numberInput()
	case f.Type == sales.Day:
		return v.dayInput()
	case f.Type == sales.Bool:
		return v.checkInput(f)
	case f.Type == sales.Set:
		return v.setInput()
	case f.Type == sales.Long:
		return v.textInput(ui.NewMultiline(5), true)
	}
	return v.textInput(ui.NewEntry(), f.Name == "address" || f.Name == "name" && v.model.kind != "contact")
}

func (v *formView) textInput(e *ui.Entry, wide bool) input {
	e.OnChanged = func(string) { v.touched() }
	return input{object: e, wide: wide, get: func() any { return e.Text }, set: func(x any) { e.SetText(textOf(x)) }}
}

func (v *formView) selectInput(choices []ui.Option) input {
	s := ui.NewSelect(append([]ui.Option{{Label: "—"}}, choices...), func(string) { v.touched() })
	return input{object: s, get: func() any { return s.Code() }, set: func(x any) { s.SetCode(textOf(x)) }}
}

func (v *formView) moneyInput() input {
	e := ui.NewMoneyEntry(sales.DefaultCurrency)
	e.OnChanged = func(string) { v.touched() }
	return input{
		object: e, get: func() any { return whole(e.Minor()) }, set: func(x any) { setWhole(x, e.SetMinor, e.SetText) },
		valid: func() bool {
			_, ok := e.Minor()
			return ok || strings.TrimSpace(e.Text) == ""
		},
	}
}

func (v *formView) numberInput() input {
	e := ui.NewNumberEntry()
	e.OnChanged = func(string) { v.touched() }
	return input{
		object: e, get: func() any { return whole(e.Value()) }, set: func(x any) { setWhole(x, e.SetValue, e.SetText) },
		valid: func() bool {
			_, ok := e.Value()
			return ok || strings.TrimSpace(e.Text) == ""
		},
	}
}

func (v *formView) dayInput() input {
	e := ui.NewDateEntry()
	e.OnChanged = func(string) { v.touched() }
	return input{object: e, get: func() any { return e.Day() }, set: func(x any) { e.SetDay(textOf(x)) }, valid: func() bool { return e.Valid() == nil }}
}

func (v *formView) checkInput(f *sales.Field) input {
	c := ui.NewCheck(ui.T("partners.check."+f.Name), func(bool) { v.touched() })
	return input{object: c, get: func() any { return c.Checked }, set: func(x any) {
		on, ok := x.(bool)
		c.SetChecked(on && ok)
	}}
}

// setInput edits a set as words between commas, of either language.
func (v *formView) setInput() input {
	e := ui.NewEntry()
	e.SetPlaceHolder(ui.T("partners.tags_hint"))
	e.OnChanged = func(string) { v.touched() }
	return input{
		object: e, wide: true,
		get: func() any {
			parts := strings.FieldsFunc(e.Text, func(r rune) bool { return strings.ContainsRune(",，、;；", r) })
			for i := range parts {
				parts[i] = strings.TrimSpace(parts[i])
			}
			return sales.CleanSet(parts)
		},
		set: func(x any) {
			set, ok := x.([]string)
			if !ok {
				set = nil
			}
			e.SetText(strings.Join(set, ", "))
		},
	}
}

// pickInput edits a reference; its name is looked up when a value is set.
func (v *formView) pickInput(kind string, search func(context.Context, string) ([]ui.PickItem, error)) input {
	p := ui.NewPicker(search)
	p.OnChanged = func(ui.PickItem) { v.touched() }
	return input{object: p, get: func() any { return p.ID() }, set: func(x any) {
		id := textOf(x)
		p.Set(id, "")
		if id == "" {
			return
		}
		ui.Go(v.host.Context(), func(ctx context.Context) (map[string]string, error) {
			return v.model.Book.Titles(ctx, kind, []string{id})
		}, func(names map[string]string, err error) {
			if err == nil && p.ID() == id {
				p.Set(id, firstOf(names[id], ui.T("partners.unknown")))
			}
		})
	}}
}

// findUsers offers the people of the directory, the user first.
func (v *formView) findUsers(ctx context.Context, text string) ([]ui.PickItem, error) {
	recs, err := v.model.Book.List(ctx, sales.Query{Kind: "user", Match: text, Limit: 50, Where: []sales.Cond{{Field: "disabled", Op: sales.Ne, Value: true}}})
	if err != nil {
		return nil, wrap("read users", err)
	}
	var items []ui.PickItem
	me := v.model.Me().ID
	for _, u := range sales.AllAs[sales.User](recs) {
		item := ui.PickItem{ID: u.ID, Title: firstOf(u.DisplayName, u.Name), Subtitle: option("role", u.Role)}
		if u.ID == me {
			items = append([]ui.PickItem{item}, items...)
			continue
		}
		items = append(items, item)
	}
	return items, nil
}

// territoryInput edits a territory's code by its name and path.
func (v *formView) territoryInput() input {
	find := func(ctx context.Context, text string) ([]ui.PickItem, error) {
		tree, err := v.places.Territories(ctx)
		if err != nil {
			return nil, err
		}
		return tree.items(text), nil
	}
	p := ui.NewPicker(find)
	p.OnChanged = func(ui.PickItem) { v.touched() }
	return input{object: p, get: func() any { return p.ID() }, set: func(x any) {
		code := textOf(x)
		p.Set(code, code)
		ui.Go(v.host.Context(), func(ctx context.Context) (string, error) { return pathText(ctx, v.model.Book, code) }, func(path string, err error) {
			if err == nil && p.ID() == code {
				p.Set(code, path)
			}
		})
	}}
}

// items offers the territories that a text finds.
func (t Territories) items(text string) []ui.PickItem {
	codes := t.Find(text, 50)
	items := make([]ui.PickItem, len(codes))
	for i, code := range codes {
		items[i] = ui.PickItem{ID: code, Title: t.Name(code), Subtitle: t.PathText(code)}
	}
	return items
}

func textOf(x any) string {
	s, ok := x.(string)
	if !ok {
		return ""
	}
	return s
}

// whole is a number that was read; nil when none was.
func whole(n int64, ok bool) any {
	if !ok {
		return nil
	}
	return n
}

// setWhole shows a number, or empties the field.
func setWhole(x any, show func(int64), text func(string)) {
	if n, ok := x.(int64); ok && n != 0 {
		show(n)
		return
	}
	text("")
}
