// Package faultfs is a disk for tests: it lies below SQLite, sees every write of a database, its log and its journal, refuses writes as a full disk
// does, and lets a test look at the files as they are before each of them, which is what a killed program leaves behind.
package faultfs
