package central_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/central"
)

// A kept sum that is wrong would be wrong for good: every backup would have it too, and every device would report it for ever.
func TestWrongSumsAreMadeAnewFromTheRecordsAndAudited(t *testing.T) {
	w, a := lived(t)
	before, err := w.journal.VerifyAll(t.Context())
	if err != nil || !before.Good() {
		t.Fatal(before, err)
	}
	if mended, err := central.MendSums(t.Context(), w.database); err != nil || len(mended) > 0 {
		t.Fatalf("without a fault these were mended: %+v, %v", mended, err)
	}
	w.journal.Exec(t.Context(), "UPDATE buckets SET live = live + 2 WHERE bucket = 't:31'")
	w.journal.Exec(t.Context(), "UPDATE buckets SET checksum = (SELECT checksum FROM buckets b WHERE b.bucket = 't:31') WHERE bucket = 't:44'")
	broken, err := w.journal.VerifyAll(t.Context())
	if err != nil || !slices.Equal(broken.WrongSums, []string{"t:31", "t:44"}) || !strings.Contains(broken.Err().Error(), "--mend-sums") {
		t.Fatalf("%+v, %v", broken, err)
	}
	mended, err := central.MendSums(t.Context(), w.database)
	if err != nil || len(mended) != 2 || mended[0].Bucket != "t:31" || mended[0].Counted != mended[0].Count+2 || mended[1].Bucket != "t:44" || mended[1].Was == mended[1].Is {
		t.Fatalf("%+v, %v", mended, err)
	}
	after, err := w.journal.VerifyAll(t.Context())
	if err != nil || !after.Good() || !slices.Equal(after.Buckets, before.Buckets) {
		t.Errorf("afterwards: %+v, %v; before it was\n%+v", after, err, before)
	}
	trail, err := w.journal.AuditTrail(t.Context(), 2, 0)
	if err != nil || len(trail) != 2 || trail[1].Action != "sums_mended" || trail[1].Subject != "t:31" || trail[0].Subject != "t:44" || trail[0].Detail != mended[1].String() {
		t.Errorf("the audit has %+v, %v", trail, err)
	}
	a.mustPush(a.create(partnerIn("after", "31")))
	if report, err := w.journal.VerifyAll(t.Context()); err != nil || !report.Good() {
		t.Error("what came later does not fit:", report, err)
	}
}

// Sums of what cannot be read would be wrong again, and hide it.
func TestASumOverRecordsThatCannotBeReadStaysAsItIs(t *testing.T) {
	w, _ := lived(t)
	w.journal.Exec(t.Context(), "UPDATE records SET state = org_id WHERE bucket = 't:44'")
	mended, err := central.MendSums(t.Context(), w.database)
	if !sales.HasCode(err, sales.CodeInvalid) || !strings.Contains(err.Error(), "bucket t:44") || len(mended) > 0 {
		t.Errorf("mended %+v, %v", mended, err)
	}
	if trail, err := w.journal.AuditTrail(t.Context(), 1, 0); err != nil || trail[0].Action == "sums_mended" {
		t.Errorf("the audit has %+v, %v", trail, err)
	}
}
