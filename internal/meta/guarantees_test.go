package meta

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// guarantees is how many guarantees there are.
const guarantees = 45

var (
	guaranteeRow = regexp.MustCompile(`(?m)^\| (\d+) \| ([^|]+) \| ([^|]+) \|`)
	namedPackage = regexp.MustCompile("`([a-z/-]+)` ((?:(?:Test|Fuzz)\\w+(?:, )?)+)")
)

// TestEveryGuaranteeNamesATestThatExists reads docs/guarantees.md.
func TestEveryGuaranteeNamesATestThatExists(t *testing.T) {
	named := map[int]bool{}
	for _, row := range guaranteeRow.FindAllStringSubmatch(read(t, "docs/guarantees.md"), -1) {
		n, err := strconv.Atoi(row[1])
		if err != nil || n < 1 || n > guarantees || named[n] {
			t.Errorf("docs/guarantees.md: there is no guarantee %s, or it is there twice", row[1])
		}
		tests := namedPackage.FindAllStringSubmatch(row[3], -1)
		if len(tests) == 0 {
			t.Errorf("guarantee %d names no test: %s", n, row[3])
			continue
		}
		named[n] = true
		for _, in := range tests {
			for name := range strings.SplitSeq(in[2], ", ") {
				if !declared(t, in[1], name) {
					t.Errorf("guarantee %d: %s has no %s", n, in[1], name)
				}
			}
		}
	}
	for n := 1; n <= guarantees; n++ {
		if !named[n] {
			t.Errorf("docs/guarantees.md lacks guarantee %d", n)
		}
	}
}

// declared says whether a package has a test of a name.
func declared(t *testing.T, pkg, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pkg), "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		rel, err := filepath.Rel(root, file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(read(t, rel), "func "+name+"(") {
			return true
		}
	}
	return false
}
