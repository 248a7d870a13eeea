package wire

import "github.com/rounds-field/rounds/sales"

// Caller is who makes a call, as the server has established it: never what a message claims.
type Caller struct {
	sales.Access
	Incarnation string // of the device's database; "" for calls that write nothing
	Device      string // name of the device, for history and conflicts
}
