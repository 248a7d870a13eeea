package central

import (
	"strings"

	"github.com/rounds-field/rounds/sync/wire"
)

// clean makes of what a stranger sent a text that every database keeps: UTF-8 without zero bytes.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// cleanCaller is a caller whose device has a clean name.
func cleanCaller(c wire.Caller) wire.Caller {
	c.Device = clean(c.Device)
	return c
}
