// Package feedback is what was heard in the field: captured in two steps from anywhere, sorted in an inbox by kind, status and
// severity, discussed in a thread and closed with an answer (SC-050-030, SC-070-010).
package feedback
