package fakebook

import "github.com/rounds-field/rounds/sales"

// sampleVisits is a fortnight of visits: done ones behind today, a full today, planned ones ahead, one forgotten.
func sampleVisits(b *Book) {
	partner := func(n int) string { return SampleID("partner", n) }
	planned := func(days, hour, minute, length int) sales.Visit {
		at := At(days, hour, minute)
		return sales.Visit{Status: sales.VisitPlanned, PlannedAt: at, PlannedEnd: at + sales.Instant(length*60_000)}
	}
	done := func(days, hour, minute, length int) sales.Visit {
		v := planned(days, hour, minute, length)
		v.Status, v.StartedAt, v.EndedAt = sales.VisitDone, v.PlannedAt, v.PlannedEnd
		return v
	}
	with := func(v sales.Visit, partnerID, accountID, visitType, subject, notes string) sales.Visit {
		v.PartnerID, v.AccountID, v.VisitType, v.Subject, v.Notes = partnerID, accountID, visitType, subject, notes
		if v.OwnerID == "" {
			v.OwnerID = Me
		}
		return v
	}
	running := planned(0, 9, 0, 60)
	running.Status, running.StartedAt = sales.VisitInProgress, At(0, 9, 5)
	cancelled := planned(-1, 16, 0, 60)
	cancelled.Status, cancelled.CancelReason = sales.VisitCancelled, "客户临时出差，改到下周"
	theirs := planned(0, 14, 0, 60)
	theirs.OwnerID = Colleague
	visits := []sales.Visit{
		with(running, partner(1), "", "routine", "春季新品铺货", "仓库剩余 46 台，下周三到货。"),
		with(planned(0, 10, 30, 60), partner(2), "", "routine", "核对一季度返点", ""),
		with(planned(0, 14, 0, 90), "", SampleID("account", 2), "review", "信息化二期方案沟通", ""),
		with(planned(0, 14, 30, 60), partner(4), "", "complaint", "平板屏幕碎裂投诉", ""),
		with(planned(1, 9, 30, 120), partner(3), "", "training", "新一代平板产品培训", ""),
		with(planned(1, 15, 0, 60), partner(5), "", "routine", "", ""),
		with(planned(2, 10, 0, 60), "", SampleID("account", 1), "review", "年度采购框架", ""),
		with(planned(5, 10, 0, 60), partner(6), "", "routine", "", ""),
		with(done(-1, 9, 30, 70), partner(4), "", "routine", "门店陈列检查", "陈列面被竞品占去一半，店长希望换新的展架。竞品 14 寸本降价 300 元。"),
		with(done(-2, 14, 0, 60), "", SampleID("account", 3), "review", "机房改造需求", "预算七月批复，需要两套方案比较。"),
		with(done(-2, 10, 0, 45), partner(5), "", "routine", "", "库存偏高，暂不补货。"),
		with(done(-20, 10, 0, 45), partner(1), "", "routine", "二月例行走访", "应收账款已核对，无逾期。"),
		with(done(-34, 10, 0, 60), partner(1), "", "review", "年度目标", "全年目标 820 万元，较上年增长一成二。"),
		with(done(-40, 10, 0, 60), partner(2), "", "routine", "", ""),
		with(done(-44, 10, 0, 60), partner(6), "", "routine", "", ""),
		with(done(-26, 15, 0, 60), partner(3), "", "routine", "", ""),
		with(planned(-2, 16, 30, 60), partner(8), "", "routine", "联合促销方案", ""),
		with(cancelled, partner(7), "", "routine", "", ""),
		with(theirs, partner(8), "", "routine", "库存核对", ""),
	}
	for i, v := range visits {
		v.ID, v.Meta = SampleID("visit", i+1), by(v.OwnerID, max(v.EndedAt, At(-3, 9, 0)))
		b.Put(v)
	}
	b.Put(
		sales.VisitResult{ID: SampleID("visit_result", 1), VisitID: SampleID("visit", 1), StepCode: "stock", Result: sales.StepDone, Note: "46 台，下周三到货 60 台", RecordedAt: At(0, 9, 12)},
		sales.VisitResult{ID: SampleID("visit_result", 2), VisitID: SampleID("visit", 1), StepCode: "display", Result: sales.StepSkipped, SkipReason: "门店装修中", RecordedAt: At(0, 9, 15)},
		sales.Attachment{ID: SampleID("attachment", 1), FileName: "陈列照片-入口.jpg", MediaType: "image/jpeg", Size: 2_483_112, VisitID: SampleID("visit", 1), Caption: "入口展架", OwnerID: Me},
		sales.Attachment{ID: SampleID("attachment", 2), FileName: "一季度对账单.xlsx", MediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Size: 48_640, VisitID: SampleID("visit", 1), OwnerID: Me},
	)
}

