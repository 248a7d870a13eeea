//go:build race

package simnet

// The race detector makes a play fifteen times as long. `make test-long` plays all seeds without it.
func init() { defaultSeeds, longPlays = 8, 1 }
