package ui_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// inEveryFile parses all Go files of the app besides tests.
func inEveryFile(t *testing.T, visit func(path string, file *ast.File)) {
	t.Helper()
	files := token.NewFileSet()
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(files, path, nil, 0)
		if err == nil {
			visit(path, file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The test driver runs fyne.Do at once, so a crossing in a wrong place would be found by users only.
func TestOnlyOneFileCrossesToTheUIThread(t *testing.T) {
	crossings := 0
	inEveryFile(t, func(path string, file *ast.File) {
		ast.Inspect(file, func(node ast.Node) bool {
			call, ok := node.(*ast.SelectorExpr)
			if !ok || call.Sel.Name != "Do" && call.Sel.Name != "DoAndWait" {
				return true
			}
			if of, ok := call.X.(*ast.Ident); !ok || of.Name != "fyne" {
				return true
			}
			if filepath.Base(path) != "crossing.go" {
				t.Errorf("%s crosses to the UI thread by itself: use ui.Go, ui.OnUI or ui.Later", path)
			}
			crossings++
			return true
		})
	})
	if crossings == 0 {
		t.Error("no crossing was found at all: the rule looks for the wrong thing")
	}
}

func TestScreensStartNoGoroutinesAndTimersOfTheirOwn(t *testing.T) {
	inEveryFile(t, func(path string, file *ast.File) {
		if filepath.Base(path) == "crossing.go" {
			return
		}
		ast.Inspect(file, func(node ast.Node) bool {
			switch n := node.(type) {
			case *ast.GoStmt:
				t.Errorf("%s starts a goroutine: use ui.Go", path)
			case *ast.SelectorExpr:
				if of, ok := n.X.(*ast.Ident); ok && of.Name == "time" && n.Sel.Name == "AfterFunc" {
					t.Errorf("%s starts a timer: use ui.Later", path)
				}
			}
			return true
		})
	})
}

// The toolkit's own entry swallows the window's shortcuts, and its date entry writes days the wrong way round.
func TestScreensUseTheFieldsOfThisPackage(t *testing.T) {
	banned := map[string]string{
		"NewEntry": "ui.NewEntry", "NewMultiLineEntry": "ui.NewMultiline", "NewDateEntry": "ui.NewDateEntry",
		"NewPasswordEntry": "ui.NewPasswordEntry", "NewSelect": "ui.NewSelect", "NewTable": "ui.NewTable",
	}
	inEveryFile(t, func(path string, file *ast.File) {
		ast.Inspect(file, func(node ast.Node) bool {
			if call, ok := node.(*ast.SelectorExpr); ok {
				if of, ok := call.X.(*ast.Ident); ok && of.Name == "widget" && banned[call.Sel.Name] != "" {
					t.Errorf("%s uses widget.%s: use %s", path, call.Sel.Name, banned[call.Sel.Name])
				}
			}
			return true
		})
	})
}
