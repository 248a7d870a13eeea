// Package local is a representative's workbook: one SQLite database that holds what this person may see, and an outbox of what this device
// wrote and the server has not confirmed yet (design section 4).
//
// A record that has edits of this device is kept twice: its row is the overlay, what the user sees, and the shadow is the last state
// that the server gave. The overlay is always the shadow with the live changes of the outbox laid over it in the order of their
// writing; see overlay.go. A change is live until the server's verdict is in and a pull has brought its result.
package local
