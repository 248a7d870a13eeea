package exchange

import (
	"context"
	"fmt"
	"strings"

	"github.com/rounds-field/rounds/sales"
)

// references finds records by what people call them: id, code, name. Each kind is read once, when first asked for.
type references struct {
	ctx   context.Context // they live as long as one import or export
	wb    sales.Reader
	kinds map[string]*names
	err   error // the first failure of reading the workbook
}

// names is what the records of one kind are called; a name that several have leads to "".
type names struct {
	ids      map[string]bool
	byName   map[string]string // folded code or name to id
	codeByID map[string]string // id to the text under which find finds it again
	byCode   map[string]bool   // codes as they are
	code     map[string]string // folded name to code
}

func (r *references) of(kind string) *names {
	if n := r.kinds[kind]; n != nil {
		return n
	}
	n := &names{ids: map[string]bool{}, byName: map[string]string{}, codeByID: map[string]string{}, byCode: map[string]bool{}, code: map[string]string{}}
	r.kinds[kind] = n
	records, err := r.wb.List(r.ctx, sales.Query{Kind: kind})
	if err != nil {
		r.err = fmt.Errorf("look up %s: %w", kind, err)
		return n
	}
	for _, rec := range records {
		n.ids[rec.ID] = true
		n.byCode[rec.Text("code")] = true
		for _, called := range callings(rec) {
			put(n.byName, fold(called), rec.ID)
			put(n.code, fold(called), rec.Text("code"))
		}
	}
	for _, rec := range records {
		if best := callings(rec); len(best) > 0 && n.byName[fold(best[0])] == rec.ID {
			n.codeByID[rec.ID] = best[0]
		}
	}
	return n
}

// callings lists what a record may be called, the surest first.
func callings(r sales.Record) []string {
	var out []string
	k := sales.MustKind(r.Kind)
	for _, name := range []string{"code", "name", "invoice_no", k.Title, "name_zh"} {
		if s := r.Text(name); name != "" && s != "" {
			out = append(out, s)
		}
	}
	return out
}

func put(m map[string]string, key, value string) {
	if old, ok := m[key]; ok && old != value {
		value = ""
	}
	m[key] = value
}

func fold(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// find gives the id of the record that a text names.
func (r *references) find(kind, text string) (string, error) {
	n := r.of(kind)
	if n.ids[text] {
		return text, nil
	}
	refusal := &sales.Error{
		Code: sales.CodeBadReference, Message: fmt.Sprintf("there is no %s %q here", kind, text),
		Hint: "import it first, or mend the cell", Args: map[string]any{"Value": text},
	}
	id, known := n.byName[fold(text)]
	switch {
	case known && id != "":
		return id, nil
	case known:
		refusal.Message, refusal.Hint = fmt.Sprintf("several %s records are called %q", kind, text), "give the code instead"
	}
	return "", refusal
}

// codeFor gives the code that a text means: itself where it is one, or that of the only record of the name. Unknown codes
// are taken as they are: a territory may be unknown here and still be right.
func (r *references) codeFor(kind, text string) string {
	n := r.of(kind)
	if !n.byCode[text] {
		if code := n.code[fold(text)]; code != "" {
			return code
		}
	}
	return text
}

// call gives the text under which a record is found again: its code, else a name that only it has, else its id.
func (r *references) call(kind, id string) string {
	if s := r.of(kind).codeByID[id]; s != "" {
		return s
	}
	return id
}
