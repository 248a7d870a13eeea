package app

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/rounds-field/rounds/app/ui"
)

// How changes are collected, so that a thousand records arriving load the page once.
const (
	changeBlink = 5 * time.Millisecond   // for the first one after a while: what is told in one go
	changeDelay = 150 * time.Millisecond // for those that follow it
)

// changes are the kinds of record that changed and were not told yet.
type changes struct {
	mu      sync.Mutex
	kinds   map[string]bool
	waiting bool // the page is told soon, or was told a moment ago
}

// Notify tells the open page that records of these kinds changed: at once when nothing changed lately, so that a colleague's edit is seen as it comes, and
// otherwise soon and once for many calls. It may be called from anywhere: it is how sync reaches screens.
func (s *Shell) Notify(kinds ...string) {
	c := &s.changes
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kinds == nil {
		c.kinds = map[string]bool{}
	}
	for _, kind := range kinds {
		c.kinds[kind] = true
	}
	if c.waiting {
		return
	}
	c.waiting = true
	ui.Later(changeBlink, s.tellChanges)
}

// tellChanges tells the open page what was collected, and again after a while what was collected since.
func (s *Shell) tellChanges() {
	c := &s.changes
	c.mu.Lock()
	kinds := slices.Sorted(maps.Keys(c.kinds))
	told := c.kinds != nil
	c.kinds, c.waiting = nil, told
	c.mu.Unlock()
	if !told {
		return // nothing came: the next change is told at once again
	}
	ui.Later(changeDelay, s.tellChanges)
	s.changed(kinds)
}

// changed tells the open page at once. It runs on the UI thread.
func (s *Shell) changed(kinds []string) {
	v := s.history.now()
	if v == nil || v.page == nil {
		return
	}
	if len(v.host.listeners) == 0 {
		v.page.Refresh()
		return
	}
	for _, listener := range v.host.listeners {
		listener(kinds)
	}
}

// SyncStatus is the state of the sync, in records.
type SyncStatus struct {
	// Local says that there is no server to sync to.
	Local bool
	// Waiting is how many changes the server has not acknowledged.
	Waiting int
	// Trouble is how many changes were refused or lost to another edit and want the user.
	Trouble         int
	Online, Running bool
	// Done of Total records came in this sync, and Left is about how long the others take; 0 when that is not known.
	Done, Total int
	Left        time.Duration
	// Last is when everything was synced last.
	Last time.Time
}

// manyRecords is from how many records on their coming is worth a number.
const manyRecords = 5000

// SetSync shows the state of the sync. It may be called from anywhere.
func (s *Shell) SetSync(status SyncStatus) {
	ui.OnUI(func() {
		s.sync = status
		s.showSync()
	})
}

func (s *Shell) showSync() {
	if s.status == nil {
		return
	}
	s.describeSync(s.sync)
	if s.bar != nil {
		s.bar.Refresh() // The text has another width.
	}
}

func (s *Shell) describeSync(status SyncStatus) {
	switch {
	case status.Local:
		s.status.Set(ui.IconServer, ui.T("app.sync.local"), ui.ToneMuted)
	case status.Trouble > 0:
		s.status.Set(ui.IconWarning, ui.T("app.sync.trouble", "Count", status.Trouble), ui.ToneDanger)
	case !status.Online && status.Waiting > 0:
		s.status.Set(ui.IconOffline, ui.T("app.sync.offline_waiting", "Count", status.Waiting), ui.ToneWarning)
	case !status.Online:
		s.status.Set(ui.IconOffline, ui.T("app.sync.offline"), ui.ToneMuted)
	case status.Running && status.Total >= manyRecords:
		s.status.Set(ui.IconSync, ui.T("app.sync.receiving", "Percent", 100*status.Done/status.Total, "Left", ui.TimeLeft(status.Left)), ui.ToneAccent)
	case status.Waiting > 0:
		s.status.Set(ui.IconUpload, ui.T("app.sync.waiting", "Count", status.Waiting), ui.ToneAccent)
	case status.Running:
		s.status.Set(ui.IconSync, ui.T("app.sync.running"), ui.ToneAccent)
	case status.Last.IsZero():
		s.status.Set(ui.IconCloud, ui.T("app.sync.online"), ui.ToneMuted)
	default:
		s.status.Set(ui.IconCloud, ui.T("app.sync.done", "Time", syncTime(status.Last)), ui.ToneSuccess)
	}
}

func syncTime(at time.Time) string {
	if ui.DayOf(at) == ui.Today() {
		return ui.FormatTime(at)
	}
	return ui.FormatDateTime(at)
}

// StateChanged tells the open page that the state of syncing changed, where it shows that. It may be called from anywhere.
func (s *Shell) StateChanged() {
	ui.OnUI(func() {
		v := s.history.now()
		if v == nil || v.page == nil {
			return
		}
		if p, ok := v.page.(interface{ StateChanged() }); ok {
			p.StateChanged()
		}
	})
}
