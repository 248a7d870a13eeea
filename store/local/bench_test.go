package local

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/wire"
)

var phrases = strings.Fields(`客户反映 平板缺货 代理商要求 价格保护 屏幕很清晰 运行速度快 物流太慢 包装破损 售后服务不错 库存积压 竞争对手降价
 促销活动 效果明显 下个月 准备进货 资金紧张 回款及时 联想 华为 戴尔 笔记本 台式机 服务器 打印机 技术培训 需要支持 返点政策 不够清楚 希望延长 账期
 大客户项目 投标 方案交流 样机测试 学校采购 政府订单 医院信息化 经销商 抱怨 渠道窜货 低价倾销 市场秩序 新品发布 试用反馈 很好 满意 一般`)

func note(rng *rand.Rand) string {
	var b strings.Builder
	for range 6 + rng.IntN(20) {
		b.WriteString(phrases[rng.IntN(len(phrases))])
		if rng.IntN(3) == 0 {
			b.WriteString("，")
		}
	}
	return b.String()
}

// serverRecord is a record as a server would send it.
func serverRecord(bucket string, seq uint64, model any) wire.RecordState {
	r := sales.RecordOf(model)
	st := wire.RecordState{Kind: r.Kind, ID: r.ID, Bucket: bucket, Seq: seq, UpdatedBy: "0198a000-0000-7000-8000-000000000001"}
	stamp := hlc.Stamp{HLC: hlc.Reading(1_700_000_000_000<<16 + seq), Node: 7}
	st.Created = stamp
	k := sales.MustKind(r.Kind)
	for i := range k.Fields {
		if v, ok := r.Values[k.Fields[i].Name]; ok {
			st.Fields = append(st.Fields, wire.FieldState{Number: k.Fields[i].Number, Value: v, Stamp: stamp})
		}
	}
	return st
}

// fill loads n visits at 1,000 partners by a first sync and gives how long it took.
func fill(tb testing.TB, s *Store, n int) time.Duration {
	tb.Helper()
	ctx := context.Background()
	rng := rand.New(rand.NewPCG(1, 2))
	const bucket = "t:11"
	var records []wire.RecordState
	var partners []string
	for i := range 1000 {
		id := uuid.NewString()
		partners = append(partners, id)
		records = append(records, serverRecord(bucket, uint64(i+1), sales.Partner{ID: id, Code: fmt.Sprintf("CP-%05d", i), Name: phrases[i%len(phrases)] + fmt.Sprint(i) + "科技有限公司", Phone: fmt.Sprintf("010-%08d", rng.IntN(100000000)), Status: "active"}))
	}
	for i := range n {
		at := sales.Instant(1_700_000_000_000 + int64(rng.IntN(1_000_000))*60_000)
		records = append(records, serverRecord(bucket, uint64(1001+i), sales.Visit{ID: sales.NewID(), PartnerID: partners[rng.IntN(len(partners))], VisitType: "routine", Status: "done", PlannedAt: at, StartedAt: at, EndedAt: at + 3600_000, Notes: note(rng), OwnerID: "0198a000-0000-7000-8000-000000000001"}))
	}
	var sum wire.Sum
	for i := range records {
		sum = sum.Add(wire.ChecksumOf(&records[i]))
	}
	begun := time.Now()
	for start := 0; start < len(records); start += 5000 {
		end := min(start+5000, len(records))
		page := wire.PullResponse{Records: records[start:end], More: end < len(records)}
		b := wire.BucketState{Cursor: wire.Cursor{Bucket: bucket, Epoch: 1, Seq: uint64(end)}}
		if page.More {
			page.Buckets = []wire.BucketState{b}
			if err := s.Stage(ctx, page); err != nil {
				tb.Fatal(err)
			}
			continue
		}
		b.Checksum, b.Count = sum.Bytes(), uint64(len(records))
		page.Buckets = []wire.BucketState{b}
		got, err := s.Publish(ctx, page)
		if err != nil || len(got.Mismatched) > 0 {
			tb.Fatal(got, err)
		}
	}
	return time.Since(begun)
}

