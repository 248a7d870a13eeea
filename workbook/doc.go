// Package workbook puts a rep's database, the sync engine and the sign-in together in one folder, for the app and for roundsctl alike.
//
// The folder holds one database per server and user, in subfolders, and workbook.json, which names the one in use. Before
// any sign-in that is "local". The device token is in the keyring of the operating system, or in a file only the user can read where
// there is none.
package workbook
