package ui_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/internal/uitest"
)

func TestMain(m *testing.M) { uitest.Main(m) }

type partnerRow struct {
	name, code, tier, city string
	amount                 int64
	due                    string
}

var partnerRows = []partnerRow{
	{"北京神州数码有限公司", "D-0001", "gold", "北京市海淀区", 1_234_567_89, "2026-03-12"},
	{"上海佳杰科技股份有限公司长宁分公司第二营业部", "D-0002", "silver", "上海", 98_765_00, "2026-03-20"},
	{"Shenzhen Great Wall Integrators", "R-1042", "bronze", "深圳", 5_400_00, "2026-03-18"},
	{"成都西南信息", "R-2203", "gold", "成都", 0, ""},
	{"武汉长江计算机", "A-0777", "silver", "武汉", 45_000_000_00, "2026-04-02"},
}

func partnerColumns() []ui.Column[partnerRow] {
	return []ui.Column[partnerRow]{
		{Key: "name", Title: "Partner", Width: 180, Flex: 2, Bold: true, Sortable: true, Text: func(p partnerRow) string { return p.name }},
		{Key: "code", Title: "Code", Width: 70, Sortable: true, Text: func(p partnerRow) string { return p.code }},
		{
			Key: "tier", Title: "Tier", Width: 84, Badge: true, Text: func(p partnerRow) string { return p.tier },
			Tone: func(p partnerRow) ui.Tone {
				return map[string]ui.Tone{"gold": ui.ToneWarning, "silver": ui.ToneInfo}[p.tier]
			},
		},
		{Key: "city", Title: "City", Width: 90, Flex: 1, Text: func(p partnerRow) string { return p.city }},
		{
			Key: "amount", Title: "Receivable", Width: 120, Align: fyne.TextAlignTrailing, Sortable: true,
			Text: func(p partnerRow) string { return ui.FormatMoney(p.amount, "CNY") },
		},
		{
			Key: "due", Title: "Due", Width: 100, Text: func(p partnerRow) string { return ui.RelativeDay(p.due) },
			Tone: func(p partnerRow) ui.Tone {
				if p.due != "" && p.due < ui.Today() {
					return ui.ToneDanger
				}
				return ui.ToneNeutral
			},
		},
	}
}

// blocks is a screen with most of what screens are made of.
func blocks(h *uitest.Host) fyne.CanvasObject {
	tiles := ui.Grid(150,
		ui.NewStatTile("Visits this week", "12", "of 15 planned", ui.ToneNeutral, func() {}),
		ui.NewStatTile("Overdue", "3", "oldest 9 days", ui.ToneDanger, func() {}),
		ui.NewStatTile("Pipeline", ui.FormatMoneyShort(1_234_567_00, "CNY"), "weighted ¥540K", ui.ToneAccent, nil),
		ui.NewStatTile("Coverage", ui.FormatPercent(0.825), "tier gold", ui.ToneSuccess, nil))
	table := ui.NewTable(h.State(), "gallery", partnerColumns())
	table.SetRows(ui.SliceRows(partnerRows))
	table.SetSort("amount", true)
	table.Select(1)
	feed := ui.NewFeed([]ui.FeedItem{
		{Icon: ui.IconVisits, Tone: ui.ToneDanger, Title: "走访 北京神州数码", Text: "上次走访 42 天前", Meta: ui.RelativeDay("2026-03-10"), MetaTone: ui.ToneDanger, OnTap: func() {}},
		{Icon: ui.IconTasks, Tone: ui.ToneAccent, Title: "Send the price list", Text: "Shenzhen Great Wall Integrators", Meta: ui.RelativeDay("2026-03-18"), Badge: ui.NewBadge("high", ui.ToneWarning)},
		{Icon: ui.IconAnnounce, Tone: ui.ToneInfo, Title: "2026 年第二季度渠道返点政策", Meta: ui.RelativeTime(uitest.Clock.Add(-25 * time.Minute)), Action: ui.QuietButton("Read it", func() {})},
	})
	facts := ui.KeyValue(
		ui.KV{Label: "Owner", Value: "王小明"}, ui.KV{Label: "Phone", Value: "010-8888 6666"},
		ui.KV{Label: "Tier", Object: ui.HStack(ui.NewBadge("gold", ui.ToneWarning), ui.NewBadge("active", ui.ToneSuccess), ui.Spacer())},
		ui.KV{Label: "Region"}, ui.KV{Label: "Target", Object: ui.NewProgress(0.64, ui.ToneAccent)})
	chips := ui.NewChips(true, nil, ui.Option{Code: "mine", Label: "Mine", Count: 12}, ui.Option{Code: "overdue", Label: "Overdue", Count: 3}, ui.Option{Code: "all", Label: "All"})
	chips.Set("overdue")
	toolbar := ui.HStack(ui.Fixed(240, 0, ui.NewSearchEntry("Filter", nil)), chips, ui.Spacer(), ui.Fixed(150, 0, ui.NewSelect([]ui.Option{{Code: "a", Label: "By name"}}, nil)))
	left := ui.Border(ui.PadBottom(12, tiles), ui.NewCard("What to do next", feed, ui.QuietButton("All of it", func() {})), nil, nil,
		ui.PadBottom(12, table))
	bars := ui.NewBarChart([]ui.Bar{
		{Label: "10月", Value: 120, Text: "120"},
		{Label: "11月", Value: 340, Text: "340"},
		{Label: "12月", Value: 280, Text: "280"},
		{Label: "1月", Value: 90, Text: "90"},
		{Label: "2月", Value: 60, Text: "60", Tone: ui.ToneWarning},
		{Label: "3月", Value: 410, Text: "410"},
	})
	right := ui.VGap(12, ui.NewCard("Facts", facts), ui.NewCard("Shipments", bars),
		ui.NewBanner(ui.ToneWarning, "The credit limit is used up to 96 percent.", "Details", func() {}))
	body := ui.NewMasterDetail(h.State(), "gallery", 0.68, ui.PadXY(0, 0, left), ui.PadXY(8, 0, ui.Scroll(right)))
	actions := []fyne.CanvasObject{
		ui.IconButton(ui.IconSync, "Refresh", func() {}), ui.Button("Export", func() {}),
		ui.WithIcon(ui.PrimaryButton("New partner", func() {}), ui.IconAdd),
	}
	return ui.PageFrame("Partners", "5 of 312 · 渠道伙伴", actions, toolbar, body)
}

