package ui

import (
	"errors"
	"testing"

	"github.com/rounds-field/rounds/sales"
)

func TestErrorIsExplainedInTheUsersLanguage(t *testing.T) {
	before := Lang()
	defer SetLanguage(before)
	for _, c := range []struct {
		language string
		err      error
		want     string
	}{
		{"en", sales.Validate(nil, sales.Record{Kind: "partner"}), "Name: a value is missing. Fill it in, then save again."},
		{"zh", sales.Validate(nil, sales.Record{Kind: "partner"}), "名称：尚未填写。请填写后再保存。"},
		{"zh", &sales.Error{Code: sales.CodeReasonNeeded, Kind: "visit", Field: "cancel_reason"}, "取消走访需要说明原因。请填写取消原因。"},
		{"en", errors.New("disk on fire"), "Something went wrong: disk on fire"},
	} {
		SetLanguage(c.language)
		if got := ErrorText(c.err); got != c.want {
			t.Errorf("%s: %q, want %q", c.language, got, c.want)
		}
	}
}
