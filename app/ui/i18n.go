package ui

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"github.com/rounds-field/rounds/assets/locales"
)

// Languages that every text exists in, in the order in which the settings offer them.
var Languages = locales.Languages

// translator is the one holder of the texts. The toolkit's own lang package cannot change language while the app
// runs and follows the system on Windows and macOS, so Rounds has its own.
type translator struct {
	mu         sync.RWMutex
	lang       string
	localizers map[string]*i18n.Localizer
	keys       map[string]map[string]bool // language, key
	missing    map[string]bool
	changed    listeners
}

var texts = mustLoadTexts()

func mustLoadTexts() *translator {
	t, err := loadTexts(locales.FS, ".")
	if err != nil {
		panic(err) // The files are embedded: the tests of this package fail long before a user could see it.
	}
	return t
}

// loadTexts merges the area files of a folder. A key that two areas of one language define is an error, because
// the order of files would decide which one is shown.
func loadTexts(files fs.FS, folder string) (*translator, error) {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
	t := &translator{
		lang: "en", localizers: map[string]*i18n.Localizer{}, keys: map[string]map[string]bool{},
		missing: map[string]bool{}, changed: listeners{calls: map[int]func(){}},
	}
	for _, lang := range Languages {
		t.keys[lang] = map[string]bool{}
	}
	entries, err := fs.ReadDir(files, folder)
	if err != nil {
		return nil, fmt.Errorf("list translations: %w", err)
	}
	for _, entry := range entries {
		name := entry.Name()
		parts := strings.Split(strings.TrimSuffix(name, ".json"), ".")
		if len(parts) != 2 || t.keys[parts[1]] == nil {
			return nil, fmt.Errorf("read translations %s: the name is not <area>.<language>.json", name)
		}
		content, err := fs.ReadFile(files, path.Join(folder, name))
		if err != nil {
			return nil, fmt.Errorf("read translations %s: %w", name, err)
		}
		if err := t.add(bundle, parts[1], content); err != nil {
			return nil, fmt.Errorf("read translations %s: %w", name, err)
		}
	}
	for _, lang := range Languages {
		t.localizers[lang] = i18n.NewLocalizer(bundle, lang)
	}
	return t, nil
}

// add parses one file: a flat object whose values are a text, or an object of plural forms.
func (t *translator) add(bundle *i18n.Bundle, lang string, content []byte) error {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(content, &raw); err != nil {
		return err
	}
	for key, value := range raw {
		if t.keys[lang][key] {
			return fmt.Errorf("key %q is in another file too", key)
		}
		t.keys[lang][key] = true
		message := &i18n.Message{ID: key}
		var forms struct{ One, Other string }
		if err := json.Unmarshal(value, &message.Other); err != nil {
			if err := json.Unmarshal(value, &forms); err != nil {
				return fmt.Errorf("key %q is neither a text nor plural forms: %w", key, err)
			}
			message.One, message.Other = forms.One, forms.Other
		}
		if err := bundle.AddMessages(language.MustParse(lang), message); err != nil {
			return fmt.Errorf("key %q: %w", key, err)
		}
	}
	return nil
}

// T returns the text of a key in the present language. Arguments are name and value pairs, or one map, for the
// text's {{.Name}} places; an argument named Count also picks the plural form. A key without a text is returned
// as it is, so that the gap is seen, and is remembered for the tests (MissingTexts).
func T(key string, args ...any) string {
	data := textArgs(args)
	texts.mu.RLock()
	lang := texts.lang
	localizer, known := texts.localizers[lang], texts.keys[lang][key]
	texts.mu.RUnlock()
	if !known {
		texts.mu.Lock()
		texts.missing[key] = true
		texts.mu.Unlock()
		return key
	}
	config := &i18n.LocalizeConfig{MessageID: key, TemplateData: data}
	if count, ok := data["Count"]; ok {
		config.PluralCount = pluralCount(count)
	}
	text, err := localizer.Localize(config)
	if err != nil && text == "" {
		return key
	}
	return text
}

// Has reports whether a key has a text in the present language, for texts that have a general fallback.
func Has(key string) bool {
	texts.mu.RLock()
	defer texts.mu.RUnlock()
	return texts.keys[texts.lang][key]
}

// Lang returns the code of the present language, "en" or "zh".
func Lang() string {
	texts.mu.RLock()
	defer texts.mu.RUnlock()
	return texts.lang
}

// SetLanguage changes the language of everything that T returns from now on and tells the listeners, in the
// order of their registration, so that open screens build their texts anew. Unknown codes mean English; a code
// with a region ("zh-CN", "zh_CN.UTF-8") means its language.
func SetLanguage(code string) {
	lang := "en"
	if strings.HasPrefix(strings.ToLower(code), "zh") {
		lang = "zh"
	}
	texts.mu.Lock()
	changed := texts.lang != lang
	texts.lang = lang
	texts.mu.Unlock()
	if !changed {
		return
	}
	setToolkitLanguage(lang)
	texts.changed.tell()
}

// OnLanguage calls the function after each change of language, until cancel is called.
func OnLanguage(listener func()) (cancel func()) { return texts.changed.add(listener) }

// MissingTexts returns, sorted, the keys that T was asked for in vain since the program started.
func MissingTexts() []string {
	texts.mu.RLock()
	defer texts.mu.RUnlock()
	missing := make([]string, 0, len(texts.missing))
	for key := range texts.missing {
		missing = append(missing, key)
	}
	sort.Strings(missing)
	return missing
}

// ForgetMissingTexts forgets what T was asked for in vain, between tests.
func ForgetMissingTexts() {
	texts.mu.Lock()
	defer texts.mu.Unlock()
	texts.missing = map[string]bool{}
}

// TextIn returns the text of a key in a given language, without arguments, and whether there is one.
func TextIn(lang, key string) (string, bool) {
	texts.mu.RLock()
	defer texts.mu.RUnlock()
	if !texts.keys[lang][key] {
		return "", false
	}
	text, err := texts.localizers[lang].Localize(&i18n.LocalizeConfig{MessageID: key, PluralCount: 2})
	return text, err == nil || text != ""
}

// TextKeys returns all keys of a language, sorted.
func TextKeys(lang string) []string {
	texts.mu.RLock()
	defer texts.mu.RUnlock()
	keys := make([]string, 0, len(texts.keys[lang]))
	for key := range texts.keys[lang] {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

func textArgs(args []any) map[string]any {
	data := map[string]any{}
	if len(args) == 1 {
		if named, ok := args[0].(map[string]any); ok {
			for name, value := range named {
				data[name] = value
			}
		}
		return data
	}
	for i := 0; i+1 < len(args); i += 2 {
		if name, ok := args[i].(string); ok {
			data[name] = args[i+1]
		}
	}
	return data
}

// pluralCount gives the plural rules a number they know; a count that is text already ("1,234") is no singular.
func pluralCount(count any) any {
	switch n := count.(type) {
	case int, int8, int16, int32, int64:
		return n
	case string:
		if n == "1" {
			return 1
		}
	}
	return 2
}
