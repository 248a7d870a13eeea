package local

import (
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
)

// readings corrects the pinyin of words whose characters are read otherwise when alone: places and words of business.
var readings = map[string]string{
	"重庆": "chong qing", "长沙": "chang sha", "长春": "chang chun", "长安": "chang an", "长江": "chang jiang", "长城": "chang cheng",
	"长虹": "chang hong", "长治": "chang zhi", "长兴": "chang xing", "银行": "yin hang", "行业": "hang ye", "商行": "shang hang",
	"车行": "che hang", "厦门": "xia men", "大厦": "da sha", "会计": "kuai ji", "六安": "lu an", "乐清": "yue qing", "音乐": "yin yue",
	"朝阳": "chao yang", "调研": "diao yan", "调查": "diao cha", "蚌埠": "beng bu", "东莞": "dong guan", "番禺": "pan yu", "台州": "tai zhou",
	"都江堰": "du jiang yan", "成都": "cheng du", "首都": "shou du", "重工": "zhong gong", "西藏": "xi zang", "单县": "shan xian", "洪洞": "hong tong",
}

// syllables gives the pinyin of each Chinese character of a text, "" for the others.
func syllables(text []rune) []string {
	out := make([]string, len(text))
	for i := range text {
		if !unicode.Is(unicode.Han, text[i]) || out[i] != "" {
			continue
		}
		for n := 3; n >= 2; n-- {
			if i+n > len(text) {
				continue
			}
			if r, ok := readings[string(text[i:i+n])]; ok {
				copy(out[i:], strings.Fields(r))
				break
			}
		}
		if out[i] == "" {
			out[i] = reading(text[i])
		}
	}
	return out
}

// reading is the most usual pinyin of a character, without tones; "" when it has none.
func reading(r rune) string {
	all, ok := pinyin.PinyinDict[int(r)]
	if !ok {
		return ""
	}
	first, _, _ := strings.Cut(all, ",")
	var b strings.Builder
	for _, c := range first {
		if plain, ok := toneless[c]; ok {
			c = plain
		}
		if c < unicode.MaxASCII {
			b.WriteRune(c)
		}
	}
	return b.String()
}

var toneless = func() map[rune]rune {
	out := map[rune]rune{}
	for plain, marked := range map[rune]string{
		'a': "āáǎà", 'e': "ēéěèêếềẽ", 'i': "īíǐì", 'o': "ōóǒò", 'u': "ūúǔù", 'v': "üǖǘǚǜ", 'n': "ńňǹ", 'm': "ḿ",
	} {
		for _, r := range marked {
			out[r] = plain
		}
	}
	return out
}()

// sortKey orders texts as people expect: Chinese by pinyin, letters without regard to case. The text follows, so that equal sounds keep
// one order.
func sortKey(text string) string {
	if text == "" {
		return ""
	}
	ascii := true
	for i := range len(text) {
		if text[i] >= 0x80 {
			ascii = false
			break
		}
	}
	if ascii {
		return strings.ToLower(text)
	}
	rs := []rune(text)
	if len(rs) > 40 {
		rs = rs[:40]
	}
	var b strings.Builder
	for i, s := range syllables(rs) {
		if s == "" {
			b.WriteRune(unicode.ToLower(rs[i]))
			continue
		}
		b.WriteString(s)
		b.WriteByte(' ')
		b.WriteRune(rs[i])
	}
	return b.String()
}
