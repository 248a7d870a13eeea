package firstsync

import (
	"testing"
)

// BenchmarkFirstSync is the first sync of 50,000 records, from the server's database to the device's, without a network.
func BenchmarkFirstSync(b *testing.B) {
	const records = 50_000
	s := newSite(b, records)
	for b.Loop() {
		b.StopTimer()
		book, engine, _ := s.open(b.TempDir())
		b.StartTimer()
		if _, err := engine.Sync(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := book.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(float64(records*b.N)/b.Elapsed().Seconds(), "records/s")
}
