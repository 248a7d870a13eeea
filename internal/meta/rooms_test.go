package meta

import (
	"slices"
	"strings"
	"testing"
)

// A file that needs more room than this is two files. One that stays larger is listed here with the reason.
const (
	largest = 400
	median  = 150
)

var largeOnPurpose = map[string]string{}

func TestFilesStaySmall(t *testing.T) {
	var lengths []int
	for _, source := range written(t) {
		if source.isTest() {
			continue
		}
		lengths = append(lengths, source.lines)
		if _, listed := largeOnPurpose[source.name]; source.lines > largest && !listed {
			t.Errorf("%s has %d lines; split it (the bound is %d)", source.name, source.lines, largest)
		}
	}
	slices.Sort(lengths)
	if middle := lengths[len(lengths)/2]; middle > median {
		t.Errorf("the median file has %d lines, over %d", middle, median)
	}
}

func TestFoldersAreTwoLevelsDeep(t *testing.T) {
	for _, source := range written(t) {
		if depth := strings.Count(source.name, "/"); depth > 2 {
			t.Errorf("%s lies %d folders deep; two is the most", source.name, depth)
		}
	}
}
