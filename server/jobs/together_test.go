package jobs_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/rounds-field/rounds/internal/pgtest"
	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/server/jobs"
)

// together has several programs open the same queue and bring its tables up to date at the same moment.
func together(t *testing.T, openQueue func(context.Context) (*jobs.Queue, error)) {
	t.Helper()
	const programs = 6
	var begin, done sync.WaitGroup
	begin.Add(1)
	for range programs {
		done.Go(func() {
			begin.Wait()
			q, err := openQueue(t.Context())
			if err == nil {
				_, err = q.Migrate(t.Context())
				err = errors.Join(err, q.Close())
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	begin.Done()
	done.Wait()
}

// The journal's tables are there and nobody waits for them, as after a move or a restore: the servers reach the queue at the same moment.
func TestServersThatStartTogetherMakeTheTablesOfTheQueueBetweenThem(t *testing.T) {
	for range 3 {
		url := pgtest.New(t)
		together(t, func(ctx context.Context) (*jobs.Queue, error) { return jobs.OpenServer(ctx, url) })
	}
}

// A newer version has some tables to alter.
func TestServersThatStartTogetherBringAnOlderQueueUpToDateBetweenThem(t *testing.T) {
	url := pgtest.New(t)
	openQueue := func(ctx context.Context) (*jobs.Queue, error) { return jobs.OpenServer(ctx, url) }
	together(t, openQueue)
	pool, err := pgxpool.New(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	m, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: "rounds_jobs"})
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range []int{1, 4, 5} {
		if _, err := m.Migrate(t.Context(), rivermigrate.DirectionDown, &rivermigrate.MigrateOpts{TargetVersion: version}); err != nil {
			t.Fatal(err)
		}
		together(t, openQueue)
	}
}

// `rounds-server jobs list` at the first start of the server.
func TestProgramsThatStartTogetherMakeTheTablesOfAFileBetweenThem(t *testing.T) {
	for range 3 {
		path := filepath.Join(t.TempDir(), "jobs.db")
		empty, err := jobs.OpenFile(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if err := empty.Close(); err != nil {
			t.Fatal(err)
		}
		together(t, func(ctx context.Context) (*jobs.Queue, error) { return jobs.OpenFile(ctx, path) })
	}
}

func TestAFaultOfPostgreSQLIsNotTakenForOneOfTheDisk(t *testing.T) {
	url := pgtest.New(t)
	q, err := jobs.OpenServer(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	_, gone := q.Migrate(t.Context())
	_, listed := q.Runs(t.Context(), 1)
	for name, err := range map[string]error{"migrate": gone, "list": listed} {
		var e *sales.Error
		if !errors.As(err, &e) || e.Code != sales.CodeStorage || strings.Contains(e.Hint, "disk is there") || !strings.Contains(e.Hint, "PostgreSQL") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
