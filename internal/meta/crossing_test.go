package meta

import (
	"go/ast"
	"strings"
	"testing"
)

// TestScreensStartNoGoroutines: a screen asks app/ui to load off the UI thread and to come back to it. The toolkit's
// test driver runs every crossing at once, so a goroutine that touches a widget would pass every test and fail a user.
func TestScreensStartNoGoroutines(t *testing.T) {
	for _, source := range written(t) {
		if source.isTest() || !strings.HasPrefix(source.name, "app/") || strings.HasPrefix(source.name, "app/ui/") {
			continue
		}
		ast.Inspect(source.file, func(node ast.Node) bool {
			if statement, ok := node.(*ast.GoStmt); ok {
				t.Errorf("%s: a screen starts a goroutine; use ui.Go or ui.Do", source.at(statement))
			}
			return true
		})
	}
}
