// Package merge holds the conflict rules: what becomes of a record when a change meets its current state. It is pure and
// knows neither database nor network, so that every rule is tested in both directions.
//
// For each field of a change, in this order:
//
//   - the field was never set, or base equals its stamp: the author saw the current value, the change is taken, whatever the clocks say;
//   - both hold the same value: nothing is lost, the later stamp stays;
//   - the current value is of the same node: an incarnation sees its own writes, so the later of the two stays and nothing is told;
//   - otherwise the edits were concurrent and the field's rule decides, and the value that did not become or stay current is a Loss.
//
// Sets and sums always apply what the change added, removed or summed to the current value, seen or not, so they lose nothing.
// Fields of one group move together: one concurrent field of it decides all of them. For that to be exact, a change that touches one field
// of a group names every field of the group, unchanged ones with their present value.
//
// Texts are joined from three (Text): what both began with, and what either made of it. The comparison beneath is bounded in time and memory.
//
// Two concurrent changes with distinct stamps give the same values, stamps and losses in either order.
package merge
