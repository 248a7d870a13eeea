package console

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"sync"
	"text/template"
	"time"

	"golang.org/x/text/language"

	"github.com/rounds-field/rounds/assets/locales"
	"github.com/rounds-field/rounds/sales"
)

var (
	languages = locales.Languages
	matcher   = language.NewMatcher([]language.Tag{language.English, language.SimplifiedChinese})
)

// texts speaks one language.
type texts struct{ Lang string }

// textsFor chooses the language: the visitor's own choice, else what the browser prefers.
func textsFor(r *http.Request) texts {
	if c, err := r.Cookie(languageCookie); err == nil && (c.Value == "en" || c.Value == "zh") {
		return texts{c.Value}
	}
	tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil {
		return texts{"en"}
	}
	if _, i, _ := matcher.Match(tags...); i == 1 {
		return texts{"zh"}
	}
	return texts{"en"}
}

// HTMLLang is the language's tag in HTML.
func (t texts) HTMLLang() string {
	if t.Lang == "zh" {
		return "zh-Hans"
	}
	return "en"
}

// T is the text of a key, with values by name: T("console.added", "Name", "li.na"). A key without a text shows itself, which a test looks
// for.
func (t texts) T(key string, args ...any) string {
	text, ok := t.lookup(key)
	if !ok {
		return key
	}
	if !strings.Contains(text, "{{") {
		return text
	}
	values := map[string]any{}
	for i := 0; i+1 < len(args); i += 2 {
		if name, ok := args[i].(string); ok {
			values[name] = args[i+1]
		}
	}
	return fill(text, values)
}

func (t texts) lookup(key string) (string, bool) {
	all, err := locales.Texts(t.Lang)
	if err != nil {
		return "", false
	}
	text, ok := all[key]
	return text, ok
}

// parsed keeps the texts that are templates, by their text.
var parsed sync.Map

func fill(text string, values map[string]any) string {
	var tmpl *template.Template
	if got, ok := parsed.Load(text); ok {
		tmpl, _ = got.(*template.Template)
	}
	if tmpl == nil {
		var err error
		if tmpl, err = template.New("").Parse(text); err != nil { // #nosec G708 -- the embedded translations, no user's input
			return text
		}
		parsed.Store(text, tmpl)
	}
	var b bytes.Buffer
	if err := tmpl.Execute(&b, values); err != nil {
		return text
	}
	return b.String()
}

// explain says what went wrong: in Chinese by the translation of the code, in English by the error's own words, which say more.
func (t texts) explain(err error) string {
	var e *sales.Error
	if !errors.As(err, &e) {
		return t.T("error.internal")
	}
	if t.Lang == "en" {
		if e.Hint == "" {
			return upperFirst(e.Message) + "."
		}
		return upperFirst(e.Message) + ". " + upperFirst(e.Hint) + "."
	}
	if s, ok := t.lookup("console.error." + e.Kind + "." + e.Field + "." + e.Code); ok {
		return fill(s, e.ErrorArgs())
	}
	args := e.ErrorArgs()
	if e.Field != "" {
		args["Field"] = t.Field(e.Kind, e.Field)
	}
	if e.Kind != "" {
		args["Kind"] = t.Kind(e.Kind)
	}
	if s, ok := t.lookup("error." + e.Code); ok {
		return fill(s, args)
	}
	return e.Message
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// Kind is a kind's name for people.
func (t texts) Kind(kind string) string { return t.label("kind."+kind, kind) }

// Field is a field's name for people.
func (t texts) Field(kind, field string) string { return t.label("field."+kind+"."+field, field) }

func (t texts) label(key, fallback string) string {
	if s, ok := t.lookup(key); ok {
		return s
	}
	return upperFirst(strings.ReplaceAll(fallback, "_", " "))
}

// Role is a role's name for people.
func (t texts) Role(role string) string { return t.label("option.role."+role, role) }

// When shows a moment, in UTC.
func (t texts) When(at time.Time) string {
	if at.IsZero() {
		return "–"
	}
	return at.UTC().Format("2006-01-02 15:04") + " UTC"
}
