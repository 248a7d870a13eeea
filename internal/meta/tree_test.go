package meta

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// generated is the mark that the Go tools agree on.
var generated = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)

// sources lists the files of the tree with one of the endings, relative to its root with forward slashes. What a
// build makes is left out.
func sources(t *testing.T, endings ...string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name := entry.Name(); name == ".git" || name == ".build" {
				return filepath.SkipDir
			}
			return nil
		}
		name, err := filepath.Rel(root, path)
		if err == nil && slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(path, e) }) {
			found = append(found, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatalf("no file ends with %v; the walk looks in the wrong place", endings)
	}
	return found
}

// read returns a file of the tree.
func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// goSource is one parsed file that a person wrote.
type goSource struct {
	name  string
	lines int
	file  *ast.File
	fset  *token.FileSet
}

// written parses every Go file of the tree that no generator made, tests too.
func written(t *testing.T) []goSource {
	t.Helper()
	var found []goSource
	for _, name := range sources(t, ".go") {
		content := read(t, name)
		if generated.MatchString(content) {
			continue
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, content, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, goSource{name: name, lines: strings.Count(content, "\n"), file: file, fset: fset})
	}
	return found
}

// isTest says whether the file belongs to tests only.
func (s goSource) isTest() bool { return strings.HasSuffix(s.name, "_test.go") }

// at is where a node stands, for messages.
func (s goSource) at(node ast.Node) string { return s.fset.Position(node.Pos()).String() }
