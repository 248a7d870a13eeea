package faultfs

import (
	"path/filepath"
	"testing"

	"github.com/rounds-field/rounds/store"
)

func TestAFullDiskRefusesAndLetsGoOn(t *testing.T) {
	dir := t.TempDir()
	d := Watch(t, dir)
	db, err := store.Open(t.Context(), filepath.Join(dir, "a.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Writer().Exec("CREATE TABLE t (n)"); err != nil {
		t.Fatal(err)
	}
	if d.Writes() == 0 {
		t.Fatal("no write was seen")
	}
	seen := 0
	d.Before(func(int, string) { seen++ })
	d.Fill(1)
	_, err = db.Writer().Exec("INSERT INTO t VALUES (1)")
	if !store.IsFull(err) || d.Refused() == 0 || seen == 0 {
		t.Fatalf("writing to the full disk gives %v, %d refused, %d seen", err, d.Refused(), seen)
	}
	d.Room()
	if _, err := db.Writer().Exec("INSERT INTO t VALUES (2)"); err != nil {
		t.Fatal(err)
	}
}
