// Package windowtest drives the built app as a representative does, with keyboard and mouse in a real window on an invisible screen, against a
// real server. Build first; then:
//
//	go test -tags window,migrated_fynedo ./internal/windowtest
package windowtest
