package ui_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/assets/locales"
)

func inChinese(t *testing.T) {
	t.Helper()
	ui.SetLanguage("zh")
	t.Cleanup(func() { ui.SetLanguage("en") })
}

func TestEveryTextExistsInBothLanguages(t *testing.T) {
	english, chinese := ui.TextKeys("en"), ui.TextKeys("zh")
	for _, key := range english {
		if !slices.Contains(chinese, key) {
			t.Errorf("%s has no Chinese text", key)
		}
	}
	for _, key := range chinese {
		if !slices.Contains(english, key) {
			t.Errorf("%s has no English text", key)
		}
	}
}

func TestNoKeyIsInTwoAreas(t *testing.T) {
	files, err := locales.FS.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for _, file := range files {
		lang := strings.Split(file.Name(), ".")[1]
		content, err := locales.FS.ReadFile(file.Name())
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]any
		if err := json.Unmarshal(content, &texts); err != nil {
			t.Fatalf("%s: %v", file.Name(), err)
		}
		for key := range texts {
			if other, taken := seen[lang+key]; taken {
				t.Errorf("%s is in %s and in %s", key, other, file.Name())
			}
			seen[lang+key] = file.Name()
		}
	}
}

func TestBothLanguagesFillTheSamePlaces(t *testing.T) {
	place := regexp.MustCompile(`{{\s*\.(\w+)\s*}}`)
	places := func(lang, key string) []string {
		text, _ := ui.TextIn(lang, key)
		var names []string
		for _, match := range place.FindAllStringSubmatch(text, -1) {
			names = append(names, match[1])
		}
		slices.Sort(names)
		return slices.Compact(names)
	}
	for _, key := range ui.TextKeys("en") {
		if english, chinese := places("en", key), places("zh", key); !slices.Equal(english, chinese) {
			t.Errorf("%s fills %v in English and %v in Chinese", key, english, chinese)
		}
	}
}

func TestTextsTakeArgumentsAndPlurals(t *testing.T) {
	for want, got := range map[string]string{
		"in 1 day":      ui.T("ui.day.in", "Count", 1),
		"in 3 days":     ui.T("ui.day.in", map[string]any{"Count": 3}),
		"March 2026":    ui.T("ui.date.month", "Name", "March", "Year", 2026),
		"no.such.text!": ui.T("no.such.text!"),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if !slices.Contains(ui.MissingTexts(), "no.such.text!") {
		t.Error("a missing text is not remembered")
	}
	ui.ForgetMissingTexts()
	inChinese(t)
	if got := ui.T("ui.day.in", "Count", 1); got != "1 天后" {
		t.Errorf("Chinese has no singular, yet got %q", got)
	}
}

func TestListenersHearOfAChangeOfLanguageOnce(t *testing.T) {
	heard := 0
	cancel := ui.OnLanguage(func() { heard++ })
	ui.SetLanguage("en")
	ui.SetLanguage("zh_CN.UTF-8")
	ui.SetLanguage("zh")
	cancel()
	ui.SetLanguage("fr")
	if heard != 1 || ui.Lang() != "en" {
		t.Errorf("heard %d changes, the language is %s", heard, ui.Lang())
	}
}
