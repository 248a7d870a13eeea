package ui

import "fyne.io/fyne/v2"

// pendingMark stands beside what this device has not synced yet.
const pendingMark = "●"

// PendingColumn is the narrow column that marks rows with unsynced changes.
func PendingColumn[R any](pending func(R) bool) Column[R] {
	return Column[R]{
		Key: "pending", Width: 34, Align: fyne.TextAlignCenter, Tone: func(R) Tone { return ToneWarning },
		Text: func(row R) string {
			if pending(row) {
				return pendingMark
			}
			return ""
		},
	}
}

// PendingMark marks a single record with unsynced changes; it takes no room when there are none.
func PendingMark(pending bool) fyne.CanvasObject {
	mark := ColorText(pendingMark, ToneWarning)
	if !pending {
		mark.Hide()
	}
	return mark
}
