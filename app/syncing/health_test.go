package syncing

import (
	"context"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/internal/uitest"
	"github.com/rounds-field/rounds/sales"
)

// fakeHealth is a workbook's condition, and whether the user has seen it.
type fakeHealth struct {
	sales.Condition
	acknowledged int
}

func (f *fakeHealth) Health(context.Context) (sales.Condition, error) { return f.Condition, nil }

func (f *fakeHealth) Acknowledge(context.Context) error {
	f.acknowledged++
	f.Mended = 0
	return nil
}

func TestWhatAPersonShouldLookIntoIsOnThePageAndCanBeCopied(t *testing.T) {
	s := show(t, uitest.NewHost(t), "waiting")
	for _, text := range uitest.Texts(s.content) {
		if strings.Contains(text, "administrator") {
			t.Errorf("a sound workbook says %q", text)
		}
	}
	partner := fakebook.All[sales.Partner](s.book)[0]
	health := &fakeHealth{Condition: sales.Condition{
		Differences: []sales.Difference{
			{Bucket: "t:1101", Seq: 7, Total: 1, Records: []sales.RecordRef{{Kind: "partner", ID: partner.ID}}},
			{Bucket: "o", Seq: 9},
		},
		Mended: 2, Left: []string{"outbox: a change cannot be read"},
	}}
	s.page.model.Health = health
	s.page.Refresh()
	said := strings.Join(uitest.Texts(s.content), "\n")
	for _, want := range []string{
		partner.Name, "1 records differ from the server", "checksum over a part of the records", "damage that it could not mend (1)", "mended it (2)", "Your work is safe",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	uitest.TapText(t, s.content, "Copy the report")
	report := fyne.CurrentApp().Clipboard().Content()
	for _, want := range []string{"t:1101", partner.ID, "bucket o", "a change cannot be read", sales.DifferenceHint} {
		if !strings.Contains(report, want) {
			t.Errorf("the report %q lacks %q", report, want)
		}
	}
	uitest.TapText(t, s.content, "All right")
	if health.acknowledged != 1 || strings.Contains(strings.Join(uitest.Texts(s.content), "\n"), "mended it") {
		t.Errorf("acknowledged %d times, and the page still says so", health.acknowledged)
	}
}
