package sales

// Reasons for which the server cannot be reached, as the Reason of an Error with CodeOffline. Each has a text of its own that says what to do.
const (
	OfflinePortal     = "portal"     // the network wants a sign-in of its own first
	OfflineProxy      = "proxy"      // the proxy that this computer is set to use refuses
	OfflineInterposed = "interposed" // something on the way answers in the server's place
	OfflineAddress    = "address"    // there is a web server, and it is not Rounds
	OfflineName       = "name"       // the address has a name that nobody knows
	OfflineNoNetwork  = "no_network" // this computer has no network
	OfflineRefused    = "refused"    // the server's computer answers, and nothing listens there
	OfflineTimeout    = "timeout"    // no answer in time
	OfflineCut        = "cut"        // the connection was cut in the middle
	OfflineUntrusted  = "untrusted"  // the certificate is from nobody whom this computer trusts
	OfflineWrongHost  = "wrong_host" // the certificate is another server's
	OfflineExpired    = "expired"    // the certificate is over, if this computer's date is right
	OfflineClock      = "clock"      // this computer's date is wrong, by all appearances
	OfflinePlain      = "plain"      // what answers does not speak TLS
	OfflineFault      = "fault"      // the server has a fault
	OfflineDown       = "down"       // the server is being restarted, or what stands before it cannot reach it
	OfflineBusy       = "busy"       // the server asks to wait
	OfflineTooLarge   = "too_large"  // something on the way takes no message of this size
)
