package merge

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTwoEditsOfATextAreJoined(t *testing.T) {
	for _, c := range []struct {
		name, base, earlier, later, want string
		choice                           Side
	}{
		{"different lines", "one\ntwo\nthree", "ONE\ntwo\nthree", "one\ntwo\nTHREE", "ONE\ntwo\nTHREE", None},
		{"neighbouring lines", "one\ntwo", "uno\ntwo", "one\ndue", "uno\ndue", None},
		{"both add at the end", "one", "one\nby A", "one\nby B", "one\nby A\nby B", None},
		{"both fill an empty text", "", "by A", "by B", "by A\nby B", None},
		{"both add behind a last line end", "one\n", "one\nby A", "one\nby B", "one\nby A\nby B", None},
		{"both add the same", "one", "one\nsame", "one\nsame", "one\nsame", None},
		{"one adds what the other adds and more", "one", "one\nsame", "one\nsame\nmore", "one\nsame\nmore", None},
		{"one corrects the last line, one adds behind it", "met Wang", "met Wang and Li", "met Wang\nsent the offer", "met Wang and Li\nsent the offer", None},
		{"different words of a line", "the price is 100 without tax", "the price is 120 without tax", "the new price is 100 without tax", "the new price is 120 without tax", None},
		{
			"different characters of a Chinese line", "客户要求降价百分之五，下周答复", "客户要求降价百分之十，下周答复", "客户强烈要求降价百分之五，下周答复",
			"客户强烈要求降价百分之十，下周答复", None,
		},
		{
			"the same word", "the price is 100 without tax", "the price is 120 without tax", "the price is 150 without tax",
			"≠ the price is 120 without tax\n≠ the price is 150 without tax", Earlier,
		},
		{"the same number in Chinese", "价格三百五十元", "价格四百五十元", "价格三百六十元", "≠ 价格四百五十元\n≠ 价格三百六十元", Earlier},
		{"parts of one number", "about 1,200.50 in all", "about 2,200.50 in all", "about 1,300.50 in all", "≠ about 2,200.50 in all\n≠ about 1,300.50 in all", Earlier},
		{"a line written anew", "called, nobody there", "visited the new warehouse together", "called again, nobody there", "≠ visited the new warehouse together\n≠ called again, nobody there", Earlier},
		{"only what differs is marked", "a\nold line\nz", "a\nfirst word\nshared\nz", "a\nother text\nshared\nz", "a\n≠ first word\n≠ other text\nshared\nz", Earlier},
		{"versions of several lines", "old line", "first\nand more", "other\nand less", "≠ first\nand more\n≠ other\nand less", Earlier},
		{"a line taken away that the other changed", "one\ntwo\nthree", "one\nthree", "one\ntwo and a half\nthree", "one\ntwo and a half\nthree", Earlier},
		{"a line changed that the other took away", "one\ntwo\nthree", "one\ntwo and a half\nthree", "one\nthree", "one\ntwo and a half\nthree", Later},
		{"all taken away against an addition", "one\ntwo", "", "one\ntwo\nthree", "three", None},
		{"the same line taken away", "one\ntwo\nthree", "one\nthree", "one\nthree\nfour", "one\nthree\nfour", None},
		{"one did nothing", "one", "one", "two", "two", None},
		{"a third version", "old line", "≠ first\n≠ other", "last", "≠ first\n≠ other\n≠ last", Earlier},
		{"a version that is there", "old line", "≠ first\n≠ other", "other", "≠ first\n≠ other", None},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, choice := Text(c.base, c.earlier, c.later)
			if got != c.want || choice != c.choice {
				t.Errorf("got %q, choice of %d; want %q, %d", got, choice, c.want, c.choice)
			}
			for _, held := range []string{c.earlier, c.later} {
				if again, _ := Text(c.base, held, got); again != got {
					t.Errorf("joined once more with %q: %q", held, again)
				}
			}
		})
	}
}

