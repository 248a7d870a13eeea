package central_test

import (
	"strings"
	"testing"
)

// What verification is for: each of these is a fault that a disk, a bug or a hand could make, and each is found.
func TestVerificationFindsWhatDoesNotFit(t *testing.T) {
	w, _ := lived(t)
	if report, err := w.journal.VerifyAll(t.Context()); err != nil || !report.Good() || report.Records < 10 || report.Tombstones != 1 || len(report.Buckets) < 4 || report.Changes < 10 {
		t.Fatalf("before anything was broken: %+v, %v", report, err)
	}
	for _, c := range []struct{ fault, want string }{
		{"UPDATE buckets SET live = live + 1 WHERE bucket = 't:31'", "bucket t:31 counts"},
		{"UPDATE buckets SET checksum = X'00000000000000000000000000000001' WHERE bucket = 't:31'", "bucket t:31 has checksum"},
		{"UPDATE buckets SET seq = seq + 1 WHERE bucket = 't:31'", "and its log at"},
		{"UPDATE buckets SET chain = chain + 1 WHERE bucket = 't:31'", "and its log at"},
		{"UPDATE buckets SET pruned = seq + 1 WHERE bucket = 't:31'", "forgotten up to number"},
		{"DELETE FROM buckets WHERE bucket = 't:31'", "bucket t:31 is not there"},
		{"DELETE FROM bucket_log WHERE bucket = 't:31'", "bucket t:31 has no log"},
		{"UPDATE records SET seq = 1000 WHERE parent_kind = 0 AND bucket = 't:44'", "has number 1000"},
		{"UPDATE records SET state = X'FFFFFF' WHERE bucket = 't:44'", "cannot be decoded"},
		{"UPDATE records SET deleted = 1 - deleted WHERE bucket = 't:44'", "beside it"},
		{"UPDATE records SET bucket = 't:99' WHERE bucket = 't:44'", "bucket t:99 is not there"},
		{"UPDATE records SET parent_id = X'00000000000000000000000000000001' WHERE parent_kind <> 0", "has a parent that is not there"},
		{"UPDATE records SET version = version + 1 WHERE bucket = 't:44'", "and its history"},
		{"DELETE FROM changes WHERE version = 1", "and its history"},
		{"UPDATE changes SET payload = payload || X'00' WHERE LENGTH(payload) > 0", "holds something else"},
		{"INSERT INTO graves (org_id, kind, id, at) SELECT org_id, kind, id, 0 FROM records WHERE bucket = 't:44'", "was deleted and forgotten"},
		{"UPDATE accounts SET user_id = 'nobody'", "who is not there"},
		{"INSERT INTO departures (org_id, bucket, kind, id, seq) SELECT org_id, 't:31', kind, id, seq FROM records WHERE bucket = 't:31' LIMIT 1", "was given 2 times"},
		{"INSERT INTO departures (org_id, bucket, kind, id, seq) SELECT org_id, bucket, kind, id, 999 FROM records WHERE bucket = 't:31' LIMIT 1", "and is there"},
	} {
		report := w.journal.VerifyBroken(t.Context(), c.fault)
		if report.Good() || !strings.Contains(strings.Join(report.Faults, "\n"), c.want) {
			t.Errorf("%s\nis reported as %v, want %q", c.fault, report.Faults, c.want)
		}
	}
}
