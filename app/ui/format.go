package ui

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Now is the clock of the screens. Tests fix it.
var Now = time.Now

const dayLayout = "2006-01-02"

// Today is the present day in the user's time zone, YYYY-MM-DD.
func Today() string { return Now().Format(dayLayout) }

// ParseDay reads YYYY-MM-DD, YYYY/M/D, YYYY.M.D and YYYYMMDD, as people type days, into the start of that day in
// the user's time zone.
func ParseDay(text string) (time.Time, bool) {
	text = strings.TrimSpace(text)
	for _, layout := range []string{dayLayout, "2006-1-2", "2006/1/2", "2006.1.2", "20060102", "2006年1月2日"} {
		if day, err := time.ParseInLocation(layout, text, Now().Location()); err == nil {
			return day, true
		}
	}
	return time.Time{}, false
}

// Weekday names the day of the week: "Wed", "周三".
func Weekday(day time.Time) string {
	return T("ui.weekday." + strconv.Itoa(int(day.Weekday())))
}

// FormatDay writes a day YYYY-MM-DD with its weekday. What is no day is returned as it is.
func FormatDay(day string) string {
	parsed, ok := ParseDay(day)
	if !ok {
		return day
	}
	return parsed.Format(dayLayout) + " " + Weekday(parsed)
}

// FormatDayShort writes the month and day of YYYY-MM-DD, with the year when it is not the present one.
func FormatDayShort(day string) string {
	parsed, ok := ParseDay(day)
	switch {
	case !ok:
		return day
	case parsed.Year() != Now().Year():
		return parsed.Format(dayLayout)
	default:
		return parsed.Format("01-02")
	}
}

// DaysBetween counts the days from one YYYY-MM-DD to another, negative when to is earlier, and whether both are
// days. Daylight saving does not matter to it.
func DaysBetween(from, to string) (int, bool) {
	a, okA := ParseDay(from)
	b, okB := ParseDay(to)
	if !okA || !okB {
		return 0, false
	}
	utc := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	return int(utc(b).Sub(utc(a)).Hours() / 24), true
}

// RelativeDay says how far a day is from today: "yesterday", "in 3 days"; beyond a month the day itself.
func RelativeDay(day string) string {
	days, ok := DaysBetween(Today(), day)
	switch {
	case !ok:
		return day
	case days == 0:
		return T("ui.day.today")
	case days == 1:
		return T("ui.day.tomorrow")
	case days == -1:
		return T("ui.day.yesterday")
	case days > 1 && days <= 30:
		return T("ui.day.in", "Count", days)
	case days < -1 && days >= -30:
		return T("ui.day.ago", "Count", -days)
	default:
		return FormatDayShort(day)
	}
}

// FormatTime writes the clock time in the user's time zone, 15:04; "" for no time.
func FormatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(Now().Location()).Format("15:04")
}

// FormatDateTime writes day and clock time in the user's time zone; "" for no time.
func FormatDateTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(Now().Location()).Format("2006-01-02 15:04")
}

// DayOf returns the day, YYYY-MM-DD, of an instant in the user's time zone; "" for no time.
func DayOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(Now().Location()).Format(dayLayout)
}

// RelativeTime says how long ago an instant is, or when it was if that is more than a day.
func RelativeTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	switch ago := Now().Sub(t); {
	case ago < 0:
		return FormatDateTime(t)
	case ago < time.Minute:
		return T("ui.time.now")
	case ago < time.Hour:
		return T("ui.time.minutes", "Count", int(ago.Minutes()))
	case DayOf(t) == Today():
		return T("ui.time.hours", "Count", int(ago.Hours()))
	case ago < 48*time.Hour:
		return RelativeDay(DayOf(t)) + " " + FormatTime(t)
	default:
		return FormatDateTime(t)
	}
}

// FormatNumber groups the digits by thousands, as both languages do.
func FormatNumber(n int64) string {
	if n < 0 {
		if n == math.MinInt64 {
			return "-9,223,372,036,854,775,808"
		}
		return "-" + FormatNumber(-n)
	}
	digits := strconv.FormatInt(n, 10)
	var out strings.Builder
	for i, digit := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out.WriteByte(',')
		}
		out.WriteRune(digit)
	}
	return out.String()
}

// currencySigns are written before the amount; another currency's code is written before it with a space.
var currencySigns = map[string]string{"": "¥", "CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "JP¥", "HKD": "HK$"}

func currencySign(currency string) string {
	if sign, ok := currencySigns[currency]; ok {
		return sign
	}
	return currency + " "
}

// minorDigits is how many digits after the point a currency's minor unit has.
func minorDigits(currency string) int {
	if currency == "JPY" || currency == "KRW" {
		return 0
	}
	return 2
}

// FormatMoney writes an amount of minor units in full: 1234500 CNY is ¥12,345.00. No currency means CNY.
func FormatMoney(minor int64, currency string) string {
	sign := ""
	if minor < 0 {
		sign, minor = "-", -minor
	}
	digits := minorDigits(currency)
	if digits == 0 {
		return sign + currencySign(currency) + FormatNumber(minor)
	}
	fraction := strconv.FormatInt(minor%100+100, 10)[1:]
	return sign + currencySign(currency) + FormatNumber(minor/100) + "." + fraction
}

// FormatMoneyShort writes an amount of minor units as one reads it aloud: ¥1.2M, ¥120万.
func FormatMoneyShort(minor int64, currency string) string {
	sign := ""
	if minor < 0 {
		sign, minor = "-", -minor
	}
	return sign + currencySign(currency) + FormatNumberShort(float64(minor)/math.Pow10(minorDigits(currency)))
}

// FormatNumberShort writes a number in at most four figures with the language's unit: 1.2M, 120万, 3.4亿.
func FormatNumberShort(value float64) string {
	type unit struct {
		size   float64
		suffix string
	}
	units := []unit{{1e9, "B"}, {1e6, "M"}, {1e3, "K"}}
	if Lang() == "zh" {
		units = []unit{{1e8, "亿"}, {1e4, "万"}}
	}
	for _, u := range units {
		if math.Abs(value) >= u.size*0.9995 {
			return trimDecimals(value/u.size) + u.suffix
		}
	}
	return trimDecimals(value)
}

func trimDecimals(value float64) string {
	decimals := 1
	if math.Abs(value) >= 100 {
		decimals = 0
	}
	text := strconv.FormatFloat(value, 'f', decimals, 64)
	if whole, found := strings.CutSuffix(text, ".0"); found {
		text = whole
	}
	if whole, err := strconv.ParseInt(text, 10, 64); err == nil {
		return FormatNumber(whole)
	}
	return text
}

// FormatPercent writes a share, 0.425, in percent: 42.5%.
func FormatPercent(share float64) string { return trimDecimals(share*100) + "%" }
