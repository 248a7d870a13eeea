package local

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rounds-field/rounds/sales"
)

// Bounds on what is indexed of one text.
const (
	pinyinRunes     = 20 // characters of a name that are found by pinyin
	pinyinBeginning = 10 // the same of a text that stands for a missing name
	pinyinSyllables = 5  // syllables of one entry: nobody types more
	digitRun        = 20 // digits of one number that are found by a fragment
	minDigits       = 4  // shorter numbers are found as words
	kindShift       = 40 // bits for the row's number in an entry's number; the kind's number is above
)

// entryNumber is the number of a record in the search index: its kind's number above its row's, so that a kind is a range.
func entryNumber(k *sales.Kind, number int64) int64 { return int64(k.Number)<<kindShift | number }

func entryRange(k *sales.Kind) (from, to int64) {
	return entryNumber(k, 0), entryNumber(k, 1<<kindShift-1)
}

func (t *table) searched() bool {
	for i := range t.kind.Fields {
		if t.kind.Fields[i].Search {
			return true
		}
	}
	return false
}

// mostEntries is how many entries of the search index a transaction gathers before it writes them.
const mostEntries = 2000

// indexRecord puts a record into the search index in place of what was there.
func (t *txn) indexRecord(ctx context.Context, tb *table, number int64, r sales.Record) error {
	if !tb.searched() {
		return nil
	}
	if later, err := t.indexedLater(ctx, tb, number); err != nil || later {
		return err
	}
	e := entryOf(tb.kind, r)
	return t.gather(ctx, entryNumber(tb.kind, number), &e)
}

// gather notes an entry to be written, nil to be taken out. The index writes all that it was given since the last time to the disk before any statement that
// could be undone by itself, as saving a row is, and where a number comes that is not above the one before. So the entries come after all rows, in order: it is
// one part of the index then and not one for each record, to be merged later.
func (t *txn) gather(ctx context.Context, number int64, e *entry) error {
	if t.entries == nil {
		t.entries = map[int64]*entry{}
	}
	t.entries[number] = e
	if len(t.entries) < mostEntries {
		return nil
	}
	return t.writeEntries(ctx)
}

// writeEntries writes what was gathered.
func (t *txn) writeEntries(ctx context.Context) error {
	for _, number := range sortedKeys(t.entries) {
		e := t.entries[number]
		var err error
		if e == nil {
			_, err = t.ExecContext(ctx, "DELETE FROM wb_search WHERE rowid = ?", number)
		} else {
			_, err = t.ExecContext(ctx, "INSERT OR REPLACE INTO wb_search (rowid, title, body, pinyin, digits) VALUES (?, ?, ?, ?, ?)", number, e.title, e.body, e.pinyin, e.digits)
		}
		if err != nil {
			return err
		}
	}
	clear(t.entries)
	return nil
}

// indexedLater says whether the making of the index after a first sync has yet to come to a row.
func (t *txn) indexedLater(ctx context.Context, tb *table, number int64) (bool, error) {
	if !t.s.indexPending.Load() {
		return false, nil
	}
	var later bool
	err := t.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM wb_indexing WHERE kind = ? AND upto < ?)", tb.kind.Name, number).Scan(&later)
	return later, err
}

func (t *txn) unindex(ctx context.Context, tb *table, number int64) error {
	if !tb.searched() {
		return nil
	}
	return t.gather(ctx, entryNumber(tb.kind, number), nil)
}

// entry is what the search index holds of a record.
type entry struct{ title, body, pinyin, digits string }

// entryOf makes a record's entry. By pinyin it is found under what names it: its title, or the beginning of its text.
func entryOf(k *sales.Kind, r sales.Record) entry {
	var title, body, py, digits strings.Builder
	named, runes := "", pinyinBeginning
	for i := range k.Fields {
		f := &k.Fields[i]
		text, _ := r.Values[f.Name].(string)
		if !f.Search || text == "" {
			continue
		}
		if f.Name == k.Title || f.Name == "code" || f.Name == "name" {
			appendTokens(&title, text)
		} else {
			appendTokens(&body, text)
		}
		if f.Name == k.Title || f.Name == "name" {
			named, runes = text, pinyinRunes
		} else if named == "" {
			named = text
		}
		if f.Type == sales.Text {
			appendDigits(&digits, text)
		}
	}
	appendPinyin(&py, named, runes)
	return entry{title.String(), body.String(), py.String(), digits.String()}
}

