package ui

import "context"

// Lasting is the context for what a page writes: leaving the page while the write is on its way must not stop it.
func Lasting(host Host) context.Context { return context.WithoutCancel(host.Context()) }

// Left reports whether the page of this host was left for good.
func Left(host Host) bool { return host.Context().Err() != nil }
