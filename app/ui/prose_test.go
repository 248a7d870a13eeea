package ui

import (
	"slices"
	"testing"
)

func TestLinesBreakAsChineseAndEnglishWantIt(t *testing.T) {
	measure := func(r rune) float32 {
		if wide(r) {
			return 2
		}
		return 1
	}
	for text, want := range map[string][]string{
		"屏幕很好，很清楚。":    {"屏幕很", "好，很", "清楚。"}, // no line begins with a comma or ends before its full stop
		"他说（很好）":       {"他说", "（很", "好）"},
		"good screen":  {"good", "screen"},
		"T4200的处理器":    {"T4200的", "处理器"},
		"abcdefghij":   {"abcdefg", "hij"}, // too wide for any line
		"一\n\n二":       {"一", "", "二"},
		"":             {""},
		"用了1.2万元还是 很慢": {"用了1.2", "万元还", "是 很慢"},
	} {
		if got := breakLines(text, 7, measure); !slices.Equal(got, want) {
			t.Errorf("%q breaks into %q, want %q", text, got, want)
		}
	}
}
