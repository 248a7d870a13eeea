package meta

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

var (
	link         = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading      = regexp.MustCompile(`(?m)^#{1,6} +(.+?)\s*$`)
	codeBlock    = regexp.MustCompile("(?ms)^```.*?\n```")
	changeEntry  = regexp.MustCompile(`\A(Added|Changed|Fixed|Removed|Security): [^\n]{10,200}\.\n\z`)
	decisionName = regexp.MustCompile(`^docs/decisions/\d{3}-[a-z0-9-]+\.md$`)
)

func TestLinksBetweenDocumentsResolve(t *testing.T) {
	for _, name := range sources(t, ".md") {
		for _, match := range link.FindAllStringSubmatch(codeBlock.ReplaceAllString(read(t, name), ""), -1) {
			target, anchor, _ := strings.Cut(match[1], "#")
			if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			file := name
			if target != "" {
				file = path.Join(path.Dir(name), target)
			}
			if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(file))); err != nil {
				t.Errorf("%s links to %s, which is not there", name, match[1])
				continue
			}
			if anchor != "" && strings.HasSuffix(file, ".md") && !anchors(read(t, file))[anchor] {
				t.Errorf("%s links to %s; %s has no such heading", name, match[1], file)
			}
		}
	}
}

// anchors are the names by which the headings of a page can be linked to, as code hosts make them.
func anchors(page string) map[string]bool {
	found := map[string]bool{}
	for _, match := range heading.FindAllStringSubmatch(codeBlock.ReplaceAllString(page, ""), -1) {
		anchor := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
				return unicode.ToLower(r)
			default:
				return -1
			}
		}, match[1])
		found[anchor] = true
	}
	return found
}

func TestChangelogEntriesAreOneLineForUsers(t *testing.T) {
	for _, name := range sources(t, ".md") {
		if !strings.HasPrefix(name, "changelog/unreleased/") {
			continue
		}
		if content := read(t, name); !changeEntry.MatchString(content) {
			t.Errorf("%s: want one line, a kind and a sentence: \"Added: Visits can be ….\"; have %q", name, content)
		}
	}
}

func TestDecisionsSayContextDecisionAndConsequences(t *testing.T) {
	list := read(t, "docs/decisions/README.md")
	for _, name := range sources(t, ".md") {
		if !strings.HasPrefix(name, "docs/decisions/") || strings.HasSuffix(name, "/README.md") {
			continue
		}
		if !decisionName.MatchString(name) {
			t.Errorf("%s: the name is not NNN-title-in-words.md", name)
		}
		content := read(t, name)
		// Listed under the title that it has: "- [001 …](001-….md)".
		title, _, _ := strings.Cut(strings.TrimPrefix(content, "# "), "\n")
		if entry := "- [" + title + "](" + strings.TrimPrefix(name, "docs/decisions/") + ")"; !strings.Contains(list, entry+"\n") {
			t.Errorf("docs/decisions/README.md lacks the line %q", entry)
		}
		for _, part := range []string{"## Context", "## Decision", "## Consequences"} {
			if !strings.Contains(content, part+"\n") {
				t.Errorf("%s has no part %q", name, part)
			}
		}
	}
}

// TestUserGuidesHaveTheSameShape keeps the two languages of the guide together: a chapter in one is in the other.
func TestUserGuidesHaveTheSameShape(t *testing.T) {
	english, chinese := outline(read(t, "docs/user-guide.en.md")), outline(read(t, "docs/user-guide.zh.md"))
	if english != chinese {
		t.Errorf("the levels of the headings differ: English %s, Chinese %s", english, chinese)
	}
	if !utf8.ValidString(read(t, "docs/user-guide.zh.md")) {
		t.Error("the Chinese guide is not UTF-8")
	}
}

// outline is the levels of a page's headings, one digit each.
func outline(page string) string {
	var levels strings.Builder
	for _, match := range heading.FindAllString(codeBlock.ReplaceAllString(page, ""), -1) {
		levels.WriteByte(byte('0' + strings.IndexByte(match, ' ')))
	}
	return levels.String()
}
