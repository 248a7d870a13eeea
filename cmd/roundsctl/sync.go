package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/replica"
	"github.com/rounds-field/rounds/workbook"
)

func (t *tool) sync() *cobra.Command {
	watch := false
	cmd := &cobra.Command{Use: "sync", Short: "Send what waits and fetch what is new, once or from now on", Args: cobra.NoArgs}
	cmd.Flags().BoolVar(&watch, "watch", false, "stay, and go on until interrupted: what colleagues write comes at once")
	cmd.RunE = t.run(func(ctx context.Context, wb *workbook.Workbook, _ []string) error {
		if watch {
			return t.syncOn(ctx, wb)
		}
		r, err := wb.Sync(ctx)
		if err != nil {
			return err
		}
		unsent, err := readUnsent(ctx, wb)
		if err != nil {
			return err
		}
		if err := t.line(syncLine{r, unsent}, "%s", passText(r)+filesText(r.FilesSent, unsent)); err != nil {
			return err
		}
		return unsent.print(t)
	})
	return t.jsonFlag(cmd)
}

// syncLine is what one sync did, and which files the server does not have after it.
type syncLine struct {
	sales.SyncReport
	unsentFiles
}

// moment is a line of sync --watch: what a pass did, or why it could not.
type moment struct {
	At time.Time `json:"at"`
	*sales.SyncReport
	Code    string `json:"code,omitempty"`
	Problem string `json:"problem,omitempty"`
}

// fileMoment is a line of sync --watch about files.
type fileMoment struct {
	At   time.Time `json:"at"`
	Sent int       `json:"files_sent"`
	unsentFiles
	Code    string `json:"code,omitempty"`
	Problem string `json:"problem,omitempty"`
}

// watching tells what is worth telling while syncing goes on. Passes and rounds of files call it from goroutines of their own.
type watching struct {
	t    *tool
	wb   *workbook.Workbook
	stop context.CancelFunc

	mu      sync.Mutex
	failed  error  // of writing: nobody reads any more
	trouble string // of the records, that was told last
	files   string // how the files stood that was told last
}

// syncOn syncs until ctx ends, records and files, as the app does. It tells of every pass that moved something, and once of every trouble and of its end.
func (t *tool) syncOn(ctx context.Context, wb *workbook.Workbook) error {
	engine := wb.Engine()
	if engine == nil {
		_, err := wb.Sync(ctx) // which says why
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	w := &watching{t: t, wb: wb, stop: stop, trouble: "nothing is known yet", files: fmt.Sprint("", 0)}
	defer engine.OnPass(w.passed)()
	var files sync.WaitGroup
	files.Go(func() { wb.RunFiles(ctx, func(r replica.FileReport, err error) { w.filesPassed(ctx, r, err) }) })
	engine.Run(ctx)
	files.Wait() // the workbook must not be closed below a file that is being sent
	return w.failed
}

func (w *watching) passed(r sales.SyncReport, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	m := moment{At: now(), SyncReport: &r}
	text := passText(r)
	if err != nil {
		m.Code, m.Problem = problemOf(err)
		text = m.Problem
	}
	if w.trouble == m.Problem && r.Pushed+r.Pulled+r.Rejected+r.Conflicts == 0 {
		return
	}
	w.trouble = m.Problem
	w.told(w.t.line(m, "%s  %s", m.At.Format(time.TimeOnly), text))
}

func (w *watching) filesPassed(ctx context.Context, r replica.FileReport, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	m := fileMoment{At: now(), Sent: r.Sent}
	if err != nil {
		m.Code, m.Problem = problemOf(err)
	}
	if m.unsentFiles, err = readUnsent(ctx, w.wb); err != nil {
		if ctx.Err() == nil {
			w.told(err)
		}
		return
	}
	// What only waits is told by the round that sends it, or by its trouble.
	stands := fmt.Sprint(m.Problem, m.Refused)
	if stands == w.files && r.Sent == 0 {
		return
	}
	w.files = stands
	text := fmt.Sprintf("files: %d sent, %s", m.Sent, m.unsentFiles)
	if m.Problem != "" {
		text += "; " + m.Problem
	}
	w.told(errors.Join(w.t.line(m, "%s  %s", m.At.Format(time.TimeOnly), text), m.print(w.t)))
}

// told hands on what was written, and ends the sync where that cannot be read any more.
func (w *watching) told(err error) {
	if err = errors.Join(err, w.t.out.Flush()); err != nil {
		w.failed = err
		w.stop()
	}
}

func now() time.Time { return time.Now().Truncate(time.Millisecond) }

func problemOf(err error) (code, problem string) {
	var e *sales.Error
	if errors.As(err, &e) {
		code = e.Code
	}
	return code, oneLine(err)
}

func passText(r sales.SyncReport) string {
	return fmt.Sprintf("pushed %d, pulled %d, rejected %d, conflicts %d, %d bytes out, %d bytes in, %.3f s", r.Pushed, r.Pulled, r.Rejected, r.Conflicts, r.BytesOut, r.BytesIn, r.Seconds)
}

// filesText adds files to the text of a sync where there is something to say of them.
func filesText(sent int, unsent unsentFiles) string {
	if sent+unsent.Waiting == 0 {
		return ""
	}
	return fmt.Sprintf("; files: %d sent, %s", sent, unsent)
}