// drawText draws a text of lines of words that repeat, so that comparisons are not always clear.
func drawText(t *rapid.T, label string) string {
	word := rapid.SampledFrom([]string{"价", "格", "price", "is", "100", "一百", "好", " ", ",", "客户"})
	line := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(word, 0, 8).Draw(t, "words"), " ") })
	return strings.Join(rapid.SliceOfN(line, 0, 8).Draw(t, label), "\n")
}

// edited changes a text as a person does: lines are put in, taken away, rewritten, and words in them replaced. What is new is told apart by name.
func edited(t *rapid.T, text, name string, kinds ...string) string {
	out := lines(text)
	for n := range rapid.IntRange(1, 4).Draw(t, name+" edits") {
		mark := fmt.Sprintf("%s%d", name, n)
		at := rapid.IntRange(0, len(out)).Draw(t, mark+" at")
		switch kind := rapid.SampledFrom(kinds).Draw(t, mark); {
		case kind == "insert" || at == len(out):
			out = append(out[:at:at], append([]string{"new " + mark}, out[at:]...)...)
		case kind == "delete":
			out = append(out[:at:at], out[at+1:]...)
		case kind == "rewrite":
			out[at] = "again " + mark
		default:
			words := tokens(out[at])
			i := rapid.IntRange(0, len(words)).Draw(t, mark+" word")
			out[at] = strings.Join(words[:i], "") + " " + mark + strings.Join(words[min(i+rapid.IntRange(0, 1).Draw(t, mark+" cut"), len(words)):], "")
		}
	}
	return strings.Join(out, "\n")
}

var all = []string{"insert", "delete", "rewrite", "word"}

// has finds whole words, so that A1 is not found in A10.
func has(text, word string) bool {
	for _, token := range tokens(text) {
		if strings.Contains(token, word) {
			return true
		}
	}
	return false
}

func TestNothingThatEitherWroteIsMissingInAJoinedText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := drawText(t, "base")
		x, y := edited(t, base, "XX", all...), edited(t, base, "YY", all...)
		got, choice := Text(base, x, y)
		for n := range 4 {
			for side, text := range map[string]string{"XX": x, "YY": y} {
				if mark := fmt.Sprintf("%s%d", side, n); has(text, mark) && !has(got, mark) {
					t.Fatalf("%s is missing:\nbase  %q\nx     %q\ny     %q\ngives %q, choice %d", mark, base, x, y, got, choice)
				}
			}
		}
		if !utf8Valid(got) {
			t.Fatal("not a text any more")
		}
		if again, _ := Text(base, x, y); again != got {
			t.Fatal("the same arguments gave another text")
		}
	})
}

// Of edits within lines this cannot be promised for every text; that a change is taken once is the business of its id.
func TestATextJoinedWithLinesThatItHoldsAlreadyStaysAsItIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := make([]string, rapid.IntRange(0, 8).Draw(t, "lines"))
		for i := range list { // every line and word tells itself apart
			list[i] = fmt.Sprintf("line%d met%d Wang%d at%d noon%d", i, i, i, i, i)
		}
		base := strings.Join(list, "\n")
		x, y := edited(t, base, "XX", "insert"), edited(t, base, "YY", "insert")
		once, _ := Text(base, x, y)
		for name, twice := range map[string]func() (string, Side){
			"x before": func() (string, Side) { return Text(base, x, once) }, "x after": func() (string, Side) { return Text(base, once, x) },
			"y before": func() (string, Side) { return Text(base, y, once) }, "y after": func() (string, Side) { return Text(base, once, y) },
		} {
			if got, _ := twice(); got != once {
				t.Fatalf("%s:\nbase  %q\nx     %q\ny     %q\nonce  %q\ntwice %q", name, base, x, y, once, got)
			}
		}
	})
}

func utf8Valid(s string) bool { return strings.ToValidUTF8(s, "") == s }