// paired says whether a character is written without spaces between words, so that it is indexed in pairs.
func paired(r rune) bool {
	return r >= 0x2E80 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// appendTokens writes a text as the words of the index: Chinese as overlapping pairs with the last character of a run alone, so that
// one character is found as the beginning of a pair; anything else as it is, to be split by the tokenizer.
func appendTokens(b *strings.Builder, text string) {
	if b.Len() > 0 {
		b.WriteByte(' ')
	}
	var last rune // the character before, when it is a paired one
	for _, r := range text {
		if !paired(r) {
			if last != 0 {
				b.WriteRune(last)
				b.WriteByte(' ')
				last = 0
			}
			b.WriteRune(r)
			continue
		}
		if last != 0 {
			b.WriteRune(last)
			b.WriteRune(r)
			b.WriteByte(' ')
		} else {
			b.WriteByte(' ')
		}
		last = r
	}
	if last != 0 {
		b.WriteRune(last)
	}
}

// appendDigits writes every number of a text, without the separators within, and what remains of it from each digit on: a fragment is
// then the beginning of a word.
func appendDigits(b *strings.Builder, text string) {
	var run []byte
	flush := func() {
		if len(run) > digitRun {
			run = run[:digitRun]
		}
		for i := 0; i+minDigits <= len(run); i++ {
			b.Write(run[i:])
			b.WriteByte(' ')
		}
		run = run[:0]
	}
	for i := range len(text) {
		c := text[i]
		switch {
		case c >= '0' && c <= '9':
			run = append(run, c)
		case c == ' ' || c == '-' || c == '(' || c == ')' || c == '+':
		default:
			flush()
		}
	}
	flush()
}

// appendPinyin writes the pinyin of a name, whole and as initials, from each of its Chinese characters on.
func appendPinyin(b *strings.Builder, text string, runes int) {
	rs := make([]rune, 0, pinyinRunes)
	for _, r := range text {
		if len(rs) == runes {
			break
		}
		rs = append(rs, r)
	}
	all := syllables(rs)
	for i := range all {
		if all[i] == "" {
			continue
		}
		end := i
		for end < len(all) && end-i < pinyinSyllables && all[end] != "" {
			end++
		}
		for _, s := range all[i:end] {
			b.WriteString(s)
		}
		b.WriteByte(' ')
		if end-i > 1 {
			for _, s := range all[i:end] {
				b.WriteByte(s[0])
			}
			b.WriteByte(' ')
		}
	}
}

// terms are the parts of what a user typed: each must be found.
type term struct {
	text   string // Chinese, or one word
	paired bool
}

// termsOf splits what a user typed into runs of Chinese and words of anything else.
func termsOf(text string) []term {
	var out []term
	var run []rune
	var isPaired bool
	flush := func() {
		if len(run) > 0 {
			out = append(out, term{string(run), isPaired})
			run = run[:0]
		}
	}
	for _, r := range strings.ToLower(text) {
		switch {
		case paired(r):
			if !isPaired {
				flush()
			}
			isPaired = true
			run = append(run, r)
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			if isPaired {
				flush()
			}
			isPaired = false
			run = append(run, r)
		default:
			flush()
		}
	}
	flush()
	return out
}

// phrase is the expression that finds a term among the words of the index. What was typed is the beginning of the last word.
func (t term) phrase() string {
	if !t.paired {
		return `"` + t.text + `" *`
	}
	rs := []rune(t.text)
	if len(rs) == 1 {
		return `"` + t.text + `" *`
	}
	pairs := make([]string, len(rs)-1)
	for i := range pairs {
		pairs[i] = string(rs[i : i+2])
	}
	return `"` + strings.Join(pairs, " ") + `"`
}

func (t term) digits() bool {
	for i := range len(t.text) {
		if t.text[i] < '0' || t.text[i] > '9' {
			return false
		}
	}
	return len(t.text) >= 3
}

func (t term) ascii() bool {
	for i := range len(t.text) {
		if t.text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// anywhere is the expression that finds a term in any column in which it can be.
func (t term) anywhere() string {
	if !t.paired && t.ascii() && len(t.text) == 1 { // one letter would be the beginning of half of all pinyin
		return "({title body} : " + t.phrase() + ")"
	}
	return t.phrase() // columns need not be named, which costs the index a look at every position
}

// matchExpression is the full-text condition for what a user typed; "" when there is nothing to look for.
func matchExpression(text string) string {
	// A number typed with separators is one number.
	if joined := strings.Map(dropSeparators, text); len(joined) >= minDigits && (term{text: joined}).digits() {
		t := term{text: joined}
		return t.phrase()
	}
	terms := termsOf(text)
	parts := make([]string, len(terms))
	for i, t := range terms {
		parts[i] = t.anywhere()
	}
	return strings.Join(parts, " AND ")
}

func dropSeparators(r rune) rune {
	switch r {
	case ' ', '-', '(', ')', '+':
		return -1
	}
	return r
}
