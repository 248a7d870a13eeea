// Package replica is the sync engine on a device: it pushes what the outbox holds, pulls what others did, and does both
// by itself while there is a network. It declares the Store and the Transport that it needs and knows nothing else of either.
package replica
