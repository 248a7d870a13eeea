package merge

import (
	"cmp"
	"slices"
)

// hunk says that base[lo:hi] became side[from:to]. The hunks of a comparison are in order.
type hunk struct{ lo, hi, from, to int }

// Bounds on the work of one comparison: beyond them what is left counts as replaced, which is coarse but never wrong.
const (
	tableCells  = 1 << 18 // of one table of the exact comparison
	cellsAtMost = 1 << 22 // of all tables
	stepsFactor = 24      // times the length of both sides, looking for anchors
)

// differ compares two sequences: what both begin and end with aside, by the parts that each has once (as patience diff does), and exactly
// where what lies between is small.
type differ[T comparable] struct {
	a, b         []T
	cells, steps int
	pairs        [][2]int // what is the same in both, in order
}

// diff gives the hunks that turn a into b.
func diff[T comparable](a, b []T) []hunk {
	d := differ[T]{a: a, b: b, cells: cellsAtMost, steps: stepsFactor*(len(a)+len(b)) + 1024}
	d.compare(0, len(a), 0, len(b))
	var out []hunk
	i, j := 0, 0
	for _, p := range append(d.pairs, [2]int{len(a), len(b)}) {
		if p[0] > i || p[1] > j {
			out = append(out, hunk{i, p[0], j, p[1]})
		}
		i, j = p[0]+1, p[1]+1
	}
	settle(a, b, out)
	return out
}

// settle moves what was only put in, or only taken away, as far down as it can go: "x" put in behind the first or before the second of two equal
// lines is the same edit, and has to look the same wherever it is found.
func settle[T comparable](a, b []T, hunks []hunk) {
	for i := len(hunks) - 1; i >= 0; i-- {
		h, end := &hunks[i], len(a)
		if i+1 < len(hunks) {
			end = hunks[i+1].lo
		}
		for h.hi < end && (h.lo == h.hi && b[h.from] == b[h.to] || h.from == h.to && a[h.lo] == a[h.hi]) {
			h.lo, h.hi, h.from, h.to = h.lo+1, h.hi+1, h.from+1, h.to+1
		}
	}
}

func (d *differ[T]) compare(alo, ahi, blo, bhi int) {
	for alo < ahi && blo < bhi && d.a[alo] == d.b[blo] {
		d.pairs = append(d.pairs, [2]int{alo, blo})
		alo, blo = alo+1, blo+1
	}
	tail := 0
	for alo < ahi-tail && blo < bhi-tail && d.a[ahi-tail-1] == d.b[bhi-tail-1] {
		tail++
	}
	if alo < ahi-tail && blo < bhi-tail {
		d.between(alo, ahi-tail, blo, bhi-tail)
	}
	for ; tail > 0; tail-- {
		d.pairs = append(d.pairs, [2]int{ahi - tail, bhi - tail})
	}
}

func (d *differ[T]) between(alo, ahi, blo, bhi int) {
	n, m := ahi-alo, bhi-blo
	if n <= tableCells/m && n*m <= d.cells {
		d.cells -= n * m
		d.exact(alo, ahi, blo, bhi)
		return
	}
	if d.steps -= n + m; d.steps < 0 {
		return
	}
	for _, p := range d.anchors(alo, ahi, blo, bhi) {
		d.compare(alo, p[0], blo, p[1])
		d.pairs = append(d.pairs, p)
		alo, blo = p[0]+1, p[1]+1
		if alo >= ahi || blo >= bhi {
			return
		}
	}
	if n > ahi-alo { // there was an anchor
		d.compare(alo, ahi, blo, bhi)
	}
}

// exact finds a longest common subsequence by its table.
func (d *differ[T]) exact(alo, ahi, blo, bhi int) {
	n, m := ahi-alo, bhi-blo
	width := m + 1
	table := make([]uint32, (n+1)*width) // the length of the longest from (i, j) on
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if d.a[alo+i] == d.b[blo+j] {
				table[i*width+j] = table[(i+1)*width+j+1] + 1
			} else {
				table[i*width+j] = max(table[(i+1)*width+j], table[i*width+j+1])
			}
		}
	}
	for i, j := 0, 0; i < n && j < m; {
		switch {
		case d.a[alo+i] == d.b[blo+j]:
			d.pairs = append(d.pairs, [2]int{alo + i, blo + j})
			i, j = i+1, j+1
		case table[(i+1)*width+j] >= table[i*width+j+1]:
			i++
		default:
			j++
		}
	}
}

// anchors pairs what occurs once in either part, as many as can be in order.
func (d *differ[T]) anchors(alo, ahi, blo, bhi int) [][2]int {
	type seen struct{ inA, inB, at int }
	times := make(map[T]*seen, ahi-alo)
	for i := alo; i < ahi; i++ {
		if s := times[d.a[i]]; s != nil {
			s.inA++
		} else {
			times[d.a[i]] = &seen{inA: 1}
		}
	}
	for j := blo; j < bhi; j++ {
		if s := times[d.b[j]]; s != nil {
			s.inB++
			s.at = j
		}
	}
	var once [][2]int
	for i := alo; i < ahi; i++ {
		if s := times[d.a[i]]; s.inA == 1 && s.inB == 1 {
			once = append(once, [2]int{i, s.at})
		}
	}
	return longestRising(once)
}

// longestRising keeps the longest part of the list, which is in order of its first numbers, that is in order of the second ones, too.
func longestRising(list [][2]int) [][2]int {
	var ends []int // ends[n] is where the best sequence of n+1 ends
	before := make([]int, len(list))
	for i, p := range list {
		n, _ := slices.BinarySearchFunc(ends, p[1], func(e, want int) int { return cmp.Compare(list[e][1], want) })
		before[i] = -1
		if n > 0 {
			before[i] = ends[n-1]
		}
		if n == len(ends) {
			ends = append(ends, i)
		} else {
			ends[n] = i
		}
	}
	out := make([][2]int, len(ends))
	if len(ends) == 0 {
		return out
	}
	at := ends[len(ends)-1]
	for n := len(out) - 1; n >= 0; n-- {
		out[n] = list[at]
		at = before[at]
	}
	return out
}
