package meta

import (
	"encoding/json"
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/rounds-field/rounds/sales"
)

var (
	localeName  = regexp.MustCompile(`^assets/(?:.*/)?([a-z_]+)\.(en|zh)\.json$`)
	placeholder = regexp.MustCompile(`\{\{\s*\.(\w+)`)
)

// text is one translation; a text that counts has several forms.
type text []string

// texts maps area, language and key to the translation.
func texts(t *testing.T) map[string]map[string]map[string]text {
	t.Helper()
	all := map[string]map[string]map[string]text{}
	for _, name := range sources(t, ".json") {
		match := localeName.FindStringSubmatch(name)
		if match == nil {
			continue
		}
		area, lang := match[1], match[2]
		var raw map[string]json.RawMessage
		if err := json.Unmarshal([]byte(read(t, name)), &raw); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if all[area] == nil {
			all[area] = map[string]map[string]text{}
		}
		all[area][lang] = map[string]text{}
		for key, value := range raw {
			all[area][lang][key] = forms(t, name, key, value)
		}
	}
	return all
}

// forms reads a translation: a text, or an object with one text for each plural form.
func forms(t *testing.T, name, key string, value json.RawMessage) text {
	t.Helper()
	var single string
	if json.Unmarshal(value, &single) == nil {
		return text{single}
	}
	var plural map[string]string
	if err := json.Unmarshal(value, &plural); err != nil {
		t.Fatalf("%s: %s: %v", name, key, err)
	}
	var found text
	for _, form := range plural {
		found = append(found, form)
	}
	return found
}

// values lists the distinct placeholders of a text.
func (x text) values() string {
	var found []string
	for _, form := range x {
		for _, match := range placeholder.FindAllStringSubmatch(form, -1) {
			found = append(found, match[1])
		}
	}
	slices.Sort(found)
	return strings.Join(slices.Compact(found), " ")
}

func TestEveryTextIsInBothLanguages(t *testing.T) {
	for area, languages := range texts(t) {
		for _, pair := range [][2]string{{"en", "zh"}, {"zh", "en"}} {
			for key, have := range languages[pair[0]] {
				other, ok := languages[pair[1]][key]
				if !ok {
					t.Errorf("area %s: %q is in %s and not in %s", area, key, pair[0], pair[1])
					continue
				}
				if slices.Contains(have, "") {
					t.Errorf("area %s: %q is empty in %s", area, key, pair[0])
				}
				if have.values() != other.values() {
					t.Errorf("area %s: %q has the values {%s} in %s and {%s} in %s", area, key, have.values(), pair[0], other.values(), pair[1])
				}
			}
		}
	}
}

// sameInBoth are the texts without a word to translate: names, and patterns of values and signs.
func sameInBoth(x text) bool {
	for _, form := range x {
		form = regexp.MustCompile(`\{\{.*?\}\}`).ReplaceAllString(form, "")
		for _, name := range []string{"Rounds", "English", "Enter", "Ctrl", "Esc", "Shift", "Alt", "CSV", "XLSX", "URL", "ID"} {
			form = strings.ReplaceAll(form, name, "")
		}
		letters := strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) {
				return r
			}
			return -1
		}, form)
		if len(letters) > 2 {
			return false
		}
	}
	return true
}

func TestChineseTextsAreChinese(t *testing.T) {
	for area, languages := range texts(t) {
		for key, have := range languages["zh"] {
			for _, form := range have {
				if !strings.ContainsFunc(form, isHan) && !sameInBoth(have) {
					t.Errorf("area %s: %q is not translated: %q", area, key, form)
				}
			}
		}
		for key, have := range languages["en"] {
			for _, form := range have {
				// The one Chinese word of the English app is the name of the other language.
				if strings.ContainsFunc(strings.ReplaceAll(form, "简体中文", ""), isHan) {
					t.Errorf("area %s: %q is not English: %q", area, key, form)
				}
			}
		}
	}
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

func TestKindsFieldsOptionsAndErrorsHaveTexts(t *testing.T) {
	have := map[string]bool{}
	for _, languages := range texts(t) {
		for key := range languages["en"] {
			have[key] = true
		}
	}
	want := func(key string) {
		if !have[key] {
			t.Errorf("there is no text %q", key)
		}
	}
	for _, kind := range sales.Kinds() {
		want("kind." + kind.Name)
		for _, field := range kind.Fields {
			want("field." + kind.Name + "." + field.Name)
			for _, option := range field.Options {
				want("option." + field.Name + "." + option)
			}
		}
	}
	for _, source := range written(t) {
		if source.name != "sales/errors.go" {
			continue
		}
		ast.Inspect(source.file, func(node ast.Node) bool {
			spec, ok := node.(*ast.ValueSpec)
			if ok && len(spec.Values) == 1 && strings.HasPrefix(spec.Names[0].Name, "Code") {
				if literal, ok := spec.Values[0].(*ast.BasicLit); ok {
					want("error." + strings.Trim(literal.Value, `"`))
				}
			}
			return true
		})
	}
}

// TestScreensShowTranslatedTextsOnly finds a literal with letters where the toolkit takes what a person will read, and a
// key that no language has.
func TestScreensShowTranslatedTextsOnly(t *testing.T) {
	have := map[string]bool{}
	for _, languages := range texts(t) {
		for key := range languages["en"] {
			have[key] = true
		}
	}
	shows := regexp.MustCompile(`^(widget\.(NewLabel|NewLabelWithStyle|NewButton|NewButtonWithIcon|NewCheck|NewRichTextWithText|NewRichTextFromMarkdown|NewCard|NewHyperlink|NewFormItem|NewAccordionItem)|canvas\.NewText|container\.(NewTabItem|NewTabItemWithIcon)|fyne\.(NewMenu|NewMenuItem))$`)
	for _, source := range written(t) {
		if source.isTest() || !strings.HasPrefix(source.name, "app/") && source.name != "main.go" {
			continue
		}
		ast.Inspect(source.file, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			name := called(call)
			literal, ok := literalText(call.Args[0])
			switch {
			case !ok:
			case shows.MatchString(name) && strings.ContainsFunc(literal, unicode.IsLetter):
				t.Errorf("%s: %s shows %q, which no translation can change", source.at(call), name, literal)
			case (name == "ui.T" || name == "T") && !have[literal]:
				t.Errorf("%s: there is no text %q", source.at(call), literal)
			}
			return true
		})
	}
}

// called is the name of what is called, package.Name or Name.
func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if owner, ok := f.X.(*ast.Ident); ok {
			return owner.Name + "." + f.Sel.Name
		}
	}
	return ""
}

// literalText is the value of a string literal.
func literalText(expression ast.Expr) (string, bool) {
	literal, ok := expression.(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return "", false
	}
	value, err := strconv.Unquote(literal.Value)
	return value, err == nil
}
