package main

import (
	"context"
	"os"

	"github.com/rounds-field/rounds/internal/pgtest"
)

// openDatabase makes what the server keeps its records in: a folder, and for PostgreSQL a database.
func (b *bench) openDatabase(context.Context) (err error) {
	if err := os.MkdirAll(b.path(""), 0o700); err != nil {
		return err
	}
	b.url = ""
	if b.database != "postgres" {
		return nil
	}
	if b.url = b.postgres; b.url == "" {
		b.url, err = pgtest.Durable()
	}
	return err
}
