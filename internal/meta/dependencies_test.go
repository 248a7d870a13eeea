package meta

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

// TestSQLiteRunsOnTheLibcItWasMadeWith guards a pair: modernc.org/sqlite is C translated against one version of
// modernc.org/libc, and another one, which `go get -u` would bring, corrupts memory instead of failing to build.
func TestSQLiteRunsOnTheLibcItWasMadeWith(t *testing.T) {
	ours := requirements(t, "go.mod", []byte(read(t, "go.mod")))
	output, err := command("go", "list", "-m", "-json", "modernc.org/sqlite").Output()
	if err != nil {
		t.Fatalf("ask for the module of sqlite: %v", err)
	}
	var module struct{ Version, GoMod string }
	if err := json.Unmarshal(output, &module); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(module.GoMod)
	if err != nil {
		t.Fatal(err)
	}
	theirs := requirements(t, module.GoMod, content)
	const libc = "modernc.org/libc"
	if ours[libc] != theirs[libc] {
		t.Errorf("go.mod has %s %s; modernc.org/sqlite %s needs %s exactly", libc, ours[libc], module.Version, theirs[libc])
	}
}

// TestProgramsWithoutAWindowHaveNoToolkit follows every import of an import, which the linter's rules do not.
func TestProgramsWithoutAWindowHaveNoToolkit(t *testing.T) {
	list := command("go", "list", "-deps", "./cmd/rounds-server", "./cmd/roundsctl")
	list.Env = append(os.Environ(), "CGO_ENABLED=0")
	output, err := list.CombinedOutput()
	if err != nil {
		t.Fatalf("list the dependencies: %v\n%s", err, output)
	}
	for _, name := range strings.Fields(string(output)) {
		if strings.HasPrefix(name, "fyne.io/") || strings.HasPrefix(name, "github.com/go-gl/") {
			t.Errorf("rounds-server or roundsctl comes to depend on %s", name)
		}
	}
}

// command runs a program in the root of the tree.
func command(name string, arguments ...string) *exec.Cmd {
	c := exec.Command(name, arguments...)
	c.Dir = root
	return c
}

// requirements maps each required module to its version.
func requirements(t *testing.T, name string, content []byte) map[string]string {
	t.Helper()
	file, err := modfile.ParseLax(name, content, nil)
	if err != nil {
		t.Fatal(err)
	}
	versions := map[string]string{}
	for _, require := range file.Require {
		versions[require.Mod.Path] = require.Mod.Version
	}
	return versions
}
