//go:build race

package simnet

// The race detector makes a play eight times as long. `make test` plays all seeds without it as well.
func init() { defaultSeeds = 8 }
