package workbook

import (
	"context"
	"slices"

	"github.com/rounds-field/rounds/store/local"
	"github.com/rounds-field/rounds/sync/wire"
)

// CheckReport is what a check of the workbook found.
type CheckReport struct {
	Mended []local.Finding // what was wrong and is not any more
	Left   []local.Finding // what is wrong
	// Problem is why nothing could be fetched from the server, nil when that was not needed or went well.
	Problem error
}

// Check looks whether the workbook agrees with itself; see local.Store. A deep check also mends what it finds damaged: by what the device itself has, and by
// fetching just the damaged records from the server where somebody is signed in. Buckets whose books stay wrong are compared with the server's by the next sync.
func (w *Workbook) Check(ctx context.Context, o local.CheckOptions) (CheckReport, error) {
	store := w.store()
	report, err := w.check(ctx, store, o)
	if err != nil {
		return report, err
	}
	return report, store.Doubt(ctx, report.Left)
}

func (w *Workbook) check(ctx context.Context, store *local.Store, o local.CheckOptions) (CheckReport, error) {
	engine := w.Engine()
	found, err := store.CheckWith(ctx, o)
	if err != nil || !o.Deep || len(found) == 0 {
		return CheckReport{Left: found}, err
	}
	report := CheckReport{Left: found}
	for range 2 { // what was damaged may have hidden in which bucket it belongs
		if len(report.Left) == 0 || report.Problem != nil {
			break
		}
		if err := store.Rebuild(ctx, report.Left, engine != nil); err != nil {
			return report, err
		}
		if records, buckets := toFetch(report.Left); engine != nil && len(records)+len(buckets) > 0 {
			_, report.Problem = engine.Mend(ctx, records, buckets)
		}
		store.WaitForSearch()
		if report.Left, err = store.CheckWith(ctx, o); err != nil {
			return report, err
		}
	}
	for _, f := range found {
		if !slices.ContainsFunc(report.Left, func(l local.Finding) bool { return l.Code == f.Code && l.Where == f.Where }) {
			report.Mended = append(report.Mended, f)
		}
	}
	return report, nil
}

// toFetch gives the damaged records by bucket, and the buckets to be compared.
func toFetch(found []local.Finding) (records map[string][]wire.RecordSum, buckets []string) {
	records = map[string][]wire.RecordSum{}
	for _, f := range found {
		switch {
		case f.Bucket == "":
		case f.ID != "":
			records[f.Bucket] = append(records[f.Bucket], wire.RecordSum{Kind: f.Kind, ID: f.ID})
		case !slices.Contains(buckets, f.Bucket):
			buckets = append(buckets, f.Bucket)
		}
	}
	return records, buckets
}
