// Package locales embeds every user-visible text in both languages, without the fonts and icons of package assets, so that
// command-line tools and the server can use them too.
package locales

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"sync"
)

// FS holds the translations, one file for each area and language: <area>.<language>.json.
//
//go:embed *.json
var FS embed.FS

// Languages lists the languages that every text has.
var Languages = []string{"en", "zh"}

var (
	mu    sync.Mutex
	cache = map[string]map[string]string{}
)

// Texts gives all texts of a language, all areas together, by key. A key in two areas is an error. The map is shared: callers do not
// change it.
func Texts(language string) (map[string]string, error) {
	mu.Lock()
	defer mu.Unlock()
	if m, ok := cache[language]; ok {
		return m, nil
	}
	files, err := FS.ReadDir(".")
	if err != nil {
		return nil, fmt.Errorf("list translations: %w", err)
	}
	all := map[string]string{}
	for _, f := range files {
		if ok, err := path.Match("*."+language+".json", f.Name()); err != nil || !ok {
			continue
		}
		b, err := FS.ReadFile(f.Name())
		if err != nil {
			return nil, fmt.Errorf("read translations: %w", err)
		}
		var area map[string]any
		if err := json.Unmarshal(b, &area); err != nil {
			return nil, fmt.Errorf("read translations %s: %w", f.Name(), err)
		}
		for key, v := range area {
			text, ok := v.(string)
			if !ok {
				continue // plural forms, which only the app uses
			}
			if _, dup := all[key]; dup {
				return nil, fmt.Errorf("read translations %s: key %s is in another area already", f.Name(), key)
			}
			all[key] = text
		}
	}
	cache[language] = all
	return all, nil
}
