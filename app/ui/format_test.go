package ui_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/internal/uitest"
)

func TestValuesAreWrittenAsEachLanguageWritesThem(t *testing.T) {
	clock := uitest.Clock
	cases := []struct {
		write            func() string
		english, chinese string
	}{
		{func() string { return ui.FormatDay("2026-03-18") }, "2026-03-18 Wed", "2026-03-18 周三"},
		{func() string { return ui.TimeLeft(0) }, "", ""},
		{func() string { return ui.TimeLeft(4 * time.Second) }, "a few seconds left", "还需几秒钟"},
		{func() string { return ui.TimeLeft(40 * time.Second) }, "less than a minute left", "还需不到一分钟"},
		{func() string { return ui.TimeLeft(70 * time.Second) }, "about one minute left", "大约还需 1 分钟"},
		{func() string { return ui.TimeLeft(130 * time.Second) }, "about 2 minutes left", "大约还需 2 分钟"},
		{func() string { return ui.FormatDay("soon") }, "soon", "soon"},
		{func() string { return ui.FormatDayShort("2025-12-31") }, "2025-12-31", "2025-12-31"},
		{func() string { return ui.RelativeDay("2026-03-18") }, "Today", "今天"},
		{func() string { return ui.RelativeDay("2026-03-17") }, "Yesterday", "昨天"},
		{func() string { return ui.RelativeDay("2026-03-19") }, "Tomorrow", "明天"},
		{func() string { return ui.RelativeDay("2026-03-28") }, "in 10 days", "10 天后"},
		{func() string { return ui.RelativeDay("2026-05-28") }, "05-28", "05-28"},
		{func() string { return ui.RelativeTime(clock.Add(-30 * time.Second)) }, "just now", "刚刚"},
		{func() string { return ui.RelativeTime(clock.Add(-2 * time.Hour)) }, "2 h ago", "2 小时前"},
		{func() string { return ui.RelativeTime(clock.Add(-20 * time.Hour)) }, "Yesterday 13:30", "昨天 13:30"},
		{func() string { return ui.RelativeTime(clock.Add(-100 * time.Hour)) }, "2026-03-14 05:30", "2026-03-14 05:30"},
		{func() string { return ui.FormatDateTime(clock.UTC()) }, "2026-03-18 09:30", "2026-03-18 09:30"},
		{func() string { return ui.FormatNumber(-1234567) }, "-1,234,567", "-1,234,567"},
		{func() string { return ui.FormatMoney(1234505, "CNY") }, "¥12,345.05", "¥12,345.05"},
		{func() string { return ui.FormatMoney(-5, "USD") }, "-$0.05", "-$0.05"},
		{func() string { return ui.FormatMoney(1200, "JPY") }, "JP¥1,200", "JP¥1,200"},
		{func() string { return ui.FormatMoneyShort(123456700, "") }, "¥1.2M", "¥123万"},
		{func() string { return ui.FormatMoneyShort(99999999900, "") }, "¥1B", "¥10亿"},
		{func() string { return ui.FormatMoneyShort(95000, "") }, "¥950", "¥950"},
		{func() string { return ui.FormatPercent(0.4251) }, "42.5%", "42.5%"},
	}
	for _, c := range cases {
		if got := c.write(); got != c.english {
			t.Errorf("got %q, want %q", got, c.english)
		}
	}
	inChinese(t)
	for _, c := range cases {
		if got := c.write(); got != c.chinese {
			t.Errorf("in Chinese got %q, want %q", got, c.chinese)
		}
	}
}

func TestDaysAreReadAsPeopleTypeThem(t *testing.T) {
	for _, text := range []string{"2026-03-08", "2026-3-8", "2026/3/8", "2026.3.8", "20260308", " 2026年3月8日 "} {
		if day, ok := ui.ParseDay(text); !ok || day.Format("2006-01-02") != "2026-03-08" {
			t.Errorf("%q is read as %v, %v", text, day, ok)
		}
	}
	for _, text := range []string{"", "2026-02-30", "8/3/2026", "tomorrow"} {
		if _, ok := ui.ParseDay(text); ok {
			t.Errorf("%q is taken for a day", text)
		}
	}
	if days, ok := ui.DaysBetween("2026-02-27", "2026-03-02"); !ok || days != 3 {
		t.Errorf("counted %d days", days)
	}
}

type coded struct{ code string }

func (c coded) Error() string             { return "do it: it is odd" }
func (c coded) ErrorCode() string         { return c.code }
func (c coded) ErrorArgs() map[string]any { return map[string]any{"Route": "x"} }

func TestErrorsAreExplainedInTheUsersWords(t *testing.T) {
	inChinese(t)
	if got := ui.ErrorText(errors.Join(coded{"no_such_page"})); !strings.Contains(got, "没有“x”这个页面") {
		t.Errorf("got %q", got)
	}
	if got := ui.ErrorText(coded{"unheard_of"}); !strings.Contains(got, "do it: it is odd") || !strings.Contains(got, "出现问题") {
		t.Errorf("an error without a text became %q", got)
	}
	if got := ui.ErrorText(nil); got != "" {
		t.Errorf("no error became %q", got)
	}
}
