package main

import (
	"testing"

	"github.com/rounds-field/rounds/sales"
)

// A file that is not sent before somebody does something is no file that waits: it wants the user.
func TestAFileThatIsNotTakenWantsTheUser(t *testing.T) {
	got := statusOf(sales.SyncState{Phase: sales.SyncIdle, Waiting: 1, Rejected: 2, FilesWaiting: 5, FilesRefused: 3})
	if got.Waiting != 3 || got.Trouble != 5 || !got.Online {
		t.Errorf("%+v", got)
	}
}
