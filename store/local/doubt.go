package local

import (
	"context"
	"slices"
	"strings"
)

// doubtedKey keeps the names of the buckets whose books were found not to fit their records, one a line: a damaged one names none.
const doubtedKey = "doubted"

// Doubt has the next sync compare the buckets with the server's whose books Check found not to fit. Their books alone would not tell that they differ: nothing of theirs has
// moved, and what they kept is what the server has.
func (s *Store) Doubt(ctx context.Context, found []Finding) error {
	var names []string
	for _, f := range found {
		if f.Code == "count" || f.Code == "sum" {
			names = append(names, f.Bucket)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return s.write(ctx, "have buckets compared", func(t *txn) error {
		known, err := doubted(ctx, t)
		if err != nil {
			return err
		}
		names = slices.Concat(known, names)
		slices.Sort(names)
		if err := setMeta(ctx, t, doubtedKey, strings.Join(slices.Compact(names), "\n")); err != nil {
			return err
		}
		return setMetaUint(ctx, t, "compared", 0) // else the server names those only that moved
	})
}

func doubted(ctx context.Context, q querier) ([]string, error) {
	text, err := meta(ctx, q, doubtedKey)
	if err != nil || text == "" {
		return nil, err
	}
	return strings.Split(text, "\n"), nil
}

// settleDoubts makes the books of doubted buckets anew from their records, so that the comparison sees what is really there.
func (p *pulling) settleDoubts(ctx context.Context) error {
	names, err := doubted(ctx, p)
	if err != nil || len(names) == 0 {
		return err
	}
	for _, name := range names {
		if err := p.recount(ctx, name); err != nil {
			return err
		}
	}
	return setMeta(ctx, p, doubtedKey, "")
}
