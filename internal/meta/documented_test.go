package meta

import (
	"go/ast"
	"testing"
)

// TestExportedNamesAreDocumented counts what the linter cannot: functions, types, methods, values and the methods of
// interfaces together. A few whose name says all may go without.
func TestExportedNamesAreDocumented(t *testing.T) {
	const atLeast = 0.95
	var all, documented int
	var missing []string
	for _, source := range written(t) {
		if source.isTest() || source.file.Name.Name == "main" {
			continue
		}
		for _, name := range exported(source.file) {
			all++
			if name.documented {
				documented++
			} else {
				missing = append(missing, source.at(name.node)+": "+name.node.Name)
			}
		}
	}
	if ratio := float64(documented) / float64(max(all, 1)); ratio < atLeast {
		t.Errorf("%.1f%% of %d exported names are documented, under %.0f%%; these are not:", ratio*100, all, atLeast*100)
		for _, name := range missing {
			t.Log(name)
		}
	}
}

// exportedName is a name that other packages may use.
type exportedName struct {
	node       *ast.Ident
	documented bool
}

func exported(file *ast.File) []exportedName {
	var found []exportedName
	add := func(node *ast.Ident, comments ...*ast.CommentGroup) {
		if !node.IsExported() {
			return
		}
		name := exportedName{node: node}
		for _, comment := range comments {
			name.documented = name.documented || comment != nil
		}
		found = append(found, name)
	}
	for _, declaration := range file.Decls {
		switch d := declaration.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil || receiverIsExported(d.Recv) {
				add(d.Name, d.Doc)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					doc := s.Doc
					if !d.Lparen.IsValid() {
						doc = d.Doc
					}
					add(s.Name, doc, s.Comment)
					if body, ok := s.Type.(*ast.InterfaceType); ok && s.Name.IsExported() {
						for _, method := range body.Methods.List {
							for _, name := range method.Names {
								add(name, method.Doc, method.Comment)
							}
						}
					}
				case *ast.ValueSpec:
					for _, name := range s.Names {
						// A group of values may share one comment.
						add(name, s.Doc, s.Comment, d.Doc)
					}
				}
			}
		}
	}
	return found
}

func receiverIsExported(receiver *ast.FieldList) bool {
	expression := receiver.List[0].Type
	for {
		switch e := expression.(type) {
		case *ast.StarExpr:
			expression = e.X
		case *ast.IndexExpr:
			expression = e.X
		case *ast.IndexListExpr:
			expression = e.X
		case *ast.Ident:
			return e.IsExported()
		default:
			return false
		}
	}
}
