package store

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

// Migrate brings a database up to the newest of the numbered migrations in fsys (NNNNN_name.sql in goose's form). Each migration is one
// transaction together with the note that it was done, so a program that is killed in between goes on where it was. Where several processes may migrate at
// once, options has a locker.
func Migrate(ctx context.Context, dialect goose.Dialect, db *sql.DB, fsys fs.FS, options ...goose.ProviderOption) error {
	p, err := goose.NewProvider(dialect, db, fsys, options...)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	// Another process may migrate the same database at the same time. Where no lock keeps it out, it takes a migration away under our hands; then it has
	// come further, and so it goes until nothing is left to do.
	for at := int64(-1); ; {
		err := migrate(ctx, p, len(options) > 0)
		if err == nil || ctx.Err() != nil {
			return err
		}
		now, e := p.GetDBVersion(ctx)
		if e != nil || now <= at {
			return err
		}
		at = now
	}
}

func migrate(ctx context.Context, p *goose.Provider, locked bool) error {
	if !locked { // looking is cheaper than doing, but takes no lock
		pending, err := p.HasPending(ctx)
		if err != nil {
			return fmt.Errorf("look for migrations to do: %w", err)
		}
		if !pending {
			return nil
		}
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}
