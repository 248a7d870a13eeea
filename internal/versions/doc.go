// Package versions plays apps of earlier versions against a server of today, over a made-up history of the declarations that ends in today's.
package versions
