// Package simnet plays many days in the life of several devices, one server, their clocks and the network between them, in one process and driven by
// one seed. The network drops, repeats and reorders; devices are shut down in the middle of a sync; clocks are wrong by hours or
// years. At the end it checks that all have converged (equal records and checksums, empty outboxes) and that every local write is accounted for:
// current, in the record's history, or in a tray that its author sees.
package simnet
