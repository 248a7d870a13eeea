package endtoend

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Two real workbooks and a real server: a file that is attached to one is fetched from the other, whole.
func TestAFileTravelsFromOneWorkbookToTheOther(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	s.addUser("li.na", "rep")
	s.addUser("wang.wei", "rep")
	a, b := newBook(t), newBook(t)
	content := make([]byte, 1_500_000)
	_, _ = rand.Read(content)
	file := filepath.Join(t.TempDir(), "对账单.xlsx")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	partner := a.add("partner", `{"name":"铜陵达人"}`)
	id := strings.TrimSpace(a.run("", "attach", "partner", partner, file, "--caption", "一季度")) // before there is a server
	a.login(s, "li.na")
	a.sync()
	b.login(s, "wang.wei")
	b.sync()
	if list := b.list("attachment"); len(list) != 1 || list[0]["file_name"] != "对账单.xlsx" || list[0]["caption"] != "一季度" || list[0]["size"] != float64(len(content)) {
		t.Errorf("%v", list)
	}
	out := filepath.Join(t.TempDir(), "copy.xlsx")
	b.run("", "fetch", id, out)
	if got, err := os.ReadFile(out); err != nil || !bytes.Equal(got, content) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if _, complaint, err := b.try("", "fetch", id, out); err == nil || !strings.Contains(complaint, "exists") {
		t.Errorf("over a file that is there: %q, %v", complaint, err)
	}
	if _, complaint, err := a.try("", "attach", "task", partner, file); err == nil || !strings.Contains(complaint, "attach them to") {
		t.Errorf("to a task: %q, %v", complaint, err)
	}
}
