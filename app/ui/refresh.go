package ui

import "slices"

// RefreshOn loads a page anew when records of one of these kinds changed, here or by sync; changes of others leave it alone.
func RefreshOn(host Host, refresh func(), kinds ...string) {
	host.OnChanged(func(changed []string) {
		if slices.ContainsFunc(changed, func(kind string) bool { return slices.Contains(kinds, kind) }) {
			refresh()
		}
	})
}
