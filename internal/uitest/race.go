//go:build race

package uitest

// underRace says that the race detector watches.
const underRace = true
