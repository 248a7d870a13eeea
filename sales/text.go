package sales

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ParseValue reads a field's canonical value from a text, such as a cell of an imported table; nil for a blank one. It takes what
// people and spreadsheets write: Yes, 是 or 1; 2026-11-23, 2026/11/23, 23-11-2026 or 2026年11月23日; money as a decimal number
// in major units ("3.39" is 339); texts of a set separated by semicolons. Times without a zone are taken in loc. The error
// is an *Error.
func ParseValue(f *Field, text string, loc *time.Location) (any, error) {
	s := strings.TrimSpace(text)
	if s == "" {
		return nil, nil
	}
	bad := func(hint string) (any, error) {
		e := refuse(CodeInvalid, "", f.Name, hint, "%q is not a %s", text, f.Type)
		e.Args = map[string]any{"Value": text}
		return nil, e
	}
	switch f.Type {
	case Int:
		if n, ok := parseDecimal(strings.TrimSuffix(s, "%"), 0); ok {
			return n, nil
		}
		return bad("give a whole number")
	case Money:
		if n, ok := parseDecimal(s, 2); ok {
			return n, nil
		}
		return bad("give an amount such as 1234.50")
	case Bool:
		if b, ok := parseBool(s); ok {
			return b, nil
		}
		return bad("give yes or no")
	case Day:
		if t, ok := parseTime(s, time.UTC); ok {
			return t.Format(time.DateOnly), nil
		}
		return bad("write it as YYYY-MM-DD")
	case Time:
		if t, ok := parseTime(s, loc); ok {
			return t.UnixMilli(), nil
		}
		return bad("write it as YYYY-MM-DD HH:MM, or with a zone as 2026-11-23T14:00:00Z")
	case Set:
		set := CleanSet(splitSet(s))
		if len(set) == 0 {
			return nil, nil
		}
		return set, nil
	case Ref:
		return strings.ToLower(s), nil
	case Code:
		return optionCode(f, s), nil
	case Long:
		return strings.ReplaceAll(text, "\r\n", "\n"), nil
	}
	return s, nil
}

// FormatValue writes a canonical value as ParseValue reads it: days and codes as they are, times in UTC, money in major units.
func FormatValue(f *Field, v any) string {
	if Empty(v) {
		return ""
	}
	switch x := v.(type) {
	case string:
		return x
	case bool:
		if x {
			return "yes"
		}
		return "no"
	case []string:
		return strings.Join(x, ";")
	case int64:
		switch f.Type {
		case Money:
			return FormatMoney(x)
		case Time:
			return formatInstant(x)
		}
		return strconv.FormatInt(x, 10)
	}
	return fmt.Sprint(v)
}

// FormatMoney writes minor units as a plain decimal number in major units, such as -1234.50.
func FormatMoney(minor int64) string {
	sign, n := "", uint64(minor)
	if minor < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("%s%d.%02d", sign, n/100, n%100)
}

func formatInstant(ms int64) string {
	return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.999Z07:00")
}

// optionCode finds the option that a text means, whatever its case and blanks; the text itself when none does.
func optionCode(f *Field, s string) string {
	plain := strings.ReplaceAll(strings.ToLower(s), " ", "_")
	for _, o := range f.Options {
		if plain == o {
			return o
		}
	}
	return s
}

func splitSet(s string) []string {
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(";；、|\n", r) })
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

func parseBool(s string) (value, ok bool) {
	switch strings.ToLower(s) {
	case "yes", "y", "true", "t", "1", "是", "对", "有", "√", "on":
		return true, true
	case "no", "n", "false", "f", "0", "否", "不", "无", "×", "off":
		return false, true
	}
	return false, false
}

// parseDecimal reads a decimal number as an integer with so many decimals, exactly; further digits round half away from zero.
// Currency signs and thousands separators are passed over.
func parseDecimal(s string, decimals int) (int64, bool) {
	s = strings.NewReplacer(",", "", "，", "", " ", "", "\u00a0", "", "¥", "", "￥", "", "$", "", "€", "", "£", "", "元", "").Replace(s)
	negative := false
	switch {
	case strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")"): // as accountants write a loss
		negative, s = true, s[1:len(s)-1]
	case strings.HasPrefix(s, "-"), strings.HasPrefix(s, "+"):
		negative, s = s[0] == '-', s[1:]
	}
	whole, fraction, _ := strings.Cut(s, ".")
	if whole+fraction == "" || strings.Trim(whole+fraction, "0123456789") != "" {
		return 0, false
	}
	rounds := len(fraction) > decimals && fraction[decimals] >= '5'
	if len(fraction) > decimals {
		if decimals == 0 && strings.Trim(fraction, "0") != "" {
			return 0, false
		}
		fraction = fraction[:decimals]
	}
	n, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", decimals-len(fraction)), 10, 64)
	if err != nil {
		return 0, false
	}
	if rounds {
		n++
	}
	if negative {
		n = -n
	}
	return n, true
}

var zonedLayouts = []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 Z07:00", "2006-01-02 15:04Z07:00"}

// The year comes first, or the day does: month-first dates cannot be told apart from those.
var dateLayouts = []string{"2006-1-2", "2-1-2006", "20060102"}

var clockLayouts = []string{"", " 15:04", " 15:04:05", " 15:04:05.999"}

func parseTime(s string, loc *time.Location) (time.Time, bool) {
	for _, layout := range zonedLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	s = strings.NewReplacer("年", "-", "月", "-", "日", "", "/", "-", "T", " ").Replace(s)
	date, clock, hasClock := strings.Cut(s, " ")
	s = strings.ReplaceAll(date, ".", "-")
	if hasClock {
		s += " " + strings.TrimSpace(clock)
	}
	for _, d := range dateLayouts {
		for _, c := range clockLayouts {
			if t, err := time.ParseInLocation(d+c, s, loc); err == nil {
				return t, true
			}
		}
	}
	return time.Time{}, false
}
