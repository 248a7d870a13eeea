// Package simnet plays days in the life of several devices, one server, their clocks and the network between them, in one process and driven by
// one seed. The network drops, repeats and reorders; a program is killed between any two calls of its store; the server is restarted and put back
// from a backup; a device is put back from a copy or cloned; clocks are wrong by hours or years and step back; the office moves territories, users and
// roles. At the end it checks that all have converged (equal records and checksums, empty outboxes) and that every local write is accounted for:
// current, in the record's history, or in a tray that its author sees.
//
// A seed played again gives the same trace, byte for byte, with every id.
package simnet
