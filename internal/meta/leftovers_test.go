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

// long begins a test that the race detector would take many minutes for. It is not switched off: the Makefile runs every package that has one again, whole.
var long = strings.Join([]string{
	"\tif testing.Short() {",
	"\t\tt.Sk" + `ip("long, and of one goroutine: make test-long runs it without the race detector")`,
	"\t}", "",
}, "\n")

func TestLongTestsAreRunWhole(t *testing.T) {
	made := read(t, "Makefile")
	for _, want := range []string{"test: deps-test build test-go test-long ", "LONG := $(shell grep -rl --include='*_test.go' 'testing\\.Short()' .", "go test -count=1 -p 2 -timeout 60m $(LONG)\n"} {
		if !strings.Contains(made, want) {
			t.Errorf("the Makefile does not have %q", want)
		}
	}
}

func TestNothingIsLeftForLater(t *testing.T) {
	for _, name := range sources(t, ".go", ".sh", ".md", ".toml", ".yml", ".yaml", ".proto", "Makefile", ".html", ".sql") {
		content := strings.ReplaceAll(read(t, name), long, "\n\n\n")
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
