package ui

import (
	"encoding/json"
	"strconv"
	"time"
)

// DraftDelay is how soon after a keystroke a draft is written.
const DraftDelay = 700 * time.Millisecond

// Draft keeps the unsaved input of one form, so that it survives a crash: it is written within a second of the
// last keystroke and removed when the form is saved or given up.
type Draft struct {
	state   State
	key     string
	save    func() map[string]string
	restore func(map[string]string)
	cancel  func()
}

// NewDraft returns the draft of a form. The key names the form and its record, "visit/new"; save collects the
// form's input by field, restore puts it back. All run on the UI thread.
func NewDraft(state State, key string, save func() map[string]string, restore func(map[string]string)) *Draft {
	return &Draft{state: state, key: "draft." + key, save: save, restore: restore}
}

// Touch notes that the input changed.
func (d *Draft) Touch() {
	d.stop()
	d.cancel = Later(DraftDelay, d.Flush)
}

func (d *Draft) stop() {
	if d.cancel != nil {
		d.cancel()
		d.cancel = nil
	}
}

// Flush writes the draft at once, when the window closes. Without a change since it was last written it does
// nothing.
func (d *Draft) Flush() {
	if d.cancel == nil {
		return
	}
	d.stop()
	content, err := json.Marshal(d.save())
	if err != nil {
		return // A map of texts always has a JSON form.
	}
	d.state.Set(d.key, string(content))
}

// Restore puts a kept draft back into the form and reports whether there was one.
func (d *Draft) Restore() bool {
	var input map[string]string
	if err := json.Unmarshal([]byte(d.state.Get(d.key)), &input); err != nil || len(input) == 0 {
		return false
	}
	d.restore(input)
	return true
}

// Clear removes the draft: the input was saved or given up.
func (d *Draft) Clear() {
	d.stop()
	d.state.Set(d.key, "")
}

func stateFloat(state State, key string, otherwise float64) float64 {
	if value, err := strconv.ParseFloat(state.Get(key), 64); err == nil {
		return value
	}
	return otherwise
}

func setStateFloat(state State, key string, value float64) {
	text := strconv.FormatFloat(value, 'f', 3, 64)
	if state.Get(key) != text {
		state.Set(key, text)
	}
}
