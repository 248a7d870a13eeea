package syncing

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// A rep reads what is in the way and what to do, in both languages, and never a word of the program's own.
func TestTheStateSaysWhyTheServerCannotBeReached(t *testing.T) {
	was := ui.Lang()
	t.Cleanup(func() { ui.SetLanguage(was) })
	for lang, want := range map[string]map[string]string{
		"en": {sales.OfflinePortal: "Open any web page in the browser", sales.OfflineClock: "it says 2019-01-01", sales.OfflineName: "rounds.example.com", sales.OfflineDown: "restarted", "": "No connection"},
		"zh": {sales.OfflinePortal: "打开任意网页", sales.OfflineClock: "2019-01-01", sales.OfflineName: "rounds.example.com", sales.OfflineDown: "重启", "": "服务器"},
	} {
		ui.SetLanguage(lang)
		for reason, part := range want {
			problem := fmt.Errorf("pull: %w", &sales.Error{
				Code: sales.CodeOffline, Reason: reason, Message: "pull at https://rounds.example.com: x509: internal", Args: map[string]any{"Today": "2019-01-01", "Name": "rounds.example.com"},
			})
			text, tone := stateText(sales.SyncState{Phase: sales.SyncOffline, Waiting: 7, Problem: problem})
			if !strings.Contains(text, part) || !strings.Contains(text, "7") || tone != ui.ToneWarning || strings.Contains(text, "x509") || strings.Contains(text, "internal") {
				t.Errorf("%s, %q: %q", lang, reason, text)
			}
		}
	}
}
