package merge

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// VersionMark begins each of several versions of one passage that could not be put together. It is a sign rather than a word because the
// text is read in every language.
const VersionMark = "≠ "

// Side is one of the two edits of a text.
type Side uint8

// The sides; None is neither.
const (
	None    Side = iota
	Earlier      // the edit with the earlier stamp
	Later        // the other one
)

// Text puts together two edits of one text that were made without knowing each other. base is the text that both began with. Lines that only one
// of them changed are taken from it; what both put in at the same place stands one after the other, the earlier first; in lines that both
// changed, changes of different words are both made. Where that is not possible either, both versions stay, each begun with VersionMark; and
// where one took lines away that the other changed, the changed lines stay.
//
// choice names the edit whose author has to look at the result, None when there is nothing to choose.
//
// Text is a function of its arguments alone: whichever edit arrives first, the result is the same. Nothing that either wrote is missing in it.
func Text(base, earlier, later string) (text string, choice Side) {
	switch {
	case earlier == later, later == base:
		return earlier, None
	case earlier == base:
		return later, None
	}
	m := joining{base: lines(base), x: lines(earlier), y: lines(later)}
	switch {
	case within(m.base, m.x, m.y):
		return earlier, None
	case within(m.base, m.y, m.x):
		return later, None
	}
	m.join()
	return strings.Join(m.out, "\n"), m.choice
}

// lines splits a text; an empty one has none.
func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// joining puts the lines of two edits together; x is the earlier one.
type joining struct {
	base, x, y []string
	out        []string
	choice     Side
}

func (m *joining) join() {
	at := 0
	list := regions(len(m.base), lineByLine(diff(m.base, m.x)), lineByLine(diff(m.base, m.y)), false)
	for i, r := range list {
		m.out = append(m.out, m.base[at:r.lo]...)
		at = r.hi
		x, y := m.x[r.x.from:r.x.to], m.y[r.y.from:r.y.to]
		switch {
		case r.byX && r.byY:
			m.both(m.base[r.lo:r.hi], x, y)
		case r.lo == r.hi && m.besides(list, i):
		case r.byX:
			m.out = append(m.out, x...)
		default:
			m.out = append(m.out, y...)
		}
	}
	m.out = append(m.out, m.base[at:]...)
}

// besides says whether the other side replaced what lies beside the lines put in by region i, and put in the same lines with it.
func (m *joining) besides(list []region, i int) bool {
	r := list[i]
	mine := func(o region) []string { return m.x[o.x.from:o.x.to] }
	others := func(o region) []string { return m.y[o.y.from:o.y.to] }
	if r.byY {
		mine, others = others, mine
	}
	put := mine(r)
	if i > 0 && list[i-1].hi == r.lo {
		if o := others(list[i-1]); len(o) >= len(put) && slices.Equal(o[len(o)-len(put):], put) {
			return true
		}
	}
	if i+1 < len(list) && list[i+1].lo == r.hi {
		if o := others(list[i+1]); len(o) >= len(put) && slices.Equal(o[:len(put)], put) {
			return true
		}
	}
	return false
}

// lineByLine takes as many lines in place of as many others for changes of the single lines.
func lineByLine(hunks []hunk) []hunk {
	out := make([]hunk, 0, len(hunks))
	for _, h := range hunks {
		if n := h.hi - h.lo; n < 2 || n != h.to-h.from {
			out = append(out, h)
			continue
		}
		for i := h.lo; i < h.hi; i++ {
			at := h.from + i - h.lo
			out = append(out, hunk{i, i + 1, at, at + 1})
		}
	}
	return out
}

// both puts together two versions of the lines in old.
func (m *joining) both(old, x, y []string) {
	switch {
	case len(x) == 0: // taken away by one, changed by the other
		m.out = append(m.out, y...)
		m.kept(old, y, Earlier)
		return
	case len(y) == 0:
		m.out = append(m.out, x...)
		m.kept(old, x, Later)
		return
	case !blank(old):
		if text, ok := words(strings.Join(old, "\n"), strings.Join(x, "\n"), strings.Join(y, "\n")); ok {
			m.out = append(m.out, strings.Split(text, "\n")...)
			return
		}
	}
	switch {
	case within(old, x, y):
		m.out = append(m.out, x...)
		return
	case within(old, y, x):
		m.out = append(m.out, y...)
		return
	}
	head, tail := 0, 0
	for head < len(x) && head < len(y) && x[head] == y[head] {
		head++
	}
	for tail < len(x)-head && tail < len(y)-head && x[len(x)-1-tail] == y[len(y)-1-tail] {
		tail++
	}
	end := x[len(x)-tail:]
	m.out = append(m.out, x[:head]...)
	x, y = x[head:len(x)-tail], y[head:len(y)-tail]
	if blank(old) {
		m.out = append(append(m.out, x...), y...)
	} else {
		m.versions(x, y)
	}
	m.out = append(m.out, end...)
}

// kept notes that lines stayed which one of the two took away.
func (m *joining) kept(old, stayed []string, by Side) {
	if !blank(old) && !blank(stayed) {
		m.tell(by)
	}
}

// versions keeps both versions of a passage. Versions that a passage holds already, from an earlier joining, count one by one.
func (m *joining) versions(x, y []string) {
	vx, vy := versionsIn(x), versionsIn(y)
	all := slices.Clone(vx)
	known := make(map[string]bool, len(vx)+len(vy)) // a hostile text has tens of thousands of versions
	for _, v := range vx {
		known[v] = true
	}
	for _, v := range vy {
		if !known[v] {
			known[v] = true
			all = append(all, v)
		}
	}
	if len(all) > len(vx) && len(all) > len(vy) {
		m.tell(Earlier)
	}
	for _, v := range all {
		m.out = append(m.out, lines(VersionMark+v)...)
	}
}

