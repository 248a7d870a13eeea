// Package store opens SQLite databases the one way in which Rounds uses them: write-ahead log, one writer, a pool of readers, every
// commit on the disk before it is acknowledged, numbered migrations. Its subfolders hold a representative's workbook (local), the
// central journal (central), and the suite that stores of a kind are tested by (storetest).
package store
