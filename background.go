package main

import (
	"context"
	"sync"

	"github.com/rounds-field/rounds/app"
	"github.com/rounds-field/rounds/sales"
)

// startSync runs the sync engine of the workbook in use, and its weekly check, until stopSyncing.
func (d *desk) startSync() {
	ctx, cancel := context.WithCancel(d.ctx)
	var running sync.WaitGroup
	running.Go(func() { d.book.RunChecks(ctx, func() { d.showState(d.syncState()) }) })
	unsubscribe := func() {}
	if engine := d.book.Engine(); engine != nil {
		unsubscribe = engine.OnState(d.showState)
		running.Go(func() { engine.Run(ctx) })
		running.Go(func() { d.book.RunFiles(ctx, nil) })
	} else {
		d.showState(d.syncState())
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.stopSync = func() {
		unsubscribe()
		cancel()
		running.Wait() // the database must not be closed below a running sync
	}
}

func (d *desk) stopSyncing() {
	d.mu.Lock()
	stop := d.stopSync
	d.stopSync = func() {}
	d.mu.Unlock()
	stop()
}

// syncSoon asks for a sync now rather than at the next interval.
func (d *desk) syncSoon() {
	if e := d.book.Engine(); e != nil {
		e.Kick()
	}
}

// syncState is how syncing stands; a fault of reading it is part of the answer.
func (d *desk) syncState() sales.SyncState {
	if e := d.book.Engine(); e != nil {
		return e.State()
	}
	s, err := d.book.State(d.ctx)
	if err != nil {
		return sales.SyncState{Phase: sales.SyncFailed, Problem: err}
	}
	return s
}

// recount reads the numbers of the sync state anew after something changed.
func (d *desk) recount() {
	if e := d.book.Engine(); e != nil {
		if err := e.Recount(d.ctx); err != nil && d.ctx.Err() == nil {
			d.showError(err)
		}
		return
	}
	d.showState(d.syncState())
}

// showState shows how syncing stands in the window; from any goroutine.
func (d *desk) showState(s sales.SyncState) {
	shell := d.currentShell()
	if shell == nil {
		return
	}
	status := statusOf(s)
	shell.SetSync(status)
	shell.SetBadge("sync", status.Trouble)
	if s.Phase != sales.SyncRunning || s.Total > 0 {
		shell.StateChanged()
	}
}

// statusOf is what the window's frame shows of syncing.
func statusOf(s sales.SyncState) app.SyncStatus {
	return app.SyncStatus{
		Local: s.Phase == sales.SyncLocal, Waiting: s.Waiting + s.FilesWaiting - s.FilesRefused, Trouble: s.Rejected + s.Conflicts + s.Differences + s.FilesRefused,
		Online: s.Phase == sales.SyncIdle || s.Phase == sales.SyncRunning, Running: s.Phase == sales.SyncRunning, Last: s.LastSync,
		Done: s.Done, Total: s.Total, Left: s.Left,
	}
}