// fields is a screen with the fields of forms.
func fields(h *uitest.Host) fyne.CanvasObject {
	form := ui.NewForm().SetColumns(2)
	day := ui.NewDateEntry()
	day.SetDay("2026-03-18")
	at := ui.NewDateTimeEntry()
	at.SetTime(uitest.Clock)
	money := ui.NewMoneyEntry("CNY")
	money.SetMinor(1_250_000_00)
	status := ui.NewSelect([]ui.Option{{Code: "planned", Label: "Planned · 计划"}, {Code: "done", Label: "Done"}}, nil)
	status.SetCode("planned")
	picker := ui.NewPicker(func(context.Context, string) ([]ui.PickItem, error) { return nil, nil })
	picker.Set("1", "北京神州数码有限公司")
	notes := ui.NewMultiline(4)
	notes.SetText("客户反映新款笔记本到货慢，希望三月底前补货。\nAsked for the new price list.")
	tags := ui.NewMultiSelect([]ui.Option{{Code: "a", Label: "价格"}, {Code: "b", Label: "Stock"}, {Code: "c", Label: "Promotion"}}, nil)
	tags.SetCodes([]string{"a", "c"})
	form.Section("Visit · 走访")
	form.Add("partner", "Partner", picker, ui.Required)
	form.Add("status", "Status", status, ui.Required)
	form.Add("day", "Day", day)
	form.Add("at", "Started", at)
	form.Add("amount", "Amount", money)
	form.Add("other", "Key account", ui.NewPicker(nil))
	form.Add("tags", "Topics", tags, ui.Wide)
	form.Add("notes", "Notes", notes, ui.Wide)
	form.Add("done", "", ui.NewCheck("Ask for the next follow-up", nil), ui.Wide)
	form.SetError("amount", "The amount is above the limit of this partner.")
	form.SetHint("day", "Visits are planned at most a year ahead.")
	tabs := ui.NewTabs(
		ui.Tab{Key: "form", Label: "Form", Build: func() fyne.CanvasObject { return ui.MaxWidth(820, form) }},
		ui.Tab{Key: "other", Label: "Feedback", Badge: 4, Build: func() fyne.CanvasObject { return ui.Label("") }})
	timeline := ui.NewTimeline([]ui.TimelineItem{
		{Time: uitest.Clock.Add(-time.Hour), Icon: ui.IconVisits, Tone: ui.ToneAccent, Title: "Visit done", Text: "Price list handed over, 客户满意", OnTap: func() {}},
		{Time: uitest.Clock.Add(-2 * time.Hour), Icon: ui.IconFeedback, Tone: ui.ToneWarning, Title: "竞品降价 8%", Text: "Competitor · high"},
		{Time: uitest.Clock.Add(-26 * time.Hour), Icon: ui.IconTrophy, Tone: ui.ToneSuccess, Title: "Opportunity won", Meta: "¥1.2M"},
	})
	lines := ui.NewLineChart([]string{"10月", "11月", "12月", "1月", "2月", "3月"}, []ui.Series{
		{Name: "Shipments", Values: []float64{1.2e6, 3.1e6, 2.2e6, 1.8e6, 0.9e6, 4e6}}, {Name: "应收款", Values: []float64{4e5, 6e5, 9e5, 1.4e6, 1.1e6, 8e5}, Tone: ui.ToneWarning},
	}, ui.FormatNumberShort)
	stones := ui.NewMilestones([]ui.Milestone{
		{Day: "2026-01-10", Label: "立项", Done: true, Tone: ui.ToneSuccess},
		{Day: "2026-02-20", Label: "Solution review", Done: true, Tone: ui.ToneSuccess},
		{Day: "2026-03-10", Label: "招标", Tone: ui.ToneDanger},
		{Day: "2026-05-30", Label: "Acceptance"},
	}, ui.Today())
	right := ui.VGap(12, ui.NewCard("Timeline", timeline), ui.NewCard("Shipments and receivables", lines), ui.NewCard("Milestones", stones))
	empty := ui.NewEmpty(ui.IconProjects, "No projects yet", "A project collects milestones, risks and progress of one undertaking.", "New project", func() {})
	body := ui.NewMasterDetail(h.State(), "fields", 0.6, ui.Border(nil, ui.Fixed(0, 170, empty), nil, nil, ui.Scroll(ui.Panel(tabs))), ui.PadXY(8, 0, ui.Scroll(right)))
	return ui.PageFrame("Log a visit", "", []fyne.CanvasObject{ui.Button("Give up", nil), ui.PrimaryButton("Save", nil)}, nil, body)
}

