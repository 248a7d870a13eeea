package merge

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The kinds of tokens.
const (
	other  = iota // a sign: by itself
	letter        // a word, with the spaces before it
	digit         // a number, with the points within it
	count         // a number in Chinese characters
	single        // a character of a script that is written without spaces
)

const chineseDigits = "〇零一二三四五六七八九十百千万亿两半"

func kindOf(r rune) int {
	switch {
	case strings.ContainsRune(chineseDigits, r):
		return count
	case unicode.IsDigit(r):
		return digit
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
		return single
	case unicode.IsLetter(r):
		return letter
	}
	return other
}

// tokens cuts a text where two people's changes may lie side by side: into words, with the spaces before them, and whole numbers, so
// that 100 made 120 and 100 made 150 do not become 170; texts without spaces into characters. A line's end is a token of its own.
func tokens(text string) []string {
	var out []string
	for len(text) > 0 {
		n := tokenLength(text)
		out = append(out, text[:n])
		text = text[n:]
	}
	return out
}

func tokenLength(text string) int {
	spaces := len(text) - len(strings.TrimLeft(text, " \t\u3000"))
	if spaces == len(text) {
		return spaces
	}
	r, n := utf8.DecodeRuneInString(text[spaces:])
	if r == '\n' {
		return max(spaces, 1) // spaces at a line's end stand alone
	}
	kind := kindOf(r)
	end := spaces + n
	for end < len(text) {
		r, n := utf8.DecodeRuneInString(text[end:])
		next := kindOf(r)
		switch {
		case unicode.IsMark(r), r == '\u200d': // belongs to the character before it
		case kind == count && next == count, isWord(kind) && isWord(next):
		case isWord(kind) && joins(r) && end+n < len(text) && isWord(kindOf(firstRune(text[end+n:]))):
		default:
			return end
		}
		end += n
	}
	return end
}

func isWord(kind int) bool { return kind == letter || kind == digit }

// joins says whether a sign between two parts of a word or number belongs to it: 1,200.50, 3.5%, don't, a-b, 10:30, 2026/03/02.
func joins(r rune) bool { return strings.ContainsRune(".,:'’-/_@", r) }

func firstRune(s string) rune { r, _ := utf8.DecodeRuneInString(s); return r }
