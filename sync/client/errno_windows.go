package client

import "syscall"

// What the operating system says when a connection does not come about, or breaks. Package syscall has names for few of Winsock's errors.
var (
	refusedErrors   = []error{syscall.Errno(10061)}                                                                   // WSAECONNREFUSED
	noNetworkErrors = []error{syscall.Errno(10049), syscall.Errno(10050), syscall.Errno(10051), syscall.Errno(10065)} // WSAEADDRNOTAVAIL, WSAENETDOWN, WSAENETUNREACH, WSAEHOSTUNREACH
	cutErrors       = []error{syscall.Errno(10052), syscall.WSAECONNABORTED, syscall.WSAECONNRESET}                   // the first is WSAENETRESET
)
