// Package endtoend tries the built programs as people use them: rounds-server and roundsctl as processes of their own, on real files
// and a real network connection, cut off, killed and started again.
package endtoend
