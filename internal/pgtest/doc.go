// Package pgtest gives tests a real PostgreSQL: a private cluster in a temporary folder, started once a test process and gone with it, and a
// fresh database for each test that asks. Nothing of it survives a crash of the machine, so nothing is written through to the disk.
package pgtest
