package sales_test

import (
	"testing"
	"time"

	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/sales"
)

func TestChoicesFitTheWordsAndShowTheCode(t *testing.T) {
	book := fakebook.New(time.Now, "")
	book.Put(
		sales.Partner{Name: "榆林中彩科技", Code: "P1"}, sales.Partner{Name: "北京华维电子", Code: "P2"},
		sales.User{Name: "wang", DisplayName: "王芳"}, sales.User{Name: "old", DisplayName: "离职", Disabled: true},
	)
	got, err := sales.Choices(t.Context(), book, "partner", " 中彩 ", 5)
	if err != nil || len(got) != 1 || got[0].Title != "榆林中彩科技" || got[0].Excerpt != "P1" {
		t.Errorf("the words gave %v, %v", got, err)
	}
	if got, err := sales.Choices(t.Context(), book, "partner", "", 1); err != nil || len(got) != 1 {
		t.Errorf("without words and a limit of 1: %v, %v", got, err)
	}
	if got, err := sales.Choices(t.Context(), book, "partner", "没有", 5); err != nil || len(got) != 0 {
		t.Errorf("words that fit nothing gave %v, %v", got, err)
	}
	if got, err := sales.Choices(t.Context(), book, "user", "", 5); err != nil || len(got) != 1 || got[0].Title != "王芳" {
		t.Errorf("users to choose from are %v, %v; disabled ones are none", got, err)
	}
}
