//go:build unix

package client

import "syscall"

// What the operating system says when a connection does not come about, or breaks.
var (
	refusedErrors   = []error{syscall.ECONNREFUSED}
	noNetworkErrors = []error{syscall.ENETUNREACH, syscall.EHOSTUNREACH, syscall.ENETDOWN, syscall.EADDRNOTAVAIL}
	cutErrors       = []error{syscall.ECONNRESET, syscall.ECONNABORTED, syscall.EPIPE}
)
