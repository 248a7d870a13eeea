// Package meta holds the rules of the whole source tree as tests: what no single package can see of itself.
package meta
