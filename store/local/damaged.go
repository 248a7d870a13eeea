package local

import (
	"errors"
	"path/filepath"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store"
)

// explain is store.Explain, which also says of a damaged database what can take its place.
func (s *Store) explain(doing string, err error) error {
	err = store.Explain(doing, err)
	var e *sales.Error
	if errors.As(err, &e) && e.Code == sales.CodeStorage && (e.Reason == sales.StorageDamaged || store.IsDamaged(err)) {
		s.sayDamaged(e)
	}
	return err
}

// sayDamaged gives an error the reason that chooses its text, the folder of the workbook and the newest backup, "" when there is none.
func (s *Store) sayDamaged(e *sales.Error) {
	newest := ""
	if list, err := backups(filepath.Join(s.dir, backupFolder)); err == nil && len(list) > 0 {
		newest = filepath.Base(list[len(list)-1])
	}
	e.Reason, e.Args = sales.StorageDamaged, map[string]any{"Folder": s.dir, "Backup": newest}
	// A log that is left beside another database than its own would damage that too.
	e.Hint = "the database is damaged: close the program, move every file " + DatabaseName + "* of that folder elsewhere and keep them, "
	if newest == "" {
		e.Hint += "and sign in again, for there is no backup; what the server has comes back"
		return
	}
	e.Hint += "copy " + filepath.Join(backupFolder, newest) + " to " + DatabaseName + ", and sync; what the server has comes back"
}
