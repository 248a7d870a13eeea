package central

import (
	"context"
	"strconv"

	"github.com/rounds-field/rounds/store"
)

// LimitPages bounds how many pages the database may have, which is how a full disk looks from inside, and gives how many it has. 0
// only asks.
func (j *Journal) LimitPages(ctx context.Context, most int) int {
	w := j.db.(*store.DB).Writer()
	var n int
	if most > 0 {
		if err := w.QueryRowContext(ctx, "PRAGMA max_page_count = "+strconv.Itoa(most)).Scan(&n); err != nil {
			panic(err)
		}
	}
	if err := w.QueryRowContext(ctx, "PRAGMA page_count").Scan(&n); err != nil {
		panic(err)
	}
	return n
}
