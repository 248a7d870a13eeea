package meta

import (
	"regexp"
	"strings"
	"testing"
)

// leftovers are signs of work that was put off, switched off, or made for one machine. Each pattern is put together
// so that this file does not find itself.
var leftovers = map[string]*regexp.Regexp{
	"work left for later":        regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|X` + `XX|HA` + `CK)\b|(?i)not (yet )?impl` + `emented`),
	"a test switched off":        regexp.MustCompile(`\bt\.Sk` + `ip(f|Now)?\(`),
	"a lint rule switched off":   regexp.MustCompile(`//\s*no` + `lint(\s|$|:\s*all)`),
	"a path of one machine":      regexp.MustCompile(`(^|["'\s(=])/(root|work|Users)/[A-Za-z.]`),
	"a path outside the project": regexp.MustCompile(`\.\./\.\./\.\./\.\.|(^|["'\s(=])\.\./(shared|main)\b`),
}

func TestNothingIsLeftForLater(t *testing.T) {
	for _, name := range sources(t, ".go", ".sh", ".md", ".toml", ".yml", ".yaml", ".proto", "Makefile", ".html", ".sql") {
		content := read(t, name)
		if generated.MatchString(content) {
			continue
		}
		for number, line := range strings.Split(content, "\n") {
			for what, pattern := range leftovers {
				if found := pattern.FindString(line); found != "" {
					t.Errorf("%s:%d: %s: %q", name, number+1, what, found)
				}
			}
		}
	}
}