// sampleWork is what else is on the rep's desk.
func sampleWork(b *Book) {
	partner := func(n int) string { return SampleID("partner", n) }
	tasks := []sales.Task{
		{Title: "把新版价目表发给赵敏", DueOn: On(-2), Priority: "high", PartnerID: partner(1), VisitID: SampleID("visit", 12)},
		{Title: "确认返点 3.2 万元到账", DueOn: On(-1), PartnerID: partner(2)},
		{Title: "补寄三台样机的保修卡", DueOn: On(0), PartnerID: partner(4)},
		{Title: "约华菱汽车信息部看方案", DueOn: On(0), Priority: "high", AccountID: SampleID("account", 2)},
		{Title: "回复竞品降价的应对口径", DueOn: On(2), PartnerID: partner(4), VisitID: SampleID("visit", 1)},
		{Title: "准备年度框架的折扣测算", DueOn: On(6), AccountID: SampleID("account", 1)},
		{Title: "整理培训课件", Priority: "low"},
		{Title: "提交二月走访小结", DueOn: On(-9), Status: sales.TaskDone, DoneAt: At(-10, 17, 20)},
	}
	for i, t := range tasks {
		t.ID, t.OwnerID, t.Meta = SampleID("task", i+1), Me, by(Me, At(-3, 9, 0))
		if t.Status == "" {
			t.Status = sales.TaskOpen
		}
		if t.Priority == "" {
			t.Priority = "normal"
		}
		b.Put(t)
	}
	deals := []sales.Opportunity{
		{Name: "华菱汽车信息化二期", Stage: sales.StageProposal, AccountID: SampleID("account", 2), Amount: 186_000_000, ExpectedClose: On(-6), NextStep: "送样机试用", NextStepOn: On(-3), Pipeline: "key_account"},
		{Name: "达人科技春季备货 400 台", Stage: sales.StageNegotiation, PartnerID: partner(1), Amount: 92_400_000, ExpectedClose: On(9), NextStep: "确认批次价", NextStepOn: On(2), Pipeline: "channel"},
		{Name: "未来学院机房改造", Stage: sales.StageQualified, AccountID: SampleID("account", 3), Amount: 54_000_000, ExpectedClose: On(40), Pipeline: "key_account"},
		{Name: "华维电子政企平板", Stage: sales.StageProspect, PartnerID: partner(4), Pipeline: "channel"},
	}
	for i, o := range deals {
		o.ID, o.OwnerID, o.Currency, o.StageSince = SampleID("opportunity", i+1), Me, "CNY", At(-18, 10, 0)
		o.Meta = by(Me, At(-4, 9, 0))
		b.Put(o)
	}
	b.Put(
		sales.Project{ID: SampleID("project", 1), Name: "富盈集团网点换机", AccountID: SampleID("account", 1), Phase: "delivery", Status: "active", Health: "auto", OwnerID: Me, EndsOn: On(50), NextStep: "催第二批发货"},
		sales.Milestone{ProjectID: SampleID("project", 1), Name: "第一批 200 台到货", DueOn: On(-12), DoneOn: On(-11)},
		sales.Milestone{ProjectID: SampleID("project", 1), Name: "第二批 300 台到货", DueOn: On(-8)},
		sales.Milestone{ProjectID: SampleID("project", 1), Name: "验收", DueOn: On(45)},
		sales.ProjectRisk{ProjectID: SampleID("project", 1), Title: "总行可能推迟付款", Likelihood: "high", Impact: "high", Status: "open", OwnerID: Me},
		sales.Project{ID: SampleID("project", 2), Name: "华菱汽车园区网络", AccountID: SampleID("account", 2), Phase: "solution", Status: "active", Health: "green", OwnerID: Colleague, MemberIDs: []string{Me}, EndsOn: On(120)},
	)
	b.Put(
		sales.Announcement{ID: SampleID("announcement", 1), Title: "三月价格保护政策", Body: "自 3 月 15 日起，对在库 30 天内的平板产品按新旧价差给予价格保护。请各代理商于月底前提交库存清单。", Category: "policy", PublishedOn: On(-3), MustConfirm: true, AuthorID: Manager},
		sales.Announcement{ID: SampleID("announcement", 2), Title: "新一代平板上市资料", Body: "产品单页与培训课件已更新。", Category: "product", PublishedOn: On(-1), AuthorID: Manager},
		sales.Announcement{ID: SampleID("announcement", 3), Title: "春节放假安排", Category: "news", PublishedOn: On(-45), ExpiresOn: On(-30), AuthorID: Manager},
		sales.Announcement{ID: SampleID("announcement", 4), Title: "二月渠道通报", Category: "news", PublishedOn: On(-15), AuthorID: Manager},
		sales.Receipt{AnnouncementID: SampleID("announcement", 4), UserID: Me, ReadAt: At(-14, 9, 0)},
	)
	b.Put(
		sales.Feedback{ID: SampleID("feedback", 1), Meta: by(Colleague, At(-1, 16, 40)), Kind: "complaint", Severity: "high", Status: "captured", Body: "真垃圾，来了内屏碎的，寄回去换货，检测无法确定是谁责任", PartnerID: partner(4), CapturedAt: At(-1, 16, 40), OwnerID: Colleague, Category: "平板"},
		sales.Feedback{ID: SampleID("feedback", 2), Meta: by(Me, At(0, 9, 20)), Kind: "competitor", Severity: "normal", Status: "captured", Body: "竞品 14 寸本塑料外壳，性价比高，T4200 的 CPU，160G 硬盘，门店价降了 300 元。", PartnerID: partner(1), VisitID: SampleID("visit", 1), CapturedAt: At(0, 9, 20), OwnerID: Me, Category: "计算机"},
		sales.Task{ID: SampleID("task", 20), Meta: by(Manager, At(-1, 18, 5)), Title: "周五前报二季度预测", DueOn: On(2), Status: sales.TaskOpen, Priority: "high", OwnerID: Me},
		sales.Opportunity{ID: SampleID("opportunity", 20), Meta: by(Colleague, At(0, 8, 50)), Name: "声智科技校园渠道", Stage: sales.StageQualified, PartnerID: partner(3), Amount: 31_500_000, Currency: "CNY", ExpectedClose: On(30), NextStep: "拟定返点", NextStepOn: On(5), OwnerID: Colleague, StageSince: At(-2, 10, 0), Pipeline: "channel"},
	)
}