func versionsIn(passage []string) []string {
	var out []string
	for start := 0; start < len(passage); {
		end := start + 1
		for end < len(passage) && !strings.HasPrefix(passage[end], VersionMark) {
			end++
		}
		out = append(out, unmarked(strings.Join(passage[start:end], "\n")))
		start = end
	}
	return out
}

// tell notes who has to look. One is enough; the earlier author comes first, as with values of which only one can stay.
func (m *joining) tell(s Side) {
	if m.choice == None || s == Earlier {
		m.choice = s
	}
}

// within says whether one version of a passage has all that the other did to it: what that took away is gone, what it put in is there.
func within(old, whole, part []string) bool {
	inWhole, inPart := diff(old, whole), diff(old, part)
	gone, replaced := make([]bool, len(old)), make([]bool, len(old))
	var put []string
	for _, h := range inWhole {
		for i := h.lo; i < h.hi; i++ {
			gone[i], replaced[i] = true, h.to > h.from
		}
		put = append(put, whole[h.from:h.to]...)
	}
	for _, h := range inPart {
		if slices.Contains(gone[h.lo:h.hi], false) || h.from == h.to && slices.Contains(replaced[h.lo:h.hi], true) {
			return false
		}
		for _, want := range part[h.from:h.to] {
			at := slices.IndexFunc(put, func(s string) bool { return unmarked(s) == unmarked(want) })
			if at < 0 {
				return false
			}
			put = put[at+1:]
		}
	}
	return true
}

func unmarked(line string) string { return strings.TrimPrefix(line, VersionMark) }

func blank(passage []string) bool {
	return !slices.ContainsFunc(passage, func(s string) bool { return strings.TrimSpace(s) != "" })
}

// words puts two versions of a passage together word by word. It gives up where changes meet, and where a version has little in
// common with the old passage: what would come out of that is nobody's sentence.
func words(old, x, y string) (string, bool) {
	base, a, b := tokens(old), tokens(x), tokens(y)
	dx, dy := diff(base, a), diff(base, b)
	if !alike(base, dx) || !alike(base, dy) {
		return "", false
	}
	var out strings.Builder
	at := 0
	add := func(list []string) {
		for _, t := range list {
			out.WriteString(t)
		}
	}
	for _, r := range regions(len(base), dx, dy, true) {
		add(base[at:r.lo])
		at = r.hi
		px, py := a[r.x.from:r.x.to], b[r.y.from:r.y.to]
		switch {
		case !r.byY || r.byX && slices.Equal(px, py):
			add(px)
		case !r.byX:
			add(py)
		case within(base[r.lo:r.hi], px, py):
			add(px)
		case within(base[r.lo:r.hi], py, px):
			add(py)
		default:
			return "", false
		}
	}
	add(base[at:])
	return out.String(), true
}

// alike says whether at least half of a passage stayed.
func alike(base []string, hunks []hunk) bool {
	all, gone := 0, 0
	for _, t := range base {
		all += utf8.RuneCountInString(t)
	}
	for _, h := range hunks {
		for _, t := range base[h.lo:h.hi] {
			gone += utf8.RuneCountInString(t)
		}
	}
	return 2*gone <= all
}

// region is a part of the base that one or both sides changed.
type region struct {
	lo, hi   int
	byX, byY bool
	x, y     hunk // what it became on either side
}

// regions lines the hunks of two sides up. Hunks belong together when they share a part of the base or put something in at the same place; with
// touching also when they meet.
func regions(length int, xs, ys []hunk, touching bool) []region {
	var out []region
	dx, dy := 0, 0 // how far the sides are shifted against the base
	for len(xs) > 0 || len(ys) > 0 {
		h := earliest(xs, ys, length)
		r := region{lo: h.lo, hi: h.hi}
		sx, sy := dx, dy
		for grown := true; grown; {
			grown = false
			if len(xs) > 0 && meets(&r, xs[0], touching) {
				r.byX, grown = true, true
				r.hi = max(r.hi, xs[0].hi)
				dx = xs[0].to - xs[0].hi
				xs = xs[1:]
			}
			if len(ys) > 0 && meets(&r, ys[0], touching) {
				r.byY, grown = true, true
				r.hi = max(r.hi, ys[0].hi)
				dy = ys[0].to - ys[0].hi
				ys = ys[1:]
			}
		}
		r.x = hunk{r.lo, r.hi, r.lo + sx, r.hi + dx}
		r.y = hunk{r.lo, r.hi, r.lo + sy, r.hi + dy}
		out = append(out, r)
	}
	return out
}

// earliest is the hunk that begins first; of two, the one that ends first.
func earliest(xs, ys []hunk, length int) hunk {
	best := hunk{lo: length + 1, hi: length + 1}
	for _, list := range [][]hunk{xs, ys} {
		if len(list) > 0 && (list[0].lo < best.lo || list[0].lo == best.lo && list[0].hi < best.hi) {
			best = list[0]
		}
	}
	return best
}

func meets(r *region, h hunk, touching bool) bool {
	if touching {
		return h.lo <= r.hi
	}
	return h.lo < r.hi || h.lo == r.lo && h.hi == r.hi
}
