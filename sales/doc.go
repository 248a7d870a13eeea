// Package sales is the domain of Rounds: what a field representative of a maker
// that sells through channel partners and to key accounts works with.
//
// Each kind of record is one Go struct whose tags declare its fields once: the
// number (never reused), the reference, the merge rule, whether it is required or
// searched. Tables, wire form, validation, conflict handling, search, import,
// export and the standard form all follow from that declaration (see Kind).
//
// The package imports the standard library and the uuid package only. Process
// codes such as SC-060-030 refer to the maker's catalogue of channel processes.
package sales
