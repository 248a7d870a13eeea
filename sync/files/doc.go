// Package files is how the content of a file is cut up, named and pictured, on a device and on the server alike: values and readers, no
// network and no store. The protocol is described in the package comment of sync, under "Files".
package files
