package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/rounds-field/rounds/sales"
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
		return t.line(r, "%s", passText(r))
	})
	return t.jsonFlag(cmd)
}

// moment is a line of sync --watch: what a pass did, or why it could not.
type moment struct {
	At time.Time `json:"at"`
	*sales.SyncReport
	Code    string `json:"code,omitempty"`
	Problem string `json:"problem,omitempty"`
}

// syncOn syncs until ctx ends. It tells of every pass that moved something, and once of every trouble and of its end.
func (t *tool) syncOn(ctx context.Context, wb *workbook.Workbook) error {
	engine := wb.Engine()
	if engine == nil {
		_, err := wb.Sync(ctx) // which says why
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var failed error // of writing: nobody reads any more
	trouble := "nothing is known yet"
	defer engine.OnPass(func(r sales.SyncReport, err error) {
		m, text := momentOf(r, err)
		if trouble == m.Problem && r.Pushed+r.Pulled+r.Rejected+r.Conflicts == 0 {
			return
		}
		trouble = m.Problem
		if failed = errors.Join(t.line(m, "%s  %s", m.At.Format(time.TimeOnly), text), t.out.Flush()); failed != nil {
			stop()
		}
	})()
	engine.Run(ctx)
	return failed
}

func momentOf(r sales.SyncReport, err error) (moment, string) {
	m := moment{At: time.Now().Truncate(time.Millisecond), SyncReport: &r}
	if err == nil {
		return m, passText(r)
	}
	var e *sales.Error
	if errors.As(err, &e) {
		m.Code = e.Code
	}
	m.Problem = oneLine(err)
	return m, m.Problem
}

func passText(r sales.SyncReport) string {
	return fmt.Sprintf("pushed %d, pulled %d, rejected %d, conflicts %d, %d bytes out, %d bytes in, %.3f s", r.Pushed, r.Pulled, r.Rejected, r.Conflicts, r.BytesOut, r.BytesIn, r.Seconds)
}