func board(*uitest.Host) fyne.CanvasObject {
	b := ui.NewBoard()
	card := func(n int, badge string, tone ui.Tone) ui.BoardCard {
		return ui.BoardCard{
			ID: fmt.Sprint(n), Title: "海淀区教育局 笔记本 " + fmt.Sprint(n*100) + " 台", Subtitle: "北京神州数码有限公司",
			Value: ui.FormatMoneyShort(int64(n)*12_300_000, "CNY"), Note: "Next: 2026-03-2" + fmt.Sprint(n%10), Badge: badge, BadgeTone: tone,
		}
	}
	stuck := card(4, "stuck", ui.ToneDanger)
	stuck.Note, stuck.Tone = "No change for 41 days", ui.ToneDanger
	b.SetColumns([]ui.BoardColumn{
		{Key: "lead", Title: "Lead", Summary: "¥1.2M · ¥120K weighted", Cards: []ui.BoardCard{card(1, "", 0), card(2, "new", ui.ToneInfo), card(3, "", 0)}},
		{Key: "qualified", Title: "Qualified", Summary: "¥4.8M · ¥1.4M weighted", Tone: ui.ToneInfo, Cards: []ui.BoardCard{stuck, card(5, "", 0)}},
		{Key: "proposal", Title: "Proposal", Summary: "—", Tone: ui.ToneAccent},
		{Key: "negotiation", Title: "Negotiation", Summary: "¥900K", Tone: ui.ToneWarning, Cards: []ui.BoardCard{card(6, "", 0)}},
		{Key: "won", Title: "Won", Summary: "¥3.1M", Tone: ui.ToneSuccess, Cards: []ui.BoardCard{card(7, "won", ui.ToneSuccess)}},
	})
	b.Select("4")
	return ui.PageFrame("Opportunities", "", nil, nil, b)
}

func dialog(h *uitest.Host) fyne.CanvasObject {
	content := blocks(h)
	h.Window.SetContent(content)
	ui.Confirm(h.Canvas(), ui.ConfirmOptions{
		Title: "Cancel this visit?", Danger: true, Yes: "Cancel visit", No: "Keep it",
		Text: "The visit to 北京神州数码有限公司 on 2026-03-18 will be marked as cancelled. " + strings.Repeat("Its steps stay as they are. ", 3),
	}, func() {})
	return content
}

func TestScreensLookAsTheyDid(t *testing.T) {
	uitest.GoldenSample(t, "blocks", blocks)
	uitest.GoldenSample(t, "fields", fields)
	uitest.GoldenSample(t, "board", board)
	uitest.GoldenSample(t, "dialog", dialog)
}

func TestNothingIsCutOffAtAnyTextSize(t *testing.T) {
	t.Cleanup(func() { ui.ApplyTheme(ui.ThemeLight, ui.TextNormal) })
	for _, size := range []ui.TextSize{ui.TextSmall, ui.TextLarge} {
		ui.ApplyTheme(ui.ThemeLight, size)
		for _, build := range []func(*uitest.Host) fyne.CanvasObject{blocks, fields, board} {
			h := uitest.NewHost(t)
			content := build(h)
			h.Window.SetContent(content)
			uitest.CheckClipped(t, content)
		}
	}
}
