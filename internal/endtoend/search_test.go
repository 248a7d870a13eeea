package endtoend

import "testing"

// A first sync of so many records leaves the search index to be made after it, and each call of roundsctl is a process of its own.
func TestEverythingIsFoundRightAfterAFirstSync(t *testing.T) {
	s := startServer(t)
	s.addUser("li.na", "rep", "--territory", "34")
	a, b := newBook(t), newBook(t)
	a.login(s, "li.na")
	a.run(partnerLines(6000), "add", "partner", "--json", "-")
	a.sync()
	b.login(s, "li.na")
	b.sync()
	for _, text := range []string{"达人科技5999号", "P05999", "tldr"} {
		if hits := objects(t, b.run("", "search", text, "--json", "--limit", "1")); len(hits) != 1 {
			t.Errorf("search %q finds %d records", text, len(hits))
		}
	}
}