func openBench(tb testing.TB, n int) *Store {
	tb.Helper()
	s, err := Open(context.Background(), tb.TempDir(), Options{Logger: slog.New(slog.DiscardHandler), NoBackup: true})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	took := fill(tb, s, n)
	begun := time.Now()
	s.WaitForSearch()
	tb.Logf("first sync of %d records: %v (%.0f/s), search index after %v more", n+1000, took, float64(n+1000)/took.Seconds(), time.Since(begun))
	return s
}

func percentile(times []time.Duration, p float64) time.Duration {
	slices.Sort(times)
	return times[int(float64(len(times)-1)*p)]
}

// BenchmarkWorkbook prints the figures of a workbook with 100,000 visits; they are measured, not asserted.
func BenchmarkWorkbook(b *testing.B) {
	s := openBench(b, 100_000)
	ctx := b.Context()
	measure := func(name string, n int, f func(i int) error) {
		b.Run(name, func(b *testing.B) {
			var times []time.Duration
			for b.Loop() {
				begun := time.Now()
				if err := f(len(times)); err != nil {
					b.Fatal(err)
				}
				times = append(times, time.Since(begun))
			}
			b.ReportMetric(float64(percentile(times, 0.95).Microseconds()), "p95-µs")
		})
		_ = n
	}
	partners, err := s.List(ctx, sales.Query{Kind: "partner", Limit: 100})
	if err != nil {
		b.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(3, 4))
	measure("save a visit", 500, func(i int) error {
		_, err := s.Write(ctx, sales.CreateOf(sales.Visit{PartnerID: partners[i%100].ID, VisitType: "routine", Notes: note(rng)}))
		return err
	})
	measure("first page", 100, func(int) error {
		_, err := s.List(ctx, sales.Query{Kind: "visit", Limit: 200})
		return err
	})
	measure("first page filtered", 100, func(int) error {
		_, err := s.List(ctx, sales.Query{Kind: "visit", Where: []sales.Cond{{Field: "status", Op: sales.Eq, Value: "done"}}, Sort: []string{"-started_at"}, Limit: 200})
		return err
	})
	measure("page in the middle", 100, func(int) error {
		_, err := s.List(ctx, sales.Query{Kind: "visit", Limit: 200, Offset: 50_000})
		return err
	})
	measure("count", 100, func(int) error {
		_, err := s.Count(ctx, sales.Query{Kind: "visit"})
		return err
	})
	for _, text := range []string{"联想", "返点政策", "lx", "khfy", "CP-000", "138", "保"} {
		measure("search "+text, 100, func(int) error {
			_, err := s.Search(ctx, text, "", 20)
			return err
		})
	}
	measure("match in list", 100, func(int) error {
		_, err := s.List(ctx, sales.Query{Kind: "visit", Match: "联想", Limit: 200})
		return err
	})
	measure("match count", 100, func(int) error {
		_, err := s.Count(ctx, sales.Query{Kind: "visit", Match: "联想"})
		return err
	})
}

// BenchmarkPublish takes pages of 1,000 records that others edited, each of which is in the workbook already. One operation is one record.
func BenchmarkPublish(b *testing.B) {
	s := openBench(b, 50_000)
	ctx := context.Background()
	partners, err := s.List(ctx, sales.Query{Kind: "partner", Limit: 1000})
	if err != nil {
		b.Fatal(err)
	}
	var spent time.Duration
	seq := uint64(51_000)
	b.ResetTimer()
	for done := 0; done < b.N; done += len(partners) {
		var records []wire.RecordState
		for i, p := range partners[:min(len(partners), b.N-done)] {
			seq++
			m := sales.As[sales.Partner](p)
			m.Phone = fmt.Sprintf("138%04d%d", i, seq)
			r := serverRecord("t:11", seq, m)
			r.Created = hlc.Stamp{}
			records = append(records, r)
		}
		page := wire.PullResponse{Brief: true, Records: records, Buckets: []wire.BucketState{{Cursor: wire.Cursor{Bucket: "t:11", Epoch: 1, Seq: seq}}}}
		begun := time.Now()
		if _, err := s.Publish(ctx, page); err != nil {
			b.Fatal(err)
		}
		spent += time.Since(begun)
	}
	b.ReportMetric(float64(spent.Microseconds())/float64(b.N), "µs/record")
}
