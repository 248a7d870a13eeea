// Package central is the server's journal: every record in its bucket, numbered in the order of commits, with every change that
// was ever offered, its verdict and what it did. Accounts, device tokens and the audit lie in the same database, so that one
// transaction can cover them.
//
// It is kept in an SQLite file or in a PostgreSQL database, which several processes may share. The statements are portable SQL; what differs between
// databases is in dialect. No record depends on serial numbers, notifications or advisory locks (migrations wait for one another by one, and SameDatabase recognises a
// database by one): a write transaction locks the records it names in sorted order,
// merges, locks the rows of the buckets it touched last and in sorted order, numbers its records and commits, so that the order of
// numbers is the order of commits, without gaps.
package central
