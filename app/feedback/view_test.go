package feedback

import (
	"testing"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/internal/uitest"
	"github.com/rounds-field/rounds/sales"
)

func open(h *uitest.Host, book *fakebook.Book, route string) ui.Page {
	return NewPage(Deps{Book: book, Me: fakebook.MeUser, Attach: uitest.FileDeps(book, fakebook.MeUser), Now: sampleNow})(h, ui.ParseRoute(route))
}

// fullBook is the sample with an inbox worth of real texts.
func fullBook() *fakebook.Book {
	book := fakebook.Sample()
	texts := []struct{ kind, severity, status, body string }{
		{"product", "normal", sales.FeedbackAcknowledged, "使用的是宽带连接，上网看新闻很方便，速度也快。屏幕分辨率高，字体清楚，就是机身稍微有点热，待机一晚上掉电百分之五。"},
		{"market", "low", sales.FeedbackInProgress, "周边三家门店都在做以旧换新，旧机抵 500 元，客流明显被带走。"},
		{"suggestion", "normal", sales.FeedbackAnswered, "希望包装里带一张贴膜，顾客自己买的经常贴不好，回头怪我们。"},
		{"channel", "high", sales.FeedbackCaptured, "下级代理反映到货比隔壁市晚两天，同一批货，客户等不及就去别家了。"},
		{"end_customer", "critical", sales.FeedbackCaptured, "学校采购的 60 台里有 4 台开机蓝屏，机房老师要求本周内解决，否则退货。"},
		{"satisfaction", "low", sales.FeedbackCaptured, "很不错。。。。。。很好的平板"},
		{"product", "normal", sales.FeedbackCaptured, "东西不错，一看就是正品包装，还没有开机，都是老顾客，还是值得信赖，给五星好评"},
	}
	for i, f := range texts {
		book.Put(sales.Feedback{
			ID: fakebook.SampleID("feedback", 30+i), Meta: sales.Meta{Pending: i < 2}, Kind: f.kind, Severity: f.severity, Status: f.status, Body: f.body, Title: sales.TitleFrom(f.body),
			PartnerID: fakebook.SampleID("partner", 1+i), CapturedAt: fakebook.At(-2*i-1, 11, 5), OwnerID: fakebook.Me,
		})
	}
	long := "20号收到代购寄来的机器。用了1天半，把用后感说一下，对新购机的起一个参考作用。\n1.我选择的是黑色，连主题一起用黑色，非常酷！后面的摄像头没有机械结构，镜头露在外面，比较容易弄脏。不过这点脏不会构成取景模糊。再说屏幕，还是比较满意的，对比度和亮度比上一代有提高，色彩非常艳丽！\n2.系统软件。大量采用了上一代的要素，比如把资源管理器区分为手机和存储卡两部分、软件在线升级、快门声音选择等等。软件速度很快，没有滞后现象，得心应手。\n3.铃声。喇叭其实和上一代是一样的，中频高的铃声会出现爆音，只要关小半格音量就没事了。个人认为虽然是单喇叭，但是铃声效果比对手要好，特别是音量，很有力度。"
	book.Put(sales.Feedback{
		ID: fakebook.SampleID("feedback", 50), Kind: "product", Severity: "high", Status: sales.FeedbackInProgress, Body: long, Title: sales.TitleFrom(long),
		PartnerID: fakebook.SampleID("partner", 1), VisitID: fakebook.SampleID("visit", 1), CapturedAt: fakebook.At(0, 9, 10), OwnerID: fakebook.Me,
		AssigneeID: fakebook.Colleague, Category: "智能手机", Tags: []string{"喇叭", "屏幕"},
	},
		sales.FeedbackReply{FeedbackID: fakebook.SampleID("feedback", 50), AuthorID: fakebook.Colleague, Body: "爆音问题产品部已经确认，固件 1.2 会修正，预计月底推送。", WrittenAt: fakebook.At(0, 9, 18)},
		sales.FeedbackReply{FeedbackID: fakebook.SampleID("feedback", 50), AuthorID: fakebook.Me, Meta: sales.Meta{Pending: true}, Body: "收到，我先回复客户。", WrittenAt: fakebook.At(0, 9, 22)},
	)
	return book
}

func TestScreens(t *testing.T) {
	uitest.Golden(t, "inbox", func(h *uitest.Host) fyne.CanvasObject {
		return h.Show(open(h, fullBook(), "feedback/"+fakebook.SampleID("feedback", 50)))
	})
	uitest.Golden(t, "capture", func(h *uitest.Host) fyne.CanvasObject {
		return h.Show(open(h, fakebook.Sample(), "feedback/new?visit="+fakebook.SampleID("visit", 1)))
	})
	uitest.Golden(t, "capture-more", func(h *uitest.Host) fyne.CanvasObject {
		page := open(h, fakebook.Sample(), "feedback/new?visit="+fakebook.SampleID("visit", 1))
		content := h.Show(page)
		form := page.(*capturePage).form
		form.kinds.Set("competitor")
		form.body.SetText("竞品 14 寸本塑料外壳，性价比高，T4200 的 CPU，160G 硬盘，门店价降了 300 元，送鼠标和包，本周末前有效。")
		page.(*capturePage).advance()
		return content
	})
	uitest.Golden(t, "empty", func(h *uitest.Host) fyne.CanvasObject {
		return h.Show(open(h, fakebook.New(sampleNow, fakebook.Me), "feedback"))
	})
}
