package ui

import "time"

// TimeLeft says in words about how long something will take yet; "" when that is not known.
func TimeLeft(d time.Duration) string {
	switch {
	case d <= 0:
		return ""
	case d < 10*time.Second:
		return T("ui.left.seconds")
	case d < 50*time.Second:
		return T("ui.left.minute")
	}
	return T("ui.left.minutes", "Count", int((d+30*time.Second)/time.Minute))
}
