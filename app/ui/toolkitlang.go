package ui

import (
	"os"
	"runtime"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
)

var toolkitLangMu sync.Mutex

// setToolkitLanguage makes the toolkit choose its own few words (menus of entries) anew. It has no switch for
// that: it looks at the environment whenever translations are added, and only on Linux and the BSDs; elsewhere
// its words stay in the system's language.
func setToolkitLanguage(code string) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return
	}
	toolkitLangMu.Lock()
	defer toolkitLangMu.Unlock()
	locale := "en_US.UTF-8"
	words := []byte(`{"Quit":"Quit"}`)
	tag := fyne.Locale("en")
	if code == "zh" {
		locale, words, tag = "zh_CN.UTF-8", []byte(`{"Quit":"退出"}`), fyne.Locale("zh-Hans")
	}
	before, was := os.LookupEnv("LC_ALL")
	if err := os.Setenv("LC_ALL", locale); err != nil {
		return
	}
	// Adding any text makes the toolkit look at the locale again; this one it has itself.
	if err := lang.AddTranslationsForLocale(words, tag); err != nil {
		fyne.LogError("choose the toolkit's language", err)
	}
	if was {
		_ = os.Setenv("LC_ALL", before)
	} else {
		_ = os.Unsetenv("LC_ALL")
	}
}
