// Package storetest is the suite that every workbook must pass, be it in SQLite or in memory: what the ports of package sales promise to
// screens, imports and the command line.
package storetest
