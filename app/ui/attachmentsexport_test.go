package ui

// Run does what the menu of the i-th attachment offers under a key: "save", "caption", "remove".
func (a *Attachments) Run(key string, i int) {
	for _, item := range a.menu(a.rows[i]) {
		if item.Label == T("ui.files."+key) {
			item.Run()
		}
	}
}
