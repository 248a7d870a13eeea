package central

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store"
	"github.com/rounds-field/rounds/sync/wire"
)

// MendedSum is a bucket whose kept checksum or count was not that of its records, and is now.
type MendedSum struct {
	Bucket         string
	Was, Is        [16]byte // checksum
	Counted, Count int64    // records, as they were counted and as they are
}

// String says what was done, for people.
func (m MendedSum) String() string {
	return fmt.Sprintf("bucket %s: checksum %x was %x, %d records were counted as %d", m.Bucket, m.Is, m.Was, m.Count, m.Counted)
}

// MendSums computes the checksums and counts of the buckets in which they are wrong anew, from the records as they are, and notes it in the audit. Servers may be
// at work on the database. A bucket with a record that cannot be read stays as it is: the error names it, and the others are mended.
func MendSums(ctx context.Context, database string) ([]MendedSum, error) {
	t, err := attach(ctx, database, Options{})
	if err != nil {
		return nil, err
	}
	mended, err := t.mendSums(ctx)
	if e := t.j.db.Close(); err == nil {
		err = e
	}
	return mended, store.Explain("mend the sums of the buckets", err)
}

func (t *attached) mendSums(ctx context.Context) ([]MendedSum, error) {
	var report *Report
	err := t.j.db.Read(ctx, func(tx *sql.Tx) error {
		schema, err := t.organisation(ctx, tx)
		if newest := t.newest(); err == nil && schema != newest {
			err = otherVersion(schema, newest)
		}
		if err == nil {
			report, err = t.j.verify(ctx, tx)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	var mended []MendedSum
	var left error
	for _, bucket := range report.WrongSums {
		if why := report.unreadable[bucket]; why != "" {
			left = errors.Join(left, &sales.Error{
				Code: sales.CodeInvalid, Message: "the sums of bucket " + bucket + " stay as they are: " + why, Hint: "restore a backup that verifies",
			})
			continue
		}
		m, err := t.j.mendSum(ctx, bucket)
		if err != nil {
			return mended, err
		}
		if m != nil {
			mended = append(mended, *m)
		}
	}
	return mended, left
}

// mendSum holds the bucket, so that nothing is written in it meanwhile. It gives nil when nothing is wrong any more.
func (j *Journal) mendSum(ctx context.Context, bucket string) (*MendedSum, error) {
	var m *MendedSum
	err := j.db.Write(ctx, func(tx *sql.Tx) error {
		m = nil
		var kept []byte
		var is wire.Sum
		now := MendedSum{Bucket: bucket}
		err := tx.QueryRowContext(ctx, j.sql.bind("SELECT checksum, live FROM buckets WHERE org_id = ? AND bucket = ?"+j.sql.forUpdate()), j.org, bucket).Scan(&kept, &now.Counted)
		if err != nil {
			return fmt.Errorf("lock bucket %s: %w", bucket, err)
		}
		if err := j.eachPart(ctx, tx, bucket, nil, func(s wire.RecordSum) {
			is = is.Add(s.Sum)
			now.Count++
		}); err != nil {
			return fmt.Errorf("sum up bucket %s: %w", bucket, err)
		}
		now.Was, now.Is = wire.SumFrom(kept).Bytes(), is.Bytes()
		if now.Was == now.Is && now.Counted == now.Count {
			return nil
		}
		if _, err := tx.ExecContext(ctx, j.sql.bind("UPDATE buckets SET checksum = ?, live = ? WHERE org_id = ? AND bucket = ?"), now.Is[:], now.Count, j.org, bucket); err != nil {
			return fmt.Errorf("write bucket %s: %w", bucket, err)
		}
		m = &now
		return j.audit(ctx, tx, AuditEntry{At: j.now(), Action: "sums_mended", Subject: bucket, Detail: now.String()})
	})
	return m, err
}
