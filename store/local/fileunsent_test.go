package local

import (
	"errors"
	"strings"
	"testing"

	"github.com/rounds-field/rounds/sales"
)

// A workbook that an earlier program left knows only the code of a refusal: it is told as such, and says what to do.
func TestAReasonOfAnEarlierProgramIsUnderstood(t *testing.T) {
	for text, want := range map[string]struct {
		state  sales.FileState
		reason string
	}{
		sales.CodeQuota: {sales.FileRefused, ""},
		sales.CodeFile:  {sales.FileDamaged, sales.FileReasonDamaged},
	} {
		got := refusedStatus(decodeProblem(text))
		var why *sales.Error
		if got.State != want.state || !errors.As(got.Problem, &why) || why.Code != text || why.Reason != want.reason || why.Message == "" || why.Hint == "" {
			t.Errorf("%s is %+v", text, got)
		}
	}
	if why := decodeProblem(""); why != nil {
		t.Errorf("no reason is %v", why)
	}
}

func TestAReasonIsKeptWithItsCauseAndItsLimit(t *testing.T) {
	kept, err := encodeProblem(&sales.Error{
		Code: sales.CodeTooLarge, Message: "offer a file", Hint: "attach a smaller one", Cause: errors.New("the cause"), Args: map[string]any{"Limit": "1 MB", "Server": "x"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var why *sales.Error
	if !errors.As(decodeProblem(kept), &why) {
		t.Fatal("it is lost")
	}
	if why.Code != sales.CodeTooLarge || !strings.HasSuffix(why.Message, ": the cause") || why.Hint != "attach a smaller one" || why.Args["Limit"] != "1 MB" || len(why.Args) != 1 {
		t.Errorf("%+v", why)
	}
}
