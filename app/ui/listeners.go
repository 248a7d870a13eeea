package ui

import (
	"maps"
	"slices"
	"sync"
)

// listeners are functions to call when something changed, in the order of their registration.
type listeners struct {
	mu    sync.Mutex
	calls map[int]func()
	next  int
}

func (l *listeners) add(call func()) (cancel func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next++
	id := l.next
	l.calls[id] = call
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.calls, id)
	}
}

func (l *listeners) tell() {
	l.mu.Lock()
	calls := make([]func(), 0, len(l.calls))
	for _, id := range slices.Sorted(maps.Keys(l.calls)) {
		calls = append(calls, l.calls[id])
	}
	l.mu.Unlock()
	for _, call := range calls {
		call()
	}
}
