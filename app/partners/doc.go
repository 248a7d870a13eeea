// Package partners shows the companies that a rep works with: channel partners and key accounts. Both have the same list,
// the same page of everything known about one of them, and the same form; what differs is said in side.go.
//
// Files named *model.go and their helpers know nothing of the toolkit and are synchronous; files named *view.go build the screens.
package partners
