package syncing

import (
	"context"
	"errors"
	"strings"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// kindLabel and fieldLabel are the names of kinds and fields in the user's language.
func kindLabel(kind string) string { return ui.T("kind." + kind) }

func fieldLabel(kind, field string) string {
	key := "field." + kind + "." + field
	if ui.Has(key) {
		return ui.T(key)
	}
	return field
}

// valueText is a value as people read it; "–" for none.
func (m *Model) valueText(ctx context.Context, f *sales.Field, v any) string {
	if sales.Empty(v) {
		return "–"
	}
	switch x := v.(type) {
	case string:
		switch {
		case f.Type == sales.Ref:
			if name, err := m.Named(ctx, f, v); err == nil && name != "" {
				return name
			}
			return ui.T("syncing.record_elsewhere")
		case f.Type == sales.Code && f.Of != "":
			return m.codeText(ctx, f.Of, x)
		case f.Type == sales.Day:
			return ui.FormatDay(x)
		case len(f.Options) > 0:
			return ui.T("option." + f.Name + "." + x)
		}
		return x
	case int64:
		switch f.Type {
		case sales.Time:
			return ui.FormatDateTime(sales.Instant(x).Time().Local())
		case sales.Money:
			return ui.FormatMoney(x, "")
		}
		return ui.FormatNumber(x)
	case bool:
		if x {
			return ui.T("syncing.yes")
		}
		return ui.T("syncing.no")
	case []string:
		return strings.Join(x, ", ")
	}
	return ""
}

// codeText is the name of the record that has a code: a territory, a type of visit. A code that nothing here has is shown as it is.
func (m *Model) codeText(ctx context.Context, kind, code string) string {
	found, err := m.Book.List(ctx, sales.Query{Kind: kind, Where: []sales.Cond{{Field: "code", Op: sales.Eq, Value: code}}, Limit: 1})
	if err != nil || len(found) == 0 {
		return code
	}
	if zh := found[0].Text("name_zh"); zh != "" && ui.Lang() == "zh" {
		return zh
	}
	return found[0].Title()
}

// stateText says in one sentence how syncing stands.
func stateText(s sales.SyncState) (string, ui.Tone) {
	switch s.Phase {
	case sales.SyncLocal:
		return ui.T("syncing.state.local", "Count", s.Waiting), ui.ToneInfo
	case sales.SyncRunning:
		if s.Total > 0 {
			return ui.T("syncing.state.receiving", "Done", ui.FormatNumber(int64(s.Done)), "Total", ui.FormatNumber(int64(s.Total)), "Left", ui.TimeLeft(s.Left)), ui.ToneInfo
		}
		return ui.T("syncing.state.running"), ui.ToneInfo
	case sales.SyncOffline:
		var why *sales.Error
		if errors.As(s.Problem, &why) && why.Reason != "" {
			return ui.T("syncing.state.offline_why", "Problem", ui.ErrorText(s.Problem), "Count", s.Waiting), ui.ToneWarning
		}
		return ui.T("syncing.state.offline", "Count", s.Waiting), ui.ToneWarning
	case sales.SyncSignedOut:
		return ui.T("syncing.state.signed_out", "Count", s.Waiting), ui.ToneWarning
	case sales.SyncFailed:
		return ui.T("syncing.state.failed", "Problem", ui.ErrorText(s.Problem)), ui.ToneDanger
	}
	if s.LastSync.IsZero() {
		return ui.T("syncing.state.idle"), ui.ToneSuccess
	}
	if s.Waiting > 0 {
		return ui.T("syncing.state.waiting", "Count", s.Waiting), ui.ToneInfo
	}
	if s.FilesWaiting > 0 { // what keeps them is said below
		return ui.T("syncing.state.synced_but_files", "Time", ui.FormatTime(s.LastSync)), ui.ToneInfo
	}
	return ui.T("syncing.state.synced", "Time", ui.FormatTime(s.LastSync)), ui.ToneSuccess
}

// verbText names a verb.
func verbText(v sales.Verb) string { return ui.T("syncing.verb." + v.String()) }
