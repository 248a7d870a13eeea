package console

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"

	"github.com/rounds-field/rounds/sales"
)

//go:embed templates/*.html
var templates embed.FS

// pages holds a parsed template for each page, all within the same layout.
type pages map[string]*template.Template

var pageNames = []string{"login", "home", "kinds", "records", "record", "users", "user", "buckets", "audit", "problem"}

// mustPages parses the embedded templates; they are part of the program, so a mistake in one ends it at once.
func mustPages() pages {
	out := pages{}
	for _, name := range pageNames {
		out[name] = template.Must(template.ParseFS(templates, "templates/layout.html", "templates/"+name+".html"))
	}
	return out
}

// view is what a page shows.
type view struct {
	texts
	Page    string // name of the template
	Title   string
	User    *sales.User // nil when nobody is signed in
	Admin   bool
	Oversee bool   // may look at users, buckets and the audit
	Form    string // token for forms
	Path    string // of this page, for the language switch
	Problem string // what went wrong, for the top of the page
	Notice  string // what went well
	Data    any
}

func (c *Console) view(r *http.Request, v *visitor, page, title string) *view {
	p := &view{texts: textsFor(r), Page: page, Path: r.URL.RequestURI()}
	if r.Method != http.MethodGet {
		p.Path = "/"
	}
	p.Title = p.T(title)
	if v != nil {
		p.User, p.Form, p.Admin, p.Oversee = &v.user, formToken(v.token), v.may(), v.may(overseers...)
	}
	return p
}

// render writes a page. It is made whole first, so that a fault in it does not leave half a page.
func (c *Console) render(w http.ResponseWriter, r *http.Request, status int, p *view) {
	var b bytes.Buffer
	if err := c.pages[p.Page].ExecuteTemplate(&b, "layout", p); err != nil {
		c.log.ErrorContext(r.Context(), "a page could not be made", "page", p.Page, "error", err)
		http.Error(w, "a fault of the server; it is in its log", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = b.WriteTo(w) // who asked may have gone
}

// fail shows an error: a refusal in the visitor's words, a fault as one.
func (c *Console) fail(w http.ResponseWriter, r *http.Request, v *visitor, err error) {
	status := http.StatusInternalServerError
	switch {
	case sales.HasCode(err, sales.CodeNotFound), sales.HasCode(err, sales.CodeUnknownKind):
		status = http.StatusNotFound
	case sales.HasCode(err, sales.CodeForbidden):
		status = http.StatusForbidden
	case sales.HasCode(err, sales.CodeStorage), sales.HasCode(err, sales.CodeInternal):
	default:
		var known *sales.Error
		if errors.As(err, &known) {
			status = http.StatusBadRequest
		}
	}
	if status == http.StatusInternalServerError {
		c.log.ErrorContext(r.Context(), "console request failed", "path", r.URL.Path, "error", err)
		err = &sales.Error{Code: sales.CodeInternal, Message: "a fault of the server; it is in its log"}
	}
	c.refuse(w, r, v, status, err)
}

// refuse shows why a page is not to be had.
func (c *Console) refuse(w http.ResponseWriter, r *http.Request, v *visitor, status int, err error) {
	if err == nil {
		code := map[int]string{http.StatusNotFound: sales.CodeNotFound, http.StatusForbidden: sales.CodeForbidden}[status]
		err = &sales.Error{Code: code, Message: fmt.Sprintf("%s: %s", r.URL.Path, http.StatusText(status))}
	}
	p := c.view(r, v, "problem", "console.problem")
	p.Problem = p.explain(err)
	c.render(w, r, status, p)
}
