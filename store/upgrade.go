package store

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/pressly/goose/v3"
)

// MigrateTo brings a database up to one version of its schema and not beyond, and gives the names of the migrations that it did. Version 0 means
// the newest. A database that is newer already stays as it is.
func MigrateTo(ctx context.Context, dialect goose.Dialect, db *sql.DB, fsys fs.FS, version int64, options ...goose.ProviderOption) ([]string, error) {
	p, err := goose.NewProvider(dialect, db, fsys, options...)
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	if version == 0 {
		version = Newest(fsys)
	}
	results, err := p.UpTo(ctx, version)
	if err != nil {
		return nil, fmt.Errorf("migrate to version %d: %w", version, err)
	}
	names := make([]string, len(results))
	for i, r := range results {
		names[i] = path.Base(r.Source.Path)
	}
	return names, nil
}

// Newest is the number of the newest migration.
func Newest(fsys fs.FS) int64 {
	files, err := fs.Glob(fsys, "*.sql")
	if err != nil || len(files) == 0 {
		return 0
	}
	n, err := goose.NumericComponent(slices.Max(files))
	if err != nil {
		return 0
	}
	return n
}
